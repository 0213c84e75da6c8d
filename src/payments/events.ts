import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { system } from '../kernel/actor.ts'
import type { Town } from '../town-context.ts'
import { webhooksWithoutEffect } from '../web/metrics.ts'
import { raiseAlert } from './alerts.ts'
import { applyRefund } from './apply-refund.ts'
import { applySession } from './apply-session.ts'
import { believedCharge, believedDispute, believedPayout, believedRefund, believedSession } from './believed.ts'
import { applyDispute } from './disputes.ts'
import { applyPayout } from './payouts.ts'
import { type EventOutcome, stripeEvents } from './schema.ts'
import { paymentOfIntent } from './store.ts'
import { isLive } from './stripe-client.ts'

/** As much of a Stripe event as is needed to store it once and to believe its object. */
export type StripeEvent = {
  id: string
  type: string
  /** Seconds since 1970. */
  created: number
  livemode: boolean
  data: { object: object }
}

type Apply = (tx: Tx, now: Temporal.Instant, object: unknown, eventId: string) => Promise<EventOutcome>

const asStripe = system('stripe')

const session: Apply = (tx, now, object) => applySession(tx, now, asStripe, believedSession(object))
const failedDebit: Apply = (tx, now, object) =>
  applySession(tx, now, asStripe, believedSession(object), { debitFailed: true })
const refund: Apply = async (tx, now, object, eventId) => {
  const told = believedRefund(object)
  const outcome = await applyRefund(tx, now, asStripe, told)
  return orLookUp(tx, now, outcome, { kind: 'refund', objectId: told.id, intentId: told.intentId, eventId })
}
const dispute: Apply = async (tx, now, object, eventId) => {
  const told = believedDispute(object)
  const outcome = await applyDispute(tx, now, asStripe, told)
  return orLookUp(tx, now, outcome, { kind: 'dispute', objectId: told.id, intentId: told.intentId, eventId })
}
const payout: Apply = (tx, now, object) => applyPayout(tx, now, believedPayout(object))

/** The kinds of events that may change something here. Stripe's list of events takes at most twenty names. */
const KINDS: Readonly<Record<string, Apply>> = {
  'checkout.session.completed': session,
  'checkout.session.async_payment_succeeded': session,
  'checkout.session.async_payment_failed': failedDebit,
  'checkout.session.expired': session,
  'refund.created': refund,
  'refund.updated': refund,
  'refund.failed': refund,
  'charge.refunded': chargeRefunded,
  'charge.dispute.created': dispute,
  'charge.dispute.updated': dispute,
  'charge.dispute.closed': dispute,
  'charge.dispute.funds_withdrawn': dispute,
  'charge.dispute.funds_reinstated': dispute,
  'payout.created': payout,
  'payout.updated': payout,
  'payout.paid': payout,
  'payout.failed': payout,
  'payout.canceled': payout,
}

export const knownKinds: readonly string[] = Object.keys(KINDS)

/**
 * Takes one event of Stripe's: stores it by its id and applies it, in one transaction. An event that was taken before
 * changes nothing. What had no effect is counted.
 */
export async function takeEvent(town: Town, event: StripeEvent): Promise<EventOutcome | 'duplicate'> {
  const now = town.clock.now()
  const outcome = await town.db.transaction(async tx => {
    const objectId = 'id' in event.data.object ? String(event.data.object.id) : ''
    const [stored] = await tx
      .insert(stripeEvents)
      .values({
        id: event.id,
        type: event.type,
        objectId,
        created: Temporal.Instant.fromEpochMilliseconds(event.created * 1000),
        receivedAt: now,
        outcome: 'nothing-to-do',
      })
      .onConflictDoNothing()
      .returning({ id: stripeEvents.id })
    if (!stored) return 'duplicate'
    const outcome = await applyEvent(town, tx, now, event, objectId)
    if (outcome !== 'nothing-to-do') await tx.update(stripeEvents).set({ outcome }).where(eq(stripeEvents.id, event.id))
    return outcome
  })
  if (outcome !== 'applied') webhooksWithoutEffect.inc({ reason: outcome })
  return outcome
}

async function applyEvent(
  town: Town,
  tx: Tx,
  now: Temporal.Instant,
  event: StripeEvent,
  objectId: string,
): Promise<EventOutcome> {
  if (event.livemode !== isLive(town.config)) return 'other-mode'
  const apply = KINDS[event.type]
  if (!apply) return 'unknown-kind'
  try {
    return await apply(tx, now, event.data.object, event.id)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    await raiseAlert(tx, now, {
      kind: 'not-understood',
      key: `not-understood:${event.id}`,
      details: { stripeId: objectId, found: `${event.type}: ${error.issues[0]?.path.join('.') ?? ''}` },
    })
    return 'parked'
  }
}

/** What concerns a payment that we do not know to have arrived is asked of Stripe: its events come in any order. */
async function orLookUp(
  tx: Tx,
  now: Temporal.Instant,
  outcome: EventOutcome,
  asked: { kind: 'refund' | 'dispute'; objectId: string; intentId: string | null; eventId: string },
): Promise<EventOutcome> {
  const { eventId, ...payload } = asked
  if (outcome === 'looked-up')
    await outbox(tx, now, { topic: 'payments.look-up', payload, key: `payments.look-up:${eventId}` })
  return outcome
}

/** A charge tells only how much of it was given back: when that is not what we know, its refunds are read. */
async function chargeRefunded(tx: Tx, now: Temporal.Instant, object: unknown): Promise<EventOutcome> {
  const charge = believedCharge(object)
  const payment = await paymentOfIntent(tx, charge.intentId)
  if (!payment) return 'not-ours'
  if (payment.refunded === charge.refunded) return 'nothing-to-do'
  await outbox(tx, now, {
    topic: 'payments.sync-refunds',
    payload: { paymentId: payment.id },
    key: `payments.sync-refunds:${payment.id}:${charge.refunded}`,
  })
  return 'looked-up'
}
