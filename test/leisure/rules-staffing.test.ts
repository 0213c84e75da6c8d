import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { agesOf, careOf, checkStaff, ratioOf, staffCounting, staffNeeded } from '../../src/leisure/planning/staffing.ts'

const ratio = (kind: 'wednesdays' | 'holidays' | 'summer', pedt: boolean, minutesADay: number) => {
  const { underSix, fromSix } = ratioOf({ kind, pedt, minutesADay })
  return [underSix, fromSix]
}

test('the law’s ratios: holidays, Wednesdays long and short, with and without a contract', () => {
  const table: [Parameters<typeof ratio>, [number, number]][] = [
    [
      ['holidays', false, 600],
      [8, 12],
    ],
    [
      ['holidays', false, 240],
      [8, 12],
    ],
    [
      ['summer', false, 600],
      [8, 12],
    ],
    [
      ['summer', true, 240],
      [8, 12],
    ],
    [
      ['wednesdays', false, 301],
      [8, 12],
    ],
    [
      ['wednesdays', false, 300],
      [10, 14],
    ],
    [
      ['wednesdays', true, 301],
      [10, 14],
    ],
    [
      ['wednesdays', true, 300],
      [14, 18],
    ],
  ]
  for (const [asked, expected] of table) assert.deepEqual(ratio(...asked), expected, asked.join())
})

test('Wednesdays of term are around school, holidays out of school', () => {
  assert.equal(careOf('wednesdays'), 'around-school')
  assert.equal(careOf('holidays'), 'out-of-school')
  assert.equal(careOf('summer'), 'out-of-school')
})

const holidays = { underSix: 8, fromSix: 12 }

test('educators needed: each age rounded up by itself', () => {
  const table: [number, number, number][] = [
    [0, 0, 0],
    [1, 0, 1],
    [8, 0, 1],
    [9, 0, 2],
    [0, 12, 1],
    [0, 13, 2],
    [4, 6, 2],
    [24, 36, 6],
  ]
  for (const [underSix, fromSix, needed] of table)
    assert.equal(staffNeeded({ underSix, fromSix }, holidays), needed, `${underSix} and ${fromSix}`)
})

test('the director counts up to fifty children, and no further', () => {
  const staff = { educators: 4, directorCounts: true }
  assert.equal(staffCounting(staff, 50), 5)
  assert.equal(staffCounting(staff, 51), 4)
  assert.equal(staffCounting({ ...staff, directorCounts: false }, 10), 4)
})

test('a day says who lacks and how many children of each age its staff allows', () => {
  const short = checkStaff({ educators: 5, directorCounts: false }, { underSix: 24, fromSix: 36 }, holidays)
  assert.deepEqual(short, { counting: 5, needed: 6, lacking: 1, allowed: { underSix: 16, fromSix: 24 } })
  const enough = checkStaff({ educators: 6, directorCounts: false }, { underSix: 24, fromSix: 36 }, holidays)
  assert.deepEqual(enough.allowed, { underSix: 24, fromSix: 36 })
  assert.equal(enough.lacking, 0)
  // Two educators and the director: 36 would be three educators' worth, of 50 at most.
  const small = checkStaff({ educators: 4, directorCounts: true }, { underSix: 0, fromSix: 40 }, holidays)
  assert.deepEqual(small.allowed, { underSix: 8, fromSix: 50 })
})

test('a group on both sides of six counts as under six', () => {
  assert.deepEqual(agesOf({ minAge: 5, maxAge: 7 }, 10), { underSix: 10, fromSix: 0 })
  assert.deepEqual(agesOf({ minAge: 3, maxAge: 5 }, 10), { underSix: 10, fromSix: 0 })
  assert.deepEqual(agesOf({ minAge: 6, maxAge: 8 }, 10), { underSix: 0, fromSix: 10 })
})

const children = fc.record({ underSix: fc.nat(150), fromSix: fc.nat(150) })
const staff = fc.record({ educators: fc.nat(40), directorCounts: fc.boolean() })
const ratios = fc.constantFrom(holidays, { underSix: 10, fromSix: 14 }, { underSix: 14, fromSix: 18 })

test('what the staff allows is the most: that many have enough staff, one more has not', () => {
  fc.assert(
    fc.property(staff, children, ratios, (of, planned, by) => {
      const { allowed } = checkStaff(of, planned, by)
      const othersFit = staffNeeded({ ...planned, underSix: 0 }, by) <= staffCounting(of, planned.fromSix)
      if (!othersFit) return assert.equal(allowed.underSix, 0)
      const lacking = (underSix: number) => checkStaff(of, { ...planned, underSix }, by).lacking
      assert.equal(lacking(allowed.underSix), 0)
      assert.ok(lacking(allowed.underSix + 1) > 0)
    }),
  )
})

test('more children never need fewer educators', () => {
  fc.assert(
    fc.property(children, children, ratios, (some, more, by) => {
      const all = { underSix: some.underSix + more.underSix, fromSix: some.fromSix + more.fromSix }
      assert.ok(staffNeeded(all, by) >= staffNeeded(some, by))
    }),
  )
})
