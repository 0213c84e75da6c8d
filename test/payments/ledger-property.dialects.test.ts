import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { balanceOf } from '../../src/billing/ledger.ts'
import { inArray } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { takeEvent } from '../../src/payments/events.ts'
import { refundPayment } from '../../src/payments/refunds.ts'
import { refunds, stripeEvents } from '../../src/payments/schema.ts'
import { stripeOf } from '../../src/payments/stripe-client.ts'
import { clerkAccount, family } from '../support/family.ts'
import { invoiceOf, payingTown } from './support.ts'

const t = await payingTown()
const office = await clerkAccount(t, 'cash-office')
const db = () => t.town.db.read
const stripe = stripeOf(t.town.config)

const CARDS = [
  'success',
  'declined',
  'late-success',
  'late-failure',
  'refund-fails',
  'refund-pending',
  'disputed',
] as const

/** What may happen outside, in any order; `of` picks one of the payments begun so far. */
const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pay'),
      card: fc.constantFrom(...CARDS),
      amount: fc.integer({ min: 50, max: 9_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('refund'), of: fc.nat(), amount: fc.integer({ min: 1, max: 9_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('refund-at-stripe'),
      of: fc.nat(),
      amount: fc.integer({ min: 1, max: 4_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('dispute'), of: fc.nat(), outcome: fc.constantFrom('won', 'lost', 'open') }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'settle' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'payout' }) },
) as fc.Arbitrary<{ do: string; card?: string; amount?: number; of?: number; outcome?: string }>

const story = fc.record({
  happenings: fc.array(happening, { minLength: 3, maxLength: 10 }),
  /** In which order the webhooks come, and how often each. */
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
})

async function accountsAreRight(when: string) {
  assert.deepEqual([...(await t.faults()), ...(await checkLedger(db()))], [], when)
}

/** Says no when it must (nothing left, contested already …); anything else is a fault. */
async function mayBeRefused(act: () => Promise<unknown>) {
  try {
    await act()
  } catch (error) {
    if (
      !(error instanceof Problem) &&
      !String((error as { type?: unknown }).type).startsWith('Stripe') &&
      !isRefusal(error)
    )
      throw error
  }
}
const isRefusal = (error: unknown) => error instanceof Error && error.name === 'StripeRefusal'

test('whatever happens, and in whatever order it is told, the accounts are right at every step and agree with Stripe at the end', async () => {
  const parent = await family(t, { signedIn: false })
  await fc.assert(
    fc.asyncProperty(story, async ({ happenings, seed }) => {
      // Nothing is told by Stripe's own webhooks: the test tells its events, shuffled and repeated.
      await t.control.webhooks({ drop: 100_000 })
      const begun: Id<'payment'>[] = []
      for (const one of happenings) {
        const picked = begun[(one.of ?? 0) % Math.max(1, begun.length)]
        const intent = picked ? await intentOf(picked) : undefined
        if (one.do === 'pay') {
          const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, one.amount ?? 50)])
          begun.push(id)
          await t.control.pay({ session, card: one.card ?? 'success' })
        } else if (one.do === 'refund' && picked) {
          await mayBeRefused(() =>
            refundPayment(t.town, office.actor, { paymentId: picked, amount: cents(one.amount ?? 1), reason: 'Essai' }),
          )
          await t.settle()
        } else if (one.do === 'refund-at-stripe' && intent) {
          await mayBeRefused(() => stripe.refunds.create({ payment_intent: intent, amount: one.amount ?? 1 }))
        } else if (one.do === 'dispute' && intent) {
          await mayBeRefused(async () => {
            const { id } = await t.control.dispute({ payment: intent })
            if (one.outcome !== 'open') await t.control.closeDispute({ dispute: id, outcome: one.outcome as 'won' })
          })
        } else if (one.do === 'settle') await t.control.settleAll()
        else if (one.do === 'payout') await mayBeRefused(() => t.control.payout({ pendingToo: true }))
        await tellSome(seed)
        await accountsAreRight(one.do)
      }
      await t.control.settleAll()
      await tellAll(seed)
      await t.settle()
      await accountsAreRight('when all was told')
      await t.later({ hours: 4 })
      await t.settle()
      await accountsAreRight('when it was reconciled')
      await agreesWithStripe()
    }),
    { numRuns: 8 },
  )
})

async function intentOf(id: Id<'payment'>): Promise<string | undefined> {
  const { sessionId } = await t.payment(id)
  const session = sessionId ? await t.stripe(`/v1/checkout/sessions/${sessionId}`) : undefined
  const intent = session?.['payment_intent']
  return typeof intent === 'string' ? intent : undefined
}

/** Events that were not told yet, in an order of chance; about a third of them now. */
async function tellSome(seed: number) {
  const events = await untold()
  for (const [i, event] of shuffled(events, seed).entries()) if (i % 3 === 0) await takeEvent(t.town, event)
}

/** All the rest, and half of everything a second time. */
async function tellAll(seed: number) {
  for (const event of shuffled(await untold(), seed)) await takeEvent(t.town, event)
  const all = await eventsAtStripe()
  for (const [i, event] of shuffled(all, seed).entries()) if (i % 2 === 0) await takeEvent(t.town, event)
}

async function eventsAtStripe() {
  const created = { gte: Math.floor(t.town.clock.now().epochMilliseconds / 1000) - 60 }
  return Array.fromAsync(stripe.events.list({ limit: 100, created }))
}

async function untold() {
  const events = await eventsAtStripe()
  if (events.length === 0) return []
  const ids = events.map(event => event.id)
  const known = await db().select({ id: stripeEvents.id }).from(stripeEvents).where(inArray(stripeEvents.id, ids))
  const told = new Set(known.map(({ id }) => id))
  return events.filter(event => !told.has(event.id))
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647 || 1
    return state / 2_147_483_647
  }
  return list
    .map(item => ({ item, rank: next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

/** What we believe to lie at Stripe is what lies there; refunds that wait for a bank have left Stripe, and not our books. */
async function agreesWithStripe() {
  const balance = await stripe.balance.retrieve()
  const there = [...balance.available, ...balance.pending].reduce((total, one) => total + one.amount, 0)
  const waiting = await db()
    .select()
    .from(refunds)
    .where(inArray(refunds.state, ['pending']))
  const pending = waiting.filter(refund => refund.stripeId).reduce((total, refund) => total + refund.amount, 0)
  assert.equal((await balanceOf(db(), 'stripe:clearing')) - pending, there)
}
