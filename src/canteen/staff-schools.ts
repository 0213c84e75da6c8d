import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, asc, count, eq, gt, gte, sql } from '../db/drizzle.ts'
import type { Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import { clerkOfWholeTown, schoolForClerk } from '../schools/clerk-schools.ts'
import { schools } from '../schools/schema.ts'
import type { School } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import { offerPlaces } from './offers.ts'
import { mealBookings, mealDays } from './schema.ts'

export const schoolForm = z.object({
  canteen: z.boolean(),
  mealWeekdays: z.array(z.coerce.number().int().min(1).max(5)).max(5),
  mealCapacity: z.coerce.number('not-a-number').int('not-a-whole-number').min(0, 'negative').max(2_000, 'too-high'),
})
export type SchoolSettings = z.output<typeof schoolForm>

/**
 * Changes on which weekdays a school serves and how many meals a day. Days to come that have the usual number of places
 * get the new one; freed places are offered to those who wait. Throws 422 `capacity-below-taken` with the first day on
 * which more meals are taken, or `weekday-booked` for a weekday on which meals are booked already.
 */
export async function changeSchool(town: Town, clerk: Clerk, schoolId: string, form: SchoolSettings): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  await town.db.transaction(async tx => {
    await clerkOfWholeTown(tx, clerk)
    const school = await anySchool(tx, clerk, schoolId)
    const mealWeekdays = [...new Set(form.mealWeekdays)].sort((a, b) => a - b)
    const { canteen, mealCapacity } = form
    const errors = [
      ...(await weekdayErrors(tx, school, canteen ? mealWeekdays : [], today)),
      ...(await capacityErrors(tx, school, mealCapacity, today)),
    ]
    if (errors.length > 0) throw invalid(errors)
    await tx.update(schools).set({ canteen, mealWeekdays, mealCapacity }).where(eq(schools.id, school.id))
    const changed = await tx
      .update(mealDays)
      .set({ capacity: mealCapacity })
      .where(
        and(
          eq(mealDays.schoolId, school.id),
          gte(mealDays.day, today),
          eq(mealDays.capacity, school.mealCapacity),
          sql`${mealDays.taken} <= ${mealCapacity}`,
        ),
      )
      .returning({ day: mealDays.day })
    await audit(tx, now, clerk, {
      action: 'school.changed',
      subject: { kind: 'school', id: school.id },
      details: {
        from: { canteen: school.canteen, mealWeekdays: school.mealWeekdays, mealCapacity: school.mealCapacity },
        to: { canteen, mealWeekdays, mealCapacity },
      },
    })
    const days = changed.map(({ day }) => day).sort(Temporal.PlainDate.compare)
    const [first, last] = [days[0], days.at(-1)]
    if (!first || !last || mealCapacity <= school.mealCapacity) return
    const calendar = await canteenCalendar(tx, town.config, now, first, last)
    const slots = days.map(day => ({ schoolId: school.id, day }))
    await offerPlaces(tx, { town, now }, calendar, slots)
  })
}

async function anySchool(tx: Tx, clerk: Clerk, schoolId: string): Promise<School> {
  const [school] = await tx
    .select()
    .from(schools)
    .where(eq(schools.id, schoolId as Id<'school'>))
  return school ?? schoolForClerk(tx, clerk, schoolId)
}

async function capacityErrors(
  tx: Tx,
  school: School,
  mealCapacity: number,
  today: Temporal.PlainDate,
): Promise<FieldError[]> {
  const [over] = await tx
    .select({ day: mealDays.day, taken: mealDays.taken })
    .from(mealDays)
    .where(
      and(
        eq(mealDays.schoolId, school.id),
        gte(mealDays.day, today),
        eq(mealDays.capacity, school.mealCapacity),
        gt(mealDays.taken, mealCapacity),
      ),
    )
    .orderBy(asc(mealDays.day))
    .limit(1)
  if (!over) return []
  return [
    { field: 'mealCapacity', code: 'capacity-below-taken', params: { taken: over.taken, day: over.day.toString() } },
  ]
}

async function weekdayErrors(
  tx: Tx,
  school: School,
  weekdays: readonly number[],
  today: Temporal.PlainDate,
): Promise<FieldError[]> {
  const booked = await tx
    .select({ day: mealBookings.day, n: count() })
    .from(mealBookings)
    .where(and(eq(mealBookings.schoolId, school.id), gte(mealBookings.day, today), eq(mealBookings.state, 'booked')))
    .groupBy(mealBookings.day)
    .orderBy(asc(mealBookings.day))
  const lost = booked.filter(({ day }) => !weekdays.includes(day.dayOfWeek))
  const [first] = lost
  if (!first) return []
  const meals = lost.reduce((all, { n }) => all + Number(n), 0)
  return [{ field: 'mealWeekdays', code: 'weekday-booked', params: { count: meals, day: first.day.toString() } }]
}
