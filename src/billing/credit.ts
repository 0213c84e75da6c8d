import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import { type FieldError, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { markDepositCredited } from './deposit-store.ts'
import { householdAccount, lockAccounts, owedOn, post, revenueAccount } from './ledger.ts'
import { kindInWords } from './line-label.ts'
import { takeNumbers } from './numbers.ts'
import { recountHousehold } from './recount-household.ts'
import { documentNumber, numberSeriesOf } from './rules.ts'
import { lockOpenRuns, recount } from './run-store.ts'
import { type CreditLine, charges, creditNotes, invoices } from './schema.ts'
import { creditNotesOf, type InvoiceLine, linesOfInvoice } from './store.ts'

/** What to give back: of which lines, how much of each, and why. */
export type Credit = {
  invoiceId: Id<'invoice'>
  /** `days` tells which of the line's days, when not all. */
  lines: readonly { position: number; amount: Cents; days?: readonly string[] }[]
  /** In words, for the family: it is printed. */
  reason: string
  /** What it comes from: the same event credits an invoice once. */
  key: string
}

/**
 * A credit note by a clerk, for some lines of an invoice. Throws 404 to who is not of the cash office, 422 by the field
 * `amounts.<position>` for more than is left of a line, or `amounts` for nothing at all.
 */
export async function issueCreditNote(
  town: Town,
  actor: Actor,
  credit: Credit,
): Promise<Id<'credit-note'> | undefined> {
  const clerk = clerkAmong(actor, 'cash-office')
  return town.db.transaction(async tx => credited(town, tx, actor, clerk.accountId, credit))
}

/**
 * Writes a credit note in this transaction: its number, what it changes in the accounts, the promise of its PDF. Undefined
 * when its key credited the invoice before. The invoice itself stays as it is.
 */
export async function credited(
  town: Town,
  tx: Tx,
  actor: Actor,
  issuedBy: Id<'account'> | null,
  credit: Credit,
): Promise<Id<'credit-note'> | undefined> {
  const { invoiceId, key, reason } = credit
  const now = town.clock.now()
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId))
  if (!invoice) throw notFound()
  // A deposit given back is not deducted by the draft that was about to: runs are always held before accounts.
  const drafts = invoice.runId === null ? await lockOpenRuns(tx) : []
  await lockAccounts(tx, [invoice.householdId])
  const earlier = await creditNotesOf(tx, invoiceId)
  if (earlier.some(note => note.key === key)) return undefined
  const lines = await linesOfInvoice(tx, invoiceId)
  const asked = credit.lines.filter(line => line.amount !== 0)
  const errors = tooMuch(invoice, lines, earlier, asked, { byClerk: issuedBy !== null })
  if (errors.length > 0) throw invalid(errors)

  const amount = sum(asked.map(line => line.amount))
  const owed = (await owedOn(tx, [invoiceId])).get(invoiceId) ?? cents(0)
  const issueDate = dayInParis(now)
  const [number] = await takeNumbers(tx, numberSeriesOf('credit-note', issueDate), 1)
  const id = newId<'credit-note'>()
  const words = town.languages.for(invoice.frozen.payer.language)
  const given = asked.map(({ position, amount, days }): CreditLine => {
    const line = lines.find(each => each.position === position) as InvoiceLine
    const on = (days ?? line.days).map(day => words.f.shortDay(Temporal.PlainDate.from(day)))
    const what = { child: line.childName, what: kindInWords(words, line.kind), days: words.f.list(on) }
    return { position, amount, label: words.t('billing:creditLine', what) }
  })
  const { town: identity, baseUrl, billing } = town.config
  await tx.insert(creditNotes).values({
    id,
    invoiceId,
    householdId: invoice.householdId,
    amount,
    reason,
    key,
    issueDate,
    issuedBy,
    createdAt: now,
    number: documentNumber('credit-note', issueDate, number!),
    lines: given,
    frozen: {
      town: identity,
      baseUrl,
      counterMeans: billing.counterMeans,
      payer: invoice.frozen.payer,
      outcome: owed >= amount ? 'deducted' : 'kept',
    },
  })
  for (const { position, amount, days } of asked) {
    const line = lines.find(each => each.position === position)
    if (invoice.runId === null) await markDepositCredited(tx, invoiceId, position, amount)
    else if (line) await markCredited(tx, invoice, { ...line, days: days ?? line.days }, amount)
  }
  for (const draft of drafts) {
    await recountHousehold(tx, now, draft, invoice.householdId)
    await recount(tx, draft.id)
  }
  await post(tx, now, {
    key: `credit-note:${id}`,
    kind: 'credit-note',
    lines: [
      { account: householdAccount(invoice.householdId), amount: negate(amount), invoiceId },
      ...revenueOf(lines, asked).map(([service, part]) => ({ account: revenueAccount(service), amount: part })),
    ],
  })
  await audit(tx, now, actor, {
    action: 'invoice.credited',
    subject: { kind: 'invoice', id: invoiceId },
    details: { creditNoteId: id, amount, key },
  })
  await outbox(tx, now, {
    topic: 'document.credit-note',
    payload: { creditNoteId: id },
    key: `document.credit-note:${id}`,
  })
  return id
}

