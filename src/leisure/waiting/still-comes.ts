import { bookingsOf } from '../../canteen/store.ts'
import type { Queries } from '../../db/database.ts'
import { and, eq, inArray, ne } from '../../db/drizzle.ts'
import { mayBookOn } from '../../people/custody.ts'
import { childrenOf } from '../../people/store.ts'
import { leisureSignupDays, leisureSignups } from '../schema.ts'
import type { Signup } from '../signups.ts'

/** `busy`: not now, perhaps later. `no`: never any more. */
export type StillComes = 'yes' | 'busy' | 'no'

/**
 * Whether a child that waits could still come on all of its days: not who has left the household, is with the other parent,
 * or has found another place for one of them. A place that is only held or offered elsewhere may yet be given back; so may
 * the one given for a less dear wish; and a meal at the canteen may be cancelled.
 */
export async function stillComes(db: Queries, signup: Signup): Promise<StillComes> {
  const { id, householdId, childId } = signup
  const days = signup.days.map(({ day }) => day)
  const [first, last] = [days[0], days.at(-1)]
  const child = (await childrenOf(db, householdId)).find(one => one.id === childId)
  if (!child || !first || !last) return 'no'
  const { custody } = child
  if (custody && !days.every(day => mayBookOn(custody, householdId, day))) return 'no'
  const others = await db
    .select({ state: leisureSignups.state })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        eq(leisureSignupDays.childId, childId),
        inArray(leisureSignupDays.day, days),
        eq(leisureSignupDays.state, 'taken'),
        ne(leisureSignupDays.signupId, id),
      ),
    )
  if (others.some(({ state }) => state === 'booked') && signup.wishRank === null) return 'no'
  if (others.length > 0) return 'busy'
  if (signup.part !== 'day' && !signup.meal) return 'yes'
  const meals = await bookingsOf(db, [childId], first, last)
  const eats = meals.some(meal => meal.state === 'booked' && days.some(day => day.equals(meal.day)))
  return eats ? 'busy' : 'yes'
}
