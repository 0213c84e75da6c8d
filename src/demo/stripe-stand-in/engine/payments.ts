import { type StandIn, second } from '../context.ts'
import { announce } from '../events.ts'
import { freshId, randomWord } from '../ids.ts'
import { BY_ITSELF, type Charge, type PaymentIntent, type Session } from '../objects.ts'
import { type TestCard, type TestCardName, testCard } from '../test-cards.ts'
import { moveMoney, stripeFee } from './balance.ts'
import { makeCharge } from './charges.ts'
import { openDispute } from './disputes.ts'
import { checkoutOf, completeSession } from './sessions.ts'

/**
 * How a try to pay ended. `closed`: the session was no longer open and nothing was done.
 * `refused` carries the reason the payer's bank gave, as Stripe codes it.
 */
export type PayOutcome =
  | { state: 'paid' | 'processing' | 'closed' }
  | { state: 'challenge'; token: string }
  | { state: 'refused'; reason: string }

/** How long a bank debit stays unanswered, in milliseconds. Days in truth; short here, so that a visitor sees it happen. */
const LATE_ANSWER_AFTER = 30_000

/** Whether the session lets one pay that way: cards only, or bank debits too. */
export const offers = (session: Session, card: TestCardName): boolean =>
  session.payment_method_types.includes(testCard(card).kind)

/** The payer presses the button of the hosted page, with one of the test cards. */
export function pay(standIn: StandIn, session: Session, cardName: TestCardName, email: string): PayOutcome {
  if (session.status !== 'open') return { state: 'closed' }
  const card = testCard(cardName)
  const intent = intentOf(standIn, session)
  const checkout = checkoutOf(standIn, session)
  checkout.challenge = null
  intent.next_action = null
  intent.last_payment_error = null
  if (!card.challenge) return charge(standIn, session, intent, cardName, { email, authenticated: false })

  const token = randomWord(24)
  checkout.challenge = { token, card: cardName, email }
  intent.status = 'requires_action'
  intent.next_action = {
    type: 'redirect_to_url',
    redirect_to_url: { return_url: null, url: `${standIn.url}/c/challenge/${session.id}/${token}` },
  }
  announce(standIn, 'payment_intent.requires_action', intent, BY_ITSELF)
  return { state: 'challenge', token }
}

/** The payer answers the bank's 3-D Secure question. A question that was replaced or answered already is `closed`. */
export function answerChallenge(standIn: StandIn, session: Session, token: string, accepted: boolean): PayOutcome {
  const checkout = checkoutOf(standIn, session)
  const { challenge } = checkout
  if (session.status !== 'open' || challenge?.token !== token) return { state: 'closed' }
  checkout.challenge = null
  const intent = intentOf(standIn, session)
  intent.next_action = null
  if (accepted) {
    return charge(standIn, session, intent, challenge.card, { email: challenge.email, authenticated: true })
  }
  intent.status = 'requires_payment_method'
  intent.last_payment_error = {
    type: 'card_error',
    code: 'payment_intent_authentication_failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
  }
  announce(standIn, 'payment_intent.payment_failed', intent, BY_ITSELF)
  return { state: 'refused', reason: 'authentication_failure' }
}

