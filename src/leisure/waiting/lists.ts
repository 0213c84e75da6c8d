import type { Queries } from '../../db/database.ts'
import { and, asc, eq, inArray } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { notFound } from '../../kernel/problems.ts'
import { type Child, childrenById } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { HALVES, leisureGroups, leisureSignupDays, leisureSignups, type SignupState } from '../schema.ts'
import { type Signup, signupById, withDays } from '../signups.ts'
import { type Centre, centreById, type Group, groupsOf, type LeisurePeriod, periodById, sessionsOf } from '../store.ts'
import { type AskedDay, type Places, placesOf, sessionKey } from '../taking.ts'
import { stands } from './answers.ts'
import { type NextOffer, nextOffer, offerByClerk, withOffers } from './offers.ts'

/** Places of a half-day, as counted. */
type Counted = Pick<Places, 'half' | 'capacity' | 'taken'>

/** A group's day on which somebody waits or has a place offered. */
export type LineOfDay = {
  group: Group
  day: Temporal.PlainDate
  halves: readonly Counted[]
  waiting: number
  /** Until when each offer out stands, the first to end first. */
  offers: readonly Temporal.Instant[]
}

/** The days to come of a period with somebody in line or an offer out, by group and day. */
export async function linesOfPeriod(
  db: Queries,
  period: Pick<LeisurePeriod, 'id'>,
  today: Temporal.PlainDate,
): Promise<LineOfDay[]> {
  const groups = await groupsOf(db, [period.id])
  const rows = await db
    .select({
      groupId: leisureSignupDays.groupId,
      day: leisureSignupDays.day,
      state: leisureSignups.state,
      offerExpiresAt: leisureSignups.offerExpiresAt,
    })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .where(and(eq(leisureSignups.periodId, period.id), inArray(leisureSignups.state, ['waiting', 'offered'])))
    .orderBy(asc(leisureSignupDays.day))
  const inLine = Map.groupBy(
    rows.filter(({ day }) => Temporal.PlainDate.compare(day, today) >= 0),
    ({ groupId, day }) => `${groupId} ${day}`,
  )
  const sessions = Map.groupBy(await sessionsOf(db, groups), ({ groupId, day }) => `${groupId} ${day}`)
  return groups.flatMap(group =>
    [...inLine].flatMap(([key, list]): LineOfDay[] => {
      const [first] = list
      if (first?.groupId !== group.id) return []
      const offers = list.flatMap(({ state, offerExpiresAt }) => (state === 'offered' && offerExpiresAt) || [])
      return [
        {
          group,
          day: first.day,
          halves: sessions.get(key) ?? [],
          waiting: list.filter(({ state }) => state === 'waiting').length,
          offers: offers.sort(Temporal.Instant.compare),
        },
      ]
    }),
  )
}

/** Somebody on a group's day. */
export type OnDay = { signup: Signup; child: Child }

/** A group's day: its places, who is in, who has a place offered, who waits in which order, and who would be next. */
export type DayOfGroup = {
  group: Group
  centre: Centre
  period: LeisurePeriod
  halves: readonly Counted[]
  booked: readonly OnDay[]
  offered: readonly OnDay[]
  /** Who came first first. */
  waiting: readonly OnDay[]
  next: (OnDay & { expiresAt: Temporal.Instant }) | undefined
}

/** Throws 404 for no group. */
export async function dayOfGroup(town: Town, groupId: string, day: Temporal.PlainDate): Promise<DayOfGroup> {
  const { read } = town.db
  const now = town.clock.now()
  const group = await groupById(read, groupId)
  const asked: AskedDay = { groupId: group.id, day, part: 'day' }
  const signups = await signupsOnDay(read, [group.id], day, ['booked', 'offered', 'waiting'])
  const next = await nextOffer(read, { town, now }, [asked])
  const children = await childrenById(read, [...new Set(signups.map(({ childId }) => childId))])
  const onDay = (list: readonly Signup[]) =>
    list.flatMap((signup): OnDay[] => {
      const child = children.get(signup.childId)
      return child ? [{ signup, child }] : []
    })
  const inState = (state: SignupState) => onDay(signups.filter(signup => signup.state === state))
  const [first] = onDay(next ? [next.signup] : [])
  return {
    group,
    centre: await centreById(read, group.centreId),
    period: await periodById(read, group.periodId),
    halves: halvesOfDay(await placesOf(read, [asked]), asked),
    booked: inState('booked'),
    offered: inState('offered').filter(({ signup }) => stands(signup, now)),
    waiting: inState('waiting').sort(
      (a, b) => Temporal.Instant.compare(a.signup.since, b.signup.since) || (a.signup.id < b.signup.id ? -1 : 1),
    ),
    next: first && next ? { ...first, expiresAt: next.expiresAt } : undefined,
  }
}

const halvesOfDay = (places: ReadonlyMap<string, Places>, { groupId, day }: AskedDay): Counted[] =>
  HALVES.flatMap(half => places.get(sessionKey(groupId, day, half)) ?? [])

/** Throws 404 for no group. */
async function groupById(db: Queries, groupId: string): Promise<Group> {
  const [group] = await db
    .select()
    .from(leisureGroups)
    .where(eq(leisureGroups.id, groupId as Id<'leisure-group'>))
  if (!group) throw notFound()
  return group
}

/** The sign-ups in these states that have, or ask for, a place in these groups on that day. */
export async function signupsOnDay(
  db: Queries,
  groupIds: readonly Id<'leisure-group'>[],
  day: Temporal.PlainDate,
  states: readonly SignupState[],
): Promise<Signup[]> {
  if (groupIds.length === 0) return []
  const rows = await db
    .selectDistinct({ id: leisureSignupDays.signupId })
    .from(leisureSignupDays)
    .where(
      and(
        inArray(leisureSignupDays.groupId, [...groupIds]),
        eq(leisureSignupDays.day, day),
        inArray(leisureSignupDays.state, ['asked', 'taken']),
      ),
    )
  if (rows.length === 0) return []
  const signups = await db
    .select()
    .from(leisureSignups)
    .where(
      and(
        inArray(
          leisureSignups.id,
          rows.map(({ id }) => id),
        ),
        inArray(leisureSignups.state, [...states]),
      ),
    )
    .orderBy(asc(leisureSignups.id))
  return withDays(db, signups)
}

/**
 * A clerk offers free places to the one that was shown as next. Undefined when it is not so any more: the place was taken,
 * or somebody came before.
 */
export async function propose(
  town: Town,
  clerk: Clerk,
  asked: { signupId: string; groupId: string; day: Temporal.PlainDate },
): Promise<NextOffer | undefined> {
  const now = town.clock.now()
  return withOffers(town, async tx => {
    const signup = await signupById(tx, asked.signupId as Id<'leisure-signup'>)
    const group = await groupById(tx, asked.groupId)
    const next = await nextOffer(tx, { town, now }, [{ groupId: group.id, day: asked.day, part: 'day' }])
    if (!signup || next?.signup.id !== signup.id) return undefined
    return (await offerByClerk(tx, { town, now }, signup, clerk)) ? next : undefined
  })
}
