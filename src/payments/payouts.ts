import type { Queries, Tx } from '../db/database.ts'
import { and, asc, desc, eq, inArray, lt, or } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, sum } from '../kernel/money.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { raiseAlert } from './alerts.ts'
import { type BelievedBalanceLine, type BelievedPayout, believedBalanceLine } from './believed.ts'
import { feeKey, postFee, postPayout } from './postings.ts'
import { type EventOutcome, payments, payoutLines, payouts } from './schema.ts'
import { stripeFault, stripeOf } from './stripe-client.ts'

export type Payout = typeof payouts.$inferSelect
export const PAYOUTS_PER_PAGE = 25

const STATES: Readonly<Record<string, Payout['state']>> = { paid: 'paid', failed: 'failed', canceled: 'failed' }
/** After that long, what Stripe has not listed will not come any more. */
const LISTED_WITHIN = Temporal.Duration.from({ hours: 24 })
/** How far a payout has come: never back. */
const ORDER: Readonly<Record<Payout['state'], number>> = { 'on-its-way': 0, paid: 1, failed: 2 }

/** Believes a payout: money that Stripe sends to the town's bank. */
export async function applyPayout(tx: Tx, now: Temporal.Instant, told: BelievedPayout): Promise<EventOutcome> {
  const state = STATES[told.status] ?? 'on-its-way'
  const { arrivalDate, amount, id: stripeId } = told
  const [written] = await tx
    .insert(payouts)
    .values({ stripeId, amount, arrivalDate, state: 'on-its-way', createdAt: told.createdAt, changedAt: now })
    .onConflictDoNothing()
    .returning()
  // Held until the transaction ends: two events of one payout come one after the other.
  const [known] = await tx.update(payouts).set({ stripeId }).where(eq(payouts.stripeId, stripeId)).returning()
  if (!known) throw new Error(`the payout ${stripeId} is not there`)
  if (known.amount !== amount || told.currency !== 'eur') {
    const details = { stripeId, expected: `${known.amount} eur`, found: `${amount} ${told.currency}` }
    await raiseAlert(tx, now, { kind: 'payout-unexplained', key: `payout-differs:${stripeId}`, details })
    return 'parked'
  }
  if (ORDER[state] <= ORDER[known.state]) return written ? 'applied' : 'nothing-to-do'
  await tx.update(payouts).set({ state, arrivalDate, changedAt: now }).where(eq(payouts.stripeId, stripeId))
  if (state === 'paid') {
    await postPayout(tx, now, known, 'paid')
    await promiseMatch(tx, now, stripeId)
  } else {
    if (known.state === 'paid') await postPayout(tx, now, known, 'failed')
    await raiseAlert(tx, now, {
      kind: 'payout-failed',
      key: `payout-failed:${stripeId}`,
      details: { stripeId, amount },
    })
  }
  return 'applied'
}

async function promiseMatch(tx: Tx, now: Temporal.Instant, stripeId: string): Promise<void> {
  await outbox(tx, now, {
    topic: 'payments.match-payout',
    payload: { payoutId: stripeId },
    key: `payments.match-payout:${stripeId}`,
  })
}

/**
 * Reads what a payout is made of, and finds the payment of ours behind each line. While Stripe has not listed all of it,
 * nothing is written: the reconciler comes back.
 */
export async function matchPayout(town: Town, payoutId: string): Promise<void> {
  const lines = await linesAtStripe(town, payoutId)
  const now = town.clock.now()
  const { amount, createdAt } = await payoutById(town.db.read, payoutId)
  const isWhole = sum(lines.map(line => line.net)) === amount
  if (!isWhole && Temporal.Instant.compare(now, createdAt.add(LISTED_WITHIN)) < 0) return
  await town.db.transaction(async tx => {
    const [payout] = await tx.update(payouts).set({ matchedAt: now }).where(eq(payouts.stripeId, payoutId)).returning()
    if (!payout) return
    const ours = await paymentsOfIntents(tx, lines)
    for (const line of lines) {
      const paymentId = ours.get(line.intentId ?? '') ?? null
      await tx
        .insert(payoutLines)
        .values({
          stripeId: line.id,
          payoutId,
          kind: line.category,
          sourceId: line.sourceId,
          paymentId,
          gross: line.gross,
          fee: line.fee,
          net: line.net,
        })
        .onConflictDoUpdate({ target: payoutLines.stripeId, set: { payoutId, paymentId } })
      if (line.category === 'charge' && paymentId) await postFee(tx, now, feeKey(paymentId), line.fee)
      // What Stripe takes for itself, such as the month's subscription.
      if (line.category === 'fee') await postFee(tx, now, `stripe-fee:${line.id}`, cents(0 - line.net))
    }
    const explained = explain(payout, await linesOfPayout(tx, payoutId))
    if (explained.unexplained.length > 0 || explained.difference !== 0)
      await raiseAlert(tx, now, {
        kind: 'payout-unexplained',
        key: `payout-unexplained:${payoutId}`,
        details: { stripeId: payoutId, amount: explained.unexplainedAmount },
      })
  })
}

