import type { Queries } from '../db/database.ts'
import { and, desc, eq, like, lt, or, sql } from '../db/drizzle.ts'
import { searchKey } from '../people/rules.ts'
import { persons } from '../people/schema.ts'
import { invoices, ledgerLines } from './schema.ts'
import { type Invoice, withStates } from './store.ts'

export const invoiceFilters = ['all', 'to-pay', 'overdue', 'settled'] as const

/** What the cash office looks for: `text` is a number or a payer's name. */
export type InvoiceSearch = {
  state: (typeof invoiceFilters)[number]
  period?: string | undefined
  text?: string | undefined
  /** The number of the last one seen. */
  after?: string | undefined
}

export type FoundInvoice = Invoice & { payerName: string }

/** Invoices that fit, the latest first, at most so many. The state is worked out row by row from the ledger. */
export async function findInvoices(
  db: Queries,
  { state, period, text, after }: InvoiceSearch,
  today: Temporal.PlainDate,
  most: number,
): Promise<FoundInvoice[]> {
  const owed = sql`(select coalesce(sum(${ledgerLines.amount}), 0) from ${ledgerLines} where ${ledgerLines.invoiceId} = ${invoices.id})`
  const states = {
    all: undefined,
    'to-pay': sql`${owed} > 0`,
    overdue: and(lt(invoices.dueDate, today), sql`${owed} > 0`),
    settled: sql`${owed} <= 0`,
  }
  const rows = await db
    .select({ invoice: invoices, firstName: persons.firstName, lastName: persons.lastName })
    .from(invoices)
    .innerJoin(persons, eq(persons.id, invoices.payerId))
    .where(
      and(
        states[state],
        period ? eq(invoices.period, period) : undefined,
        after ? lt(invoices.number, after) : undefined,
        text?.trim() ? or(like(invoices.number, `%${literal(text)}%`), nameLike(text)) : undefined,
      ),
    )
    .orderBy(desc(invoices.number))
    .limit(most)
  const known = await withStates(
    db,
    rows.map(row => row.invoice),
    today,
  )
  return known.map((invoice, i) => ({ ...invoice, payerName: `${rows[i]!.firstName} ${rows[i]!.lastName}` }))
}

/** What was typed, without the signs that a pattern would give a meaning to. */
const literal = (text: string) =>
  text
    .trim()
    .toUpperCase()
    .replace(/[%_\\]/g, '')

function nameLike(text: string) {
  const key = searchKey(text)
  return key === '' ? undefined : and(...key.split(' ').map(word => like(persons.searchKey, `%${word}%`)))
}
