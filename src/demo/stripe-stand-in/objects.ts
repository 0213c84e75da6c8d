import type Stripe from 'stripe'
import type { TestCardName } from './test-cards.ts'

/**
 * The objects as they are kept: Stripe's own types, so that the compiler tells which field is missing,
 * but with links between objects as plain ids (they are only unfolded when an answer is written, see expand.ts).
 */
type Linked<T, Links extends keyof T, Left extends keyof T = never> = Omit<T, Links | Left> & {
  [K in Links]: string | null
}

export type Session = Linked<Stripe.Checkout.Session, 'payment_intent', 'line_items'>
export type PaymentIntent = Linked<Stripe.PaymentIntent, 'latest_charge'>
export type Charge = Linked<
  Stripe.Charge,
  'payment_intent' | 'balance_transaction' | 'failure_balance_transaction',
  'refunds'
>
export type Refund = Omit<
  Stripe.Refund,
  'charge' | 'payment_intent' | 'balance_transaction' | 'failure_balance_transaction'
> & {
  charge: string
  payment_intent: string | null
  balance_transaction: string
  failure_balance_transaction?: string
}
export type Dispute = Omit<Stripe.Dispute, 'charge' | 'payment_intent' | 'balance_transactions'> & {
  charge: string
  payment_intent: string | null
  balance_transactions: BalanceTransaction[]
}
export type BalanceTransaction = Omit<Stripe.BalanceTransaction, 'source'> & { source: string }
export type Payout = Linked<Stripe.Payout, 'balance_transaction'>
/** The amount in thousandths travels as a string; the SDK makes its own decimal of it. */
type Price = Omit<Stripe.Price, 'unit_amount_decimal'> & { unit_amount_decimal: string }
export type LineItem = Omit<Stripe.LineItem, 'price'> & { price: Price }
export type WebhookEndpoint = Omit<Stripe.WebhookEndpoint, 'deleted' | 'secret'> & { secret: string }

/** What can be the subject of an event. */
export type Subject = Session | PaymentIntent | Charge | Refund | Dispute | Payout

/** What asked for the change an event tells of; both null when it came by itself. */
export type Cause = { id: string | null; idempotency_key: string | null }
export const BY_ITSELF: Cause = { id: null, idempotency_key: null }

export type StripeEvent = {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: Subject; previous_attributes?: Record<string, unknown> }
  livemode: false
  pending_webhooks: number
  request: Cause
  type: string
}

/** What a session's page needs and the API does not show. `id` is the session's. */
export type Checkout = {
  id: string
  lineItems: LineItem[]
  /** What the page says under each line; the API shows it nowhere but on the product. */
  lineNotes: (string | null)[]
  intent: {
    description: string | null
    metadata: Record<string, string>
    statement_descriptor_suffix: string | null
    receipt_email: string | null
  }
  /** The 3-D Secure question that waits for its answer. A new attempt replaces it. */
  challenge: { token: string; card: TestCardName; email: string } | null
}

/** With which test card an intent was paid. `id` is the payment intent's. */
export type Attempt = { id: string; session: string; card: TestCardName }

/** A thing that happens by itself later: a bank debit's answer, a refund's end. `id` is the intent's or the refund's. */
export type Due = { id: string; at: number; outcome: 'succeeds' | 'fails' }

/** One event on its way to one endpoint, forgotten once it has arrived. `nextAt` is in milliseconds of the machine's own clock. */
export type Delivery = {
  id: string
  event: string
  type: string
  endpoint: string
  status: 'pending' | 'held' | 'dropped' | 'failed'
  attempts: number
  nextAt: number
  lastStatus: number | null
}

/** The first answer to an idempotency key, which is its `id`. */
export type KeptAnswer = {
  id: string
  endpoint: string
  params: string
  status: number
  body: string
  request: string
  created: number
}

/** A balance transaction that left in a payout. `id` is the balance transaction's. */
export type PaidOut = { id: string; payout: string }
