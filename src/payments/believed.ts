import { z } from 'zod'
import { cents } from '../kernel/money.ts'

// What is read of Stripe's objects, and nothing else. An object that lacks it was sent by another version of the API, or
// is not what it says: it is parked, never guessed at.

const amount = z.int().transform(value => cents(value))
const seconds = z.int().transform(value => Temporal.Instant.fromEpochMilliseconds(value * 1000))
/** An id, or the object itself when it was asked for. */
const link = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
const metadata = z.record(z.string(), z.string()).nullish()

const session = z
  .object({
    id: z.string(),
    object: z.literal('checkout.session'),
    status: z.enum(['open', 'complete', 'expired']).nullable(),
    payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
    client_reference_id: z.string().nullable(),
    amount_total: amount.nullable(),
    currency: z.string().nullable(),
    payment_intent: z.union([z.string(), z.object({ id: z.string(), status: z.string() })]).nullable(),
    url: z.string().nullish(),
    expires_at: seconds,
  })
  .transform(one => ({
    id: one.id,
    status: one.status,
    paymentStatus: one.payment_status,
    reference: one.client_reference_id,
    amount: one.amount_total,
    currency: one.currency,
    intentId: typeof one.payment_intent === 'string' ? one.payment_intent : (one.payment_intent?.id ?? null),
    /** Only when the intent was asked for with it. */
    intentStatus: typeof one.payment_intent === 'string' ? undefined : one.payment_intent?.status,
    url: one.url ?? null,
    expiresAt: one.expires_at,
  }))

const refund = z
  .object({
    id: z.string(),
    object: z.literal('refund'),
    amount,
    currency: z.string(),
    status: z.string().nullable(),
    payment_intent: link.nullable(),
    failure_reason: z.string().nullish(),
    metadata,
  })
  .transform(one => ({
    id: one.id,
    amount: one.amount,
    currency: one.currency,
    /** `pending`, `requires_action`, `succeeded`, `failed`, `canceled`. */
    status: one.status,
    intentId: one.payment_intent,
    failure: one.failure_reason ?? null,
    /** Our own refund, when we asked for it. */
    ours: one.metadata?.['refund'] ?? null,
  }))

const dispute = z
  .object({
    id: z.string(),
    object: z.literal('dispute'),
    amount,
    currency: z.string(),
    status: z.string(),
    reason: z.string(),
    payment_intent: link.nullable(),
    balance_transactions: z.array(z.object({ amount, fee: amount })),
    created: seconds,
  })
  .transform(one => ({
    id: one.id,
    amount: one.amount,
    currency: one.currency,
    status: one.status,
    reason: one.reason,
    intentId: one.payment_intent,
    createdAt: one.created,
    /** What the bank took back, what it gave back, and what that cost. All zero or more, in cents. */
    withdrawn: cents(one.balance_transactions.reduce((sum, line) => sum + Math.max(0, 0 - line.amount), 0)),
    reinstated: cents(one.balance_transactions.reduce((sum, line) => sum + Math.max(0, line.amount), 0)),
    fee: cents(one.balance_transactions.reduce((sum, line) => sum + line.fee, 0)),
  }))

const payout = z
  .object({
    id: z.string(),
    object: z.literal('payout'),
    amount,
    currency: z.string(),
    status: z.string(),
    arrival_date: seconds,
    created: seconds,
  })
  .transform(one => ({
    id: one.id,
    amount: one.amount,
    currency: one.currency,
    status: one.status,
    // Stripe gives midnight UTC of the day.
    arrivalDate: one.arrival_date.toZonedDateTimeISO('UTC').toPlainDate(),
    createdAt: one.created,
  }))

const charge = z
  .object({ id: z.string(), object: z.literal('charge'), payment_intent: link.nullable(), amount_refunded: amount })
  .transform(one => ({ id: one.id, intentId: one.payment_intent, refunded: one.amount_refunded }))

/** One line of Stripe's balance. `intentId` is found in what it comes from, which must be asked for with it. */
const balanceLine = z
  .object({
    id: z.string(),
    type: z.string(),
    reporting_category: z.string(),
    amount,
    fee: amount,
    net: amount,
    source: z.union([z.string(), z.object({ id: z.string(), payment_intent: link.nullish() })]).nullable(),
  })
  .transform(one => ({
    id: one.id,
    type: one.type,
    category: one.reporting_category,
    gross: one.amount,
    fee: one.fee,
    net: one.net,
    sourceId: typeof one.source === 'string' ? one.source : (one.source?.id ?? ''),
    intentId: typeof one.source === 'string' ? null : (one.source?.payment_intent ?? null),
  }))

export type BelievedSession = z.output<typeof session>
export type BelievedRefund = z.output<typeof refund>
export type BelievedDispute = z.output<typeof dispute>
export type BelievedPayout = z.output<typeof payout>
export type BelievedCharge = z.output<typeof charge>
export type BelievedBalanceLine = z.output<typeof balanceLine>

/** Throws a ZodError for what is not the object it should be. */
export const believedSession = (object: unknown): BelievedSession => session.parse(object)
export const believedRefund = (object: unknown): BelievedRefund => refund.parse(object)
export const believedDispute = (object: unknown): BelievedDispute => dispute.parse(object)
export const believedPayout = (object: unknown): BelievedPayout => payout.parse(object)
export const believedCharge = (object: unknown): BelievedCharge => charge.parse(object)
export const believedBalanceLine = (object: unknown): BelievedBalanceLine => balanceLine.parse(object)

/** The amount, its fee once Stripe knows it, and whose payment it is. */
export const believedIntent = z
  .object({
    id: z.string(),
    metadata,
    latest_charge: z
      .union([
        z.string(),
        z.object({ balance_transaction: z.union([z.string(), z.object({ fee: amount })]).nullable() }),
      ])
      .nullable(),
  })
  .transform(one => {
    const line = typeof one.latest_charge === 'string' ? null : (one.latest_charge?.balance_transaction ?? null)
    return {
      id: one.id,
      paymentId: one.metadata?.['payment'] ?? null,
      fee: line !== null && typeof line === 'object' ? line.fee : null,
    }
  })
