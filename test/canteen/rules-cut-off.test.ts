import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type CutOff,
  cutOffErrors,
  cutOffSettings,
  isInTime,
  mealDeadline,
  offerExpires,
} from '../../src/canteen/cut-off.ts'
import { workingDays } from '../../src/kernel/calendar.ts'
import type { Weekday } from '../../src/kernel/days.ts'

const day = Temporal.PlainDate.from
const hour = Temporal.PlainTime.from
const calendar = workingDays({ closures: new Set() })
const twoDays: CutOff = { kind: 'working-days', workingDays: 2, hour: hour('10:00') }
const table: CutOff = {
  kind: 'weekday-table',
  limits: {
    1: { weekday: 4, weeksBefore: 1, hour: hour('10:00') },
    2: { weekday: 4, weeksBefore: 1, hour: hour('10:00') },
    4: { weekday: 2, weeksBefore: 0, hour: hour('10:00') },
    5: { weekday: 2, weeksBefore: 0, hour: hour('10:00') },
  },
}
const deadline = (text: string, rule: CutOff = twoDays, days = calendar) =>
  mealDeadline(day(text), rule, days).toString({ timeZoneName: 'never', smallestUnit: 'second' })

test('a meal may be changed until ten o’clock two working days before', () => {
  assert.equal(deadline('2026-11-26'), '2026-11-24T10:00:00+01:00')
  assert.equal(deadline('2026-11-27'), '2026-11-25T10:00:00+01:00')
})

test('trap 1: for a Monday that is Thursday, after Easter Monday it is Thursday too', () => {
  assert.equal(deadline('2026-11-30'), '2026-11-26T10:00:00+01:00')
  assert.equal(deadline('2026-04-07'), '2026-04-02T10:00:00+02:00')
})

test('trap 2: ten o’clock in Paris is 09:00 UTC in winter and 08:00 in summer, also across the change', () => {
  const utc = (text: string) => mealDeadline(day(text), twoDays, calendar).toInstant().toString()
  assert.equal(utc('2026-11-26'), '2026-11-24T09:00:00Z')
  assert.equal(utc('2026-10-15'), '2026-10-13T08:00:00Z')
  assert.equal(utc('2026-10-27'), '2026-10-23T08:00:00Z') // the clock changes on Sunday 25 October
  assert.equal(utc('2027-03-30'), '2027-03-25T09:00:00Z') // on Sunday 28 March, and Monday 29 is Easter
})

test('Tuesday ten o’clock for Thursday and Friday, Thursday ten o’clock for Monday and Tuesday', () => {
  assert.equal(deadline('2026-11-26', table), '2026-11-24T10:00:00+01:00')
  assert.equal(deadline('2026-11-27', table), '2026-11-24T10:00:00+01:00')
  assert.equal(deadline('2026-11-30', table), '2026-11-26T10:00:00+01:00')
  assert.equal(deadline('2026-12-01', table), '2026-11-26T10:00:00+01:00')
})

test('when the Thursday of the table is Ascension day, the limit is the day before', () => {
  assert.equal(deadline('2027-05-10', table), '2027-05-05T10:00:00+02:00')
})

test('a town may let absences be told until nine o’clock the same day', () => {
  assert.equal(deadline('2026-11-26', { kind: 'same-day', hour: hour('09:00') }), '2026-11-26T09:00:00+01:00')
})

test('a day the town is closed does not count', () => {
  const closed = workingDays({ closures: new Set(['2026-11-25']) })
  assert.equal(deadline('2026-11-26', twoDays, closed), '2026-11-23T10:00:00+01:00')
})

test('until ten o’clock means ten o’clock is in time and a millisecond later is not', () => {
  const limit = mealDeadline(day('2026-11-26'), twoDays, calendar)
  assert.ok(isInTime(Temporal.Instant.from('2026-11-24T09:59:00+01:00'), limit))
  assert.ok(isInTime(Temporal.Instant.from('2026-11-24T10:00:00+01:00'), limit))
  assert.ok(!isInTime(Temporal.Instant.from('2026-11-24T10:00:00.001+01:00'), limit))
})

