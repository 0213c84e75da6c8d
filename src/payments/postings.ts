import { type Account, creditsOf, householdAccount, owedOn, type PostingLine, post } from '../billing/ledger.ts'
import { ledgerLines, ledgerPostings } from '../billing/schema.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq, inArray } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate } from '../kernel/money.ts'
import { allocate, type Part, takeFrom } from './rules.ts'
import { paymentParts } from './schema.ts'
import type { Dispute, Payment, Refund } from './states.ts'
import { disputesOf, refundsOf } from './store.ts'

// Each movement of money as a posting of the ledger, keyed by what it comes from, so that it is posted once whatever is
// told twice. A household's account is positive when it owes; ours hold money as positive amounts.

type Where = { invoiceId: Id<'invoice'> | null; amount: Cents }

/** Where the money of a payment lies once it has arrived. */
const HELD_IN: Record<Payment['means'], Account> = { card: 'stripe:clearing', cash: 'cash', cheque: 'cheque' }

const householdLines = (householdId: Id<'household'>, parts: readonly Where[]): PostingLine[] =>
  parts.map(({ invoiceId, amount }) => ({
    account: householdAccount(householdId),
    amount,
    ...(invoiceId ? { invoiceId } : {}),
  }))

const negated = (parts: readonly Where[]) => parts.map(part => ({ ...part, amount: negate(part.amount) }))

/**
 * The money of a payment has arrived: each invoice owes that much less. Gives what went beyond what was owed, which is in
 * the household's favour, and writes down what is left to pay on each invoice.
 */
export async function postPayment(
  tx: Tx,
  now: Temporal.Instant,
  payment: Payment,
  parts: readonly Part[],
): Promise<{ overpaid: Cents }> {
  const owed = await owedOn(
    tx,
    parts.map(part => part.invoiceId),
  )
  const where = allocate(parts, owed)
  await post(tx, now, {
    key: `payment:${payment.id}`,
    kind: 'payment',
    lines: [
      { account: HELD_IN[payment.means], amount: payment.amount },
      ...householdLines(payment.householdId, negated(where)),
    ],
  })
  for (const { invoiceId, amount } of parts) {
    const leftAfter = cents(Math.max(0, (owed.get(invoiceId) ?? 0) - amount))
    await tx
      .update(paymentParts)
      .set({ leftAfter })
      .where(and(eq(paymentParts.paymentId, payment.id), eq(paymentParts.invoiceId, invoiceId)))
  }
  return { overpaid: where.find(part => part.invoiceId === null)?.amount ?? cents(0) }
}

/** What Stripe keeps of a payment is a cost of the town. */
export async function postFee(tx: Tx, now: Temporal.Instant, key: string, fee: Cents): Promise<void> {
  if (fee === 0) return
  await post(tx, now, {
    key,
    kind: 'fee',
    lines: [
      { account: 'stripe:fees', amount: fee },
      { account: 'stripe:clearing', amount: negate(fee) },
    ],
  })
}

export const feeKey = (id: Id<'payment'>) => `payment-fee:${id}`

/**
 * Money is to go back: out of what the household has in its favour first; beyond that, the invoices it had paid are owed
 * again.
 */
export async function postRefundAsked(tx: Tx, now: Temporal.Instant, payment: Payment, refund: Refund): Promise<void> {
  const { householdId } = payment
  const credits = (await creditsOf(tx, [householdId])).get(householdId) ?? []
  const where = takeFrom(refund.amount, [...credits, ...(await heldBy(tx, payment))])
  await post(tx, now, {
    key: `refund:${refund.id}`,
    kind: 'refund',
    lines: [...householdLines(householdId, where), { account: 'refunds:pending', amount: negate(refund.amount) }],
  })
}

export async function postRefundSucceeded(tx: Tx, now: Temporal.Instant, refund: Refund): Promise<void> {
  await post(tx, now, {
    key: `refund-succeeded:${refund.id}`,
    kind: 'refund',
    lines: [
      { account: 'refunds:pending', amount: refund.amount },
      { account: 'stripe:clearing', amount: negate(refund.amount) },
    ],
  })
}

