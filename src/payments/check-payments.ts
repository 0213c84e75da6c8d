import { balanceOf } from '../billing/ledger.ts'
import { ledgerLines, ledgerPostings, numberSeries } from '../billing/schema.ts'
import type { Queries } from '../db/database.ts'
import { eq, like, sql, sumOf } from '../db/drizzle.ts'
import { cashDeposits, disputes, payments, payouts, refunds } from './schema.ts'

/**
 * What is wrong between payments and accounts, a sentence each; empty when all is well. For `doctor`: each account of ours
 * is what the payments, refunds, disputes and payouts say; each payment that arrived is in the ledger once, for its
 * amount; no more was given back than was paid; receipts are numbered without gap.
 */
export async function checkPayments(db: Queries): Promise<string[]> {
  return [...(await wrongAccounts(db)), ...(await wrongPostings(db)), ...(await wrongRefunds(db)), ...(await gaps(db))]
}

async function wrongAccounts(db: Queries): Promise<string[]> {
  const paid = await sums(db, payments.means, payments.amount, payments, eq(payments.state, 'succeeded'))
  const refunded = await sums(db, refunds.state, refunds.amount, refunds)
  const paidOut = await sums(db, payouts.state, payouts.amount, payouts)
  const fees = await balanceOf(db, 'stripe:fees')
  const [paidIn] = await db.select({ amount: sumOf(cashDeposits.amount) }).from(cashDeposits)
  const deposited = Number(paidIn?.amount ?? 0)
  const [disputed] = await db
    .select({
      withdrawn: sumOf(disputes.withdrawn),
      reinstated: sumOf(disputes.reinstated),
    })
    .from(disputes)
  const withdrawn = Number(disputed?.withdrawn ?? 0) - Number(disputed?.reinstated ?? 0)
  const of = (map: Map<string, number>, name: string) => map.get(name) ?? 0
  const expected = {
    // paid − refunded − disputed − Stripe's fees − paid out
    'stripe:clearing': of(paid, 'card') - of(refunded, 'succeeded') - withdrawn - fees - of(paidOut, 'paid'),
    'refunds:pending': -of(refunded, 'pending'),
    disputes: withdrawn - (await disputedNow(db)),
    bank: of(paidOut, 'paid') + deposited,
    // taken − paid into the bank − found missing when it was counted
    cash: of(paid, 'cash') - deposited - (await balanceOf(db, 'cash:differences')),
    cheque: of(paid, 'cheque'),
  } as const
  const wrong: string[] = []
  for (const [account, amount] of Object.entries(expected)) {
    const balance = await balanceOf(db, account as keyof typeof expected)
    if (balance !== amount) wrong.push(`the account ${account} holds ${balance}, where payments say ${amount}`)
  }
  return wrong
}

/** What households owe again because of disputes: what was opened and not won. */
async function disputedNow(db: Queries): Promise<number> {
  const [row] = await db
    .select({ amount: sumOf(ledgerLines.amount) })
    .from(ledgerLines)
    .innerJoin(ledgerPostings, eq(ledgerPostings.id, ledgerLines.postingId))
    .where(sql`${ledgerPostings.kind} in ('dispute', 'dispute-won') and ${ledgerLines.account} like 'household:%'`)
  return Number(row?.amount ?? 0)
}

type SumTable = typeof payments | typeof refunds | typeof payouts

async function sums(
  db: Queries,
  group: typeof payments.means | typeof refunds.state | typeof payouts.state,
  amount: typeof payments.amount | typeof refunds.amount | typeof payouts.amount,
  table: SumTable,
  where?: ReturnType<typeof eq>,
): Promise<Map<string, number>> {
  const rows = await db
    .select({ group: sql<string>`${group}`, amount: sql<number>`sum(${amount})` })
    .from(table)
    .where(where)
    .groupBy(group)
  return new Map(rows.map(row => [row.group, Number(row.amount)]))
}

/** Each payment that arrived took its amount off its household's account, once; no other payment did. */
async function wrongPostings(db: Queries): Promise<string[]> {
  const rows = await db
    .select({ key: ledgerPostings.key, amount: sumOf(ledgerLines.amount) })
    .from(ledgerPostings)
    .innerJoin(ledgerLines, eq(ledgerLines.postingId, ledgerPostings.id))
    .where(sql`${ledgerPostings.kind} = 'payment' and ${ledgerLines.account} like 'household:%'`)
    .groupBy(ledgerPostings.key)
  const posted = new Map(rows.map(row => [row.key, -Number(row.amount)]))
  const arrived = await db
    .select({ id: payments.id, amount: payments.amount })
    .from(payments)
    .where(eq(payments.state, 'succeeded'))
  const wrong: string[] = []
  for (const { id, amount } of arrived) {
    const key = `payment:${id}`
    if (posted.get(key) !== amount) wrong.push(`the payment ${id} is not in the ledger for its amount`)
    posted.delete(key)
  }
  for (const key of posted.keys()) wrong.push(`${key} is in the ledger, but has not arrived`)
  return wrong
}

async function wrongRefunds(db: Queries): Promise<string[]> {
  const given = sql`(select coalesce(sum(${refunds.amount}), 0) from ${refunds}
    where ${refunds.paymentId} = ${payments.id} and ${refunds.state} <> 'failed')`
  const rows = await db
    .select({ id: payments.id })
    .from(payments)
    .where(sql`${payments.refunded} <> ${given} or ${payments.refunded} > ${payments.amount}`)
  return rows.map(({ id }) => `the refunds of the payment ${id} do not add up`)
}

async function gaps(db: Queries): Promise<string[]> {
  const wrong: string[] = []
  const series = await db.select().from(numberSeries).where(like(numberSeries.name, 'receipt:%'))
  for (const { name, next } of series) {
    const year = name.slice('receipt:'.length)
    const [row] = await db
      .select({ count: sql<number>`count(*)` })
      .from(payments)
      .where(like(payments.receiptNumber, `R${year}-%`))
    if (Number(row?.count) !== next - 1) wrong.push(`the receipts of ${year} have a gap: ${row?.count} of ${next - 1}`)
  }
  return wrong
}
