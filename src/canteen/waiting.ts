import type { Queries } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { type Actor, anonymous } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, notFound } from '../kernel/problems.ts'
import { type Child, childrenOf, householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { offerTokenHash } from './offers.ts'
import { saveMealsIn } from './save-meals.ts'
import { mealWaiting } from './schema.ts'
import { type WaitingRow, waitingOf } from './waiting-store.ts'

/** A day on which a child of the household waits for a place, has one offered, or let an offer pass. */
export type Waiting = {
  child: Child
  day: Temporal.PlainDate
  state: 'waiting' | 'offered' | 'expired'
  /** From 1, among those who wait. */
  rank: number
  offeredUntil: Temporal.Instant | undefined
}

/** How far ahead waiting lists are looked at. */
const A_YEAR = Temporal.Duration.from({ months: 13 })

/** The waiting lists the household is in, from today on. */
export async function waitingListsOf(db: Queries, town: Town, householdId: Id<'household'>): Promise<Waiting[]> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const children = await childrenOf(db, householdId)
  const rows = await waitingOf(
    db,
    children.map(({ id }) => id),
    today,
    today.add(A_YEAR),
  )
  return rows.flatMap((row): Waiting[] => {
    const child = children.find(({ id }) => id === row.childId)
    if (!child || row.householdId !== householdId) return []
    const state = standingOf(row, now)
    const offeredUntil = state === 'offered' ? (row.offerExpiresAt ?? undefined) : undefined
    return [{ child, day: row.day, state, rank: row.rank, offeredUntil }]
  })
}

/** An offer whose time is over has lapsed, even before the job that passes it on has run. */
function standingOf({ state, offerExpiresAt }: WaitingRow, now: Temporal.Instant): Waiting['state'] {
  if (state === 'waiting') return 'waiting'
  const stands = state === 'offered' && offerExpiresAt && Temporal.Instant.compare(now, offerExpiresAt) <= 0
  return stands ? 'offered' : 'expired'
}

export async function waitingLists(town: Town, actor: Actor): Promise<Waiting[]> {
  return waitingListsOf(town.db.read, town, await householdOf(town.db.read, actor, 'canteen'))
}

/** The place that a mailed link is about. */
export type OfferedPlace = {
  firstName: string
  day: Temporal.PlainDate
  until: Temporal.Instant
  state: 'offered' | 'accepted' | 'gone'
}

/** What the link of an offer shows: whoever holds it may answer, without signing in. Throws 404 for no offer's link. */
export async function offerOfLink(town: Town, token: string): Promise<OfferedPlace> {
  const row = await rowOfLink(town.db.read, token)
  const children = await childrenOf(town.db.read, row.householdId)
  const child = children.find(({ id }) => id === row.childId)
  const until = row.offerExpiresAt
  if (!child || !until) throw notFound()
  const stands = row.state === 'offered' && Temporal.Instant.compare(town.clock.now(), until) <= 0
  const state = stands ? 'offered' : row.state === 'accepted' ? 'accepted' : 'gone'
  return { firstName: child.firstName, day: row.day, until, state }
}

/**
 * Answers an offer by its link: the meal is booked, or the place goes to the next in line. A second click changes nothing.
 * Throws 404 for no offer's link, 409 `offer-gone` when the time is over or the day was closed.
 */
export async function answerOffer(town: Town, token: string, answer: 'accept' | 'decline'): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const row = await rowOfLink(tx, token)
    const before = answer === 'accept' ? 'accepted' : 'left'
    if (row.state === before) return
    const late = !row.offerExpiresAt || Temporal.Instant.compare(now, row.offerExpiresAt) > 0
    if (row.state !== 'offered' || late) throw conflict('offer-gone')
    const wish = answer === 'accept' ? ('book' as const) : ('leave' as const)
    const wishes = [{ childId: row.childId, day: row.day, wish, mealType: row.mealType }]
    const saved = await saveMealsIn(tx, { town, actor: anonymous, now }, row.householdId, wishes)
    if (saved.refused.length > 0) throw conflict('offer-gone')
  })
}

async function rowOfLink(db: Queries, token: string) {
  const [row] = await db
    .select()
    .from(mealWaiting)
    .where(eq(mealWaiting.tokenHash, offerTokenHash(token)))
  if (!row) throw notFound()
  return row
}
