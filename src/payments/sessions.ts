import type StripeSdk from 'stripe'
import { eq } from '../db/drizzle.ts'
import { system } from '../kernel/actor.ts'
import { conflict } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { applySession, pageOf } from './apply-session.ts'
import { believedSession } from './believed.ts'
import { mayStillOpen, sessionExpiry } from './rules.ts'
import { type PaymentState, payments } from './schema.ts'
import { movePayment, type Payment } from './states.ts'
import { noteChecked, partsOf, paymentById } from './store.ts'
import { stripeFault, stripeOf, unreachable } from './stripe-client.ts'

/** A second try that meets an error of Stripe's own will meet it for ever: Stripe repeats it for the same key. */
const GIVE_UP_AFTER = Temporal.Duration.from({ seconds: 30 })

const asStripe = system('stripe')

/**
 * Opens the payment page of a payment, or finds the one that was opened: the row's id is the idempotency key, so two tabs,
 * and a process that takes up the work of one that was killed, end on one page. Gives its address.
 * Throws 503 when Stripe cannot be reached, 409 when the payment was settled or replaced meanwhile.
 */
export async function openSession(town: Town, payment: Payment): Promise<string> {
  if (payment.state === 'open' && payment.sessionUrl) return payment.sessionUrl
  const wish = await sessionWish(town, payment)
  let opened: ReturnType<typeof believedSession>
  try {
    const stripe = stripeOf(town.config)
    opened = believedSession(await stripe.checkout.sessions.create(wish, { idempotencyKey: payment.id }))
  } catch (error) {
    throw await notOpened(town, payment, error)
  }
  const kept = await town.db.transaction(tx =>
    movePayment(tx, town.clock.now(), asStripe, payment.id, 'open', pageOf(opened)),
  )
  if (kept?.sessionUrl) return kept.sessionUrl
  const current = await paymentById(town.db.read, payment.id)
  if (current.state === 'open' && current.sessionUrl) return current.sessionUrl
  if (current.state === 'succeeded') throw conflict('already-paid')
  // Replaced while Stripe was asked: nobody may be led to a page that does not count any more.
  await expireAtStripe(town, opened.id)
  throw conflict('payment-replaced')
}

/** Made of the row alone: the same key must always come with the same wish. Names nobody: invoice numbers and the town. */
async function sessionWish(town: Town, payment: Payment): Promise<StripeSdk.Checkout.SessionCreateParams> {
  const { baseUrl, town: identity } = town.config
  const parts = await partsOf(town.db.read, payment.id)
  const { t, f } = town.languages.for(payment.language)
  const page = `${baseUrl}/paiement/${payment.id}`
  return {
    mode: 'payment',
    client_reference_id: payment.id,
    locale: payment.language,
    submit_type: 'pay',
    expires_at: Math.floor(sessionExpiry(payment.createdAt).epochMilliseconds / 1000),
    success_url: `${page}/retour`,
    cancel_url: `${page}/annule`,
    line_items: parts.map(({ number, amount }) => ({
      quantity: 1,
      price_data: {
        currency: 'eur',
        unit_amount: amount,
        product_data: { name: t('payments:stripe.line', { number }) },
      },
    })),
    metadata: { payment: payment.id },
    payment_intent_data: {
      description: t('payments:stripe.description', {
        town: identity.name,
        invoices: f.list(parts.map(({ number }) => number)),
      }),
      metadata: { payment: payment.id },
    },
  }
}

/** What the payer is told; a row whose page can never be opened is closed, so that the next click begins anew. */
async function notOpened(town: Town, payment: Payment, error: unknown): Promise<unknown> {
  const fault = stripeFault(error)
  if (!fault) return error
  town.log.warn({ payment: payment.id, fault }, 'no payment page')
  const now = town.clock.now()
  const again = Temporal.Instant.compare(now, payment.createdAt.add(GIVE_UP_AFTER)) > 0
  if (fault.kind === 'refused' || (fault.kind === 'broken' && again))
    await town.db.transaction(tx => movePayment(tx, now, asStripe, payment.id, 'failed', { failure: fault.code }))
  return unreachable()
}

/**
 * Ends a payment that another one replaces. Its page is closed at Stripe first; when it was paid just before, that is
 * believed instead. A row whose page was never handed out is simply dropped.
 */
export async function closeSession(town: Town, payment: Payment): Promise<void> {
  const now = town.clock.now()
  const cancel = (from?: PaymentState[]) =>
    town.db.transaction(tx => movePayment(tx, now, asStripe, payment.id, 'cancelled', {}, from))
  let { sessionId } = payment
  if (sessionId === null) {
    if (await cancel(['created'])) return // Another tab has opened its page meanwhile.
    ;({ sessionId } = await paymentById(town.db.read, payment.id))
  }
  if (sessionId !== null && (await expireAtStripe(town, sessionId))) await cancel()
}

/** False when it was no longer open: what had become of it is then believed. */
async function expireAtStripe(town: Town, sessionId: string): Promise<boolean> {
  try {
    await stripeOf(town.config).checkout.sessions.expire(sessionId)
    return true
  } catch (error) {
    if (stripeFault(error)?.kind !== 'refused') throw error
    await fetchSession(town, sessionId)
    return false
  }
}

/** Asks Stripe what became of a payment page, and believes it. */
export async function fetchSession(town: Town, sessionId: string): Promise<void> {
  const stripe = stripeOf(town.config)
  const session = believedSession(await stripe.checkout.sessions.retrieve(sessionId, { expand: ['payment_intent'] }))
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    await applySession(tx, now, asStripe, session)
    await tx.update(payments).set({ checkedAt: now }).where(eq(payments.sessionId, sessionId))
  })
}

/** Takes up a payment that was left without a page, by a crash or because Stripe was down. */
export async function takeUpAgain(town: Town, payment: Payment): Promise<void> {
  const now = town.clock.now()
  if (mayStillOpen(payment.createdAt, now)) {
    await openSession(town, payment)
    return
  }
  await town.db.transaction(async tx => {
    await noteChecked(tx, payment.id, now)
    await movePayment(tx, now, asStripe, payment.id, 'expired')
  })
}
