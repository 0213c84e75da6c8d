import { accounts } from '../access/schema.ts'
import { auditEntries } from '../audit/schema.ts'
import { invoices } from '../billing/schema.ts'
import type { Queries } from '../db/database.ts'
import { and, asc, desc, eq, exists, gt, gte, inArray, like, lt, or, sql } from '../db/drizzle.ts'
import { PARIS } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { searchKey } from '../people/rules.ts'
import { persons } from '../people/schema.ts'
import { disputes, type PaymentState, paymentParts, payments, refunds } from './schema.ts'

export const paymentFilters = ['arrived', 'under-way', 'not-paid', 'refunded', 'disputed'] as const

/** What the cash office looks for. Days are those of Paris, both included. */
export type PaymentSearch = {
  state?: (typeof paymentFilters)[number] | undefined
  means?: 'card' | 'cash' | 'cheque' | undefined
  from?: Temporal.PlainDate | undefined
  to?: Temporal.PlainDate | undefined
  /** A receipt's or an invoice's number, or a payer's name. */
  text?: string | undefined
  /** The last one seen. */
  before?: Id<'payment'> | undefined
}

const STATES: Readonly<Record<(typeof paymentFilters)[number], readonly PaymentState[]>> = {
  arrived: ['succeeded'],
  'under-way': ['created', 'open', 'processing'],
  'not-paid': ['failed', 'expired', 'cancelled'],
  refunded: ['succeeded'],
  disputed: ['succeeded'],
}

export const startOfDay = (day: Temporal.PlainDate) => day.toZonedDateTime(PARIS).toInstant()
export const endOfDay = (day: Temporal.PlainDate) => startOfDay(day.add({ days: 1 }))

/** When a payment counts: when it arrived, or else when it was begun. */
const at = sql`coalesce(${payments.succeededAt}, ${payments.createdAt})`

/** Payments that fit, the latest begun first, at most so many. */
export async function findPayments(db: Queries, asked: PaymentSearch, most: number) {
  const { state, means, from, to, text, before } = asked
  const disputed = db.select({ one: sql`1` }).from(disputes).where(eq(disputes.paymentId, payments.id))
  const rows = await db
    .select({ payment: payments, firstName: persons.firstName, lastName: persons.lastName })
    .from(payments)
    .innerJoin(persons, eq(persons.id, payments.payerId))
    .where(
      and(
        state ? inArray(payments.state, [...STATES[state]]) : undefined,
        state === 'refunded' ? gt(payments.refunded, sql`0`) : undefined,
        state === 'disputed' ? exists(disputed) : undefined,
        means ? eq(payments.means, means) : undefined,
        from ? sql`${at} >= ${stored(startOfDay(from))}` : undefined,
        to ? sql`${at} < ${stored(endOfDay(to))}` : undefined,
        text?.trim() ? withText(db, text) : undefined,
        before ? lt(payments.id, before) : undefined,
      ),
    )
    .orderBy(desc(payments.id))
    .limit(most)
  return withNumbersAndDisputes(db, rows)
}

/** Payments that arrived in these moments, in the order they did. */
export async function arrivedBetween(db: Queries, from: Temporal.Instant, to: Temporal.Instant) {
  const rows = await db
    .select({ payment: payments, firstName: persons.firstName, lastName: persons.lastName })
    .from(payments)
    .innerJoin(persons, eq(persons.id, payments.payerId))
    .where(and(gte(payments.succeededAt, from), lt(payments.succeededAt, to)))
    .orderBy(asc(payments.succeededAt), asc(payments.id))
  return withNumbersAndDisputes(db, rows)
}

const stored = (instant: Temporal.Instant) => instant.toString({ fractionalSecondDigits: 3 })

