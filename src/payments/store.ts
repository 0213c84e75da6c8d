import { invoices } from '../billing/schema.ts'
import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, asc, eq, inArray, sql } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { disputes, type PaymentState, paymentParts, payments, refunds } from './schema.ts'
import type { Dispute, Payment, Refund } from './states.ts'

type PaymentId = Id<'payment'>

const byId = prepared(db =>
  db
    .select()
    .from(payments)
    .where(eq(payments.id, sql.placeholder('id')))
    .prepare(),
)

/** The payment of that id, whoever's it is; undefined for anything else. */
export async function findPayment(db: Queries, id: string | null): Promise<Payment | undefined> {
  if (id === null) return undefined
  const [payment] = await byId(db).execute({ id })
  return payment
}

/** Throws 404 when there is none: only for clerks, and for what was checked before. */
export async function paymentById(db: Queries, id: string): Promise<Payment> {
  const payment = await findPayment(db, id)
  if (!payment) throw notFound()
  return payment
}

/** One of the household's own payments. Throws 404 for any other. */
export async function paymentOf(db: Queries, householdId: Id<'household'>, id: string): Promise<Payment> {
  const payment = await findPayment(db, id)
  if (payment?.householdId !== householdId) throw notFound()
  return payment
}

export async function paymentOfIntent(db: Queries, intentId: string | null): Promise<Payment | undefined> {
  if (intentId === null) return undefined
  const [payment] = await db.select().from(payments).where(eq(payments.intentId, intentId))
  return payment
}

export async function paymentOfSession(db: Queries, sessionId: string): Promise<Payment | undefined> {
  const [payment] = await db.select().from(payments).where(eq(payments.sessionId, sessionId))
  return payment
}

/** What a payment is for, in the order of the invoices' numbers. */
export async function partsOf(db: Queries, id: PaymentId) {
  return db
    .select({
      invoiceId: paymentParts.invoiceId,
      amount: paymentParts.amount,
      leftAfter: paymentParts.leftAfter,
      number: invoices.number,
      period: invoices.period,
      runId: invoices.runId,
    })
    .from(paymentParts)
    .innerJoin(invoices, eq(invoices.id, paymentParts.invoiceId))
    .where(eq(paymentParts.paymentId, id))
    .orderBy(asc(invoices.number))
}

/** The household's invoices among these ids. Throws 404 unless all are the household's. */
export async function invoicesToPay(db: Queries, householdId: Id<'household'>, ids: readonly Id<'invoice'>[]) {
  const unique = [...new Set(ids)]
  const found = await db
    .select({
      id: invoices.id,
      number: invoices.number,
      period: invoices.period,
      runId: invoices.runId,
      dueDate: invoices.dueDate,
    })
    .from(invoices)
    .where(and(eq(invoices.householdId, householdId), inArray(invoices.id, unique)))
    .orderBy(asc(invoices.number))
  if (found.length === 0 || found.length < unique.length) throw notFound()
  return found
}

/** Payments that may still bring money for any of these invoices. The oldest first. */
export async function underWay(
  db: Queries,
  invoiceIds: readonly Id<'invoice'>[],
  states: readonly PaymentState[] = ['created', 'open', 'processing'],
): Promise<Payment[]> {
  if (invoiceIds.length === 0) return []
  const touched = db
    .select({ id: paymentParts.paymentId })
    .from(paymentParts)
    .where(inArray(paymentParts.invoiceId, [...invoiceIds]))
  return db
    .select()
    .from(payments)
    .where(and(inArray(payments.id, touched), inArray(payments.state, [...states])))
    .orderBy(asc(payments.id))
}

export async function refundsOf(db: Queries, id: PaymentId): Promise<Refund[]> {
  return db.select().from(refunds).where(eq(refunds.paymentId, id)).orderBy(asc(refunds.id))
}

export async function disputesOf(db: Queries, id: PaymentId): Promise<Dispute[]> {
  return db.select().from(disputes).where(eq(disputes.paymentId, id)).orderBy(asc(disputes.openedAt))
}

/** Notes that Stripe was asked about a payment. */
export async function noteChecked(tx: Tx, id: PaymentId, now: Temporal.Instant): Promise<void> {
  await tx.update(payments).set({ checkedAt: now }).where(eq(payments.id, id))
}
