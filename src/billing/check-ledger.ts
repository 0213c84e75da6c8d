import type { Queries } from '../db/database.ts'
import { and, eq, like, sql, sumOf } from '../db/drizzle.ts'
import { creditNotes, invoiceLines, invoices, ledgerLines, ledgerPostings, numberSeries } from './schema.ts'

/**
 * What is wrong with the accounts, a sentence each; empty when all is well. For `doctor`:
 * every posting balances; every invoice and credit note is in the ledger once, for its total; an invoice is the sum of
 * its lines, a credit note never exceeds its invoice; a household's balance is invoices − credit notes and what payments,
 * refunds and disputes moved; numbers are without gap.
 */
export async function checkLedger(db: Queries): Promise<string[]> {
  return [
    ...(await unbalancedPostings(db)),
    ...(await wrongInvoices(db)),
    ...(await wrongCreditNotes(db)),
    ...(await wrongBalances(db)),
    ...(await gaps(db)),
  ]
}

async function unbalancedPostings(db: Queries): Promise<string[]> {
  const rows = await db
    .select({ key: ledgerPostings.key, lines: sql<number>`count(${ledgerLines.position})` })
    .from(ledgerPostings)
    .leftJoin(ledgerLines, eq(ledgerLines.postingId, ledgerPostings.id))
    .groupBy(ledgerPostings.id, ledgerPostings.key)
    .having(sql`coalesce(sum(${ledgerLines.amount}), 0) <> 0 or count(${ledgerLines.position}) < 2`)
  return rows.map(row => `the posting ${row.key} does not balance (${row.lines} lines)`)
}

/** What the posting of an invoice or credit note put on the household's account. */
const posted = (kind: string, id: typeof invoices.id | typeof creditNotes.id) => sql<number>`(
  select coalesce(sum(${ledgerLines.amount}), 0) from ${ledgerLines}
  join ${ledgerPostings} on ${ledgerPostings.id} = ${ledgerLines.postingId}
  where ${ledgerPostings.key} = ${`${kind}:`} || ${id} and ${ledgerLines.account} like 'household:%')`

async function wrongInvoices(db: Queries): Promise<string[]> {
  const lines = sql`(select coalesce(sum(${invoiceLines.amount}), 0) from ${invoiceLines} where ${invoiceLines.invoiceId} = ${invoices.id})`
  const rows = await db
    .select({ number: invoices.number })
    .from(invoices)
    .where(sql`${posted('invoice', invoices.id)} <> ${invoices.total} or ${lines} <> ${invoices.total}`)
  return rows.map(row => `the invoice ${row.number} is not the sum of its lines, or not what the ledger says`)
}

async function wrongCreditNotes(db: Queries): Promise<string[]> {
  const unposted = await db
    .select({ number: creditNotes.number })
    .from(creditNotes)
    .where(sql`${posted('credit-note', creditNotes.id)} <> -${creditNotes.amount}`)
  const asked = sql`(select coalesce(sum(${invoiceLines.amount}), 0) from ${invoiceLines} where ${invoiceLines.invoiceId} = ${invoices.id} and ${invoiceLines.amount} > 0)`
  const exceeding = await db
    .select({ number: invoices.number })
    .from(invoices)
    .innerJoin(creditNotes, eq(creditNotes.invoiceId, invoices.id))
    .groupBy(invoices.id, invoices.number)
    .having(sql`sum(${creditNotes.amount}) > ${asked}`)
  return [
    ...unposted.map(row => `the credit note ${row.number} is not what the ledger says`),
    ...exceeding.map(row => `more was credited on the invoice ${row.number} than it asked for`),
  ]
}

/** Invoices and credit notes as documents against the same in the ledger, household by household. */
async function wrongBalances(db: Queries): Promise<string[]> {
  const wrong: string[] = []
  const due = new Map<string, number>()
  const add = (householdId: string, amount: unknown) =>
    due.set(householdId, (due.get(householdId) ?? 0) + Number(amount ?? 0))
  const invoiced = await db
    .select({ householdId: invoices.householdId, amount: sumOf(invoices.total) })
    .from(invoices)
    .groupBy(invoices.householdId)
  const credited = await db
    .select({ householdId: creditNotes.householdId, amount: sumOf(creditNotes.amount) })
    .from(creditNotes)
    .groupBy(creditNotes.householdId)
  for (const { householdId, amount } of invoiced) add(householdId, amount)
  for (const { householdId, amount } of credited) add(householdId, -Number(amount))
  const rows = await db
    .select({
      account: ledgerLines.account,
      amount: sumOf(ledgerLines.amount),
      moved: sql<number>`sum(case when ${ledgerPostings.kind} in ('invoice', 'credit-note') then 0 else ${ledgerLines.amount} end)`,
    })
    .from(ledgerLines)
    .innerJoin(ledgerPostings, eq(ledgerPostings.id, ledgerLines.postingId))
    .where(and(like(ledgerLines.account, 'household:%')))
    .groupBy(ledgerLines.account)
  for (const { account, amount, moved } of rows) {
    const householdId = account.slice('household:'.length)
    if (Number(amount) !== (due.get(householdId) ?? 0) + Number(moved)) wrong.push(`the balance of ${account} is wrong`)
    due.delete(householdId)
  }
  for (const [householdId, amount] of due)
    if (amount !== 0) wrong.push(`the invoices of household:${householdId} are not in the ledger`)
  return wrong
}

/** A series that gave n numbers has n documents: no gap, no double (doubles meet a unique key). */
async function gaps(db: Queries): Promise<string[]> {
  const wrong: string[] = []
  for (const { name, next } of await db.select().from(numberSeries)) {
    const [document = '', year = ''] = name.split(':')
    const numbered = document === 'invoice' ? invoices : document === 'credit-note' ? creditNotes : undefined
    if (!numbered) continue
    const [row] = await db
      .select({ count: sql<number>`count(*)` })
      .from(numbered)
      .where(like(numbered.number, `_${year}-%`))
    if (Number(row?.count) !== next - 1) wrong.push(`the numbers ${name} have a gap: ${row?.count} of ${next - 1}`)
  }
  return wrong
}
