import { attendances, mealBookings } from '../canteen/schema.ts'
import type { Queries } from '../db/database.ts'
import { and, eq, lte, sql } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import type { HoldsOf } from '../people/holds.ts'
import { householdMembers } from '../people/schema.ts'
import { billingRuns } from './schema.ts'

/** Meals eaten in months that are not invoiced yet: who owes them must still be there when the month is billed. */
export const uninvoicedMeals: HoldsOf = async (db, { householdId, childId }, now) => {
  const today = dayInParis(now)
  const [booked] = await db
    .select({ id: mealBookings.id })
    .from(mealBookings)
    .where(
      and(
        eq(mealBookings.householdId, householdId),
        eq(mealBookings.state, 'booked'),
        lte(mealBookings.day, today),
        notIssued(db, mealBookings.day),
        childId ? eq(mealBookings.childId, childId) : undefined,
      ),
    )
    .limit(1)
  return booked || (await ateUnbooked(db, householdId, childId))
    ? [{ words: 'billing:holds.not-invoiced', blocks: true }]
    : []
}

async function ateUnbooked(db: Queries, householdId: Id<'household'>, childId: Id<'person'> | undefined) {
  const [meal] = await db
    .select({ id: attendances.id })
    .from(attendances)
    .innerJoin(
      householdMembers,
      and(eq(householdMembers.personId, attendances.childId), eq(householdMembers.householdId, householdId)),
    )
    .where(
      and(
        eq(attendances.present, true),
        eq(attendances.booked, false),
        notIssued(db, attendances.day),
        childId ? eq(attendances.childId, childId) : undefined,
      ),
    )
    .limit(1)
  return meal !== undefined
}

/** Days are ISO text: their first seven signs are the month. */
const notIssued = (db: Queries, day: typeof mealBookings.day | typeof attendances.day) =>
  sql`substr(${day}, 1, 7) not in ${db
    .select({ period: billingRuns.period })
    .from(billingRuns)
    .where(eq(billingRuns.state, 'issued'))}`
