import type { PaymentsUnderWay, PaymentUnderWay } from '../billing/under-way.ts'
import { prepared } from '../db/database.ts'
import { and, asc, eq, inArray } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { isUsable } from './rules.ts'
import { paymentParts, payments } from './schema.ts'

const ofInvoices = prepared(db =>
  db
    .select({
      invoiceId: paymentParts.invoiceId,
      amount: paymentParts.amount,
      id: payments.id,
      state: payments.state,
      createdAt: payments.createdAt,
      changedAt: payments.changedAt,
      sessionUrl: payments.sessionUrl,
      sessionExpiresAt: payments.sessionExpiresAt,
    })
    .from(paymentParts)
    .innerJoin(payments, eq(payments.id, paymentParts.paymentId))
    .where(and(inList(paymentParts.invoiceId, 'ids'), inArray(payments.state, ['created', 'open', 'processing'])))
    .orderBy(asc(payments.id))
    .prepare(),
)

/** What is said on invoices of the payments that are under way. What waits at the bank counts more than an open page. */
export const invoicesUnderWay: PaymentsUnderWay = async (db, invoiceIds, now) => {
  const found = new Map<Id<'invoice'>, PaymentUnderWay>()
  if (invoiceIds.length === 0) return found
  for (const payment of await ofInvoices(db).execute({ ids: listOf(invoiceIds) })) {
    const known = { amount: payment.amount, href: `/paiement/${payment.id}/retour` }
    if (payment.state === 'processing')
      found.set(payment.invoiceId, { stage: 'bank', since: payment.changedAt, ...known })
    else if (isUsable(payment, now) && found.get(payment.invoiceId)?.stage !== 'bank')
      found.set(payment.invoiceId, { stage: 'begun', since: payment.createdAt, ...known })
  }
  return found
}