async function linesAtStripe(town: Town, payout: string): Promise<BelievedBalanceLine[]> {
  const lines: BelievedBalanceLine[] = []
  try {
    const list = stripeOf(town.config).balanceTransactions.list({ payout, limit: 100, expand: ['data.source'] })
    for await (const line of list) lines.push(believedBalanceLine(line))
  } catch (error) {
    // Stripe cannot say what a payout is made of that somebody asked for by hand: all of it is then unexplained.
    if (stripeFault(error)?.kind !== 'refused') throw error
  }
  return lines.filter(line => line.category !== 'payout')
}

async function paymentsOfIntents(tx: Tx, lines: readonly BelievedBalanceLine[]): Promise<Map<string, Id<'payment'>>> {
  const intents = [...new Set(lines.flatMap(({ intentId }) => (intentId ? [intentId] : [])))]
  const found = new Map<string, Id<'payment'>>()
  for (let from = 0; from < intents.length; from += 500) {
    const rows = await tx
      .select({ id: payments.id, intentId: payments.intentId })
      .from(payments)
      .where(inArray(payments.intentId, intents.slice(from, from + 500)))
    for (const { id, intentId } of rows) if (intentId) found.set(intentId, id)
  }
  return found
}

/** The lines of a payout with the receipt of the payment behind each, in the order of their kinds. */
export async function linesOfPayout(db: Queries, payoutId: string) {
  return db
    .select({
      stripeId: payoutLines.stripeId,
      kind: payoutLines.kind,
      sourceId: payoutLines.sourceId,
      paymentId: payoutLines.paymentId,
      receiptNumber: payments.receiptNumber,
      gross: payoutLines.gross,
      fee: payoutLines.fee,
      net: payoutLines.net,
    })
    .from(payoutLines)
    .leftJoin(payments, eq(payments.id, payoutLines.paymentId))
    .where(eq(payoutLines.payoutId, payoutId))
    .orderBy(asc(payoutLines.kind), asc(payments.receiptNumber), asc(payoutLines.stripeId))
}

export type ShownLine = Awaited<ReturnType<typeof linesOfPayout>>[number]

export type Explained = {
  /** Sums of what comes from our own payments and of Stripe's fees, by kind. */
  kinds: { kind: string; count: number; gross: Cents; fee: Cents; net: Cents }[]
  /** Lines of nothing that we know. */
  unexplained: ShownLine[]
  unexplainedAmount: Cents
  /** What the bank got beyond the sum of the lines; 0 once all lines are there. */
  difference: Cents
}

/** The bank's line to the cent: what is known, what is not, and what is still missing. */
export function explain(payout: { amount: Cents }, lines: readonly ShownLine[]): Explained {
  const known = lines.filter(line => line.paymentId !== null || line.kind === 'fee')
  const unexplained = lines.filter(line => !known.includes(line))
  const kinds = [...Map.groupBy(known, line => line.kind)].map(([kind, some]) => ({
    kind,
    count: some.length,
    gross: sum(some.map(line => line.gross)),
    fee: sum(some.map(line => line.fee)),
    net: sum(some.map(line => line.net)),
  }))
  const difference = cents(payout.amount - sum(lines.map(line => line.net)))
  return {
    kinds,
    unexplained,
    unexplainedAmount: cents(sum(unexplained.map(line => line.net)) + difference),
    difference,
  }
}

/** The latest first, one more than a page; `before` is the last one of the page before. */
export async function payoutsOf(db: Queries, before?: Payout): Promise<Payout[]> {
  return db
    .select()
    .from(payouts)
    .where(
      before
        ? or(
            lt(payouts.createdAt, before.createdAt),
            and(eq(payouts.createdAt, before.createdAt), lt(payouts.stripeId, before.stripeId)),
          )
        : undefined,
    )
    .orderBy(desc(payouts.createdAt), desc(payouts.stripeId))
    .limit(PAYOUTS_PER_PAGE + 1)
}

export async function payoutById(db: Queries, stripeId: string): Promise<Payout> {
  const [payout] = await db.select().from(payouts).where(eq(payouts.stripeId, stripeId))
  if (!payout) throw notFound()
  return payout
}
