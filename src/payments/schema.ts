import {
  cents,
  day,
  id,
  index,
  instant,
  integer,
  json,
  primaryKey,
  ref,
  table,
  text,
  uniqueIndex,
} from '../db/columns.ts'

export type PaymentState = 'created' | 'open' | 'processing' | 'succeeded' | 'failed' | 'expired' | 'cancelled'

/** A wish to pay one or several invoices. Our row is first; Stripe is asked after the commit. */
export const payments = table(
  'payments',
  {
    id: id<'payment'>(),
    householdId: ref<'household'>().notNull(),
    /** Who paid, or for whom the clerk took the money. */
    payerId: ref<'person'>().notNull(),
    means: text().$type<'card' | 'cash' | 'cheque'>().notNull(),
    state: text().$type<PaymentState>().notNull(),
    amount: cents().notNull(),
    refunded: cents().notNull(),
    sessionId: text(),
    sessionUrl: text(),
    sessionExpiresAt: instant(),
    intentId: text(),
    receiptNumber: text(),
    /** Why it failed: a code of Stripe's, or `parked` when what Stripe holds is not what we asked for. */
    failure: text(),
    /** The language of the payment page and of the receipt. */
    language: text().$type<'fr' | 'en'>().notNull(),
    /** The clerk who took it at the counter. */
    takenBy: ref<'account'>(),
    /** The number of the cheque. */
    reference: text(),
    /** The count of the cash desk that it is part of. */
    closingId: ref<'cash-closing'>(),
    createdAt: instant().notNull(),
    changedAt: instant().notNull(),
    succeededAt: instant(),
    /** When Stripe was last asked about it. */
    checkedAt: instant(),
  },
  t => [
    uniqueIndex('payments_session').on(t.sessionId),
    uniqueIndex('payments_receipt').on(t.receiptNumber),
    index('payments_household').on(t.householdId, t.createdAt),
    index('payments_state').on(t.state, t.changedAt),
    index('payments_intent').on(t.intentId),
    index('payments_succeeded').on(t.succeededAt),
  ],
)

export const paymentParts = table(
  'payment_parts',
  {
    paymentId: ref<'payment'>().notNull(),
    invoiceId: ref<'invoice'>().notNull(),
    amount: cents().notNull(),
    /** What was still to pay on the invoice once this had arrived, as the receipt says it. */
    leftAfter: cents(),
  },
  t => [primaryKey({ columns: [t.paymentId, t.invoiceId] }), index('payment_parts_invoice').on(t.invoiceId)],
)

export const refunds = table(
  'refunds',
  {
    id: id<'refund'>(),
    paymentId: ref<'payment'>().notNull(),
    amount: cents().notNull(),
    state: text().$type<'pending' | 'succeeded' | 'failed'>().notNull(),
    reason: text().notNull(),
    stripeId: text(),
    failure: text(),
    /** The clerk who asked for it; null when it was made in Stripe's own dashboard. */
    requestedBy: ref<'account'>(),
    createdAt: instant().notNull(),
    changedAt: instant().notNull(),
  },
  t => [
    uniqueIndex('refunds_stripe').on(t.stripeId),
    index('refunds_payment').on(t.paymentId),
    index('refunds_state').on(t.state, t.changedAt),
  ],
)

export const disputes = table(
  'disputes',
  {
    stripeId: text().primaryKey(),
    paymentId: ref<'payment'>().notNull(),
    amount: cents().notNull(),
    /** What the bank charges the town for it, won or lost. */
    fee: cents().notNull(),
    /** What the bank took back, and what it gave back since. */
    withdrawn: cents().notNull(),
    reinstated: cents().notNull(),
    state: text().$type<'open' | 'won' | 'lost'>().notNull(),
    reason: text().notNull(),
    openedAt: instant().notNull(),
    closedAt: instant(),
  },
  t => [index('disputes_payment').on(t.paymentId)],
)

/** `parked` waits for the cash office; `looked-up` asks Stripe first whether it is ours. */
export type EventOutcome =
  | 'applied'
  | 'nothing-to-do'
  | 'not-ours'
  | 'parked'
  | 'looked-up'
  | 'unknown-kind'
  | 'other-mode'

