import type { Queries } from '../../db/database.ts'
import { and, asc, eq, gte, inArray, lte, or } from '../../db/drizzle.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { isOnOrBefore } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { type Child, childrenOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { leisureAttendances, leisureClaims, leisureSignupDays, leisureSignups } from '../schema.ts'

/** Why a day is charged without the child there: cancelled too late, or not come. */
export type Missed = 'late' | 'absent'

/** A day that is charged though the child was not there, which a doctor's paper can still excuse. */
export type MissedDay = {
  child: Child
  signupId: Id<'leisure-signup'>
  day: Temporal.PlainDate
  why: Missed
  /** Last day to send the paper. */
  until: Temporal.PlainDate
}

type Row = Pick<
  typeof leisureSignupDays.$inferSelect,
  'signupId' | 'childId' | 'day' | 'state' | 'late' | 'excused'
> & {
  present: boolean | null
}

/**
 * Why a day could be excused: it was cancelled late, or its day has come and nobody wrote that the child was there.
 * Undefined for a day that costs nothing, is still to come, or on which the child came.
 */
function missedWhy({ state, late, excused, day, present }: Row, today: Temporal.PlainDate): Missed | undefined {
  if (excused) return undefined
  if (state === 'freed') return late ? 'late' : undefined
  return state === 'taken' && isOnOrBefore(day, today) && present !== true ? 'absent' : undefined
}

/** The days of a household's booked sign-ups between two days, with who was there. */
async function daysBetween(
  db: Queries,
  householdId: Id<'household'>,
  from: Temporal.PlainDate,
  to?: Temporal.PlainDate,
): Promise<Row[]> {
  return db
    .select({
      signupId: leisureSignupDays.signupId,
      childId: leisureSignupDays.childId,
      day: leisureSignupDays.day,
      state: leisureSignupDays.state,
      late: leisureSignupDays.late,
      excused: leisureSignupDays.excused,
      present: leisureAttendances.present,
    })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .leftJoin(
      leisureAttendances,
      and(eq(leisureAttendances.childId, leisureSignupDays.childId), eq(leisureAttendances.day, leisureSignupDays.day)),
    )
    .where(
      and(
        eq(leisureSignups.householdId, householdId),
        inArray(leisureSignups.state, ['booked', 'cancelled']),
        gte(leisureSignupDays.day, from),
        to ? lte(leisureSignupDays.day, to) : undefined,
        or(eq(leisureSignupDays.state, 'taken'), eq(leisureSignupDays.late, true)),
      ),
    )
    .orderBy(asc(leisureSignupDays.day), asc(leisureSignupDays.signupId))
}

/** The days a claim is about, as they stand now: those that would be charged. */
export async function missedDaysOf(
  db: Queries,
  claim: Pick<typeof leisureClaims.$inferSelect, 'householdId' | 'childId' | 'from' | 'to'>,
  today: Temporal.PlainDate,
): Promise<{ signupId: Id<'leisure-signup'>; day: Temporal.PlainDate; why: Missed }[]> {
  const rows = await daysBetween(db, claim.householdId, claim.from, claim.to)
  return rows.flatMap(row => {
    const why = row.childId === claim.childId ? missedWhy(row, today) : undefined
    return why ? [{ signupId: row.signupId, day: row.day, why }] : []
  })
}

/**
 * The days of a household that a doctor's paper sent today may excuse, by child and day: within the town's delay, without
 * a paper that waits or was accepted.
 */
export async function missedDays(db: Queries, town: Town, householdId: Id<'household'>): Promise<MissedDay[]> {
  const today = dayInParis(town.clock.now())
  const { certificateDays } = town.config.leisure
  const from = today.subtract({ days: certificateDays })
  const rows = await daysBetween(db, householdId, from)
  const claims = await db
    .select()
    .from(leisureClaims)
    .where(
      and(
        eq(leisureClaims.householdId, householdId),
        gte(leisureClaims.to, from),
        inArray(leisureClaims.state, ['to-check', 'accepted']),
      ),
    )
  const isClaimed = ({ childId, day }: Row) =>
    claims.some(claim => claim.childId === childId && isOnOrBefore(claim.from, day) && isOnOrBefore(day, claim.to))
  const children = await childrenOf(db, householdId)
  return children.flatMap(child =>
    rows.flatMap((row): MissedDay[] => {
      const why = row.childId === child.id && !isClaimed(row) ? missedWhy(row, today) : undefined
      if (!why) return []
      return [{ child, signupId: row.signupId, day: row.day, why, until: row.day.add({ days: certificateDays }) }]
    }),
  )
}
