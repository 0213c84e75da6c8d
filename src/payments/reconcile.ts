import { and, asc, eq, inArray, isNull, lt, or } from '../db/drizzle.ts'
import { system } from '../kernel/actor.ts'
import type { Town } from '../town-context.ts'
import { raiseAlert } from './alerts.ts'
import { askRefund } from './apply-refund.ts'
import { knownKinds, type StripeEvent, takeEvent } from './events.ts'
import { matchPayout } from './payouts.ts'
import { type PaymentState, payments, payouts, reconciliation, refunds, stripeEvents } from './schema.ts'
import { fetchSession, takeUpAgain } from './sessions.ts'
import { movePayment, type Payment } from './states.ts'
import { noteChecked } from './store.ts'
import { stripeFault, stripeOf } from './stripe-client.ts'

/** At most so many of each kind in one turn: the next one is minutes away. */
const BATCH = 100
/** Events of the last while are read again: Stripe may list one a little after a later one. */
const OVERLAP_S = 600
const STREAM = 'stripe-events'

/** After how long a silence Stripe is asked. A bank debit takes days; a page that is open, minutes. */
const SILENCE: Readonly<Record<'created' | 'open' | 'processing', Temporal.Duration>> = {
  created: Temporal.Duration.from({ minutes: 1 }),
  open: Temporal.Duration.from({ minutes: 10 }),
  processing: Temporal.Duration.from({ hours: 3 }),
}
const REFUND_SILENCE = Temporal.Duration.from({ hours: 1 })

/**
 * What makes lost webhooks harmless: events are read from Stripe's own list since the last one seen, pages that have been
 * silent too long are looked at, payments and refunds that a crash left halfway are taken up again, and payouts are
 * matched. Each part stands for itself: one that fails is logged and met again at the next turn, minutes away.
 */
export async function reconcile(town: Town): Promise<void> {
  const parts: [string, () => Promise<void>][] = [
    ['payments without a page', () => takeUpCreated(town)],
    ['events', () => readEvents(town)],
    ['silent payments', () => askSilent(town, 'open')],
    ['silent debits', () => askSilent(town, 'processing')],
    ['refunds', () => askRefunds(town)],
    ['payouts', () => matchPayouts(town)],
  ]
  for (const [part, run] of parts) {
    try {
      await run()
    } catch (error) {
      const fault = stripeFault(error)
      town.log.warn({ part, ...(fault ? { fault } : { err: error }) }, 'reconciliation')
    }
  }
}

async function silentSince(town: Town, state: keyof typeof SILENCE & PaymentState) {
  const before = town.clock.now().subtract(SILENCE[state])
  return town.db.read
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.state, state),
        lt(payments.changedAt, before),
        or(isNull(payments.checkedAt), lt(payments.checkedAt, before)),
      ),
    )
    .orderBy(asc(payments.id))
    .limit(BATCH)
}

async function takeUpCreated(town: Town): Promise<void> {
  await each(await silentSince(town, 'created'), payment => takeUpAgain(town, payment))
}

async function askSilent(town: Town, state: 'open' | 'processing'): Promise<void> {
  await each(await silentSince(town, state), async payment => {
    if (!payment.sessionId) return
    try {
      await fetchSession(town, payment.sessionId)
    } catch (error) {
      if (stripeFault(error)?.code !== 'resource_missing') throw error
      await forgetMissing(town, payment)
    }
  })
}

/** Stripe does not know the page: the key is of another account now. Nobody can pay there any more. */
async function forgetMissing(town: Town, payment: Payment): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    await noteChecked(tx, payment.id, now)
    if (payment.state === 'open')
      await movePayment(tx, now, system('stripe'), payment.id, 'expired', { failure: 'resource_missing' })
    else
      await raiseAlert(tx, now, {
        kind: 'session-differs',
        key: `session-missing:${payment.id}`,
        paymentId: payment.id,
        details: { expected: payment.sessionId ?? '', found: 'resource_missing' },
      })
  })
}

/** Refunds whose job was lost, and those that a bank is slow to answer. */
async function askRefunds(town: Town): Promise<void> {
  const now = town.clock.now()
  const waiting = await town.db.read
    .select()
    .from(refunds)
    .where(and(eq(refunds.state, 'pending'), lt(refunds.changedAt, now.subtract(REFUND_SILENCE))))
    .orderBy(asc(refunds.id))
    .limit(BATCH)
  await each(waiting, async refund => {
    await askRefund(town, refund.id)
    await town.db.transaction(async tx => {
      await tx
        .update(refunds)
        .set({ changedAt: now })
        .where(and(eq(refunds.id, refund.id), eq(refunds.state, 'pending')))
    })
  })
}

async function matchPayouts(town: Town): Promise<void> {
  const unmatched = await town.db.read
    .select({ stripeId: payouts.stripeId })
    .from(payouts)
    .where(and(eq(payouts.state, 'paid'), isNull(payouts.matchedAt)))
    .limit(BATCH)
  await each(unmatched, ({ stripeId }) => matchPayout(town, stripeId))
}

/** One that fails is met again at the next turn; the others are done. */
async function each<Row>(rows: readonly Row[], work: (row: Row) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const row of rows) {
    try {
      await work(row)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0] as Error
}

/** Reads Stripe's list of events since the last that was seen. `upTo` moves only when all were taken. */
async function readEvents(town: Town): Promise<void> {
  const seenUpTo = await eventsSeenUpTo(town)
  if (seenUpTo === undefined) return
  const created = { gte: seenUpTo - OVERLAP_S }
  const list = stripeOf(town.config).events.list({ types: [...knownKinds], created, limit: BATCH })
  let upTo = seenUpTo
  let page: StripeEvent[] = []
  for await (const event of list) {
    upTo = Math.max(upTo, event.created)
    page.push(event)
    if (page.length === BATCH) {
      await takeUnseen(town, page)
      page = []
    }
  }
  await takeUnseen(town, page)
  await town.db.transaction(async tx => {
    await tx
      .insert(reconciliation)
      .values({ name: STREAM, upTo })
      .onConflictDoUpdate({ target: reconciliation.name, set: { upTo } })
  })
}

/** In seconds; from the first payment on when nothing was read yet, undefined while none was ever begun. */
async function eventsSeenUpTo(town: Town): Promise<number | undefined> {
  const [seen] = await town.db.read.select().from(reconciliation).where(eq(reconciliation.name, STREAM))
  if (seen) return seen.upTo
  const [first] = await town.db.read
    .select({ at: payments.createdAt })
    .from(payments)
    .where(eq(payments.means, 'card'))
    .orderBy(asc(payments.id))
    .limit(1)
  return first ? Math.floor(first.at.epochMilliseconds / 1000) : undefined
}

/** Those that a webhook told already are left out: they are no duplicates to be counted. */
async function takeUnseen(town: Town, events: readonly StripeEvent[]): Promise<void> {
  if (events.length === 0) return
  const ids = events.map(event => event.id)
  const seen = await town.db.read
    .select({ id: stripeEvents.id })
    .from(stripeEvents)
    .where(inArray(stripeEvents.id, ids))
  const known = new Set(seen.map(({ id }) => id))
  // Oldest first, as they happened: fewer of them have to be looked up.
  for (const event of events.toReversed()) if (!known.has(event.id)) await takeEvent(town, event)
}
