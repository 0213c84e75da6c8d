import { and, eq, inArray, isNotNull, lte, notExists, or, sql } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { leisureSignupDays, leisureSignups } from '../leisure/schema.ts'
import type { HoldsOf } from '../people/holds.ts'
import { charges } from './schema.ts'

/** Days at leisure centres that are to be paid and not charged yet: who owes them must still be there when they are. */
export const uninvoicedStays: HoldsOf = async (db, { householdId, childId }, now) => {
  const charged = db
    .select({ id: charges.id })
    .from(charges)
    .where(eq(charges.source, sql`'stay:' || ${leisureSignupDays.signupId} || ':' || ${leisureSignupDays.day}`))
  const [stay] = await db
    .select({ day: leisureSignupDays.day })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        eq(leisureSignups.householdId, householdId),
        childId ? eq(leisureSignups.childId, childId) : undefined,
        isNotNull(leisureSignups.confirmedAt),
        inArray(leisureSignups.state, ['booked', 'cancelled']),
        lte(leisureSignupDays.day, dayInParis(now)),
        eq(leisureSignupDays.excused, false),
        or(eq(leisureSignupDays.state, 'taken'), eq(leisureSignupDays.late, true)),
        notExists(charged),
      ),
    )
    .limit(1)
  return stay ? [{ words: 'billing:holds.stays-not-invoiced', blocks: true }] : []
}
