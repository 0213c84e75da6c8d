import { and, eq, gt, inArray } from '../../db/drizzle.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { HoldsOf } from '../../people/holds.ts'
import { leisureSignupDays, leisureSignups } from '../schema.ts'

/** Sign-ups still to come, waiting ones too, which the family can give up first: the centre would wait for the child. */
export const leisureHolds: HoldsOf = async (db, { householdId, childId }, now) => {
  const [found] = await db
    .select({ id: leisureSignups.id })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .where(
      and(
        eq(leisureSignups.householdId, householdId),
        inArray(leisureSignups.state, ['wished', 'waiting', 'offered', 'held', 'booked']),
        inArray(leisureSignupDays.state, ['asked', 'taken']),
        gt(leisureSignupDays.day, dayInParis(now)),
        childId ? eq(leisureSignups.childId, childId) : undefined,
      ),
    )
    .limit(1)
  return found ? [{ words: 'leisure-signup:holds.signedUp', blocks: true }] : []
}