/** The money never reached the payer, or came back: all is as before the refund was asked. */
export async function postRefundFailed(tx: Tx, now: Temporal.Instant, refund: Refund): Promise<void> {
  const asked = await linesOf(tx, [`refund:${refund.id}`])
  const succeeded = await linesOf(tx, [`refund-succeeded:${refund.id}`])
  for (const [name, lines] of [
    ['refund-returned', succeeded],
    ['refund-failed', asked],
  ] as const)
    if (lines.length > 0)
      await post(tx, now, {
        key: `${name}:${refund.id}`,
        kind: 'refund-failed',
        lines: lines.map(line => ({ ...line, amount: negate(line.amount) })),
      })
}

/** The payer's bank contests a payment: its invoices are owed again while the bank holds the money. */
export async function postDisputeOpened(tx: Tx, now: Temporal.Instant, payment: Payment, dispute: Dispute) {
  const key = `dispute:${dispute.stripeId}`
  if ((await linesOf(tx, [key])).length > 0) return
  const where = takeFrom(dispute.amount, await heldBy(tx, payment))
  await post(tx, now, {
    key,
    kind: 'dispute',
    lines: [...householdLines(payment.householdId, where), { account: 'disputes', amount: negate(dispute.amount) }],
  })
}

/** The bank took money (`amount` above zero) or gave it back (below), so far `total` in that direction. */
export async function postDisputeMoney(
  tx: Tx,
  now: Temporal.Instant,
  stripeId: string,
  moved: { amount: Cents; total: Cents },
): Promise<void> {
  if (moved.amount === 0) return
  await post(tx, now, {
    key: `dispute-${moved.amount > 0 ? 'withdrawn' : 'reinstated'}:${stripeId}:${moved.total}`,
    kind: 'dispute',
    lines: [
      { account: 'disputes', amount: moved.amount },
      { account: 'stripe:clearing', amount: negate(moved.amount) },
    ],
  })
}

/** Won: the household does not owe it any more. */
export async function postDisputeWon(tx: Tx, now: Temporal.Instant, stripeId: string): Promise<void> {
  const opened = await linesOf(tx, [`dispute:${stripeId}`])
  if (opened.length === 0) return
  await post(tx, now, {
    key: `dispute-won:${stripeId}`,
    kind: 'dispute-won',
    lines: opened.map(line => ({ ...line, amount: negate(line.amount) })),
  })
}

/** Stripe's money reached the town's bank; or, when it failed, came back to Stripe. */
export async function postPayout(
  tx: Tx,
  now: Temporal.Instant,
  payout: { stripeId: string; amount: Cents },
  outcome: 'paid' | 'failed',
): Promise<void> {
  if (payout.amount === 0) return
  const amount = outcome === 'paid' ? payout.amount : negate(payout.amount)
  await post(tx, now, {
    key: `${outcome === 'paid' ? 'payout' : 'payout-failed'}:${payout.stripeId}`,
    kind: 'payout',
    lines: [
      { account: 'bank', amount },
      { account: 'stripe:clearing', amount: negate(amount) },
    ],
  })
}

/** The lines of these postings, as they were posted. */
async function linesOf(db: Queries, keys: readonly string[]): Promise<(PostingLine & { invoiceId?: Id<'invoice'> })[]> {
  const rows = await db
    .select({ account: ledgerLines.account, amount: ledgerLines.amount, invoiceId: ledgerLines.invoiceId })
    .from(ledgerLines)
    .innerJoin(ledgerPostings, eq(ledgerPostings.id, ledgerLines.postingId))
    .where(inArray(ledgerPostings.key, [...keys]))
    .orderBy(ledgerLines.postingId, ledgerLines.position)
  return rows.map(({ account, amount, invoiceId }) => ({
    account: account as Account,
    amount,
    ...(invoiceId ? { invoiceId } : {}),
  }))
}

/** What of a payment still stands on each invoice, after its refunds and disputes. */
async function heldBy(db: Queries, payment: Payment): Promise<Where[]> {
  const keys = [`payment:${payment.id}`]
  for (const { id } of await refundsOf(db, payment.id)) keys.push(`refund:${id}`, `refund-failed:${id}`)
  for (const { stripeId } of await disputesOf(db, payment.id))
    keys.push(`dispute:${stripeId}`, `dispute-won:${stripeId}`)
  const held = new Map<Id<'invoice'> | null, number>()
  for (const { account, amount, invoiceId = null } of await linesOf(db, keys))
    if (account.startsWith('household:')) held.set(invoiceId, (held.get(invoiceId) ?? 0) - amount)
  return [...held].flatMap(([invoiceId, amount]) => (amount > 0 ? [{ invoiceId, amount: cents(amount) }] : []))
}
