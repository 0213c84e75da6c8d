import { type PublicHoliday, publicHolidayOn, type WorkingDays } from '../kernel/calendar.ts'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay, isOnOrBefore, isWithin, schoolYearOf, weekday } from '../kernel/days.ts'
import type { MealType } from '../people/schema.ts'
import { type CutOff, isInTime, mealDeadline } from './cut-off.ts'

/** What the town knows of the calendar that concerns a school. */
export type CalendarFacts = {
  /** `until` is the day of return. */
  schoolHolidays: readonly { name: string; from: Temporal.PlainDate; until: Temporal.PlainDate }[]
  /** Those of the school and of the whole town, not withdrawn; of one class only when `className` says so. */
  closures: readonly Closure[]
}

type Closure = {
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  className: string | null
  reason: 'strike' | 'works' | 'outing' | 'teacher-absent' | 'other'
  message: string
}

/** Where a child eats: the weekdays the school serves (1, Monday, to 7) and the child's class. */
export type Table = { mealWeekdays: readonly number[]; className?: string | undefined }

/** Whether a meal is served on a day; if not, why, with what the words need. */
export type Serving =
  | { serves: true }
  | { serves: false; why: 'weekend' | 'no-canteen-weekday' }
  | { serves: false; why: 'public-holiday'; holiday: PublicHoliday }
  /** The name as published: « Vacances de la Toussaint ». */
  | { serves: false; why: 'school-holiday'; name: string }
  /** The message is said to the parents as the town wrote it. */
  | { serves: false; why: 'closure'; reason: Closure['reason']; message: string }

/** Why a day is not served. */
export type Closed<S = Serving> = S extends { serves: false } ? Omit<S, 'serves'> : never

/** Whether the canteen of that school serves a meal on that day. */
export function servingDay(day: Temporal.PlainDate, table: Table, facts: CalendarFacts): Serving {
  if (day.dayOfWeek > 5) return { serves: false, why: 'weekend' }
  const holiday = publicHolidayOn(day)
  if (holiday) return { serves: false, why: 'public-holiday', holiday }
  const vacation = facts.schoolHolidays.find(v => isOnOrBefore(v.from, day) && !isOnOrBefore(v.until, day))
  if (vacation) return { serves: false, why: 'school-holiday', name: vacation.name }
  if (!table.mealWeekdays.includes(day.dayOfWeek)) return { serves: false, why: 'no-canteen-weekday' }
  const closure = facts.closures.find(
    c => isWithin(day, c) && (c.className === null || c.className === table.className),
  )
  if (closure) return { serves: false, why: 'closure', reason: closure.reason, message: closure.message }
  return { serves: true }
}

/** A week that repeats, both ends included. */
export type WeeklyPattern = {
  weekdays: readonly number[]
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  mealType: MealType
}

/**
 * The days a pattern books, in order: its weekdays that are served. It ends with the school year it begins in, whatever
 * was asked: next year's school, class and calendar are not known.
 */
export function daysOfPattern(
  pattern: WeeklyPattern,
  servingOn: (day: Temporal.PlainDate) => Serving,
): Temporal.PlainDate[] {
  const end = schoolYearOf(pattern.from).to
  const to = isOnOrBefore(pattern.to, end) ? pattern.to : end
  return [...eachDay(pattern.from, to)].filter(d => pattern.weekdays.includes(weekday(d)) && servingOn(d).serves)
}

