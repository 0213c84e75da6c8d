import { prepared, type Queries } from '../db/database.ts'
import { and, asc, desc, eq, sql, sumOf } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents } from '../kernel/money.ts'
import { notFound } from '../kernel/problems.ts'
import { owedOn } from './ledger.ts'
import { type InvoiceState, invoiceState } from './rules.ts'
import { creditNotes, invoiceDisputes, invoiceLines, invoices, ledgerLines, ledgerPostings } from './schema.ts'

/** An invoice as issued, with what the ledger says of it today. */
export type Invoice = typeof invoices.$inferSelect & {
  owed: Cents
  credited: Cents
  state: InvoiceState
  /** The family contests it, and waits for an answer. */
  disputed: boolean
}

export type InvoiceLine = typeof invoiceLines.$inferSelect
export type CreditNote = typeof creditNotes.$inferSelect

const ofHousehold = prepared(db =>
  db
    .select()
    .from(invoices)
    .where(eq(invoices.householdId, sql.placeholder('householdId')))
    .orderBy(desc(invoices.number))
    .prepare(),
)

/** A household's invoices, the latest first. */
export async function invoicesOf(
  db: Queries,
  householdId: Id<'household'>,
  today: Temporal.PlainDate,
): Promise<Invoice[]> {
  return withStates(db, await ofHousehold(db).execute({ householdId }), today)
}

/** One of a household's invoices. Throws 404 for any other. */
export async function invoiceOf(
  db: Queries,
  householdId: Id<'household'>,
  invoiceId: string,
  today: Temporal.PlainDate,
): Promise<Invoice> {
  const invoice = await invoiceById(db, invoiceId, today)
  if (invoice.householdId !== householdId) throw notFound()
  return invoice
}

/** Any invoice, for the cash office. Throws 404 when there is none. */
export async function invoiceById(db: Queries, invoiceId: string, today: Temporal.PlainDate): Promise<Invoice> {
  const rows = await db
    .select()
    .from(invoices)
    .where(eq(invoices.id, invoiceId as Id<'invoice'>))
  const [invoice] = await withStates(db, rows, today)
  if (!invoice) throw notFound()
  return invoice
}

const creditsOn = prepared(db =>
  db
    .select({ invoiceId: creditNotes.invoiceId, amount: sumOf(creditNotes.amount) })
    .from(creditNotes)
    .where(inList(creditNotes.invoiceId, 'ids'))
    .groupBy(creditNotes.invoiceId)
    .prepare(),
)

const contested = prepared(db =>
  db
    .select({ invoiceId: invoiceDisputes.invoiceId })
    .from(invoiceDisputes)
    .where(and(inList(invoiceDisputes.invoiceId, 'ids'), eq(invoiceDisputes.state, 'open')))
    .prepare(),
)

/** Tells of invoices what the ledger, credit notes and disputes say. */
export async function withStates(
  db: Queries,
  rows: readonly (typeof invoices.$inferSelect)[],
  today: Temporal.PlainDate,
): Promise<Invoice[]> {
  if (rows.length === 0) return []
  const ids = rows.map(row => row.id)
  const owed = await owedOn(db, ids)
  const credits = await creditsOn(db).execute({ ids: listOf(ids) })
  const creditedOn = new Map(credits.map(row => [row.invoiceId, cents(Number(row.amount))]))
  const open = await contested(db).execute({ ids: listOf(ids) })
  const disputed = new Set(open.map(row => row.invoiceId))
  return rows.map(row => {
    const known = { owed: owed.get(row.id) ?? cents(0), credited: creditedOn.get(row.id) ?? cents(0) }
    return { ...row, ...known, state: invoiceState({ ...row, ...known }, today), disputed: disputed.has(row.id) }
  })
}

export async function linesOfInvoice(db: Queries, invoiceId: Id<'invoice'>): Promise<InvoiceLine[]> {
  return db.select().from(invoiceLines).where(eq(invoiceLines.invoiceId, invoiceId)).orderBy(asc(invoiceLines.position))
}

/** The credit notes of an invoice, in the order they came. */
export async function creditNotesOf(db: Queries, invoiceId: Id<'invoice'>): Promise<CreditNote[]> {
  return db.select().from(creditNotes).where(eq(creditNotes.invoiceId, invoiceId)).orderBy(asc(creditNotes.number))
}

/** A movement on an invoice: `amount` is what it added to what is owed on it. */
export type Movement = { at: Temporal.Instant; kind: string; key: string; amount: Cents }

/** All that happened to what is owed on an invoice, in order: issue, payments, credit notes, refunds. */
export async function movementsOf(db: Queries, invoiceId: Id<'invoice'>): Promise<Movement[]> {
  const rows = await db
    .select({
      id: ledgerPostings.id,
      at: ledgerPostings.at,
      kind: ledgerPostings.kind,
      key: ledgerPostings.key,
      amount: sumOf(ledgerLines.amount),
    })
    .from(ledgerLines)
    .innerJoin(ledgerPostings, eq(ledgerPostings.id, ledgerLines.postingId))
    .where(eq(ledgerLines.invoiceId, invoiceId))
    .groupBy(ledgerPostings.id, ledgerPostings.at, ledgerPostings.kind, ledgerPostings.key)
    .orderBy(asc(ledgerPostings.at), asc(ledgerPostings.id))
  return rows.map(({ at, kind, key, amount }) => ({ at, kind, key, amount: cents(Number(amount)) }))
}
