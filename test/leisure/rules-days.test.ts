import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { publicHolidayOn } from '../../src/kernel/calendar.ts'
import { daysOfPeriod, type PeriodDays, shiftToNextYear } from '../../src/leisure/days-of-period.ts'
import { parseSchoolHolidays } from '../../src/schools/open-data-holidays.ts'

const file = new URL('../../src/schools/fixtures/school-holidays-zone-b.csv', import.meta.url)
const { rows: holidays } = parseSchoolHolidays(await readFile(file, 'utf8'), 'B')
const day = (iso: string) => Temporal.PlainDate.from(iso)
const week = [1, 2, 3, 4, 5]
const period = (kind: PeriodDays['kind'], from: string, to: string, weekdays = kind === 'wednesdays' ? [3] : week) => ({
  kind,
  from: day(from),
  to: day(to),
  weekdays,
})

test('the Christmas holidays of 2026 have eight days: not the two Fridays, which are holidays of all', () => {
  const days = daysOfPeriod(period('holidays', '2026-12-19', '2027-01-03'), holidays).map(String)
  assert.deepEqual(days, [
    '2026-12-21',
    '2026-12-22',
    '2026-12-23',
    '2026-12-24',
    '2026-12-28',
    '2026-12-29',
    '2026-12-30',
    '2026-12-31',
  ])
})

test('a period of holidays that reaches into term has only its days of holidays; the day of return is none', () => {
  const days = daysOfPeriod(period('holidays', '2026-10-12', '2026-11-06'), holidays)
  assert.equal(String(days[0]), '2026-10-19')
  assert.equal(String(days.at(-1)), '2026-10-30')
})

test('Wednesdays of term leave out the holidays, and 11 November', () => {
  const days = daysOfPeriod(period('wednesdays', '2026-10-01', '2026-11-30'), holidays).map(String)
  assert.deepEqual(days, ['2026-10-07', '2026-10-14', '2026-11-04', '2026-11-18', '2026-11-25'])
})

test('a copy moves by whole weeks, onto the holidays of the same name', () => {
  assert.equal(shiftToNextYear(period('holidays', '2025-12-22', '2026-01-02'), holidays), 364)
  // Winter: 14 February 2026, then 20 February 2027.
  assert.equal(shiftToNextYear(period('holidays', '2026-02-14', '2026-03-01'), holidays), 371)
  assert.equal(shiftToNextYear(period('summer', '2026-07-06', '2026-08-28'), holidays), 364)
  assert.equal(shiftToNextYear(period('wednesdays', '2025-09-03', '2026-07-01'), holidays), 364)
  assert.equal(shiftToNextYear(period('holidays', '2027-02-20', '2027-03-07'), holidays), undefined)
})

test('whatever the period, its days are in it, of its weekdays, of no public holiday, and of one kind only', () => {
  const start = fc.integer({ min: 0, max: 600 }).map(n => day('2025-10-01').add({ days: n }))
  const some = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1 })
  fc.assert(
    fc.property(start, fc.nat(100), some, (from, length, weekdays) => {
      const to = from.add({ days: length })
      const of = (kind: PeriodDays['kind']) => daysOfPeriod({ kind, from, to, weekdays }, holidays)
      const [term, free] = [of('wednesdays'), of('holidays')]
      for (const one of [...term, ...free]) {
        assert.ok(weekdays.includes(one.dayOfWeek) && publicHolidayOn(one) === undefined)
        assert.ok(Temporal.PlainDate.compare(from, one) <= 0 && Temporal.PlainDate.compare(one, to) <= 0)
      }
      assert.equal(new Set([...term, ...free].map(String)).size, term.length + free.length)
    }),
  )
})
