import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Id } from '../../src/kernel/ids.ts'
import { type Custody, householdOfDay, mayBookOn, sharesOfDay } from '../../src/people/custody.ts'

const day = Temporal.PlainDate.from
const first = 'mother' as Id<'household'>
const second = 'father' as Id<'household'>
const both = { first, second, from: day('2026-09-01') }
const alternating: Custody = { ...both, kind: 'alternating-weeks', firstWeek: day('2026-11-23') }
const evenOdd = (changeOver: 1 | 5): Custody => ({
  ...both,
  kind: 'even-and-odd-weeks',
  evenWeeks: 'first',
  changeOver,
})
const percentage = (firstShare: number): Custody => ({ ...both, kind: 'percentage', firstShare })
const on = (custody: Custody, ...days: string[]) => days.map(text => householdOfDay(custody, day(text)) ?? 'either')

test('weeks alternate from the first one on, and before it too', () => {
  assert.deepEqual(on(alternating, '2026-11-23', '2026-11-29', '2026-11-30', '2026-12-06', '2026-12-07'), [
    first,
    first,
    second,
    second,
    first,
  ])
  assert.deepEqual(on(alternating, '2026-11-22', '2026-11-16', '2026-11-15'), [second, second, first])
})

test('a week that begins on a Friday changes on Fridays', () => {
  const fridays: Custody = { ...alternating, firstWeek: day('2026-11-27') }
  assert.deepEqual(on(fridays, '2026-11-26', '2026-11-27', '2026-12-03', '2026-12-04'), [second, first, first, second])
})

test('even and odd weeks go by the ISO number of the week the stay begins in', () => {
  // Monday 23 November 2026 is in week 48.
  assert.deepEqual(on(evenOdd(1), '2026-11-23', '2026-11-29', '2026-11-30'), [first, first, second])
  assert.deepEqual(on(evenOdd(5), '2026-11-26', '2026-11-27', '2026-12-03', '2026-12-04'), [
    second,
    first,
    first,
    second,
  ])
})

test('in a year of 53 weeks the same parent has two odd weeks in a row, but not who simply alternates', () => {
  // Week 53 of 2026 ends on 3 January 2027; week 1 follows.
  assert.deepEqual(on(evenOdd(1), '2026-12-21', '2026-12-28', '2027-01-04', '2027-01-11'), [
    first,
    second,
    second,
    first,
  ])
  assert.deepEqual(on(alternating, '2026-12-21', '2026-12-28', '2027-01-04', '2027-01-11'), [
    first,
    second,
    first,
    second,
  ])
})

test('before the custody began the child was with the first household', () => {
  for (const custody of [alternating, evenOdd(1), percentage(0)])
    assert.equal(householdOfDay(custody, day('2026-08-31')), first)
})

test('trap 26: each household books its own weeks; by percentage either books; nobody else ever', () => {
  assert.ok(mayBookOn(alternating, first, day('2026-11-26')))
  assert.ok(!mayBookOn(alternating, second, day('2026-11-26')))
  assert.ok(mayBookOn(percentage(3300), first, day('2026-11-26')))
  assert.ok(mayBookOn(percentage(3300), second, day('2026-11-26')))
  for (const custody of [alternating, percentage(5000)])
    assert.ok(!mayBookOn(custody, 'stranger' as Id<'household'>, day('2026-11-26')))
})

test('trap 14: a day is paid by its household, or 33 and 67 % by both', () => {
  assert.deepEqual(sharesOfDay(alternating, day('2026-11-26')), [{ household: first, basisPoints: 10_000 }])
  assert.deepEqual(sharesOfDay(percentage(3300), day('2026-11-26')), [
    { household: first, basisPoints: 3300 },
    { household: second, basisPoints: 6700 },
  ])
  assert.deepEqual(sharesOfDay(percentage(10_000), day('2026-11-26')), [{ household: first, basisPoints: 10_000 }])
})

test('on any day the shares make the whole, and only who may book alone pays alone', () => {
  const custodies = fc.oneof(
    fc.constantFrom(alternating, evenOdd(1), evenOdd(5)),
    fc.integer({ min: 0, max: 10_000 }).map(percentage),
  )
  const days = fc.integer({ min: -400, max: 2000 }).map(n => day('2026-09-01').add({ days: n }))
  fc.assert(
    fc.property(custodies, days, (custody, d) => {
      const shares = sharesOfDay(custody, d)
      assert.equal(
        shares.reduce((total, share) => total + share.basisPoints, 0),
        10_000,
      )
      const one = householdOfDay(custody, d)
      if (one)
        assert.deepEqual([mayBookOn(custody, first, d), mayBookOn(custody, second, d)], [one === first, one === second])
    }),
  )
})