/** The session's payment intent, which Stripe makes when the payer first tries to pay. */
function intentOf(standIn: StandIn, session: Session): PaymentIntent {
  const known = standIn.store.paymentIntents.get(session.payment_intent ?? '')
  if (known) return known
  const { intent: wish } = checkoutOf(standIn, session)
  const id = freshId('pi')
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: session.amount_total ?? 0,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${randomWord(24)}`,
    confirmation_method: 'automatic',
    created: second(standIn),
    currency: session.currency ?? 'eur',
    customer: null,
    customer_account: null,
    description: wish.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: { ...wish.metadata },
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: session.payment_method_types,
    payment_record: null,
    processing: null,
    receipt_email: wish.receipt_email,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: wish.statement_descriptor_suffix,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  }
  standIn.store.paymentIntents.set(id, intent)
  session.payment_intent = id
  announce(standIn, 'payment_intent.created', intent, BY_ITSELF)
  return intent
}

function charge(
  standIn: StandIn,
  session: Session,
  intent: PaymentIntent,
  cardName: TestCardName,
  payer: { email: string; authenticated: boolean },
): PayOutcome {
  const card = testCard(cardName)
  if (card.refusal) {
    const refused = makeCharge(standIn, intent, card, 'failed', payer)
    fail(standIn, intent, refused)
    return { state: 'refused', reason: card.refusal.declineCode }
  }
  standIn.store.attempts.set(intent.id, { id: intent.id, session: session.id, card: cardName })
  if (card.later) {
    const waiting = makeCharge(standIn, intent, card, 'pending', payer)
    intent.status = 'processing'
    intent.payment_method = waiting.payment_method
    standIn.store.due.set(intent.id, {
      id: intent.id,
      at: standIn.now() + LATE_ANSWER_AFTER,
      outcome: card.later,
    })
    announce(standIn, 'charge.pending', waiting, BY_ITSELF)
    announce(standIn, 'payment_intent.processing', intent, BY_ITSELF)
    completeSession(standIn, session, false, payer.email)
    return { state: 'processing' }
  }
  const made = makeCharge(standIn, intent, card, 'succeeded', payer)
  succeed(standIn, intent, made)
  completeSession(standIn, session, true, payer.email)
  bookCharge(standIn, made, card)
  if (card.disputed) openDispute(standIn, made, 'fraudulent')
  return { state: 'paid' }
}

/** The bank's late answer to a debit. */
export function settleLatePayment(standIn: StandIn, intent: PaymentIntent, outcome: 'succeeds' | 'fails'): void {
  standIn.store.due.delete(intent.id)
  const attempt = standIn.store.attempts.get(intent.id)
  const session = standIn.store.sessions.get(attempt?.session ?? '')
  const pending = standIn.store.charges.get(intent.latest_charge ?? '')
  if (!attempt || !session || !pending || intent.status !== 'processing') return
  if (outcome === 'fails') {
    pending.status = 'failed'
    pending.failure_code = 'insufficient_funds'
    pending.failure_message = 'The account has insufficient funds to cover this payment.'
    fail(standIn, intent, pending)
    announce(standIn, 'checkout.session.async_payment_failed', session, BY_ITSELF)
    return
  }
  pending.status = 'succeeded'
  pending.paid = true
  pending.captured = true
  pending.amount_captured = pending.amount
  succeed(standIn, intent, pending)
  session.payment_status = 'paid'
  announce(standIn, 'checkout.session.async_payment_succeeded', session, BY_ITSELF)
  bookCharge(standIn, pending, testCard(attempt.card))
}

function succeed(standIn: StandIn, intent: PaymentIntent, made: Charge): void {
  intent.status = 'succeeded'
  intent.amount_received = intent.amount
  intent.payment_method = made.payment_method
  announce(standIn, 'charge.succeeded', made, BY_ITSELF)
  announce(standIn, 'payment_intent.succeeded', intent, BY_ITSELF)
}

function fail(standIn: StandIn, intent: PaymentIntent, refused: Charge): void {
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.last_payment_error = {
    type: 'card_error',
    charge: refused.id,
    ...(refused.failure_code && { code: refused.failure_code }),
    ...(refused.outcome?.reason && { decline_code: refused.outcome.reason }),
    ...(refused.failure_message && { message: refused.failure_message }),
  }
  announce(standIn, 'charge.failed', refused, BY_ITSELF)
  announce(standIn, 'payment_intent.payment_failed', intent, BY_ITSELF)
}

/** With asynchronous capture the money reaches the balance after the payment was told of, as at Stripe. */
function bookCharge(standIn: StandIn, made: Charge, card: TestCard): void {
  const line = moveMoney(standIn, {
    type: card.kind === 'card' ? 'charge' : 'payment',
    category: 'charge',
    source: made.id,
    amount: made.amount,
    fee: stripeFee(made.amount),
    description: made.description,
    ...(card.fundsAvailable && { availableAtOnce: true }),
  })
  made.balance_transaction = line.id
  announce(standIn, 'charge.updated', made, BY_ITSELF, { balance_transaction: null })
}
