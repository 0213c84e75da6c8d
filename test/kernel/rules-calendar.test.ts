import assert from 'node:assert/strict'
import { test } from 'node:test'
import Holidays from 'date-holidays'
import fc from 'fast-check'
import { publicHolidayOn, publicHolidays, workingDays } from '../../src/kernel/calendar.ts'

const day = Temporal.PlainDate.from
const noClosure = workingDays({ closures: new Set() })

test('the eleven public holidays of 2027 are known', () => {
  assert.deepEqual(Object.fromEntries(publicHolidays(2027)), {
    '2027-01-01': 'new-year',
    '2027-03-29': 'easter-monday',
    '2027-05-01': 'labour-day',
    '2027-05-06': 'ascension',
    '2027-05-08': 'victory-1945',
    '2027-05-17': 'whit-monday',
    '2027-07-14': 'bastille-day',
    '2027-08-15': 'assumption',
    '2027-11-01': 'all-saints',
    '2027-11-11': 'armistice-1918',
    '2027-12-25': 'christmas',
  })
})

test('for a hundred years the public holidays are those of the library of all countries', () => {
  const france = new Holidays('FR', { types: ['public'] })
  for (let year = 2000; year <= 2100; year += 1) {
    const theirs = new Set(france.getHolidays(year).map(holiday => holiday.date.slice(0, 10)))
    assert.deepEqual([...publicHolidays(year).keys()].sort(), [...theirs].sort(), String(year))
  }
})

test('Good Friday and 26 December are working days outside Alsace and Moselle', () => {
  assert.equal(publicHolidayOn(day('2026-04-03')), undefined)
  assert.equal(publicHolidayOn(day('2028-12-26')), undefined)
})

test('trap 1: the working day before a Monday is Friday, before the Tuesday after Easter it is Thursday', () => {
  assert.equal(noClosure.before(day('2026-11-23'), 1).toString(), '2026-11-20')
  assert.equal(noClosure.before(day('2026-11-24'), 2).toString(), '2026-11-20')
  // Good Friday is worked: one working day before Tuesday 7 April is Friday 3, two is Thursday 2.
  assert.equal(noClosure.before(day('2026-04-07'), 1).toString(), '2026-04-03')
  assert.equal(noClosure.before(day('2026-04-07'), 2).toString(), '2026-04-02')
})

test('a day the town is closed counts no more than a public holiday', () => {
  const bridge = workingDays({ closures: new Set(['2026-05-15']) }) // the Friday after Ascension
  assert.equal(bridge.before(day('2026-05-18'), 1).toString(), '2026-05-13')
  assert.equal(bridge.before(day('2026-05-18'), 2).toString(), '2026-05-12')
  assert.ok(!bridge.isWorkingDay(day('2026-05-15')))
})

test('the working day after a Friday is Monday, after Good Friday it is the Tuesday after Easter', () => {
  assert.equal(noClosure.after(day('2026-11-20'), 1).toString(), '2026-11-23')
  assert.equal(noClosure.after(day('2026-04-03'), 1).toString(), '2026-04-07')
  assert.equal(noClosure.after(day('2026-11-21'), 5).toString(), '2026-11-27') // from a Saturday
})

test('what falls due on a day off is due on the next working day', () => {
  assert.equal(noClosure.onOrAfter(day('2026-11-24')).toString(), '2026-11-24')
  assert.equal(noClosure.onOrAfter(day('2026-12-25')).toString(), '2026-12-28') // Christmas is a Friday
})

test('nobody counts zero, minus one or half a working day', () => {
  for (const wrong of [0, -1, 0.5, Number.NaN])
    for (const count of [noClosure.before, noClosure.after])
      assert.throws(() => count(day('2026-11-24'), wrong), RangeError)
})

test('n working days before any day are exactly n working days away', () => {
  const days = fc.integer({ min: 0, max: 36_500 }).map(n => day('2000-01-01').add({ days: n }))
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 15 }), fc.array(fc.integer({ min: 1, max: 40 })), (meal, n, closed) => {
      const closures = new Set(closed.map(back => meal.subtract({ days: back }).toString()))
      const calendar = workingDays({ closures })
      const found = calendar.before(meal, n)
      assert.ok(calendar.isWorkingDay(found))
      let counted = 0
      for (let d = found; Temporal.PlainDate.compare(d, meal) < 0; d = d.add({ days: 1 }))
        if (calendar.isWorkingDay(d)) counted += 1
      assert.equal(counted, n)
    }),
  )
})

test('n working days on and n back from a working day lead to it again', () => {
  const days = fc.integer({ min: 0, max: 36_500 }).map(n => noClosure.onOrAfter(day('2000-01-01').add({ days: n })))
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 40 }), (from, n) => {
      const there = noClosure.after(from, n)
      assert.ok(noClosure.isWorkingDay(there))
      assert.equal(noClosure.before(there, n).toString(), from.toString())
    }),
  )
})
