import type { Config } from '../config.ts'
import type { Queries } from '../db/database.ts'
import { type WorkingDays, workingDays } from '../kernel/calendar.ts'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay, isOnOrBefore, schoolYearOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { knownSchoolYears, type School, type ServingFacts, servingFacts } from '../schools/store.ts'
import { type CutOff, mealDeadline } from './cut-off.ts'
import { type CalendarFacts, type Serving, servingDay } from './rules.ts'
import { cutOffOf } from './settings.ts'

/** Days, holidays, closures and limits between two days, as one question to the database found them. */
export type CanteenCalendar = {
  /** Whether that school serves a child of that class on that day; if not, why. */
  serving(school: School, className: string | undefined, day: Temporal.PlainDate): Serving
  /** Until when the meal of that day may be changed. */
  deadline(day: Temporal.PlainDate): Temporal.ZonedDateTime
  cutOff(day: Temporal.PlainDate): CutOff
  workingDays: WorkingDays
  /** Whether bookings for that day are open: this school year's are, and those of a later one once its holidays are known. */
  isOpen(day: Temporal.PlainDate): boolean
  schoolHolidays: ServingFacts['schoolHolidays']
}

/** A limit may lie so long before its meal: 15 working days over the holidays of Christmas. */
const LOOK_BACK = Temporal.Duration.from({ days: 40 })

/**
 * The canteen's calendar between two days. In a transaction, ask for it after the days' places were locked: a closure
 * declared meanwhile is then either seen here, or sees our booking and cancels it.
 */
export async function canteenCalendar(
  db: Queries,
  config: Config,
  now: Temporal.Instant,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Promise<CanteenCalendar> {
  const facts = await servingFacts(db, config.schoolZone, from.subtract(LOOK_BACK), to)
  const thisYear = schoolYearOf(dayInParis(now))
  const known = isOnOrBefore(to, thisYear.to) ? NONE : await knownSchoolYears(db, config.schoolZone)
  const ofSchool = new Map<Id<'school'>, CalendarFacts>()
  const deadlines = new Map<string, Temporal.ZonedDateTime>()
  const calendar = workingDays({ closures: daysOfTheWholeTown(facts) })
  return {
    serving(school, className, day) {
      let own = ofSchool.get(school.id)
      if (!own) {
        const closures = facts.closures.filter(({ schoolId }) => schoolId === null || schoolId === school.id)
        own = { schoolHolidays: facts.schoolHolidays, closures }
        ofSchool.set(school.id, own)
      }
      return servingDay(day, { mealWeekdays: school.mealWeekdays, className }, own)
    },
    deadline(day) {
      const key = day.toString()
      let found = deadlines.get(key)
      if (!found) {
        found = mealDeadline(day, cutOffOf(config, day), calendar)
        deadlines.set(key, found)
      }
      return found
    },
    cutOff: day => cutOffOf(config, day),
    workingDays: calendar,
    isOpen: day => isOnOrBefore(day, thisYear.to) || known.has(schoolYearOf(day).label),
    schoolHolidays: facts.schoolHolidays,
  }
}

const NONE: ReadonlySet<string> = new Set()

function daysOfTheWholeTown({ closures }: ServingFacts): ReadonlySet<string> {
  const days = new Set<string>()
  for (const { schoolId, className, from, to } of closures)
    if (schoolId === null && className === null) for (const day of eachDay(from, to)) days.add(day.toString())
  return days
}
