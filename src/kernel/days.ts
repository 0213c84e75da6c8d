/** ISO day of the week: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/
const ISO_MONTH = /^\d{4}-\d{2}$/
const inReach = (year: number) => year >= 1900 && year <= 2100

/** The day written exactly YYYY-MM-DD, from 1900 to 2100; undefined for all else, 30 February included. */
export function isoDay(text: string): Temporal.PlainDate | undefined {
  if (!ISO_DAY.test(text) || !inReach(Number(text.slice(0, 4)))) return undefined
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    return undefined // not a day of the calendar
  }
}

/** The month written exactly YYYY-MM, from 1900 to 2100; undefined for all else. */
export function isoMonth(text: string): Temporal.PlainYearMonth | undefined {
  if (!ISO_MONTH.test(text)) return undefined
  return isoDay(`${text}-01`)?.toPlainYearMonth()
}

/** Every day from the first to the last, both included; none when the last is before the first. */
export function* eachDay(from: Temporal.PlainDate, to: Temporal.PlainDate): Generator<Temporal.PlainDate, void> {
  for (let day = from; isOnOrBefore(day, to); day = day.add({ days: 1 })) yield day
}

/** Whether `a` is the same day as `b`, or an earlier one. */
export function isOnOrBefore(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) <= 0
}

/** A stretch of days, both ends included; without `to` it has no end yet. */
export type Period = { from: Temporal.PlainDate; to?: Temporal.PlainDate | undefined }

/** Whether the day is in the period. */
export function isWithin(day: Temporal.PlainDate, period: Period): boolean {
  return isOnOrBefore(period.from, day) && (period.to === undefined || isOnOrBefore(day, period.to))
}

export function monthOf(day: Temporal.PlainDate): Temporal.PlainYearMonth {
  return day.toPlainYearMonth()
}

export function weekday(day: Temporal.PlainDate): Weekday {
  return day.dayOfWeek as Weekday
}

/** The Monday of the day's week. */
export function mondayOf(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 })
}

/** Whole years of age on that day; whoever is born on 29 February turns a year older on 1 March in common years. */
export function ageOn(birth: Temporal.PlainDate, day: Temporal.PlainDate): number {
  const birthdayPassed = day.month > birth.month || (day.month === birth.month && day.day >= birth.day)
  return day.year - birth.year - (birthdayPassed ? 0 : 1)
}

/** A French school year, both days included; `label` as the ministry writes it: '2026-2027'. */
export type SchoolYear = { from: Temporal.PlainDate; to: Temporal.PlainDate; label: string }

/** The school year of a day: 1 September to 31 August. */
export function schoolYearOf(day: Temporal.PlainDate): SchoolYear {
  const start = day.month >= 9 ? day.year : day.year - 1
  return {
    from: Temporal.PlainDate.from({ year: start, month: 9, day: 1 }),
    to: Temporal.PlainDate.from({ year: start + 1, month: 8, day: 31 }),
    label: `${start}-${start + 1}`,
  }
}
