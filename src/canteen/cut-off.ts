import { z } from 'zod'
import type { WorkingDays } from '../kernel/calendar.ts'
import { PARIS } from '../kernel/clock.ts'
import { mondayOf, type Weekday } from '../kernel/days.ts'
import type { FieldError } from '../kernel/problems.ts'

/** A limit by weekday: that weekday at that hour, in the meal's own week (0) or so many weeks before. */
export type WeekdayLimit = { weekday: Weekday; weeksBefore: number; hour: Temporal.PlainTime }

/** Until when a meal may be booked or cancelled. Towns differ: it is a setting, and the hour is Paris time. */
export type CutOff =
  /** « Two working days before, 10:00. » */
  | { kind: 'working-days'; workingDays: number; hour: Temporal.PlainTime }
  /** « Tuesday 10:00 for Thursday and Friday, Thursday 10:00 for Monday and Tuesday »: a limit for each day served. */
  | { kind: 'weekday-table'; limits: Readonly<Partial<Record<Weekday, WeekdayLimit>>> }
  /** « 9:00 the same day »: seen for absences only, where the kitchen cooks on the spot. */
  | { kind: 'same-day'; hour: Temporal.PlainTime }

const hour = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d(:00)?$/)
  .transform(text => Temporal.PlainTime.from(text))
const weekdays = z.literal([1, 2, 3, 4, 5, 6, 7])

/** Reads a cut-off from the town's settings, where hours are '10:00'. `cutOffErrors` then says whether it makes sense. */
export const cutOffSettings = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('working-days'), workingDays: z.int(), hour }),
  z.object({
    kind: z.literal('weekday-table'),
    limits: z.partialRecord(
      z.literal(['1', '2', '3', '4', '5', '6', '7']),
      z.object({ weekday: weekdays, weeksBefore: z.int(), hour }),
    ),
  }),
  z.object({ kind: z.literal('same-day'), hour }),
])

/**
 * Until when a parent may change the meal of a day. A weekday of the table that is not worked (Ascension Thursday) gives
 * way to the working day before it. Throws RangeError when the table has no limit for that weekday.
 */
export function mealDeadline(day: Temporal.PlainDate, rule: CutOff, calendar: WorkingDays): Temporal.ZonedDateTime {
  const at = (limit: Temporal.PlainDate, hour: Temporal.PlainTime) =>
    limit.toZonedDateTime({ timeZone: PARIS, plainTime: hour })
  switch (rule.kind) {
    case 'working-days':
      return at(calendar.before(day, rule.workingDays), rule.hour)
    case 'same-day':
      return at(day, rule.hour)
    case 'weekday-table': {
      const limit = rule.limits[day.dayOfWeek as Weekday]
      if (!limit) throw new RangeError(`no cut-off for weekday ${day.dayOfWeek}`)
      const wanted = mondayOf(day).add({ days: limit.weekday - 1 - 7 * limit.weeksBefore })
      return at(calendar.isWorkingDay(wanted) ? wanted : calendar.before(wanted, 1), limit.hour)
    }
  }
}

/** Whether that moment is still in time; the minute of the cut-off itself is: « until 10:00 ». */
export function isInTime(now: Temporal.Instant, deadline: Temporal.ZonedDateTime): boolean {
  return Temporal.Instant.compare(now, deadline.toInstant()) <= 0
}

/**
 * Until when a place that came free is kept for the first of the waiting list: 24 hours, and never past the cut-off.
 * Undefined when the cut-off has passed: nothing is offered that could not be cancelled nor cooked.
 */
export function offerExpires(now: Temporal.Instant, deadline: Temporal.ZonedDateTime): Temporal.Instant | undefined {
  const limit = deadline.toInstant()
  if (Temporal.Instant.compare(now, limit) >= 0) return undefined
  const tomorrow = now.add({ hours: 24 })
  return Temporal.Instant.compare(tomorrow, limit) < 0 ? tomorrow : limit
}

/** What is wrong with a cut-off as an administrator set it, for a canteen that serves on those weekdays. */
export function cutOffErrors(rule: CutOff, weekdays: readonly Weekday[]): FieldError[] {
  if (rule.kind === 'working-days') {
    const { workingDays } = rule
    const wrong = !Number.isInteger(workingDays) || workingDays < 1 || workingDays > 15
    return wrong ? [{ field: 'workingDays', code: 'not-between', params: { min: 1, max: 15 } }] : []
  }
  if (rule.kind === 'same-day') return []
  return weekdays.flatMap((weekday): FieldError[] => {
    const field = `limits.${weekday}`
    const limit = rule.limits[weekday]
    if (!limit) return [{ field, code: 'no-limit', params: { weekday } }]
    if (!Number.isInteger(limit.weeksBefore) || limit.weeksBefore < 0 || limit.weeksBefore > 4)
      return [{ field: `${field}.weeksBefore`, code: 'not-between', params: { min: 0, max: 4 } }]
    const before = limit.weeksBefore > 0 || limit.weekday < weekday
    return before ? [] : [{ field: `${field}.weekday`, code: 'limit-not-before-the-meal', params: { weekday } }]
  })
}
