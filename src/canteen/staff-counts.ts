import { audit } from '../audit/audit.ts'
import { prepared, type Queries } from '../db/database.ts'
import { and, count, eq, inArray, isNull, sql } from '../db/drizzle.ts'
import type { Scheduled } from '../jobs/schedule.ts'
import { everyMinutes } from '../jobs/schedule.ts'
import { system } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay } from '../kernel/days.ts'
import type { MealType } from '../people/schema.ts'
import { type School, schoolsOf } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { type CanteenCalendar, canteenCalendar } from './calendar.ts'
import type { Serving } from './rules.ts'
import { mealBookings, mealDays } from './schema.ts'
import { lockPlaces } from './store.ts'

export const MEAL_TYPES = ['standard', 'no-pork', 'vegetarian', 'pai-basket'] as const satisfies readonly MealType[]

export type TypeCounts = Record<MealType, number>

/** What a school's kitchen cooks on a day: as it stands, and as it was told at the cut-off. */
export type SchoolCount = {
  school: School
  serving: Serving
  now: TypeCounts
  counted: TypeCounts | undefined
  countedAt: Temporal.Instant | undefined
  capacity: number
  taken: number
}

const countBooked = prepared(db =>
  db
    .select({ schoolId: mealBookings.schoolId, mealType: mealBookings.mealType, n: count() })
    .from(mealBookings)
    .where(and(eq(mealBookings.day, sql.placeholder('day')), eq(mealBookings.state, 'booked')))
    .groupBy(mealBookings.schoolId, mealBookings.mealType)
    .prepare(),
)

const none = (): TypeCounts => ({ standard: 0, 'no-pork': 0, vegetarian: 0, 'pai-basket': 0 })
export const totalOf = (counts: TypeCounts) => MEAL_TYPES.reduce((all, type) => all + counts[type], 0)

/** The counts of a day for those schools, in their order. */
export async function kitchenCounts(
  town: Town,
  schools: readonly School[],
  day: Temporal.PlainDate,
): Promise<SchoolCount[]> {
  const { read } = town.db
  const calendar = await canteenCalendar(read, town.config, town.clock.now(), day, day)
  const now = await bookedByType(read, day)
  const rows = await read.select().from(mealDays).where(eq(mealDays.day, day))
  const days = new Map(rows.map(row => [row.schoolId, row]))
  return schools.map(school => {
    const row = days.get(school.id)
    return {
      school,
      serving: calendar.serving(school, undefined, day),
      now: now.get(school.id) ?? none(),
      counted: row?.count ?? undefined,
      countedAt: row?.countedAt ?? undefined,
      capacity: row?.capacity ?? school.mealCapacity,
      taken: row?.taken ?? 0,
    }
  })
}

async function bookedByType(db: Queries, day: Temporal.PlainDate): Promise<Map<string, TypeCounts>> {
  const bySchool = new Map<string, TypeCounts>()
  for (const { schoolId, mealType, n } of await countBooked(db).execute({ day: day.toString() })) {
    const counts = bySchool.get(schoolId) ?? none()
    counts[mealType] += Number(n)
    bySchool.set(schoolId, counts)
  }
  return bySchool
}

/** Every few minutes the days whose cut-off has passed are counted for the kitchen. */
export const countsScheduled: readonly Scheduled[] = [{ topic: 'canteen.count', period: everyMinutes(5) }]

/** A limit may lie this long before its meal: 15 working days over the holidays of Christmas. */
const FARTHEST = { days: 40 }

/** Fixes the count of each school's day whose cut-off has passed and that was not counted yet; a closed day has none. */
export async function fixCounts(town: Town): Promise<void> {
  const { read } = town.db
  const now = town.clock.now()
  const today = dayInParis(now)
  const last = today.add(FARTHEST)
  const calendar = await canteenCalendar(read, town.config, now, today, last)
  const schools = (await schoolsOf(read)).filter(({ canteen }) => canteen)
  const due = [...eachDay(today, last)].filter(
    day => Temporal.Instant.compare(calendar.deadline(day).toInstant(), now) < 0,
  )
  for (const day of due) {
    const counted = await read
      .select({ schoolId: mealDays.schoolId })
      .from(mealDays)
      .where(
        and(eq(mealDays.day, day), inArray(mealDays.schoolId, idsOf(schools)), sql`${mealDays.countedAt} is not null`),
      )
    const done = new Set(counted.map(({ schoolId }) => schoolId))
    for (const school of schools)
      if (!done.has(school.id) && calendar.serving(school, undefined, day).serves) await countDay(town, school, day)
  }
}

const idsOf = (schools: readonly School[]) => schools.map(({ id }) => id)

async function countDay(town: Town, school: School, day: Temporal.PlainDate): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    await lockPlaces(tx, school, new Set([day.toString()]))
    const counted = (await bookedByType(tx, day)).get(school.id) ?? none()
    const fixed = await tx
      .update(mealDays)
      .set({ count: counted, countedAt: now })
      .where(and(eq(mealDays.schoolId, school.id), eq(mealDays.day, day), isNull(mealDays.countedAt)))
      .returning({ id: mealDays.id })
    if (fixed.length === 0) return
    await audit(tx, now, system('kitchen'), {
      action: 'meals.counted',
      subject: { kind: 'school', id: school.id },
      details: { day: day.toString(), ...counted },
    })
  })
}

/** The first day from that one on when one of those schools serves meals; the day itself when none does for weeks. */
export function nextMealDay(
  calendar: CanteenCalendar,
  schools: readonly School[],
  from: Temporal.PlainDate,
): Temporal.PlainDate {
  for (const day of eachDay(from, from.add(FARTHEST)))
    if (schools.some(school => calendar.serving(school, undefined, day).serves)) return day
  return from
}
