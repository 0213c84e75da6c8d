import { system } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { webhooksWithoutEffect } from '../web/metrics.ts'
import { raiseAlert } from './alerts.ts'
import { applyRefund } from './apply-refund.ts'
import { believedDispute, believedIntent, believedRefund } from './believed.ts'
import { applyDispute } from './disputes.ts'
import { feeKey, postFee } from './postings.ts'
import { fetchSession } from './sessions.ts'
import type { Payment } from './states.ts'
import { findPayment, paymentById } from './store.ts'
import { stripeFault, stripeOf } from './stripe-client.ts'

const asStripe = system('stripe')

/**
 * A refund or a dispute came before the payment it is about. Asks Stripe whose the payment is; when it is ours, believes
 * it first, then what came too early.
 */
export async function lookUp(
  town: Town,
  asked: { intentId: string; kind: 'refund' | 'dispute'; objectId: string },
): Promise<void> {
  const stripe = stripeOf(town.config)
  const payment = await ourPaymentOf(town, asked.intentId)
  if (!payment) {
    webhooksWithoutEffect.inc({ reason: 'not-ours' })
    return
  }
  if (payment.state !== 'succeeded') {
    const sessions = await stripe.checkout.sessions.list({ payment_intent: asked.intentId, limit: 1 })
    const [session] = sessions.data
    if (session) await fetchSession(town, session.id)
    const { state } = await paymentById(town.db.read, payment.id)
    if (state !== 'succeeded') return tellCashOffice(town, payment.id, asked)
  }
  const now = town.clock.now()
  if (asked.kind === 'refund') {
    const told = believedRefund(await stripe.refunds.retrieve(asked.objectId))
    await town.db.transaction(tx => applyRefund(tx, now, asStripe, told))
  } else {
    const told = believedDispute(await stripe.disputes.retrieve(asked.objectId))
    await town.db.transaction(tx => applyDispute(tx, now, asStripe, told))
  }
}

async function ourPaymentOf(town: Town, intentId: string): Promise<Payment | undefined> {
  try {
    const intent = believedIntent.parse(await stripeOf(town.config).paymentIntents.retrieve(intentId))
    return await findPayment(town.db.read, intent.paymentId)
  } catch (error) {
    if (stripeFault(error)?.kind === 'refused') return undefined
    throw error
  }
}

/** Money moved on a payment that never arrived as it should: a person must look. */
async function tellCashOffice(
  town: Town,
  paymentId: Id<'payment'>,
  { kind, objectId }: { kind: 'refund' | 'dispute'; objectId: string },
): Promise<void> {
  await town.db.transaction(tx =>
    raiseAlert(tx, town.clock.now(), {
      kind: kind === 'refund' ? 'refund-differs' : 'dispute',
      key: `too-early:${objectId}`,
      paymentId,
      details: { stripeId: objectId },
    }),
  )
}

/** What Stripe keeps of a payment. Throws while Stripe does not know it yet: the job comes back. */
export async function fetchFee(town: Town, paymentId: Id<'payment'>): Promise<void> {
  const payment = await paymentById(town.db.read, paymentId)
  if (!payment.intentId) return
  const intent = await stripeOf(town.config).paymentIntents.retrieve(payment.intentId, {
    expand: ['latest_charge.balance_transaction'],
  })
  const { fee } = believedIntent.parse(intent)
  if (fee === null) throw new Error(`Stripe does not know the fee of ${paymentId} yet`)
  await town.db.transaction(tx => postFee(tx, town.clock.now(), feeKey(paymentId), fee))
}