/** Every event Stripe sent, stored once by its id in the transaction that applies it. */
export const stripeEvents = table(
  'stripe_events',
  {
    id: text().primaryKey(),
    type: text().notNull(),
    objectId: text().notNull(),
    created: instant().notNull(),
    receivedAt: instant().notNull(),
    outcome: text().$type<EventOutcome>().notNull(),
  },
  t => [index('stripe_events_created').on(t.created)],
)

export type AlertKind =
  | 'session-differs'
  | 'refund-differs'
  | 'not-understood'
  | 'overpaid'
  | 'refund-failed'
  | 'refund-made-at-stripe'
  | 'dispute'
  | 'dispute-lost'
  | 'payout-unexplained'
  | 'payout-failed'

/** Ids at Stripe and amounts in cents; never a name. */
export type AlertDetails = {
  stripeId?: string
  amount?: number
  expected?: string
  found?: string
}

/** What the cash office must look at: an amount that differs, a payment that nobody asked for. */
export const paymentAlerts = table(
  'payment_alerts',
  {
    id: id<'payment-alert'>(),
    kind: text().$type<AlertKind>().notNull(),
    /** The event, object or refund it is about: one alert each. */
    key: text().notNull(),
    paymentId: ref<'payment'>(),
    details: json<AlertDetails>().notNull(),
    createdAt: instant().notNull(),
    resolvedAt: instant(),
    resolvedBy: ref<'account'>(),
    /** What the clerk did about it. */
    resolution: text(),
  },
  t => [uniqueIndex('payment_alerts_key').on(t.key), index('payment_alerts_open').on(t.resolvedAt, t.createdAt)],
)

/** Money that Stripe sent to the town's bank account. */
export const payouts = table('payouts', {
  stripeId: text().primaryKey(),
  amount: cents().notNull(),
  arrivalDate: day().notNull(),
  state: text().$type<'on-its-way' | 'paid' | 'failed'>().notNull(),
  createdAt: instant().notNull(),
  changedAt: instant().notNull(),
  /** When its lines were fetched: until then nothing of it is explained. */
  matchedAt: instant(),
})

/** What a payout is made of: each payment, refund and fee, to the cent. */
export const payoutLines = table(
  'payout_lines',
  {
    stripeId: text().primaryKey(),
    payoutId: text().notNull(),
    /** Stripe's reporting category: `charge`, `refund`, `dispute`, `fee` … */
    kind: text().notNull(),
    sourceId: text().notNull(),
    /** The payment of ours that it comes from; null when we know of none. */
    paymentId: ref<'payment'>(),
    gross: cents().notNull(),
    fee: cents().notNull(),
    net: cents().notNull(),
  },
  t => [index('payout_lines_payout').on(t.payoutId)],
)

/** How far the reconciler has read Stripe's list of events. */
export const reconciliation = table('reconciliation', {
  name: text().primaryKey(),
  upTo: integer().notNull(),
})

/** The cash desk counted: what was taken at the counter since the count before, and what lay in the drawer. */
export const cashClosings = table(
  'cash_closings',
  {
    id: id<'cash-closing'>(),
    day: day().notNull(),
    cashExpected: cents().notNull(),
    cashCounted: cents().notNull(),
    chequesExpected: integer().notNull(),
    chequesCounted: integer().notNull(),
    chequesAmount: cents().notNull(),
    note: text().notNull(),
    closedBy: ref<'account'>().notNull(),
    closedAt: instant().notNull(),
  },
  t => [index('cash_closings_day').on(t.day)],
)

/** Cash that was paid into the town's bank account. */
export const cashDeposits = table(
  'cash_deposits',
  {
    id: id<'cash-deposit'>(),
    /** V2026-000001. */
    number: text().notNull(),
    amount: cents().notNull(),
    /** The number on the bank's slip. */
    slip: text().notNull(),
    day: day().notNull(),
    paidInBy: ref<'account'>().notNull(),
    createdAt: instant().notNull(),
  },
  t => [uniqueIndex('cash_deposits_number').on(t.number), index('cash_deposits_day').on(t.day)],
)
