import { prepared, type Queries } from '../../db/database.ts'
import { eq, sql } from '../../db/drizzle.ts'
import { inList, listOf } from '../../db/lists.ts'
import type { Id } from '../../kernel/ids.ts'
import { leisureSignupDays, leisureSignups } from '../schema.ts'

/** How many that wait were in line before this one and ask for a half-day of this day. */
const ahead = sql`(select count(*) from leisure_signup_days as other
  inner join leisure_signups as before on before.id = other.signup_id
  where other.group_id = ${leisureSignupDays.groupId} and other.day = ${leisureSignupDays.day}
  and other.state = 'asked' and before.state = 'waiting'
  and (other.part = 'day' or ${leisureSignupDays.part} = 'day' or other.part = ${leisureSignupDays.part})
  and (before.since < ${leisureSignups.since}
    or (before.since = ${leisureSignups.since} and before.id < ${leisureSignups.id})))`

const daysInLine = prepared(db =>
  db
    .select({ signupId: leisureSignupDays.signupId, ahead: ahead.mapWith(Number) })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(inList(leisureSignupDays.signupId, 'signups'))
    .prepare(),
)

/**
 * The place in line of sign-ups that wait, from 1: one more than those who came before and ask for one of the same half-days,
 * on the worst of its days, for its days are offered together.
 */
export async function rankOf(
  db: Queries,
  signupIds: readonly Id<'leisure-signup'>[],
): Promise<Map<Id<'leisure-signup'>, number>> {
  const ranks = new Map<Id<'leisure-signup'>, number>()
  if (signupIds.length === 0) return ranks
  for (const row of await daysInLine(db).execute({ signups: listOf(signupIds) }))
    ranks.set(row.signupId, Math.max(ranks.get(row.signupId) ?? 1, row.ahead + 1))
  return ranks
}
