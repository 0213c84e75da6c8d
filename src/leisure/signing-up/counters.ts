import type { Queries } from '../../db/database.ts'
import { and, count, eq, inArray, isNull, or } from '../../db/drizzle.ts'
import { leisureSessions, leisureSignupDays, leisureSignups, SIGNUP_STATES } from '../schema.ts'
import { WITH_PLACES } from '../signups.ts'
import { sessionKey, sessionKeysOf } from '../taking.ts'

/** Checks the places counted against the days that have them, half-day by half-day: nothing to tell when all is well. */
export async function leisurePlacesAreCounted(db: Queries): Promise<readonly string[]> {
  const days = await db
    .select({
      groupId: leisureSignupDays.groupId,
      day: leisureSignupDays.day,
      part: leisureSignupDays.part,
      n: count(),
    })
    .from(leisureSignupDays)
    .where(eq(leisureSignupDays.state, 'taken'))
    .groupBy(leisureSignupDays.groupId, leisureSignupDays.day, leisureSignupDays.part)
  const counted = new Map<string, number>()
  for (const day of days) for (const key of sessionKeysOf(day)) counted.set(key, (counted.get(key) ?? 0) + day.n)
  const { groupId, day, half, taken } = leisureSessions
  for (const row of await db.select({ groupId, day, half, taken }).from(leisureSessions)) {
    const key = sessionKey(row.groupId, row.day, row.half)
    const found = counted.get(key) ?? 0
    if (found === row.taken) counted.delete(key)
    else counted.set(key, found - row.taken)
  }
  return [...counted].map(([key, difference]) => `${key}: ${difference} more counted than taken`)
}

const WITHOUT_PLACES = SIGNUP_STATES.filter(state => !WITH_PLACES.includes(state))

/** Checks that only sign-ups that are held, offered or booked have days with a place. */
export async function placesHaveTheirSignup(db: Queries): Promise<readonly string[]> {
  const rows = await db
    .select({ signupId: leisureSignupDays.signupId, day: leisureSignupDays.day, state: leisureSignups.state })
    .from(leisureSignupDays)
    .leftJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        eq(leisureSignupDays.state, 'taken'),
        or(isNull(leisureSignups.id), inArray(leisureSignups.state, WITHOUT_PLACES)),
      ),
    )
  return rows.map(({ signupId, day, state }) => `${day} of sign-up ${signupId}: a place, but it is ${state ?? 'gone'}`)
}
