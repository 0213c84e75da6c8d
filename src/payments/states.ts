import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, inArray } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { disputes, type PaymentState, payments, refunds } from './schema.ts'

export type Payment = typeof payments.$inferSelect
export type Refund = typeof refunds.$inferSelect
export type Dispute = typeof disputes.$inferSelect

/**
 * The allowed moves of a payment. Only forward: an event of yesterday that comes today changes nothing. Money that has
 * arrived is told whatever we believed before: from every state that is not paid, one leads to `succeeded`.
 */
export const paymentMoves: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  created: ['open', 'processing', 'succeeded', 'failed', 'expired', 'cancelled'],
  open: ['processing', 'succeeded', 'failed', 'expired', 'cancelled'],
  /** A bank debit is on its way: only the bank can end it. */
  processing: ['succeeded', 'failed'],
  failed: ['succeeded'],
  /** Stripe may tell that a page is closed before we have noted that another payment replaced it. */
  expired: ['processing', 'succeeded', 'cancelled'],
  cancelled: ['processing', 'succeeded'],
  succeeded: [],
}

/** A bank may send a refund back after Stripe had called it done. */
export const refundMoves: Readonly<Record<Refund['state'], readonly Refund['state'][]>> = {
  pending: ['succeeded', 'failed'],
  succeeded: ['failed'],
  failed: [],
}

/** An appeal may win what was lost. */
export const disputeMoves: Readonly<Record<Dispute['state'], readonly Dispute['state'][]>> = {
  open: ['won', 'lost'],
  lost: ['won'],
  won: [],
}

/** The states from which one leads to this one. */
export function statesBefore<State extends string>(
  moves: Readonly<Record<State, readonly State[]>>,
  to: State,
): State[] {
  return (Object.keys(moves) as State[]).filter(from => moves[from].includes(to))
}

type Changes = Partial<
  Pick<
    Payment,
    | 'sessionId'
    | 'sessionUrl'
    | 'sessionExpiresAt'
    | 'intentId'
    | 'failure'
    | 'receiptNumber'
    | 'succeededAt'
    | 'checkedAt'
  >
>

/**
 * Moves a payment, in one conditional write, and says so in the audit trail. Undefined when the table allows no such move
 * from where it stands: then nothing was changed. `from` allows fewer.
 */
export async function movePayment(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  id: Id<'payment'>,
  to: PaymentState,
  changes: Changes = {},
  from: readonly PaymentState[] = statesBefore(paymentMoves, to),
): Promise<Payment | undefined> {
  const [moved] = await tx
    .update(payments)
    .set({ ...changes, state: to, changedAt: now })
    .where(and(eq(payments.id, id), inArray(payments.state, [...from])))
    .returning()
  if (!moved) return undefined
  await audit(tx, now, actor, {
    action: `payment.${to}`,
    subject: { kind: 'payment', id },
    details: { amount: moved.amount, ...(moved.failure ? { failure: moved.failure } : {}) },
  })
  return moved
}

/** As `movePayment`, for a refund. */
export async function moveRefund(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  id: Id<'refund'>,
  to: Refund['state'],
  failure: string | null = null,
): Promise<Refund | undefined> {
  const [moved] = await tx
    .update(refunds)
    .set({ state: to, changedAt: now, failure })
    .where(and(eq(refunds.id, id), inArray(refunds.state, statesBefore(refundMoves, to))))
    .returning()
  if (!moved) return undefined
  await audit(tx, now, actor, {
    action: `refund.${to}`,
    subject: { kind: 'payment', id: moved.paymentId },
    details: { refund: id, amount: moved.amount, ...(failure ? { failure } : {}) },
  })
  return moved
}

/** As `movePayment`, for a dispute. */
export async function moveDispute(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  stripeId: string,
  to: Dispute['state'],
): Promise<Dispute | undefined> {
  const [moved] = await tx
    .update(disputes)
    .set({ state: to, closedAt: now })
    .where(and(eq(disputes.stripeId, stripeId), inArray(disputes.state, statesBefore(disputeMoves, to))))
    .returning()
  if (!moved) return undefined
  await audit(tx, now, actor, {
    action: `dispute.${to}`,
    subject: { kind: 'payment', id: moved.paymentId },
    details: { dispute: stripeId, amount: moved.amount },
  })
  return moved
}
