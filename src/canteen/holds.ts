import { and, eq, gt } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { HoldsOf } from '../people/holds.ts'
import { mealBookings } from './schema.ts'

/** Meals still to come, which the family can cancel first: a child that is forgotten would be waited for at table. */
export const canteenHolds: HoldsOf = async (db, { householdId, childId }, now) => {
  const [booked] = await db
    .select({ id: mealBookings.id })
    .from(mealBookings)
    .where(
      and(
        eq(mealBookings.householdId, householdId),
        eq(mealBookings.state, 'booked'),
        gt(mealBookings.day, dayInParis(now)),
        childId ? eq(mealBookings.childId, childId) : undefined,
      ),
    )
    .limit(1)
  return booked ? [{ words: 'canteen:holds.booked', blocks: true }] : []
}