function withText(db: Queries, text: string) {
  const number = text
    .trim()
    .toUpperCase()
    .replace(/[%_\\]/g, '')
  const words = searchKey(text)
  const ofInvoice = db
    .select({ one: sql`1` })
    .from(paymentParts)
    .innerJoin(invoices, eq(invoices.id, paymentParts.invoiceId))
    .where(and(eq(paymentParts.paymentId, payments.id), eq(invoices.number, number)))
  return or(
    eq(payments.receiptNumber, number),
    exists(ofInvoice),
    words ? and(...words.split(' ').map(word => like(persons.searchKey, `%${word}%`))) : undefined,
  )
}

type Row = { payment: typeof payments.$inferSelect; firstName: string; lastName: string }

async function withNumbersAndDisputes(db: Queries, rows: readonly Row[]) {
  const numbers = new Map<string, string[]>()
  const disputed = new Map<string, string>()
  const ids = rows.map(row => row.payment.id)
  for (let start = 0; start < ids.length; start += 500) {
    const some = ids.slice(start, start + 500)
    const parts = await db
      .select({ id: paymentParts.paymentId, number: invoices.number })
      .from(paymentParts)
      .innerJoin(invoices, eq(invoices.id, paymentParts.invoiceId))
      .where(inArray(paymentParts.paymentId, some))
      .orderBy(asc(invoices.number))
    for (const { id, number } of parts) numbers.set(id, [...(numbers.get(id) ?? []), number])
    const found = await db
      .select({ id: disputes.paymentId, state: disputes.state })
      .from(disputes)
      .where(inArray(disputes.paymentId, some))
    for (const { id, state } of found) disputed.set(id, state)
  }
  return rows.map(({ payment, firstName, lastName }) => ({
    ...payment,
    payer: `${firstName} ${lastName}`,
    invoices: numbers.get(payment.id) ?? [],
    dispute: disputed.get(payment.id) ?? null,
  }))
}

export type FoundPayment = Awaited<ReturnType<typeof findPayments>>[number]

/** Refunds asked for in these moments, with the receipt of their payment. */
export async function refundsBetween(db: Queries, from: Temporal.Instant, to: Temporal.Instant) {
  return db
    .select({
      paymentId: refunds.paymentId,
      receiptNumber: payments.receiptNumber,
      amount: refunds.amount,
      state: refunds.state,
      reason: refunds.reason,
      createdAt: refunds.createdAt,
    })
    .from(refunds)
    .innerJoin(payments, eq(payments.id, refunds.paymentId))
    .where(and(gte(refunds.createdAt, from), lt(refunds.createdAt, to)))
    .orderBy(asc(refunds.createdAt))
}

/** What happened to a payment, in order, and who did it; `who` is null for a program. */
export async function historyOf(db: Queries, id: Id<'payment'>) {
  const rows = await db
    .select({
      at: auditEntries.at,
      action: auditEntries.action,
      actorKind: auditEntries.actorKind,
      firstName: persons.firstName,
      lastName: persons.lastName,
    })
    .from(auditEntries)
    .leftJoin(accounts, eq(accounts.id, auditEntries.actorAccountId))
    .leftJoin(persons, eq(persons.id, accounts.personId))
    .where(and(eq(auditEntries.subjectKind, 'payment'), eq(auditEntries.subjectId, id)))
    .orderBy(asc(auditEntries.at), asc(auditEntries.id))
  return rows.map(({ at: when, action, actorKind, firstName, lastName }) => ({
    at: when,
    action,
    actorKind,
    who: firstName === null ? null : `${firstName} ${lastName}`,
  }))
}

/** Names of clerks by their accounts. */
export async function namesOf(db: Queries, ids: readonly (Id<'account'> | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter(id => id !== null))]
  if (wanted.length === 0) return new Map()
  const rows = await db
    .select({ id: accounts.id, firstName: persons.firstName, lastName: persons.lastName })
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(inArray(accounts.id, wanted))
  return new Map(rows.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`]))
}

/** The household of an invoice, by its number as it is printed or told. */
export async function householdOfNumber(db: Queries, number: string) {
  const [found] = await db
    .select({ id: invoices.id, householdId: invoices.householdId })
    .from(invoices)
    .where(eq(invoices.number, number.trim().toUpperCase()))
  return found
}
