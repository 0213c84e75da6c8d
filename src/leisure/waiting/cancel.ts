import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq, notExists } from '../../db/drizzle.ts'
import { type Actor, clerkAmong } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { invalid, notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { once } from '../../web/idempotency.ts'
import { creditStays } from '../credit-stays.ts'
import { leisureSignupDays, leisureSignups } from '../schema.ts'
import { scopeOf } from '../signing-up/scope.ts'
import { type Signup, signupById } from '../signups.ts'
import { periodById } from '../store.ts'
import { giveBackDays, lockPlaces, type SignupDay } from '../taking.ts'
import { ownSignup } from './answers.ts'
import { writeCancelled } from './cancel-mail.ts'
import { cancelRule } from './cancel-rule.ts'
import { againWhenTaken, offerPlaces } from './offers.ts'

/** What became of the days asked for, as ISO text: the answer is kept and given again to whoever repeats the request. */
export type CancelledDays = { free: readonly string[]; late: readonly string[]; already: readonly string[] }

/** How a clerk cancels for a family, in whose name nobody asked. */
export type ByClerk = {
  /** Written to the family. */
  reason: string
  /** The town is the cause: nothing is charged, however late, and the family's other days cost no more for it. */
  forNothing: boolean
}

/**
 * Cancels days of a booked sign-up: for nothing until the period's limit, afterwards they are charged unless a paper
 * excuses them. Their places go to who waits. Days cancelled before stay as they are. Families cancel until the day before;
 * clerks also the day itself. Throws 404 for somebody else's sign-up, 422 for no day, a day that is not of it or past.
 */
export async function cancelDays(
  town: Town,
  actor: Actor,
  signupId: string,
  days: readonly Temporal.PlainDate[],
  how: { key?: string | undefined; byClerk?: ByClerk } = {},
): Promise<CancelledDays> {
  const now = town.clock.now()
  const { byClerk, key } = how
  if (byClerk && byClerk.reason.trim() === '') throw invalid([{ field: 'reason', code: 'reason-needed' }])
  const content = { cancel: signupId, days: days.map(String), byClerk: byClerk ?? null }
  return againWhenTaken(() =>
    once({ db: town.db, now }, { scope: keysOf(actor), key, content }, async tx => {
      const signup = await signupToCancel(tx, actor, signupId, byClerk !== undefined)
      return cancelIn(tx, { town, now, actor, ...(byClerk ? { byClerk } : {}) }, signup, days)
    }),
  )
}

/** A clerk who acts in nobody's name has keys of their own. */
const keysOf = (actor: Actor) => (actor.kind === 'clerk' ? `leisure:clerk:${actor.accountId}` : scopeOf(actor))

/** A sign-up whose days may be cancelled by that one: a family's own, a clerk's any. Throws 404. */
export async function signupToCancel(db: Queries, actor: Actor, signupId: string, byClerk: boolean): Promise<Signup> {
  if (byClerk) clerkAmong(actor, 'leisure')
  const signup = byClerk ? await signupById(db, signupId as Id<'leisure-signup'>) : await ownSignup(db, actor, signupId)
  if (!signup || (signup.state !== 'booked' && signup.state !== 'cancelled')) throw notFound()
  return signup
}

/** Whether a day with its place can still be cancelled: the day itself is the centre's, unless a clerk says so. */
export function isCancellable({ day, state }: SignupDay, today: Temporal.PlainDate, byClerk: boolean): boolean {
  return state === 'taken' && Temporal.PlainDate.compare(day, today) >= (byClerk ? 0 : 1)
}

type Cancelling = { town: Town; now: Temporal.Instant; actor: Actor; byClerk?: ByClerk }

async function cancelIn(
  tx: Tx,
  { town, now, actor, byClerk }: Cancelling,
  signup: Signup,
  days: readonly Temporal.PlainDate[],
): Promise<CancelledDays> {
  const today = dayInParis(now)
  const wanted = new Set(days.map(String))
  const asked = signup.days.filter(({ day }) => wanted.has(day.toString()))
  if (wanted.size === 0) throw invalid([{ field: 'days', code: 'no-day' }])
  if (asked.length < wanted.size) throw invalid([{ field: 'days', code: 'not-cancellable' }])
  const going = asked.filter(({ state }) => state === 'taken')
  if (!going.every(day => isCancellable(day, today, byClerk !== undefined)))
    throw invalid([{ field: 'days', code: 'not-cancellable' }])
  const { cancelDays: before } = await periodById(tx, signup.periodId)
  const byTown = byClerk?.forNothing === true
  const isFree = ({ day }: SignupDay) => byTown || cancelRule(day, before, today).free
  const places = await lockPlaces(tx, going)
  const freeing = (late: boolean) =>
    giveBackDays(
      tx,
      places,
      signup.id,
      going.filter(day => isFree(day) !== late),
      { at: now, late, byTown },
    )
  const free = await freeing(false)
  const late = await freeing(true)
  const done = new Set([...free, ...late].map(({ day }) => day.toString()))
  const answer = {
    free: free.map(({ day }) => day.toString()),
    late: late.map(({ day }) => day.toString()),
    already: [...wanted].filter(day => !done.has(day)),
  }
  if (done.size === 0) return answer
  await endWithoutDays(tx, signup.id)
  const [first] = free
  if (first)
    await creditStays(tx, now, {
      signupId: signup.id,
      days: free.map(({ day }) => day),
      reason: byTown ? 'centre-closed' : 'cancelled-in-time',
      key: `cancelled:${signup.id}:${first.day}`,
    })
  await audit(tx, now, actor, {
    action: 'leisure-signup.days-cancelled',
    subject: { kind: 'child', id: signup.childId },
    details: { signupId: signup.id, free: answer.free, late: answer.late, byClerk: byClerk !== undefined },
  })
  await writeCancelled(tx, town, signup, {
    free: free.map(({ day }) => day),
    late: late.map(({ day }) => day),
    ...(byClerk ? { reason: byClerk.reason.trim() } : {}),
  })
  await offerPlaces(tx, { town, now }, [...free, ...late])
  return answer
}

/** A sign-up of which no day has a place any more is cancelled. */
export async function endWithoutDays(tx: Tx, signupId: Id<'leisure-signup'>): Promise<void> {
  await tx
    .update(leisureSignups)
    .set({ state: 'cancelled' })
    .where(
      and(
        eq(leisureSignups.id, signupId),
        eq(leisureSignups.state, 'booked'),
        notExists(
          tx
            .select({ day: leisureSignupDays.day })
            .from(leisureSignupDays)
            .where(and(eq(leisureSignupDays.signupId, signupId), eq(leisureSignupDays.state, 'taken'))),
        ),
      ),
    )
}
