import { audit } from '../audit/audit.ts'
import { lockAccounts } from '../billing/ledger.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { type Id, newId } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import { conflict, invalid } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { writeRefundLetter } from './letters.ts'
import { postRefundAsked } from './postings.ts'
import { payments, refunds } from './schema.ts'
import type { Payment, Refund } from './states.ts'
import { disputesOf, paymentById } from './store.ts'

export type RefundWish = {
  paymentId: Id<'payment'>
  /** In cents; at most what was paid and not yet given back. */
  amount: Cents
  /** Why, for the file. */
  reason: string
  /** The same key refunds once. */
  key?: string | undefined
}

/**
 * A clerk of the cash office gives money back to the card it came from, whole or in part. Promised here, asked of Stripe
 * by a job. Two clerks at once never give back more than was paid: the second is told what is left.
 * Throws 404, 422 `more-than-left`, 409 when the payment has not arrived, was taken at the counter, or is disputed.
 */
export async function refundPayment(town: Town, actor: Actor, wish: RefundWish): Promise<Refund['id']> {
  const clerk = clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  const { key, ...content } = wish
  return once({ db: town.db, now }, { scope: `refund:${clerk.accountId}`, key, content }, async tx => {
    const payment = await paymentById(tx, wish.paymentId)
    await lockAccounts(tx, [payment.householdId])
    if (payment.state !== 'succeeded') throw conflict('payment-not-refundable')
    if (payment.means !== 'card') throw conflict('refund-by-accountant')
    if ((await disputesOf(tx, payment.id)).some(dispute => dispute.state !== 'won')) throw conflict('payment-disputed')
    if (wish.amount <= 0) throw invalid([{ field: 'amount', code: 'not-an-amount' }])
    const held = await holdBack(tx, payment.id, wish.amount)
    if (!held) {
      const { amount, refunded } = await paymentById(tx, payment.id)
      throw invalid([{ field: 'amount', code: 'more-than-left', params: { left: amount - refunded } }])
    }
    const refund = await writeRefund(tx, now, held, {
      amount: wish.amount,
      reason: wish.reason,
      requestedBy: clerk.accountId,
    })
    await audit(tx, now, clerk, {
      action: 'refund.asked',
      subject: { kind: 'payment', id: payment.id },
      details: { refund: refund.id, amount: refund.amount },
    })
    await outbox(tx, now, {
      topic: 'payments.refund',
      payload: { refundId: refund.id },
      key: `payments.refund:${refund.id}`,
    })
    await writeRefundLetter(town, tx, now, held, refund)
    return refund.id
  })
}

/** Counts an amount as given back, in one conditional write. Undefined when that is more than is left. */
export async function holdBack(tx: Tx, id: Id<'payment'>, amount: Cents): Promise<Payment | undefined> {
  const [held] = await tx
    .update(payments)
    .set({ refunded: sql`${payments.refunded} + ${amount}` })
    .where(
      and(
        eq(payments.id, id),
        eq(payments.state, 'succeeded'),
        sql`${payments.refunded} + ${amount} <= ${payments.amount}`,
      ),
    )
    .returning()
  return held
}

/** The refund's own row, pending, with its posting. */
export async function writeRefund(
  tx: Tx,
  now: Temporal.Instant,
  payment: Payment,
  given: Pick<Refund, 'amount' | 'reason' | 'requestedBy'> & { stripeId?: string },
): Promise<Refund> {
  const [refund] = await tx
    .insert(refunds)
    .values({ id: newId(), paymentId: payment.id, state: 'pending', ...given, createdAt: now, changedAt: now })
    .returning()
  if (!refund) throw new Error('the refund was not written')
  await postRefundAsked(tx, now, payment, refund)
  return refund
}
