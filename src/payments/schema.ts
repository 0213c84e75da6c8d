import { cents, day, id, index, instant, integer, json, primaryKey, ref, table, text, uniqueIndex } from '../db/columns.ts'

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
    failure: text(),
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
  ],
)

export const paymentParts = table(
  'payment_parts',
  {
    paymentId: ref<'payment'>().notNull(),
    invoiceId: ref<'invoice'>().notNull(),
    amount: cents().notNull(),
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
    requestedBy: ref<'account'>().notNull(),
    createdAt: instant().notNull(),
    changedAt: instant().notNull(),
  },
  t => [uniqueIndex('refunds_stripe').on(t.stripeId), index('refunds_payment').on(t.paymentId)],
)

export const disputes = table(
  'disputes',
  {
    stripeId: text().primaryKey(),
    paymentId: ref<'payment'>().notNull(),
    amount: cents().notNull(),
    fee: cents().notNull(),
    state: text().$type<'open' | 'won' | 'lost'>().notNull(),
    reason: text().notNull(),
    openedAt: instant().notNull(),
    closedAt: instant(),
  },
  t => [index('disputes_payment').on(t.paymentId)],
)

/** Every event Stripe sent, stored once by its id in the transaction that applies it. */
export const stripeEvents = table(
  'stripe_events',
  {
    id: text().primaryKey(),
    type: text().notNull(),
    objectId: text().notNull(),
    created: instant().notNull(),
    receivedAt: instant().notNull(),
    /** `applied`, `nothing-to-do`, `not-ours`, or `parked` for the cash office. */
    outcome: text().notNull(),
  },
  t => [index('stripe_events_created').on(t.created)],
)

/** What the cash office must look at: an amount that differs, a payment that nobody asked for. */
export const paymentAlerts = table(
  'payment_alerts',
  {
    id: id<'payment-alert'>(),
    kind: text().notNull(),
    /** The event, object or refund it is about: one alert each. */
    key: text().notNull(),
    details: json<Record<string, unknown>>().notNull(),
    createdAt: instant().notNull(),
    resolvedAt: instant(),
    resolvedBy: ref<'account'>(),
  },
  t => [uniqueIndex('payment_alerts_key').on(t.key)],
)

/** Money that Stripe sent to the town's bank account. */
export const payouts = table('payouts', {
  stripeId: text().primaryKey(),
  amount: cents().notNull(),
  arrivalDate: day().notNull(),
  state: text().$type<'on-its-way' | 'paid' | 'failed'>().notNull(),
  changedAt: instant().notNull(),
})

/** What a payout is made of: each payment, refund and fee, to the cent. */
export const payoutLines = table(
  'payout_lines',
  {
    stripeId: text().primaryKey(),
    payoutId: text().notNull(),
    kind: text().notNull(),
    sourceId: text().notNull(),
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
