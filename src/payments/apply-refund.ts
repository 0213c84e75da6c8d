import { lockAccounts } from '../billing/ledger.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, isNull, sql } from '../db/drizzle.ts'
import { type Actor, system } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { raiseAlert } from './alerts.ts'
import { type BelievedRefund, believedRefund } from './believed.ts'
import { postRefundFailed, postRefundSucceeded } from './postings.ts'
import { holdBack, writeRefund } from './refunds.ts'
import { type EventOutcome, payments, refunds } from './schema.ts'
import { moveRefund, type Refund } from './states.ts'
import { paymentById, paymentOfIntent } from './store.ts'
import { stripeFault, stripeOf } from './stripe-client.ts'

const asStripe = system('stripe')

/**
 * Believes a refund, whoever asked for it. `looked-up`: it is of a payment that we do not know to have arrived, so Stripe
 * must be asked first.
 */
export async function applyRefund(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  told: BelievedRefund,
): Promise<EventOutcome> {
  const known = await findRefund(tx, told)
  const payment = known ? await paymentById(tx, known.paymentId) : await paymentOfIntent(tx, told.intentId)
  if (payment?.state !== 'succeeded') return told.intentId ? 'looked-up' : 'not-ours'
  await lockAccounts(tx, [payment.householdId])
  if (known) {
    const wrong = differenceOf(known, payment.intentId, told)
    if (wrong) return parkRefund(tx, now, payment.id, told, wrong)
  }
  const refund = known ?? (await recordOutside(tx, now, payment.id, told))
  if (!refund) {
    const found = `refund of ${told.amount} ${told.currency}`
    return parkRefund(tx, now, payment.id, told, { expected: `at most ${payment.amount - payment.refunded}`, found })
  }
  if (refund.stripeId === null)
    await tx
      .update(refunds)
      .set({ stripeId: told.id })
      .where(and(eq(refunds.id, refund.id), isNull(refunds.stripeId)))
  const moved = await followRefund(tx, now, actor, refund, told)
  return moved || !known ? 'applied' : 'nothing-to-do'
}

async function findRefund(tx: Tx, told: BelievedRefund): Promise<Refund | undefined> {
  const [byStripe] = await tx.select().from(refunds).where(eq(refunds.stripeId, told.id))
  if (byStripe || !told.ours) return byStripe
  const [ours] = await tx
    .select()
    .from(refunds)
    .where(eq(refunds.id, told.ours as Id<'refund'>))
  return ours
}

function differenceOf(known: Refund, intentId: string | null, told: BelievedRefund) {
  const expected = [known.stripeId ?? told.id, intentId, known.amount, 'eur'].join(' ')
  const found = [told.id, told.intentId, told.amount, told.currency].join(' ')
  return expected === found ? undefined : { expected, found }
}

async function parkRefund(
  tx: Tx,
  now: Temporal.Instant,
  paymentId: Id<'payment'>,
  told: BelievedRefund,
  different: { expected: string; found: string },
): Promise<EventOutcome> {
  await raiseAlert(tx, now, {
    kind: 'refund-differs',
    key: `refund-differs:${told.id}`,
    paymentId,
    details: { stripeId: told.id, amount: told.amount, ...different },
  })
  return 'parked'
}

/** A refund made in Stripe's own dashboard: the money is gone, so it is written down, and the cash office told. */
async function recordOutside(tx: Tx, now: Temporal.Instant, paymentId: Id<'payment'>, told: BelievedRefund) {
  if (told.currency !== 'eur' || told.amount <= 0) return undefined
  const held = await holdBack(tx, paymentId, told.amount)
  if (!held) return undefined
  await raiseAlert(tx, now, {
    kind: 'refund-made-at-stripe',
    key: `refund-outside:${told.id}`,
    paymentId,
    details: { stripeId: told.id, amount: told.amount },
  })
  return writeRefund(tx, now, held, { amount: told.amount, reason: '', requestedBy: null, stripeId: told.id })
}

/** Moves our row as far as Stripe's has gone. */
async function followRefund(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  refund: Refund,
  told: Pick<BelievedRefund, 'status' | 'failure'>,
): Promise<boolean> {
  if (told.status === 'succeeded') {
    const moved = await moveRefund(tx, now, actor, refund.id, 'succeeded')
    if (moved) await postRefundSucceeded(tx, now, moved)
    return moved !== undefined
  }
  if (told.status !== 'failed' && told.status !== 'canceled') return false
  return failRefund(tx, now, actor, refund, told.failure ?? told.status)
}

/** The money goes back to where it was, and the cash office is told. */
async function failRefund(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  refund: Refund,
  failure: string,
): Promise<boolean> {
  const moved = await moveRefund(tx, now, actor, refund.id, 'failed', failure)
  if (!moved) return false
  await postRefundFailed(tx, now, moved)
  await tx
    .update(payments)
    .set({ refunded: sql`${payments.refunded} - ${moved.amount}` })
    .where(eq(payments.id, moved.paymentId))
  await raiseAlert(tx, now, {
    kind: 'refund-failed',
    key: `refund-failed:${moved.id}`,
    paymentId: moved.paymentId,
    details: { amount: moved.amount, found: failure, ...(moved.stripeId ? { stripeId: moved.stripeId } : {}) },
  })
  return true
}

/** Asks Stripe for a refund that was promised; its id is the idempotency key. What Stripe refuses has failed. */
export async function askRefund(town: Town, refundId: Id<'refund'>): Promise<void> {
  const [refund] = await town.db.read.select().from(refunds).where(eq(refunds.id, refundId))
  if (refund?.state !== 'pending') return
  const payment = await paymentById(town.db.read, refund.paymentId)
  if (!payment.intentId) throw new Error(`the payment ${payment.id} has no intent to refund`)
  const stripe = stripeOf(town.config)
  try {
    const told = refund.stripeId
      ? await stripe.refunds.retrieve(refund.stripeId)
      : await stripe.refunds.create(
          { payment_intent: payment.intentId, amount: refund.amount, metadata: { refund: refund.id } },
          { idempotencyKey: refund.id },
        )
    await town.db.transaction(tx => applyRefund(tx, town.clock.now(), asStripe, believedRefund(told)))
  } catch (error) {
    const fault = stripeFault(error)
    if (fault?.kind !== 'refused') throw error
    await town.db.transaction(async tx => {
      await lockAccounts(tx, [payment.householdId])
      await failRefund(tx, town.clock.now(), asStripe, refund, fault.code)
    })
  }
}

/** Reads all refunds of a payment from Stripe, and believes each. */
export async function syncRefunds(town: Town, paymentId: Id<'payment'>): Promise<void> {
  const payment = await paymentById(town.db.read, paymentId)
  if (!payment.intentId) return
  const list = stripeOf(town.config).refunds.list({ payment_intent: payment.intentId, limit: 100 })
  for await (const told of list)
    await town.db.transaction(tx => applyRefund(tx, town.clock.now(), asStripe, believedRefund(told)))
}