test('whatever the day and the rule, the limit is before the day, on a working day, at the hour of Paris', () => {
  const mealDays = fc.integer({ min: 0, max: 3650 }).map(n => day('2024-01-01').add({ days: n }))
  const hours = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 30, 59) })
  fc.assert(
    fc.property(mealDays, hours, fc.integer({ min: 1, max: 15 }), fc.boolean(), (meal, at, workingDays, byTable) => {
      fc.pre(meal.dayOfWeek <= 5)
      const time = hour(at)
      const limits = { 3: { weekday: 1 as Weekday, weeksBefore: 0, hour: time } }
      const rule: CutOff = byTable
        ? { kind: 'weekday-table', limits: { ...table.limits, ...limits } }
        : { kind: 'working-days', workingDays, hour: time }
      const limit = mealDeadline(meal, rule, calendar)
      assert.ok(Temporal.PlainDate.compare(limit.toPlainDate(), meal) < 0)
      assert.ok(calendar.isWorkingDay(limit.toPlainDate()))
      assert.equal(limit.timeZoneId, 'Europe/Paris')
      assert.ok(byTable || limit.toPlainTime().equals(time))
    }),
  )
})

test('a place that came free is kept 24 hours, but never past the cut-off', () => {
  const limit = mealDeadline(day('2026-11-26'), twoDays, calendar) // Tuesday 24, 10:00
  const offered = (now: string) => offerExpires(Temporal.Instant.from(now), limit)?.toString()
  assert.equal(offered('2026-11-20T15:00:00+01:00'), '2026-11-21T14:00:00Z')
  assert.equal(offered('2026-11-23T15:00:00+01:00'), '2026-11-24T09:00:00Z')
  assert.equal(offered('2026-11-24T10:00:00+01:00'), undefined)
  assert.equal(offered('2026-11-25T08:00:00+01:00'), undefined)
})

test('an administrator’s cut-off survives its storage as JSON', () => {
  for (const rule of [twoDays, table, { kind: 'same-day', hour: hour('09:00') } as const]) {
    const back = cutOffSettings.parse(JSON.parse(JSON.stringify(rule)))
    for (const text of ['2026-11-26', '2026-11-27', '2026-11-30'])
      assert.equal(deadline(text, back), deadline(text, rule))
  }
})

test('a cut-off that makes no sense is refused, field by field', () => {
  const served: Weekday[] = [1, 2, 4, 5]
  const errors = (rule: CutOff, weekdays = served) => cutOffErrors(rule, weekdays).map(e => `${e.field}: ${e.code}`)
  assert.deepEqual(errors(twoDays), [])
  assert.deepEqual(errors(table), [])
  for (const workingDays of [0, -1, 1.5, 16])
    assert.deepEqual(errors({ ...twoDays, workingDays }), ['workingDays: not-between'])
  assert.deepEqual(errors(table, [1, 3]), ['limits.3: no-limit'])
  const limit = { weekday: 4 as Weekday, weeksBefore: 0, hour: hour('10:00') }
  assert.deepEqual(errors({ kind: 'weekday-table', limits: { 4: limit } }, [4]), [
    'limits.4.weekday: limit-not-before-the-meal',
  ])
  assert.deepEqual(errors({ kind: 'weekday-table', limits: { 4: { ...limit, weeksBefore: -1 } } }, [4]), [
    'limits.4.weeksBefore: not-between',
  ])
  for (const wrong of [
    { kind: 'working-days', workingDays: 2, hour: '24:00' },
    { kind: 'working-days', workingDays: '2', hour: '10:00' },
    { kind: 'weekday-table', limits: { 8: { weekday: 1, weeksBefore: 1, hour: '10:00' } } },
    { kind: 'whenever' },
  ])
    assert.equal(cutOffSettings.safeParse(wrong).success, false, JSON.stringify(wrong))
})
