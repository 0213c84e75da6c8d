import {
  cents,
  day,
  id,
  index,
  instant,
  integer,
  json,
  primaryKey,
  ref,
  table,
  text,
  uniqueIndex,
} from '../db/columns.ts'
import { sql } from '../db/drizzle.ts'
import type { Cents } from '../kernel/money.ts'
import type { MealType } from '../people/schema.ts'
import type { PriceExplanation } from '../tariffs/rules.ts'
import type { TownIdentity } from '../town-identity.ts'
import type { InvoiceLine, Oddity } from './rules.ts'

/** What charges are for: each service hands in what was consumed, and has its own account of revenue. */
export type ServiceCode = 'canteen' | 'leisure'

/** What a household owes for one thing consumed, priced with the rule and inputs of its day, kept to be explained. */
export const charges = table(
  'charges',
  {
    id: id<'charge'>(),
    householdId: ref<'household'>().notNull(),
    childId: ref<'person'>().notNull(),
    service: text().$type<ServiceCode>().notNull(),
    day: day().notNull(),
    /** The wording of the line. */
    kind: text().$type<ChargeKind>().notNull(),
    /** Of a school meal; null for anything else. */
    mealType: text().$type<MealType>(),
    amount: cents().notNull(),
    explanation: json<PriceExplanation>().notNull(),
    /** What was consumed: with the household it makes the charge unique, so that billing twice adds nothing. */
    source: text().notNull(),
    /**
     * The month it is billed with, `2026-10`: a charge made after its month was issued goes on the next invoice. With the
     * household it leads to the invoice, once there is one.
     */
    period: text().notNull(),
    /** The charge whose price this one puts right. */
    corrects: ref<'charge'>(),
    /** What credit notes gave back of it. */
    credited: cents().notNull(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('charges_source').on(t.source, t.householdId),
    index('charges_household').on(t.householdId, t.period),
  ],
)

/** How a day at a leisure centre is called on an invoice. */
export const STAY_KINDS = [
  'day',
  'week',
  'morning',
  'morning-with-meal',
  'afternoon',
  'afternoon-with-meal',
  'late-cancelled',
  'missed',
] as const
export type StayKind = (typeof STAY_KINDS)[number]

/**
 * What a charge is for. A correction puts the price of an earlier one right; a deposit is asked for before, and deducted
 * from the charges it was for.
 */
export const CHARGE_KINDS = [
  'meal',
  'unbooked-meal',
  'absence',
  ...STAY_KINDS,
  'correction',
  'deposit',
  'deposit-deducted',
] as const
export type ChargeKind = (typeof CHARGE_KINDS)[number]

/** The month's billing of the whole town. */
export const billingRuns = table(
  'billing_runs',
  {
    id: id<'billing-run'>(),
    period: text().notNull(),
    state: text().$type<'drafting' | 'draft' | 'issuing' | 'issued'>().notNull(),
    households: integer().notNull(),
    total: cents().notNull(),
    /** The clerk who asked for the draft; null when a program did. */
    draftedBy: ref<'account'>(),
    createdAt: instant().notNull(),
    /** The clerk who asked for it to be issued. */
    issuedBy: ref<'account'>(),
    issuedAt: instant(),
    /** What all its invoices have in common, as it was that day. */
    frozen: json<FrozenRun>().notNull(),
  },
  t => [uniqueIndex('billing_runs_period').on(t.period)],
)

/** The town as it was when the invoices were issued. */
export type FrozenRun = {
  town: TownIdentity
  /** Where invoices are seen and paid, without a slash at the end. */
  baseUrl: string
  counterMeans: readonly ('card' | 'cash' | 'cheque')[]
}

/** How far the billing of each household is. A blocked one waits for the next month, and holds nobody else up. */
export const billingRunHouseholds = table(
  'billing_run_households',
  {
    runId: ref<'billing-run'>().notNull(),
    householdId: ref<'household'>().notNull(),
    state: text().$type<'to-issue' | 'blocked' | 'issued'>().notNull(),
    charges: integer().notNull(),
    total: cents().notNull(),
    /** What its invoice will say. */
    lines: json<readonly InvoiceLine[]>().notNull(),
  },
  t => [
    primaryKey({ columns: [t.runId, t.householdId] }),
    index('billing_run_households_state').on(t.runId, t.state, t.householdId),
  ],
)

/** What a clerk should look at before issuing; see `Oddity` in rules.ts. */
export const billingOddities = table(
  'billing_oddities',
  {
    runId: ref<'billing-run'>().notNull(),
    householdId: ref<'household'>().notNull(),
    code: text().$type<Oddity['code']>().notNull(),
    /** The usual total of a household whose month is unusually high. */
    usual: cents(),
  },
  t => [primaryKey({ columns: [t.runId, t.code, t.householdId] })],
)

/** Never changed after it is issued. What is paid and owed is the ledger's matter, not this row's. */
export const invoices = table(
  'invoices',
  {
    id: id<'invoice'>(),
    number: text().notNull(),
    householdId: ref<'household'>().notNull(),
    payerId: ref<'person'>().notNull(),
    /** The month it bills; of a deposit, that of its issue. */
    period: text().notNull(),
    issueDate: day().notNull(),
    dueDate: day().notNull(),
    total: cents().notNull(),
    /** As it was that day: the PDF is always drawn from this, the run's own and the lines. */
    frozen: json<FrozenInvoice>().notNull(),
    /** Null for an invoice that asks for deposits at sign-up: a household has one invoice for a month, and these beside it. */
    runId: ref<'billing-run'>(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('invoices_number').on(t.number),
    uniqueIndex('invoices_household_period').on(t.householdId, t.period).where(sql`run_id is not null`),
    index('invoices_household').on(t.householdId),
    index('invoices_run').on(t.runId),
    index('invoices_due').on(t.dueDate),
  ],
)

export type FrozenInvoice = {
  payer: { name: string; addressLines: readonly string[]; language: string }
  quotient: number | null
  resident: boolean
  /** What the household had in its favour, used on this invoice, in cents. */
  creditUsed: number
  children: readonly { id: string; name: string; school: string }[]
  /** Of an invoice without a run: what the run's own would say. */
  issuer?: FrozenRun
}

/** What was asked for beforehand for a sign-up at a leisure centre, on a line of an invoice of its own. */
export const deposits = table(
  'deposits',
  {
    id: id<'deposit'>(),
    householdId: ref<'household'>().notNull(),
    signupId: ref<'leisure-signup'>().notNull(),
    childId: ref<'person'>().notNull(),
    invoiceId: ref<'invoice'>().notNull(),
    position: integer().notNull(),
    amount: cents().notNull(),
    /** What credit notes gave back of it. */
    credited: cents().notNull(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('deposits_line').on(t.invoiceId, t.position),
    index('deposits_household').on(t.householdId),
    index('deposits_signup').on(t.signupId),
  ],
)

export const invoiceLines = table(
  'invoice_lines',
  {
    invoiceId: ref<'invoice'>().notNull(),
    position: integer().notNull(),
    childId: ref<'person'>().notNull(),
    childName: text().notNull(),
    service: text().$type<ServiceCode>().notNull(),
    kind: text().$type<ChargeKind>().notNull(),
    quantity: integer().notNull(),
    unit: cents().notNull(),
    amount: cents().notNull(),
    explanation: json<PriceExplanation>().notNull(),
    days: json<readonly string[]>().notNull(),
  },
  t => [primaryKey({ columns: [t.invoiceId, t.position] })],
)

/** What corrects an issued invoice, with a number and a PDF of its own. */
export const creditNotes = table(
  'credit_notes',
  {
    id: id<'credit-note'>(),
    number: text().notNull(),
    invoiceId: ref<'invoice'>().notNull(),
    householdId: ref<'household'>().notNull(),
    amount: cents().notNull(),
    reason: text().notNull(),
    lines: json<readonly CreditLine[]>().notNull(),
    frozen: json<FrozenCreditNote>().notNull(),
    /** What it comes from: the same event credits an invoice once. */
    key: text().notNull(),
    issueDate: day().notNull(),
    issuedBy: ref<'account'>(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('credit_notes_number').on(t.number),
    uniqueIndex('credit_notes_key').on(t.invoiceId, t.key),
    index('credit_notes_household').on(t.householdId),
  ],
)

/** What is given back of one line of the invoice, in cents. */
export type CreditLine = { position: number; label: string; amount: Cents }
export type FrozenCreditNote = FrozenRun & {
  payer: FrozenInvoice['payer']
  outcome: 'deducted' | 'kept'
}

/** Mails about an invoice, found in `mails` by their key: so that each is sent once, and a failed one is seen. */
export const invoiceNotices = table(
  'invoice_notices',
  {
    mailKey: text().primaryKey(),
    invoiceId: ref<'invoice'>().notNull(),
    kind: text().$type<'issued' | 'first-reminder' | 'last-reminder'>().notNull(),
  },
  t => [index('invoice_notices_invoice').on(t.invoiceId, t.kind)],
)

/** « Je ne suis pas d’accord »: lines of an invoice that a family contests, and what the town answered. */
export const invoiceDisputes = table(
  'invoice_disputes',
  {
    id: id<'invoice-dispute'>(),
    invoiceId: ref<'invoice'>().notNull(),
    householdId: ref<'household'>().notNull(),
    /** Positions of the lines. */
    lines: json<readonly number[]>().notNull(),
    reason: text().$type<DisputeReason>().notNull(),
    text: text().notNull(),
    state: text().$type<'open' | 'accepted' | 'refused'>().notNull(),
    createdBy: ref<'person'>().notNull(),
    createdAt: instant().notNull(),
    answer: text(),
    creditNoteId: ref<'credit-note'>(),
    answeredBy: ref<'account'>(),
    answeredAt: instant(),
  },
  t => [index('invoice_disputes_state').on(t.state, t.createdAt), index('invoice_disputes_invoice').on(t.invoiceId)],
)

export const disputeReasons = ['was-ill', 'not-there', 'cancelled-in-time', 'wrong-price', 'other'] as const
export type DisputeReason = (typeof disputeReasons)[number]

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
