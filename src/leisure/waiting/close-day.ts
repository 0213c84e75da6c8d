import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq, inArray } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { invalid, notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { creditStays } from '../credit-stays.ts'
import { advance } from '../planning/groups.ts'
import { holdPeriod } from '../planning/periods.ts'
import { removeSession } from '../planning/sessions.ts'
import { leisureGroups, leisureSessions, leisureSignups } from '../schema.ts'
import type { Signup } from '../signups.ts'
import { type Centre, centreById, type Group, plansOf } from '../store.ts'
import { type AskedDay, giveBackDays, lockPlaces, type Places } from '../taking.ts'
import { endWithoutDays } from './cancel.ts'
import { signupsOnDay } from './lists.ts'
import { offerPlaces, withOffers } from './offers.ts'

/** A centre's day with the groups that are open on it. */
export type OpenDay = { centre: Centre; day: Temporal.PlainDate; groups: readonly Group[] }

/** Throws 404 for no centre. */
export async function openDayOf(db: Queries, centreId: string, day: Temporal.PlainDate): Promise<OpenDay> {
  const centre = await centreById(db, centreId)
  const rows = await db
    .selectDistinct({ groupId: leisureSessions.groupId })
    .from(leisureSessions)
    .innerJoin(leisureGroups, eq(leisureGroups.id, leisureSessions.groupId))
    .where(and(eq(leisureGroups.centreId, centre.id), eq(leisureSessions.day, day)))
  const open = new Set(rows.map(({ groupId }) => groupId))
  const groups = await db.select().from(leisureGroups).where(eq(leisureGroups.centreId, centre.id))
  return { centre, day, groups: groups.filter(({ id }) => open.has(id)).sort((a, b) => a.minAge - b.minAge) }
}

/** What a household loses by a closed day: told to it by the job of that name. */
export type DayClosed = {
  householdId: Id<'household'>
  centreId: Id<'leisure-centre'>
  day: string
  reason: string
  /** Children whose place is cancelled, for nothing. */
  cancelled: readonly Id<'person'>[]
  /** Children who waited, or had a place kept for an answer. */
  ended: readonly Id<'person'>[]
}

/**
 * Closes a day of some groups of a centre: every place is cancelled for nothing, nobody waits any more, each family is
 * written to, and the half-days are gone. Other days of a week that was held or offered go to who waits. Gives how many
 * families it concerns. Throws 404, 422 for a past day, no group, or no reason.
 */
export async function closeDay(
  town: Town,
  clerk: Clerk,
  asked: { centreId: string; day: Temporal.PlainDate; groupIds: readonly string[]; reason: string },
): Promise<number> {
  const now = town.clock.now()
  const reason = asked.reason.trim()
  const { day } = asked
  if (Temporal.PlainDate.compare(day, dayInParis(now)) < 0) throw invalid([{ field: 'groups', code: 'date-in-past' }])
  if (reason === '') throw invalid([{ field: 'reason', code: 'reason-needed' }])
  return withOffers(town, async tx => {
    const open = await openDayOf(tx, asked.centreId, day)
    const groups = open.groups.filter(({ id }) => asked.groupIds.includes(id))
    if (groups.length < asked.groupIds.length) throw notFound()
    if (groups.length === 0) throw invalid([{ field: 'groups', code: 'no-group' }])
    await changePlans(tx, groups)
    const groupIds = groups.map(({ id }) => id)
    const ofDay = groupIds.map((groupId): AskedDay => ({ groupId, day, part: 'day' }))
    // Nobody takes or frees a place there any more: what is read now is all there is.
    await lockPlaces(tx, ofDay)
    const signups = await signupsOnDay(tx, groupIds, day, ['booked', 'held', 'offered', 'waiting'])
    const places = await lockPlaces(tx, [...ofDay, ...signups.flatMap(({ days }) => days)])
    const freed: AskedDay[] = []
    for (const signup of signups) freed.push(...(await end(tx, now, { places, day }, signup)))
    for (const session of places.values())
      if (groupIds.includes(session.groupId) && session.day.equals(day) && !(await removeSession(tx, session.id)))
        throw new Error(`places of ${session.id} changed under their lock`)
    for (const [householdId, theirs] of Map.groupBy(signups, signup => signup.householdId))
      await promiseLetter(tx, now, { householdId, centreId: open.centre.id, day: day.toString(), reason }, theirs)
    await audit(tx, now, clerk, {
      action: 'leisure-plan.day-closed',
      subject: { kind: 'leisure-centre', id: open.centre.id },
      details: { day: day.toString(), groups: groupIds, signups: signups.map(({ id }) => id) },
    })
    await offerPlaces(tx, { town, now }, freed)
    return new Set(signups.map(({ householdId }) => householdId)).size
  })
}

/** Pages of these plans that colleagues have open are old now. */
async function changePlans(tx: Tx, groups: readonly Group[]): Promise<void> {
  for (const [periodId, [group]] of Map.groupBy(groups, group => group.periodId)) {
    await holdPeriod(tx, periodId)
    const plan = (await plansOf(tx, periodId)).find(({ centreId }) => centreId === group?.centreId)
    if (plan) await advance(tx, plan, plan.revision)
  }
}

type Closing = { places: ReadonlyMap<string, Places>; day: Temporal.PlainDate }

/** Ends what a sign-up has on the closed day; the days that come free elsewhere. */
async function end(tx: Tx, now: Temporal.Instant, { places, day }: Closing, signup: Signup): Promise<AskedDay[]> {
  const { id } = signup
  if (signup.state === 'booked') {
    await giveBackDays(tx, places, id, [{ day }], { at: now, late: false, byTown: true })
    await endWithoutDays(tx, id)
    await creditStays(tx, now, { signupId: id, days: [day], reason: 'centre-closed', key: `closed:${id}:${day}` })
    return []
  }
  await tx
    .update(leisureSignups)
    .set({ state: 'left' })
    .where(and(eq(leisureSignups.id, id), inArray(leisureSignups.state, ['held', 'offered', 'waiting'])))
  const freed = await giveBackDays(tx, places, id, signup.days)
  return freed.filter(one => !one.day.equals(day))
}

async function promiseLetter(
  tx: Tx,
  now: Temporal.Instant,
  closed: Omit<DayClosed, 'cancelled' | 'ended'>,
  signups: readonly Signup[],
): Promise<void> {
  const childrenIn = (booked: boolean) => [
    ...new Set(signups.filter(({ state }) => (state === 'booked') === booked).map(({ childId }) => childId)),
  ]
  const payload: DayClosed = { ...closed, cancelled: childrenIn(true), ended: childrenIn(false) }
  await outbox(tx, now, {
    topic: 'leisure.day-closed',
    payload,
    // A day may be opened and closed again: each time for other sign-ups.
    key: `leisure.day-closed:${closed.householdId}:${closed.day}:${signups[0]?.id}`,
  })
}
