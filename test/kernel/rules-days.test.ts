import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  ageOn,
  eachDay,
  isoDay,
  isoMonth,
  isWithin,
  mondayOf,
  monthOf,
  schoolYearOf,
  weekday,
} from '../../src/kernel/days.ts'

const day = Temporal.PlainDate.from
const days = fc.integer({ min: 0, max: 73_000 }).map(n => day('1900-01-01').add({ days: n }))

test('a day that does not exist, or is not written YYYY-MM-DD, is refused', () => {
  const refused = [
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-2-3',
    '20260203',
    ' 2026-02-03',
    '2026-02-03T00:00',
    '2026-02-03[u-ca=hebrew]',
    '03/02/2026',
    '1899-12-31',
    '2101-01-01',
    '+002026-02-03',
    '',
  ]
  for (const text of refused) assert.equal(isoDay(text), undefined, text)
})

test('every day from 1900 to 2100 is read as written', () => {
  fc.assert(fc.property(days, day => isoDay(day.toString())?.equals(day) === true))
  assert.ok(isoDay('2024-02-29'))
})

test('a month is read as written, and only so', () => {
  assert.equal(isoMonth('2026-10')?.toString(), '2026-10')
  for (const text of ['2026-13', '2026-1', '2026', '2026-10-01', '1899-12'])
    assert.equal(isoMonth(text), undefined, text)
  assert.equal(monthOf(day('2026-10-31')).toString(), '2026-10')
})

test('each day of a stretch comes once, both ends included, also over the change of hour', () => {
  assert.deepEqual([...eachDay(day('2026-10-24'), day('2026-10-26'))].map(String), [
    '2026-10-24',
    '2026-10-25',
    '2026-10-26',
  ])
  assert.equal([...eachDay(day('2027-01-01'), day('2027-12-31'))].length, 365)
  assert.deepEqual([...eachDay(day('2026-10-25'), day('2026-10-24'))], [])
})

test('a period holds both its ends; one without end goes on', () => {
  const term = { from: day('2026-09-01'), to: day('2026-10-16') }
  assert.ok(isWithin(day('2026-09-01'), term))
  assert.ok(isWithin(day('2026-10-16'), term))
  assert.ok(!isWithin(day('2026-10-17'), term))
  assert.ok(!isWithin(day('2026-08-31'), term))
  assert.ok(isWithin(day('2099-01-01'), { from: day('2026-09-01') }))
})

test('Monday is the first day of the week', () => {
  assert.equal(weekday(day('2026-11-23')), 1)
  assert.equal(weekday(day('2026-11-29')), 7)
  fc.assert(
    fc.property(days, d => {
      const monday = mondayOf(d)
      return weekday(monday) === 1 && monday.until(d).days === weekday(d) - 1
    }),
  )
})

test('trap 5: a child is six from the day of the sixth birthday, in the middle of the week too', () => {
  assert.equal(ageOn(day('2020-10-21'), day('2026-10-20')), 5)
  assert.equal(ageOn(day('2020-10-21'), day('2026-10-21')), 6)
})

test('trap 6: born on 29 February, a child turns on 1 March when there is no 29th', () => {
  const birth = day('2020-02-29')
  assert.equal(ageOn(birth, day('2026-02-28')), 5)
  assert.equal(ageOn(birth, day('2026-03-01')), 6)
  assert.equal(ageOn(birth, day('2028-02-28')), 7)
  assert.equal(ageOn(birth, day('2028-02-29')), 8)
})

test('the school year runs from 1 September to 31 August', () => {
  const year = schoolYearOf(day('2026-11-23'))
  assert.deepEqual([year.from.toString(), year.to.toString(), year.label], ['2026-09-01', '2027-08-31', '2026-2027'])
  assert.equal(schoolYearOf(day('2026-08-31')).label, '2025-2026')
  assert.equal(schoolYearOf(day('2026-09-01')).label, '2026-2027')
})