/** The meals of several patterns of one child, by ISO day: a day booked twice is one meal, of the later pattern's type. */
export function mealsOfPatterns(
  patterns: readonly WeeklyPattern[],
  servingOn: (day: Temporal.PlainDate) => Serving,
): ReadonlyMap<string, MealType> {
  const meals = new Map<string, MealType>()
  for (const pattern of patterns)
    for (const day of daysOfPattern(pattern, servingOn)) meals.set(day.toString(), pattern.mealType)
  return new Map([...meals].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A stretch of school between two holidays, both days included; `before` is the name of the holidays that end it. */
export type Term = { from: Temporal.PlainDate; to: Temporal.PlainDate; before: string | undefined }

/** The terms of the school year a day is in, from the holidays known: what « book until the next holidays » offers. */
export function termsOf(day: Temporal.PlainDate, holidays: CalendarFacts['schoolHolidays']): Term[] {
  const year = schoolYearOf(day)
  const terms: Term[] = []
  let from = year.from
  const sorted = holidays.toSorted((a, b) => Temporal.PlainDate.compare(a.from, b.from))
  for (const holiday of sorted) {
    if (isOnOrBefore(holiday.until, from) || !isOnOrBefore(holiday.from, year.to)) continue
    const to = holiday.from.subtract({ days: 1 })
    if (isOnOrBefore(from, to)) terms.push({ from, to, before: holiday.name })
    from = holiday.until
  }
  if (isOnOrBefore(from, year.to)) terms.push({ from, to: year.to, before: undefined })
  return terms
}

/** What must be known of a child's day to say what a parent may do with it. */
export type DayFacts = {
  day: Temporal.PlainDate
  now: Temporal.Instant
  /** Whether the child attends a school of the town that day and is enrolled at its canteen. */
  enrolled: boolean
  serving: Serving
  /** Whether it is a day of the parent's household: see `mayBookOn` of the custody. */
  ours: boolean
  /** Whose booking there is, if any. */
  booking: 'none' | 'ours' | 'other-household'
  /** Whether the child has a place at a leisure centre that day, lunchtime included. */
  atCentre: boolean
  placesLeft: number
  /** The child's place in the waiting list: a rank from 1, or a place kept until an instant. */
  waiting?: { rank: number } | { offeredUntil: Temporal.Instant } | undefined
  cutOff: CutOff
  calendar: WorkingDays
}

/** What a parent may do with a child's day. One code each, for the words; the last three may be changed `until` then. */
export type DayState =
  | { state: 'not-enrolled' }
  | ({ state: 'not-serving' } & Closed)
  /** A day of the other parent's weeks: nothing is told of it. */
  | { state: 'other-household' }
  /** Custody by percentage: the meal is booked already, by the other household, which alone may cancel it. */
  | { state: 'booked-by-other-household' }
  /** The child eats at its leisure centre, or is there at lunchtime: nobody prepares a second meal. */
  | { state: 'at-leisure-centre' }
  | { state: 'past'; booked: boolean }
  | { state: 'locked'; booked: boolean; since: Temporal.ZonedDateTime }
  | { state: 'open'; booked: boolean; until: Temporal.ZonedDateTime }
  | { state: 'full'; rank: number | undefined; until: Temporal.ZonedDateTime }
  | { state: 'offered'; until: Temporal.ZonedDateTime }

/** What a parent sees and may do on a child's day of the month calendar. */
export function dayState(facts: DayFacts): DayState {
  const { day, now, serving, waiting } = facts
  const booked = facts.booking === 'ours'
  if (!facts.enrolled) return { state: 'not-enrolled' }
  if (!serving.serves) {
    const { serves: _, ...why } = serving
    return { state: 'not-serving', ...why }
  }
  // A booking of one's own stays one's own to cancel, even when the weeks were shared out anew since.
  if (!booked && !facts.ours) return { state: 'other-household' }
  if (facts.booking === 'other-household') return { state: 'booked-by-other-household' }
  if (Temporal.PlainDate.compare(day, dayInParis(now)) < 0) return { state: 'past', booked }
  const until = mealDeadline(day, facts.cutOff, facts.calendar)
  if (!isInTime(now, until)) return { state: 'locked', booked, since: until }
  if (booked) return { state: 'open', booked, until }
  // Who stands in line may still leave it.
  if (facts.atCentre && !(waiting && 'rank' in waiting)) return { state: 'at-leisure-centre' }
  if (waiting && 'offeredUntil' in waiting && Temporal.Instant.compare(now, waiting.offeredUntil) <= 0)
    return { state: 'offered', until: earlier(until, waiting.offeredUntil.toZonedDateTimeISO(until.timeZoneId)) }
  if (facts.placesLeft > 0) return { state: 'open', booked, until }
  return { state: 'full', rank: waiting && 'rank' in waiting ? waiting.rank : undefined, until }
}

function earlier(a: Temporal.ZonedDateTime, b: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  return Temporal.ZonedDateTime.compare(a, b) <= 0 ? a : b
}

/** The answer to a wish to change a day: until when it may be done, or the code and words' figures of why not. */
export type BookingChange =
  | { allowed: true; until: Temporal.ZonedDateTime }
  | { allowed: false; code: RefusedChange; params: Record<string, unknown> }

export type RefusedChange =
  | Exclude<DayState['state'], 'open' | 'offered' | 'locked'>
  | 'too-late'
  | 'already-booked'
  | 'not-booked'

/** Whether a parent may book or cancel the meal of a day that is in that state, until when, and else why not. */
export function bookingChange(wish: 'book' | 'cancel', day: DayState): BookingChange {
  const refused = (code: RefusedChange, params: Record<string, unknown> = {}) =>
    ({ allowed: false, code, params }) as const
  switch (day.state) {
    case 'open':
      if (wish === 'book') return day.booked ? refused('already-booked') : { allowed: true, until: day.until }
      return day.booked ? { allowed: true, until: day.until } : refused('not-booked')
    case 'offered':
      return wish === 'book' ? { allowed: true, until: day.until } : refused('not-booked')
    case 'full':
      return wish === 'book' ? refused('full', { rank: day.rank }) : refused('not-booked')
    case 'locked': {
      // With the offset and without the zone's name: what RFC 3339 readers of the API understand.
      const deadline = day.since.toString({ timeZoneName: 'never', smallestUnit: 'second' })
      return refused('too-late', { deadline, booked: day.booked })
    }
    case 'past':
      return refused('past', { booked: day.booked })
    case 'not-serving': {
      const { state, ...why } = day
      return refused(state, why)
    }
    case 'not-enrolled':
    case 'other-household':
    case 'booked-by-other-household':
    case 'at-leisure-centre':
      return refused(day.state)
  }
}
