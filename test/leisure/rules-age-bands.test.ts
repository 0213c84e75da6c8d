import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { groupFor, overlapping } from '../../src/leisure/age-bands.ts'

const day = (iso: string) => Temporal.PlainDate.from(iso)
const little = { name: 'little', minAge: 3, maxAge: 5 }
const big = { name: 'big', minAge: 6, maxAge: 11 }
const groups = [little, big]
const placed = (birth: string, on: string, among = groups) => {
  const found = groupFor(day(birth), day(on), among)
  return 'group' in found ? found.group.name : found.refused
}

test('age counts on the day, not at sign-up', () => {
  assert.equal(placed('2020-12-23', '2026-12-22'), 'little')
  assert.equal(placed('2020-12-23', '2026-12-23'), 'big')
})

test('a sixth birthday within the week changes the group in the middle of it', () => {
  const week = ['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24']
  assert.deepEqual(
    week.map(on => placed('2020-12-23', on)),
    ['little', 'little', 'big', 'big'],
  )
})

test('born on 29 February: six on 1 March of a common year', () => {
  assert.equal(placed('2020-02-29', '2026-02-28'), 'little')
  assert.equal(placed('2020-02-29', '2026-03-01'), 'big')
  assert.equal(placed('2016-02-29', '2028-02-28'), 'big')
  assert.equal(placed('2016-02-29', '2028-02-29'), 'too-old')
})

test('too young, too old, between two groups, and a mistake of the town are told apart', () => {
  assert.equal(placed('2024-01-01', '2026-12-21'), 'too-young')
  assert.equal(placed('2014-12-20', '2026-12-21'), 'too-old')
  assert.equal(placed('2020-12-01', '2026-12-21', [little, { ...big, minAge: 8 }]), 'no-group')
  assert.equal(placed('2020-12-01', '2026-12-21', []), 'no-group')
  assert.equal(placed('2020-12-01', '2026-12-21', [little, big, { name: 'six', minAge: 6, maxAge: 6 }]), 'overlap')
})

test('bands overlap when they share an age', () => {
  assert.equal(overlapping({ minAge: 5, maxAge: 7 }, groups), little)
  assert.equal(overlapping({ minAge: 12, maxAge: 14 }, groups), undefined)
  assert.equal(overlapping({ minAge: 6, maxAge: 6 }, groups), big)
})

test('with bands that do not overlap, a child is in one group or in none', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 2, max: 17 }), { minLength: 1, maxLength: 6 })
  const births = fc.date({ min: new Date('2008-01-01'), max: new Date('2025-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(cuts, births, (ages, birth) => {
      const sorted = ages.toSorted((a, b) => a - b)
      const bands = sorted.map((minAge, i) => ({ minAge, maxAge: (sorted[i + 1] ?? 18) - 1 }))
      const found = groupFor(day(birth.toISOString().slice(0, 10)), day('2026-12-21'), bands)
      assert.ok('group' in found || found.refused !== 'overlap')
    }),
  )
})
