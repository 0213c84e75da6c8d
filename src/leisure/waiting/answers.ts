import { audit } from '../../audit/audit.ts'
import { promiseDeposit } from '../../billing/deposits.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq, gte, inArray, ne } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import { type Actor, anonymous } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict, notFound } from '../../kernel/problems.ts'
import { childrenById, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { leisureSignupDays, leisureSignups } from '../schema.ts'
import { type Signup, type SignupRow, signupById, withDays } from '../signups.ts'
import { type Centre, centreById, type LeisurePeriod, periodById } from '../store.ts'
import { giveBackDays, lockPlaces } from '../taking.ts'
import { offerPlaces, offerTokenHash, withOffers } from './offers.ts'

/** The place that a mailed link is about. */
export type OfferedPlace = {
  signup: Signup
  firstName: string
  centre: Centre
  period: LeisurePeriod
  until: Temporal.Instant
  state: 'offered' | 'accepted' | 'gone'
}

/** What the link of an offer shows: whoever holds it may answer, without signing in. Throws 404 for no offer's link. */
export async function offerOfLink(town: Town, token: string): Promise<OfferedPlace> {
  const { read } = town.db
  const signup = await signupOfLink(read, token)
  const child = (await childrenById(read, [signup.childId])).get(signup.childId)
  const until = signup.offerExpiresAt
  if (!child || !until) throw notFound()
  return {
    signup,
    firstName: child.firstName,
    centre: await centreById(read, signup.centreId),
    period: await periodById(read, signup.periodId),
    until,
    state: stands(signup, town.clock.now()) ? 'offered' : signup.state === 'booked' ? 'accepted' : 'gone',
  }
}

/** Whether an offer can still be taken; one whose time is over has lapsed, even before the job that passes it on has run. */
export const stands = ({ state, offerExpiresAt }: SignupRow, now: Temporal.Instant): boolean =>
  state === 'offered' && offerExpiresAt !== null && Temporal.Instant.compare(now, offerExpiresAt) <= 0

/**
 * Answers an offer by its link: the place is booked, or goes to the next in line. A second click changes nothing.
 * Throws 404 for no offer's link, 409 `offer-gone` when the time is over or the day was closed.
 */
export async function answerByLink(town: Town, token: string, answer: 'accept' | 'decline'): Promise<void> {
  const now = town.clock.now()
  await withOffers(town, async tx => {
    const signup = await signupOfLink(tx, token)
    await (answer === 'accept' ? accept : leave)(tx, { town, now, actor: anonymous }, signup)
  })
}

async function signupOfLink(db: Queries, token: string): Promise<Signup> {
  const rows = await db
    .select()
    .from(leisureSignups)
    .where(eq(leisureSignups.tokenHash, offerTokenHash(token)))
  const [signup] = await withDays(db, rows)
  if (!signup) throw notFound()
  return signup
}

/** Takes the place that is offered to one of the household's children. Throws as `answerByLink`. */
export async function acceptOffer(town: Town, actor: Actor, signupId: string): Promise<void> {
  const now = town.clock.now()
  await withOffers(town, async tx => accept(tx, { town, now, actor }, await ownSignup(tx, actor, signupId)))
}

/** Leaves the line, or declines the place that is offered. Throws as `answerByLink`. */
export async function leaveLine(town: Town, actor: Actor, signupId: string): Promise<void> {
  const now = town.clock.now()
  await withOffers(town, async tx => leave(tx, { town, now, actor }, await ownSignup(tx, actor, signupId)))
}

/** A sign-up of the household that asks. Throws 404 for any other. */
export async function ownSignup(db: Queries, actor: Actor, signupId: string): Promise<Signup> {
  const householdId = await householdOf(db, actor, 'leisure')
  const signup = await signupById(db, signupId as Id<'leisure-signup'>)
  if (signup?.householdId !== householdId) throw notFound()
  return signup
}

type Answering = { town: Town; now: Temporal.Instant; actor: Actor }

async function accept(tx: Tx, { now, actor }: Answering, signup: Signup): Promise<void> {
  const { id, householdId, childId } = signup
  const booked = await tx
    .update(leisureSignups)
    .set({ state: 'booked', confirmedAt: now })
    .where(and(eq(leisureSignups.id, id), eq(leisureSignups.state, 'offered'), gte(leisureSignups.offerExpiresAt, now)))
    .returning({ id: leisureSignups.id })
  if (booked.length === 0) {
    // By another link, the other parent, or the same finger twice: it is theirs already.
    if ((await signupById(tx, id))?.state === 'booked') return
    throw conflict('offer-gone')
  }
  const left = await leaveOtherLines(tx, signup)
  await audit(tx, now, actor, {
    action: 'leisure-signup.accepted',
    subject: { kind: 'child', id: childId },
    details: { signupId: id, days: signup.days.map(({ day }) => day.toString()), left },
  })
  await outbox(tx, now, {
    topic: 'leisure.confirmed',
    payload: { householdId, signupIds: [id] },
    key: `leisure.confirmed:offer:${id}`,
  })
  await promiseDeposit(tx, now, { householdId, signupIds: [id], key: `offer:${id}` })
}

/** A child that has a place waits for none on those days any more, but for what the family wished for more dearly. */
async function leaveOtherLines(tx: Tx, { id, childId, days, wishRank }: Signup): Promise<Id<'leisure-signup'>[]> {
  const others = await tx
    .selectDistinct({ id: leisureSignups.id, wishRank: leisureSignups.wishRank })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .where(
      and(
        eq(leisureSignupDays.childId, childId),
        inArray(
          leisureSignupDays.day,
          days.map(({ day }) => day),
        ),
        eq(leisureSignups.state, 'waiting'),
        ne(leisureSignups.id, id),
      ),
    )
  const dearer = (other: number | null) => other !== null && (wishRank === null || other < wishRank)
  const ids = others.flatMap(other => (dearer(other.wishRank) ? [] : [other.id]))
  if (ids.length === 0) return []
  const left = await tx
    .update(leisureSignups)
    .set({ state: 'left' })
    .where(and(inArray(leisureSignups.id, ids), eq(leisureSignups.state, 'waiting')))
    .returning({ id: leisureSignups.id })
  return left.map(row => row.id)
}

async function leave(tx: Tx, { town, now, actor }: Answering, signup: Signup): Promise<void> {
  const { id, childId, days } = signup
  const places = await lockPlaces(tx, days)
  const left = await tx
    .update(leisureSignups)
    .set({ state: 'left' })
    .where(and(eq(leisureSignups.id, id), inArray(leisureSignups.state, ['waiting', 'offered'])))
    .returning({ id: leisureSignups.id })
  if (left.length === 0) {
    const state = (await signupById(tx, id))?.state
    if (state === 'left' || state === 'lapsed') return
    throw conflict('offer-gone')
  }
  const subject = { kind: 'child', id: childId }
  await audit(tx, now, actor, { action: 'leisure-signup.left', subject, details: { signupId: id } })
  await offerPlaces(tx, { town, now }, await giveBackDays(tx, places, id, days))
}
