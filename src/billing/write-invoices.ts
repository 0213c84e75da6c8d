import type { Tx } from '../db/database.ts'
import { rowInserter } from '../db/insert-rows.ts'
import { outbox } from '../jobs/outbox.ts'
import { townWorkingDays } from '../kernel/calendar.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import type { Town } from '../town-context.ts'
import type { InvoiceDraft } from './invoice-draft.ts'
import {
  type CreditPart,
  creditsOf,
  householdAccount,
  type Posting,
  type PostingLine,
  postAll,
  revenueAccount,
} from './ledger.ts'
import { takeNumbers } from './numbers.ts'
import { documentNumber, dueDate, numberSeriesOf } from './rules.ts'
import { type FrozenRun, invoiceLines, invoices } from './schema.ts'

const insertInvoices = rowInserter(invoices)
const insertLines = rowInserter(invoiceLines)

/** What invoices issued together have in common. Those of no run say themselves who issued them. */
export type IssuedTogether = { period: string } & ({ runId: Id<'billing-run'> } | { runId: null; issuer: FrozenRun })

/**
 * Writes invoices in this transaction: their numbers, what they change in the accounts, the promises of their PDFs. What a
 * household has in its favour pays them. The households' accounts must be held (`lockAccounts`).
 */
export async function writeInvoices(
  town: Town,
  tx: Tx,
  issuing: readonly InvoiceDraft[],
  together: IssuedTogether,
): Promise<void> {
  const now = town.clock.now()
  const issueDate = dayInParis(now)
  const dueOn = dueDate(issueDate, town.config.invoiceDueDays, townWorkingDays)
  const credits = await creditsOf(
    tx,
    issuing.map(draft => draft.householdId),
  )
  const numbers = await takeNumbers(tx, numberSeriesOf('invoice', issueDate), issuing.length)
  const postings: Posting[] = []
  const rows = issuing.map((draft, i) => {
    const used = creditUsed(draft.total, credits.get(draft.householdId) ?? [])
    postings.push(...postingsOf(draft, used))
    return {
      id: draft.id,
      householdId: draft.householdId,
      payerId: draft.payerId,
      runId: together.runId,
      createdAt: now,
      number: documentNumber('invoice', issueDate, numbers[i]!),
      period: together.period,
      issueDate,
      dueDate: dueOn,
      total: draft.total,
      frozen: {
        ...draft.frozen,
        creditUsed: sum(used.map(part => part.amount)),
        ...('issuer' in together ? { issuer: together.issuer } : {}),
      },
    }
  })
  await insertInvoices(tx, rows)
  await insertLines(
    tx,
    issuing.flatMap(draft => draft.lines),
  )
  await postAll(tx, now, postings)
  for (const { id } of issuing)
    await outbox(tx, now, { topic: 'document.invoice', payload: { invoiceId: id }, key: `document.invoice:${id}` })
}

/** What of the household's credit pays this invoice, part by part. */
function creditUsed(total: Cents, parts: readonly CreditPart[]): CreditPart[] {
  const used: CreditPart[] = []
  let left = Math.max(0, total)
  for (const part of parts) {
    const amount = Math.min(left, part.amount)
    if (amount > 0) used.push({ ...part, amount: cents(amount) })
    left -= amount
  }
  return used
}

/** What an invoice changes in the accounts: the household owes what the town earned, less what it had in its favour. */
function postingsOf({ id, householdId, total, revenue }: InvoiceDraft, used: readonly CreditPart[]): Posting[] {
  const account = householdAccount(householdId)
  const postings: Posting[] = []
  // An invoice of 0.00 € moves nothing, be it of a meal and its correction.
  const earned = [...revenue].filter(([, amount]) => amount !== 0)
  if (earned.length > 0) {
    const owed: PostingLine[] = total === 0 ? [] : [{ account, amount: total, invoiceId: id }]
    const lines = [
      ...owed,
      ...earned.map(([service, amount]) => ({ account: revenueAccount(service), amount: negate(amount) })),
    ]
    postings.push({ key: `invoice:${id}`, kind: 'invoice', lines })
  }
  if (used.length > 0)
    postings.push({
      key: `credit-used:${id}`,
      kind: 'credit-used',
      lines: used.flatMap(part => [
        { account, amount: part.amount, invoiceId: part.invoiceId ?? undefined },
        { account, amount: negate(part.amount), invoiceId: id },
      ]),
    })
  return postings
}
