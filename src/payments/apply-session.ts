import { lockAccounts } from '../billing/ledger.ts'
import { takeNumbers } from '../billing/numbers.ts'
import { documentNumber, numberSeriesOf } from '../billing/rules.ts'
import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { raiseAlert } from './alerts.ts'
import type { BelievedSession } from './believed.ts'
import { postPayment } from './postings.ts'
import { difference } from './rules.ts'
import { type EventOutcome, payments } from './schema.ts'
import { movePayment, type Payment } from './states.ts'
import { findPayment, partsOf, paymentOfSession } from './store.ts'

/** The money is on Stripe's balance some minutes after the payment; only then is its fee known. */
const FEE_KNOWN_AFTER = Temporal.Duration.from({ minutes: 2 })

/**
 * Believes a Checkout Session, however we came to see it: an event, the payer's return, the reconciler. Seen twice, or
 * older than what we know, it changes nothing. `debitFailed`: the event says so; a fetched session says it by its intent.
 */
export async function applySession(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  session: BelievedSession,
  { debitFailed = false } = {},
): Promise<EventOutcome> {
  const payment = (await findPayment(tx, session.reference)) ?? (await paymentOfSession(tx, session.id))
  if (!payment) return 'not-ours'
  if (session.status !== 'complete') return applyUnpaid(tx, now, actor, payment, session)

  const different = difference(payment, session)
  if (different) return park(tx, now, actor, payment, session, different)
  const known = { sessionId: session.id, intentId: session.intentId }
  if (session.paymentStatus === 'paid') return done(await succeed(tx, now, actor, payment, known))
  const refused = ['requires_payment_method', 'canceled'].includes(session.intentStatus ?? '')
  if (debitFailed || refused)
    return done(await movePayment(tx, now, actor, payment.id, 'failed', { ...known, failure: 'debit-refused' }))
  return done(await movePayment(tx, now, actor, payment.id, 'processing', known))
}

const done = (changed: unknown): EventOutcome => (changed ? 'applied' : 'nothing-to-do')

async function applyUnpaid(tx: Tx, now: Temporal.Instant, actor: Actor, payment: Payment, session: BelievedSession) {
  // A page we know nothing of, for a payment that has another: nobody paid there.
  if (payment.sessionId !== null && payment.sessionId !== session.id) return 'nothing-to-do'
  if (session.status === 'expired')
    return done(await movePayment(tx, now, actor, payment.id, 'expired', { sessionId: session.id }))
  if (payment.state !== 'created') return 'nothing-to-do'
  return done(await movePayment(tx, now, actor, payment.id, 'open', pageOf(session)))
}

/** What is kept of a payment page. */
export const pageOf = (session: BelievedSession) => ({
  sessionId: session.id,
  sessionUrl: session.url,
  sessionExpiresAt: session.expiresAt,
})

/** Anything but what we asked for credits nothing by itself: the cash office looks at it. */
async function park(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  payment: Payment,
  session: BelievedSession,
  different: { expected: string; found: string },
): Promise<EventOutcome> {
  await raiseAlert(tx, now, {
    kind: 'session-differs',
    key: `session:${session.id}`,
    paymentId: payment.id,
    details: { stripeId: session.id, ...different },
  })
  // The page of another session says nothing of ours.
  if (payment.sessionId === null || payment.sessionId === session.id)
    await movePayment(tx, now, actor, payment.id, 'failed', { failure: 'parked' })
  return 'parked'
}

/**
 * The money of a payment has arrived: receipt number, ledger, and what follows. Undefined when it had been told before.
 * The household's account is held first, so that what is owed is read as it is.
 */
async function succeed(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  payment: Payment,
  known: { sessionId: string | null; intentId: string | null },
): Promise<Payment | undefined> {
  await lockAccounts(tx, [payment.householdId])
  const moved = await movePayment(tx, now, actor, payment.id, 'succeeded', {
    ...known,
    failure: null,
    succeededAt: now,
  })
  if (!moved) return undefined
  return settle(tx, now, moved)
}

/** What every payment that has arrived brings, card or counter: called once, in the transaction that says it arrived. */
export async function settle(tx: Tx, now: Temporal.Instant, payment: Payment): Promise<Payment> {
  const { overpaid } = await postPayment(tx, now, payment, await partsOf(tx, payment.id))
  if (overpaid > 0)
    await raiseAlert(tx, now, {
      kind: 'overpaid',
      key: `overpaid:${payment.id}`,
      paymentId: payment.id,
      details: { amount: overpaid },
    })
  const today = dayInParis(now)
  const [n] = await takeNumbers(tx, numberSeriesOf('receipt', today), 1)
  const receiptNumber = documentNumber('receipt', today, n ?? 0)
  const [numbered] = await tx.update(payments).set({ receiptNumber }).where(eq(payments.id, payment.id)).returning()
  await outbox(tx, now, {
    topic: 'payments.receipt',
    payload: { paymentId: payment.id },
    key: `payments.receipt:${payment.id}`,
  })
  if (payment.means === 'card')
    await outbox(tx, now, {
      topic: 'payments.fee',
      payload: { paymentId: payment.id },
      key: `payments.fee:${payment.id}`,
      dueAt: now.add(FEE_KNOWN_AFTER),
    })
  return numbered ?? payment
}
