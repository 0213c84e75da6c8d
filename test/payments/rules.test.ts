import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Id } from '../../src/kernel/ids.ts'
import { type Cents, cents, sum } from '../../src/kernel/money.ts'
import {
  allocate,
  difference,
  isUsable,
  LEAST_ONLINE,
  MOST_ONLINE,
  mayStillOpen,
  partsToPay,
  sameParts,
  sessionExpiry,
  takeFrom,
} from '../../src/payments/rules.ts'
import { disputeMoves, paymentMoves, refundMoves, statesBefore } from '../../src/payments/states.ts'

const invoice = (n: number) => `invoice-${n}` as Id<'invoice'>
const online = { least: LEAST_ONLINE, most: MOST_ONLINE }
const at = (text: string) => Temporal.Instant.from(text)
const owedList = fc
  .array(fc.integer({ min: -500, max: 20_000 }), { minLength: 1, maxLength: 6 })
  .map(amounts => amounts.map((owed, n) => ({ invoiceId: invoice(n), owed: cents(owed) })))

test('all that is owed is paid, invoice by invoice; what was paid meanwhile is left out', () => {
  const wanted = [
    { invoiceId: invoice(1), owed: cents(2940) },
    { invoiceId: invoice(2), owed: cents(0) },
    { invoiceId: invoice(3), owed: cents(-100) },
    { invoiceId: invoice(4), owed: cents(60) },
  ]
  assert.deepEqual(partsToPay(wanted, undefined, online), [
    { invoiceId: invoice(1), amount: 2940 },
    { invoiceId: invoice(4), amount: 60 },
  ])
})

test('what is asked for is never more than is owed, and never below what can be paid online', () => {
  fc.assert(
    fc.property(owedList, fc.option(fc.integer({ min: -10, max: 30_000 }), { nil: undefined }), (wanted, amount) => {
      let parts: readonly { invoiceId: Id<'invoice'>; amount: Cents }[]
      try {
        parts = partsToPay(wanted, amount === undefined ? undefined : cents(amount), online)
      } catch {
        return
      }
      const owed = new Map(wanted.map(one => [one.invoiceId, one.owed]))
      for (const part of parts) assert.ok(part.amount > 0 && part.amount <= (owed.get(part.invoiceId) ?? 0))
      const total = sum(parts.map(part => part.amount))
      assert.ok(total >= LEAST_ONLINE)
      if (amount !== undefined) assert.equal(total, amount)
      // What is left of each can be paid online too, or is nothing.
      for (const part of parts) {
        const left = (owed.get(part.invoiceId) ?? 0) - part.amount
        assert.ok(left === 0 || left >= LEAST_ONLINE)
      }
    }),
  )
})

test('money that has arrived goes to the invoices up to what they owe, the rest to the household, and none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: -2000, max: 12_000 })), {
        minLength: 1,
        maxLength: 6,
      }),
      pairs => {
        const parts = pairs.map(([amount], n) => ({ invoiceId: invoice(n), amount: cents(amount) }))
        const owed = new Map(pairs.map(([, owes], n) => [invoice(n), cents(owes)]))
        const where = allocate(parts, owed)
        assert.equal(sum(where.map(one => one.amount)), sum(parts.map(one => one.amount)))
        for (const { invoiceId, amount } of where) {
          assert.ok(amount > 0)
          if (invoiceId) assert.ok(amount <= Math.max(0, owed.get(invoiceId) ?? 0))
        }
      },
    ),
  )
})

test('an amount taken from what is held is taken whole, from the first parts first', () => {
  assert.deepEqual(
    takeFrom(cents(120), [
      { invoiceId: null, amount: cents(50) },
      { invoiceId: invoice(1), amount: cents(100) },
    ]),
    [
      { invoiceId: null, amount: 50 },
      { invoiceId: invoice(1), amount: 70 },
    ],
  )
  assert.deepEqual(takeFrom(cents(30), [{ invoiceId: invoice(1), amount: cents(10) }]), [
    { invoiceId: invoice(1), amount: 10 },
    { invoiceId: null, amount: 20 },
  ])
})

test('two payments are the same for the same amounts of the same invoices, in any order', () => {
  const a = { invoiceId: invoice(1), amount: cents(10) }
  const b = { invoiceId: invoice(2), amount: cents(20) }
  assert.ok(sameParts([a, b], [b, a]))
  assert.ok(!sameParts([a, b], [a]))
  assert.ok(!sameParts([a], [a, b]))
  assert.ok(!sameParts([a], [{ ...a, amount: cents(11) }]))
})

test('a page that is about to close is not handed out; one without a page may still get it while Stripe allows', () => {
  const createdAt = at('2026-11-23T09:00:00Z')
  const page = { createdAt, sessionUrl: 'https://checkout.example/1', sessionExpiresAt: sessionExpiry(createdAt) }
  assert.ok(isUsable(page, at('2026-11-23T10:55:00Z')))
  assert.ok(!isUsable(page, at('2026-11-23T10:55:01Z')))
  const without = { createdAt, sessionUrl: null, sessionExpiresAt: null }
  assert.ok(isUsable(without, at('2026-11-23T10:29:00Z')))
  assert.ok(!isUsable(without, at('2026-11-23T10:29:01Z')))
  assert.ok(!mayStillOpen(createdAt, at('2026-11-24T09:00:00Z')))
})

test('what Stripe holds is compared with what was asked for', () => {
  const payment = { id: 'p1', amount: cents(2940), sessionId: 'cs_1' }
  const session = { id: 'cs_1', reference: 'p1', amount: cents(2940), currency: 'eur' }
  assert.equal(difference(payment, session), undefined)
  assert.equal(difference({ ...payment, sessionId: null }, session), undefined)
  for (const wrong of [
    { id: 'cs_2' },
    { reference: 'p2' },
    { reference: null },
    { amount: cents(1) },
    { currency: 'usd' },
  ])
    assert.ok(difference(payment, { ...session, ...wrong }), JSON.stringify(wrong))
})

test('payments, refunds and disputes only move forward: no way leads back to where it came from', () => {
  for (const moves of [paymentMoves, refundMoves, disputeMoves] as Record<string, readonly string[]>[])
    for (const from of Object.keys(moves)) {
      const reached = new Set<string>()
      const walk = (state: string) => {
        for (const next of moves[state] ?? []) {
          if (reached.has(next)) continue
          reached.add(next)
          walk(next)
        }
      }
      walk(from)
      assert.ok(!reached.has(from), `one comes back to ${from}`)
    }
  assert.deepEqual(paymentMoves.succeeded, [])
  assert.deepEqual(statesBefore(paymentMoves, 'succeeded').sort(), [
    'cancelled',
    'created',
    'expired',
    'failed',
    'open',
    'processing',
  ])
})