/** What is left to give back of each line, and of the whole invoice when a correction had lowered it. */
export function creditable(
  invoice: { total: Cents },
  lines: readonly Pick<InvoiceLine, 'position' | 'amount'>[],
  earlier: readonly { amount: Cents; lines: readonly CreditLine[] }[],
): { ofLine: ReadonlyMap<number, Cents>; ofInvoice: Cents } {
  const left = new Map(lines.map(line => [line.position, Math.max(0, line.amount)]))
  for (const note of earlier)
    for (const { position, amount } of note.lines) left.set(position, Math.max(0, (left.get(position) ?? 0) - amount))
  const ofInvoice = Math.max(0, invoice.total - sum(earlier.map(note => note.amount)))
  return {
    ofLine: new Map([...left].map(([position, amount]) => [position, cents(amount)])),
    ofInvoice: cents(ofInvoice),
  }
}

function tooMuch(
  invoice: { total: Cents },
  lines: readonly InvoiceLine[],
  earlier: Parameters<typeof creditable>[2],
  asked: Credit['lines'],
  { byClerk }: { byClerk: boolean },
): FieldError[] {
  if (asked.length === 0) return [{ field: 'amounts', code: 'nothing-to-credit' }]
  const { ofLine, ofInvoice } = creditable(invoice, lines, earlier)
  const errors: FieldError[] = []
  for (const { position, amount } of asked) {
    const left = ofLine.get(position) ?? cents(0)
    if (amount < 0) errors.push({ field: `amounts.${position}`, code: 'negative' })
    else if (amount > left) errors.push({ field: `amounts.${position}`, code: 'more-than-line', params: { left } })
  }
  // What did not take place is given back even where what puts other months right has lowered the whole invoice.
  if (byClerk && errors.length === 0 && sum(asked.map(line => line.amount)) > ofInvoice)
    errors.push({ field: 'amounts', code: 'more-than-invoice', params: { left: ofInvoice } })
  return errors
}

function revenueOf(lines: readonly InvoiceLine[], asked: Credit['lines']): [string, Cents][] {
  const serviceOf = (position: number) => lines.find(line => line.position === position)?.service ?? ''
  const services = Map.groupBy(asked, line => serviceOf(line.position))
  return [...services].map(([service, some]) => [service, sum(some.map(line => line.amount))])
}

/** Notes on the charges behind a line that they were given back, the first days first. */
async function markCredited(
  tx: Tx,
  invoice: typeof invoices.$inferSelect,
  line: InvoiceLine,
  amount: Cents,
): Promise<void> {
  const behind = await tx
    .select()
    .from(charges)
    .where(
      and(
        eq(charges.householdId, invoice.householdId),
        eq(charges.period, invoice.period),
        eq(charges.childId, line.childId),
        eq(charges.kind, line.kind),
      ),
    )
  let left = amount
  for (const charge of behind.toSorted((a, b) => Temporal.PlainDate.compare(a.day, b.day))) {
    if (charge.amount !== line.unit || !line.days.includes(charge.day.toString())) continue
    const part = cents(Math.min(left, charge.amount - charge.credited))
    if (part <= 0) continue
    await tx
      .update(charges)
      .set({ credited: sum([charge.credited, part]) })
      .where(eq(charges.id, charge.id))
    left = sum([left, negate(part)])
  }
}
