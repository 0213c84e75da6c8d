import { cents, day, id, index, instant, integer, json, primaryKey, ref, table, text, uniqueIndex } from '../db/columns.ts'
import type { PriceExplanation } from '../tariffs/rules.ts'

/** What a household owes for one thing consumed, priced with the rule and inputs of its day, kept to be explained. */
export const charges = table(
  'charges',
  {
    id: id<'charge'>(),
    householdId: ref<'household'>().notNull(),
    childId: ref<'person'>().notNull(),
    service: text().notNull(),
    day: day().notNull(),
    /** `meal`, `unbooked-meal`, `absence`: the wording of the line. */
    kind: text().notNull(),
    amount: cents().notNull(),
    explanation: json<PriceExplanation>().notNull(),
    /** What was consumed: with the household it makes the charge unique, so that billing twice adds nothing. */
    source: text().notNull(),
    /** The month it is billed with, `2026-10`: a charge made after its month was issued goes on the next invoice. */
    period: text().notNull(),
    invoiceId: ref<'invoice'>(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('charges_source').on(t.householdId, t.source),
    index('charges_period').on(t.period, t.householdId),
    index('charges_invoice').on(t.invoiceId),
  ],
)

/** The month's billing of the whole town. */
export const billingRuns = table(
  'billing_runs',
  {
    id: id<'billing-run'>(),
    period: text().notNull(),
    state: text().$type<'draft' | 'issuing' | 'issued'>().notNull(),
    households: integer().notNull(),
    total: cents().notNull(),
    createdAt: instant().notNull(),
    /** The clerk who asked for it to be issued. */
    issuedBy: ref<'account'>(),
    issuedAt: instant(),
  },
  t => [uniqueIndex('billing_runs_period').on(t.period)],
)

/** Never changed after it is issued. What is paid and owed is the ledger's matter, not this row's. */
export const invoices = table(
  'invoices',
  {
    id: id<'invoice'>(),
    number: text().notNull(),
    householdId: ref<'household'>().notNull(),
    payerId: ref<'person'>().notNull(),
    period: text().notNull(),
    issueDate: day().notNull(),
    dueDate: day().notNull(),
    total: cents().notNull(),
    /** Payer's name and address, quotient and town as they were that day: the PDF is always drawn from these. */
    frozen: json<FrozenInvoice>().notNull(),
    runId: ref<'billing-run'>().notNull(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('invoices_number').on(t.number),
    uniqueIndex('invoices_household_period').on(t.householdId, t.period),
    index('invoices_run').on(t.runId),
  ],
)

export type FrozenInvoice = {
  payer: { name: string; addressLines: readonly string[]; email: string | null; language: string }
  quotient: number | null
  resident: boolean
}

export const invoiceLines = table(
  'invoice_lines',
  {
    invoiceId: ref<'invoice'>().notNull(),
    position: integer().notNull(),
    childId: ref<'person'>().notNull(),
    childName: text().notNull(),
    service: text().notNull(),
    kind: text().notNull(),
    quantity: integer().notNull(),
    unit: cents().notNull(),
    amount: cents().notNull(),
    explanation: json<PriceExplanation>().notNull(),
    days: json<readonly string[]>().notNull(),
  },
  t => [primaryKey({ columns: [t.invoiceId, t.position] })],
)

export const creditNotes = table(
  'credit_notes',
  {
    id: id<'credit-note'>(),
    number: text().notNull(),
    invoiceId: ref<'invoice'>().notNull(),
    householdId: ref<'household'>().notNull(),
    amount: cents().notNull(),
    reason: text().notNull(),
    lines: json<readonly { label: string; amount: number }[]>().notNull(),
    issueDate: day().notNull(),
    issuedBy: ref<'account'>(),
    createdAt: instant().notNull(),
  },
  t => [uniqueIndex('credit_notes_number').on(t.number), index('credit_notes_invoice').on(t.invoiceId)],
)

/** The next number of each series (`invoice:2026`), moved in the transaction that uses it: no gap, no double. */
export const numberSeries = table('number_series', {
  name: text().primaryKey(),
  next: integer().notNull(),
})

/** Double entry: each posting's lines add to zero; no row is ever changed or deleted. */
export const ledgerPostings = table(
  'ledger_postings',
  {
    id: id<'posting'>(),
    at: instant().notNull(),
    kind: text().notNull(),
    /** What it comes from (`invoice:…`, `payment:…`): the same event posts once. */
    key: text().notNull(),
  },
  t => [uniqueIndex('ledger_postings_key').on(t.key), index('ledger_postings_at').on(t.at)],
)

export const ledgerLines = table(
  'ledger_lines',
  {
    postingId: ref<'posting'>().notNull(),
    position: integer().notNull(),
    /** `household:<id>`, `revenue:canteen`, `stripe:clearing`, `stripe:fees`, `bank`, `cash`, `refunds:pending`, `disputes`. */
    account: text().notNull(),
    /** The invoice a line concerns, so that what is left to pay on each can be told. */
    invoiceId: ref<'invoice'>(),
    amount: cents().notNull(),
  },
  t => [
    primaryKey({ columns: [t.postingId, t.position] }),
    index('ledger_lines_account').on(t.account),
    index('ledger_lines_invoice').on(t.invoiceId),
  ],
)
