import { publicHolidayOn } from '../kernel/calendar.ts'
import { eachDay, isOnOrBefore } from '../kernel/days.ts'

export const PERIOD_KINDS = ['wednesdays', 'holidays', 'summer'] as const
/** Wednesdays of term, one or more weeks of short holidays, summer. */
export type PeriodKind = (typeof PERIOD_KINDS)[number]

/** School holidays of the town's zone; `until` is the day of return. */
export type Holiday = { name: string; from: Temporal.PlainDate; until: Temporal.PlainDate }

/** Both ends included. */
export type PeriodDays = {
  kind: PeriodKind
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  weekdays: readonly number[]
}

/**
 * The days on which centres may open in a period: of the weekdays chosen, never on a public holiday, in term for the
 * Wednesdays and in the holidays for the others.
 */
export function daysOfPeriod(period: PeriodDays, holidays: readonly Holiday[]): Temporal.PlainDate[] {
  const inHolidays = period.kind !== 'wednesdays'
  return [...eachDay(period.from, period.to)].filter(
    day =>
      period.weekdays.includes(day.dayOfWeek) &&
      publicHolidayOn(day) === undefined &&
      holidays.some(holiday => holds(holiday, day)) === inHolidays,
  )
}

const holds = ({ from, until }: Holiday, day: Temporal.PlainDate) =>
  isOnOrBefore(from, day) && Temporal.PlainDate.compare(day, until) < 0

/** A year later, on the same day of the week. */
const YEAR_OF_WEEKS = 52 * 7

/**
 * By how many days a period moves to the school year after its own: always whole weeks, so that weekdays stay. Holidays
 * go with the holidays of the same name, whose first weeks are laid upon each other; Wednesdays move by 52 weeks.
 * Undefined when next year's holidays of that name are not known.
 */
export function shiftToNextYear(period: PeriodDays, holidays: readonly Holiday[]): number | undefined {
  if (period.kind === 'wednesdays') return YEAR_OF_WEEKS
  const own = holidays.find(
    ({ from, until }) => isOnOrBefore(from, period.to) && isOnOrBefore(period.from, until.subtract({ days: 1 })),
  )
  if (!own) return undefined
  const ofNextYear = own.from.add({ years: 1 })
  // The same holidays come again within some weeks of the year before: winter's move by zone, the others hardly.
  const next = holidays.find(
    ({ name, from }) => name === own.name && Math.abs(ofNextYear.until(from, { largestUnit: 'day' }).days) < 60,
  )
  return next && firstMonday(own).until(firstMonday(next), { largestUnit: 'day' }).days
}

/** The Monday of the first week with a weekday in the holidays, which begin on Saturdays mostly. */
function firstMonday({ from }: Holiday): Temporal.PlainDate {
  return from.dayOfWeek >= 6 ? from.add({ days: 8 - from.dayOfWeek }) : from.subtract({ days: from.dayOfWeek - 1 })
}
