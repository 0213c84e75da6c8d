import { createHash, randomBytes } from 'node:crypto'
import { audit } from '../../audit/audit.ts'
import { isUniqueViolation, type Queries, type Tx } from '../../db/database.ts'
import { and, eq, inArray, lt } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import { type Actor, type Clerk, system } from '../../kernel/actor.ts'
import { PARIS } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { childrenOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { leisureGroups, leisureSignups } from '../schema.ts'
import { type Signup, signupById } from '../signups.ts'
import { centreById } from '../store.ts'
import {
  type AskedDay,
  giveBackDays,
  lockPlaces,
  markTaken,
  type Places,
  placesOf,
  sessionKeysOf,
  takeDays,
} from '../taking.ts'
import { lineFor } from './line.ts'
import { writeOffer } from './offer-mail.ts'
import { HOURS_BEFORE_STAY, HOURS_BEFORE_STAY_BY_CLERK, offerExpires } from './offer-time.ts'
import { stillComes } from './still-comes.ts'

type Offering = { town: Town; now: Temporal.Instant }

/** Who offers a place, and how long before the stay its offer ends at the latest. */
type By = { actor: Actor; hoursBeforeStay: number }

const WAITING_LIST = system('waiting-list')
const BY_ITSELF: By = { actor: WAITING_LIST, hoursBeforeStay: HOURS_BEFORE_STAY }
const byClerk = (actor: Clerk): By => ({ actor, hoursBeforeStay: HOURS_BEFORE_STAY_BY_CLERK })

/**
 * Offers places that came free, by a cancellation, a basket that lapsed or more places, to those who wait: who came first
 * first, all days of a sign-up at once, whoever's days have not all a place is passed over. An offer takes its places, so
 * that nobody else does; it is mailed, and ends by itself. Call it in the transaction that frees, after `giveBackDays`.
 */
export async function offerPlaces(tx: Tx, offering: Offering, freed: readonly AskedDay[]): Promise<void> {
  if (freed.length === 0 || !(await someLeft(tx, freed))) return
  for await (const batch of lineFor(tx, freed)) {
    if (batch.length === 0) continue
    const places = await placesOf(
      tx,
      batch.flatMap(({ days }) => days),
    )
    for (const signup of batch) {
      if (!haveRoom(places, signup.days)) continue
      if ((await offer(tx, offering, signup, BY_ITSELF)) && !(await someLeft(tx, freed))) return
    }
  }
}

export const offerTokenHash = (token: string) => createHash('sha256').update(token).digest('hex')

const isLeft = (places: Places | undefined) => places !== undefined && places.taken < places.capacity

const haveRoom = (places: ReadonlyMap<string, Places>, days: readonly AskedDay[]) =>
  days.every(day => sessionKeysOf(day).every(key => isLeft(places.get(key))))

const someLeft = async (tx: Tx, freed: readonly AskedDay[]) => [...(await placesOf(tx, freed)).values()].some(isLeft)

/** Who is offered what, and until when: looked at before it is sent. */
export type NextOffer = { signup: Signup; expiresAt: Temporal.Instant }

/** To whom a clerk would offer the places of these half-days now, and until when; undefined when nobody could take them. */
export async function nextOffer(
  db: Queries,
  { town, now }: Offering,
  days: readonly AskedDay[],
): Promise<NextOffer | undefined> {
  for await (const batch of lineFor(db, days)) {
    const places = await placesOf(
      db,
      batch.flatMap(signup => signup.days),
    )
    for (const signup of batch) {
      if (!haveRoom(places, signup.days) || (await stillComes(db, signup)) !== 'yes') continue
      const expiresAt = await expiryOf(db, town, now, signup, HOURS_BEFORE_STAY_BY_CLERK)
      if (expiresAt) return { signup, expiresAt }
    }
  }
  return undefined
}

/** Until when an offer for these days would stand; undefined when it is too late, or a group is gone. */
async function expiryOf(db: Queries, town: Town, now: Temporal.Instant, { days }: Signup, hoursBeforeStay: number) {
  const [first] = days
  const ids = new Set(days.map(({ groupId }) => groupId))
  const groups = await db
    .select({ id: leisureGroups.id, opensAt: leisureGroups.opensAt })
    .from(leisureGroups)
    .where(inArray(leisureGroups.id, [...ids]))
  const opensAt = groups.find(({ id }) => id === first?.groupId)?.opensAt
  if (!first || !opensAt || groups.length < ids.size) return undefined
  const begins = first.day.toZonedDateTime({ timeZone: PARIS, plainTime: opensAt }).toInstant()
  return offerExpires(now, begins, { hours: town.config.leisure.offerHours, hoursBeforeStay })
}

/** A clerk offers free places to one that waits, as `nextOffer` said. False when that is not so any more. */
export const offerByClerk = (tx: Tx, offering: Offering, signup: Signup, clerk: Clerk): Promise<boolean> =>
  offer(tx, offering, signup, byClerk(clerk))

/** Offers its places to one that waits, when they are there and it can come. Whether it did. */
async function offer(
  tx: Tx,
  { town, now }: Offering,
  signup: Signup,
  { actor, hoursBeforeStay }: By,
): Promise<boolean> {
  const { id, days, childId, householdId } = signup
  const expiresAt = await expiryOf(tx, town, now, signup, hoursBeforeStay)
  if (!expiresAt) return false
  const comes = await stillComes(tx, signup)
  if (comes === 'no') await leaveLine(tx, now, signup)
  if (comes !== 'yes') return false
  const places = await lockPlaces(tx, days)
  if (!haveRoom(places, days)) return false
  const token = randomBytes(32).toString('base64url')
  const moved = await tx
    .update(leisureSignups)
    .set({ state: 'offered', offerExpiresAt: expiresAt, tokenHash: offerTokenHash(token) })
    .where(and(eq(leisureSignups.id, id), eq(leisureSignups.state, 'waiting')))
    .returning({ id: leisureSignups.id })
  if (moved.length === 0) return false
  // Under the lock the places counted are there; if not, something wrote past it, and nothing of this may stay.
  if ((await takeDays(tx, places, days)).length > 0) throw new Error(`places of ${id} changed under their lock`)
  await markTaken(tx, id, days)
  await outbox(tx, now, {
    topic: 'leisure.offer-ends',
    payload: { signupId: id },
    key: `leisure.offer-ends:${id}`,
    // One millisecond later: until the end, the end included, the offer stands.
    dueAt: expiresAt.add({ milliseconds: 1 }),
  })
  await audit(tx, now, actor, {
    action: 'leisure-signup.offered',
    subject: { kind: 'child', id: childId },
    details: { signupId: id, days: days.map(({ day }) => day.toString()), until: expiresAt.toString() },
  })
  const child = (await childrenOf(tx, householdId)).find(one => one.id === childId)
  const centre = await centreById(tx, signup.centreId)
  await writeOffer(tx, town, signup, { firstName: child?.firstName ?? '', centre: centre.name, expiresAt, token })
  return true
}

/** Who cannot come any more waits no longer. */
async function leaveLine(tx: Tx, now: Temporal.Instant, { id, childId }: Signup): Promise<void> {
  const left = await tx
    .update(leisureSignups)
    .set({ state: 'left' })
    .where(and(eq(leisureSignups.id, id), eq(leisureSignups.state, 'waiting')))
    .returning({ id: leisureSignups.id })
  if (left.length === 0) return
  const subject = { kind: 'child', id: childId }
  await audit(tx, now, WAITING_LIST, { action: 'leisure-signup.left', subject, details: { signupId: id } })
}

/**
 * A unit of work that may offer places. Should a child be given a place elsewhere at the very moment one is offered to it,
 * the engine refuses the second: the work is done again, and sees it.
 */
export async function withOffers<Done>(town: Town, work: (tx: Tx) => Promise<Done>): Promise<Done> {
  return againWhenTaken(() => town.db.transaction(work))
}

const TRIES = 3

/** See `withOffers`: for work that is a transaction of its own already. */
export async function againWhenTaken<Done>(work: () => Promise<Done>): Promise<Done> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!isUniqueViolation(error) || tries === TRIES) throw error
    }
  }
}

/** Ends an offer that nobody took in time: the place goes to the next in line. Nothing happens before its time. */
export async function endOffer(town: Town, signupId: Id<'leisure-signup'>): Promise<void> {
  const now = town.clock.now()
  await withOffers(town, async tx => {
    const signup = await signupById(tx, signupId)
    if (signup?.state !== 'offered') return
    const places = await lockPlaces(tx, signup.days)
    const ended = await tx
      .update(leisureSignups)
      .set({ state: 'lapsed' })
      .where(
        and(
          eq(leisureSignups.id, signupId),
          eq(leisureSignups.state, 'offered'),
          lt(leisureSignups.offerExpiresAt, now),
        ),
      )
      .returning({ id: leisureSignups.id })
    if (ended.length === 0) return
    const freed = await giveBackDays(tx, places, signupId, signup.days)
    await audit(tx, now, WAITING_LIST, {
      action: 'leisure-signup.offer-ended',
      subject: { kind: 'child', id: signup.childId },
      details: { signupId },
    })
    await offerPlaces(tx, { town, now }, freed)
  })
}
