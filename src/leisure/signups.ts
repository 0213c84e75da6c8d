import { prepared, type Queries } from '../db/database.ts'
import { and, asc, eq, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { leisureSignupDays, leisureSignups, SIGNUP_STATES, type SignupState } from './schema.ts'
import type { SignupDay } from './taking.ts'

export type SignupRow = typeof leisureSignups.$inferSelect

/** A sign-up with its days, the first first. */
export type Signup = SignupRow & { days: readonly SignupDay[] }

/** The states in which a sign-up has its places. */
export const WITH_PLACES: readonly SignupState[] = ['held', 'offered', 'booked']

const ofHousehold = prepared(db =>
  db
    .select()
    .from(leisureSignups)
    .where(and(eq(leisureSignups.householdId, sql.placeholder('householdId')), inList(leisureSignups.state, 'states')))
    .orderBy(asc(leisureSignups.id))
    .prepare(),
)

/** The sign-ups of a household, in the order they were made; of these states only, when some are named. */
export async function signupsOfHousehold(
  db: Queries,
  householdId: Id<'household'>,
  states: readonly SignupState[] = SIGNUP_STATES,
): Promise<Signup[]> {
  return withDays(db, await ofHousehold(db).execute({ householdId, states: listOf(states) }))
}

/** The sign-up with that identifier, whoever's it is: the caller says who may see it. */
export async function signupById(db: Queries, id: Id<'leisure-signup'>): Promise<Signup | undefined> {
  return (await withDays(db, await db.select().from(leisureSignups).where(eq(leisureSignups.id, id))))[0]
}

const daysOfSignups = prepared(db =>
  db
    .select()
    .from(leisureSignupDays)
    .where(inList(leisureSignupDays.signupId, 'signups'))
    .orderBy(asc(leisureSignupDays.day))
    .prepare(),
)

/** Sign-ups with their days. */
export async function withDays(db: Queries, rows: readonly SignupRow[]): Promise<Signup[]> {
  if (rows.length === 0) return []
  const days = await daysOfSignups(db).execute({ signups: listOf(rows.map(({ id }) => id)) })
  const bySignup = Map.groupBy(days, ({ signupId }) => signupId)
  return rows.map(row => ({ ...row, days: bySignup.get(row.id) ?? [] }))
}
