import { audit } from '../audit/audit.ts'
import { lockAccounts, owedOn, post } from '../billing/ledger.ts'
import { invoices } from '../billing/schema.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq, inArray, isNull } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import { payerOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { settle } from './apply-session.ts'
import { MOST_CASH, MOST_ONLINE, partsToPay } from './rules.ts'
import { cashClosings, paymentParts, payments } from './schema.ts'
import { underWay } from './store.ts'

const ONE_CENT = cents(1)

export type CounterPayment = {
  /** Of one household. */
  invoiceIds: readonly Id<'invoice'>[]
  means: 'cash' | 'cheque'
  /** A part of a single invoice; all that is owed when left out. */
  amount?: Cents | undefined
  /** The number of the cheque. */
  reference?: string | undefined
  /** The same key takes the money once. */
  key?: string | undefined
}

/**
 * A clerk of the cash office takes cash or a cheque for invoices of a family. The receipt has its number at once.
 * Throws 404, `already-paid`, `payment-on-its-way`, and 422 for an amount above what is owed, or above what the régie may
 * take in cash. Payment pages that are open elsewhere for these invoices are closed.
 */
export async function takeAtCounter(town: Town, actor: Actor, wish: CounterPayment): Promise<Id<'payment'>> {
  const clerk = clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  const { key, ...content } = wish
  return once({ db: town.db, now }, { scope: `counter:${clerk.accountId}`, key, content }, async tx => {
    const householdId = await householdOfInvoices(tx, wish.invoiceIds)
    await lockAccounts(tx, [householdId])
    const owed = await owedOn(tx, wish.invoiceIds)
    const open = await underWay(tx, wish.invoiceIds)
    const onItsWay = open.find(payment => payment.state === 'processing')
    if (onItsWay) throw conflict('payment-on-its-way', { since: onItsWay.changedAt.toString(), payment: onItsWay.id })
    const parts = partsToPay(
      wish.invoiceIds.map(invoiceId => ({ invoiceId, owed: owed.get(invoiceId) ?? cents(0) })),
      wish.amount,
      { least: ONE_CENT, most: MOST_ONLINE },
    )
    const amount = sum(parts.map(part => part.amount))
    if (wish.means === 'cash' && amount > MOST_CASH)
      throw invalid([{ field: 'means', code: 'too-much-cash', params: { most: MOST_CASH } }])

    const payer = await payerOf(tx, householdId)
    const id = newId<'payment'>()
    const [payment] = await tx
      .insert(payments)
      .values({
        id,
        householdId,
        payerId: payer.id,
        means: wish.means,
        state: 'succeeded',
        amount,
        refunded: cents(0),
        language: payer.language === 'en' ? 'en' : 'fr',
        takenBy: clerk.accountId,
        reference: wish.reference || null,
        createdAt: now,
        changedAt: now,
        succeededAt: now,
      })
      .returning()
    if (!payment) throw new Error('the payment was not written')
    await tx.insert(paymentParts).values(parts.map(part => ({ paymentId: id, ...part })))
    await audit(tx, now, actor, {
      action: 'payment.taken',
      subject: { kind: 'payment', id },
      details: { amount, means: wish.means, invoices: parts.map(part => part.invoiceId) },
    })
    await settle(tx, now, payment)
    for (const other of open)
      await outbox(tx, now, {
        topic: 'payments.close-page',
        payload: { paymentId: other.id },
        key: `payments.close-page:${other.id}`,
      })
    return id
  })
}

async function householdOfInvoices(db: Queries, ids: readonly Id<'invoice'>[]): Promise<Id<'household'>> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) throw invalid([{ field: 'invoiceIds', code: 'choose-an-invoice' }])
  const found = await db
    .select({ householdId: invoices.householdId })
    .from(invoices)
    .where(inArray(invoices.id, unique))
  const [first] = found
  if (!first || found.length < unique.length || found.some(row => row.householdId !== first.householdId))
    throw notFound()
  return first.householdId
}

/** What was taken at the counter since the desk was last counted. */
export async function uncounted(db: Queries) {
  const rows = await db
    .select({ means: payments.means, amount: payments.amount })
    .from(payments)
    .where(and(inArray(payments.means, ['cash', 'cheque']), isNull(payments.closingId)))
  const of = (means: 'cash' | 'cheque') => rows.filter(row => row.means === means)
  return {
    payments: rows.length,
    cash: sum(of('cash').map(row => row.amount)),
    cheques: of('cheque').length,
    chequesAmount: sum(of('cheque').map(row => row.amount)),
  }
}

export type Count = { cashCounted: Cents; chequesCounted: number; note: string; key?: string | undefined }

/**
 * Closes the cash desk: every payment taken since the count before belongs to this one, with what really lay in the
 * drawer. A difference needs a note, and is in the books: what is held is what was counted. Throws 409 when nothing was taken, 422 for a difference without a word.
 */
export async function closeCashDesk(town: Town, actor: Actor, count: Count): Promise<Id<'cash-closing'>> {
  const clerk = clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  const { key, ...content } = count
  return once({ db: town.db, now }, { scope: `cash-closing:${clerk.accountId}`, key, content }, async tx => {
    const id = newId<'cash-closing'>()
    const counted = await takeIntoClosing(tx, id)
    if (counted.payments === 0) throw conflict('nothing-to-count')
    const differs = counted.cash !== count.cashCounted || counted.cheques !== count.chequesCounted
    if (differs && count.note.trim() === '') throw invalid([{ field: 'note', code: 'say-why-it-differs' }])
    await tx.insert(cashClosings).values({
      id,
      day: dayInParis(now),
      cashExpected: counted.cash,
      cashCounted: count.cashCounted,
      chequesExpected: counted.cheques,
      chequesCounted: count.chequesCounted,
      chequesAmount: counted.chequesAmount,
      note: count.note.trim(),
      closedBy: clerk.accountId,
      closedAt: now,
    })
    const missing = cents(counted.cash - count.cashCounted)
    if (missing !== 0)
      await post(tx, now, {
        key: `cash-closing:${id}`,
        kind: 'cash-difference',
        lines: [
          { account: 'cash:differences', amount: missing },
          { account: 'cash', amount: negate(missing) },
        ],
      })
    await audit(tx, now, actor, {
      action: 'cash-desk.closed',
      subject: { kind: 'cash-closing', id },
      details: { expected: counted.cash, counted: count.cashCounted, payments: counted.payments },
    })
    return id
  })
}

async function takeIntoClosing(tx: Tx, id: Id<'cash-closing'>) {
  const taken = await tx
    .update(payments)
    .set({ closingId: id })
    .where(and(inArray(payments.means, ['cash', 'cheque']), isNull(payments.closingId)))
    .returning({ means: payments.means, amount: payments.amount })
  const of = (means: string) => taken.filter(row => row.means === means)
  return {
    payments: taken.length,
    cash: sum(of('cash').map(row => row.amount)),
    cheques: of('cheque').length,
    chequesAmount: sum(of('cheque').map(row => row.amount)),
  }
}

export async function closingsOn(db: Queries, day: Temporal.PlainDate) {
  return db.select().from(cashClosings).where(eq(cashClosings.day, day)).orderBy(cashClosings.id)
}
