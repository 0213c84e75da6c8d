import assert from 'node:assert/strict'
import { test } from 'node:test'
import type Stripe from 'stripe'
import { idOf, lineOf, refusal, sessionFor, standInWorld } from './support.ts'

const DAY = 86_400_000

/** A paid session of that many cents, and its charge. */
async function paid(world: Awaited<ReturnType<typeof standInWorld>>, card = 'success', cents = 2940) {
  const session = await sessionFor(world.stripe, { line_items: [lineOf(cents)] })
  await world.control.pay({ session: session.id, card })
  const intent = idOf((await world.stripe.checkout.sessions.retrieve(session.id)).payment_intent)
  const { data } = await world.stripe.charges.list({ payment_intent: intent })
  return { intent, charge: data[0]! }
}

const balanceOf = async (stripe: Stripe) => {
  const { available, pending } = await stripe.balance.retrieve()
  return { available: available[0]?.amount, pending: pending[0]?.amount }
}

test('a refund gives back a part, then the rest, and never a cent more', async t => {
  const world = await standInWorld(t)
  const { stripe, told } = world
  const { intent, charge } = await paid(world)
  const part = await stripe.refunds.create({
    payment_intent: intent,
    amount: 940,
    reason: 'requested_by_customer',
    metadata: { why: 'absence' },
  })
  assert.partialDeepStrictEqual(part, {
    object: 'refund',
    amount: 940,
    status: 'succeeded',
    charge: charge.id,
    payment_intent: intent,
    reason: 'requested_by_customer',
    metadata: { why: 'absence' },
  })
  const line = await stripe.balanceTransactions.retrieve(idOf(part.balance_transaction))
  assert.deepEqual([line.type, line.amount, line.fee, line.net, line.source], ['refund', -940, 0, -940, part.id])

  const tooMuch = await refusal(stripe.refunds.create({ charge: charge.id, amount: 2001 }))
  assert.equal(tooMuch.statusCode, 400)
  assert.match(tooMuch.message, /Refund amount \(€20\.01\) is greater than unrefunded amount on charge \(€20\.00\)/)
  const rest = await stripe.refunds.create({ charge: charge.id })
  assert.equal(rest.amount, 2000)
  const after = await stripe.charges.retrieve(charge.id)
  assert.deepEqual([after.amount_refunded, after.refunded], [2940, true])
  const done = await refusal(stripe.refunds.create({ charge: charge.id, amount: 1 }))
  assert.deepEqual([done.code, done.statusCode], ['charge_already_refunded', 400])
  assert.deepEqual(
    (await stripe.refunds.list({ payment_intent: intent })).data.map(one => one.id),
    [rest.id, part.id],
  )
  assert.deepEqual((await stripe.refunds.list({ charge: 'ch_other' })).data, [])
  assert.equal((await stripe.refunds.retrieve(part.id)).amount, 940)
  assert.deepEqual((await told()).slice(-4), ['refund.created', 'charge.refunded', 'refund.created', 'charge.refunded'])
})

test('two clerks refunding the whole at once give it back once', async t => {
  const world = await standInWorld(t)
  const { charge } = await paid(world)
  const both = await Promise.allSettled([
    world.stripe.refunds.create({ charge: charge.id }),
    world.stripe.refunds.create({ charge: charge.id }),
  ])
  assert.deepEqual(both.map(one => one.status).sort(), ['fulfilled', 'rejected'])
  assert.equal((await world.stripe.charges.retrieve(charge.id)).amount_refunded, 2940)
})

test('a refund needs a payment that succeeded, named one way or the other', async t => {
  const world = await standInWorld(t)
  const { stripe } = world
  assert.match((await refusal(stripe.refunds.create({}))).message, /payment_intent or charge/)
  const lost = await refusal(stripe.refunds.create({ payment_intent: 'pi_nowhere' }))
  assert.deepEqual([lost.code, lost.param], ['resource_missing', 'payment_intent'])
  assert.equal((await refusal(stripe.refunds.create({ charge: 'ch_nowhere' }))).param, 'charge')
  const { intent, charge } = await paid(world, 'declined')
  assert.equal(
    (await refusal(stripe.refunds.create({ payment_intent: intent }))).code,
    'payment_intent_unexpected_state',
  )
  assert.equal((await refusal(stripe.refunds.create({ charge: charge.id }))).code, 'charge_not_refundable')
  const good = await paid(world)
  for (const amount of [0, -1, 1.5]) {
    assert.equal((await refusal(stripe.refunds.create({ charge: good.charge.id, amount }))).param, 'amount')
  }
  assert.equal(
    (await refusal(stripe.refunds.create({ charge: good.charge.id, payment_intent: intent }))).param,
    'charge',
  )
})

test('a refund that fails puts the money back, and can be asked again', async t => {
  const world = await standInWorld(t)
  const { stripe, control, told, webhook } = world
  const { charge } = await paid(world)
  const refund = await stripe.refunds.create({ charge: charge.id, amount: 1000 })
  await control.failRefund({ refund: refund.id })
  const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] })
  assert.deepEqual([failed.status, failed.failure_reason], ['failed', 'expired_or_canceled_card'])
  assert.partialDeepStrictEqual(failed.failure_balance_transaction, { type: 'refund_failure', amount: 1000, net: 1000 })
  assert.equal((await stripe.charges.retrieve(charge.id)).amount_refunded, 0)
  assert.deepEqual((await told()).slice(-3), ['refund.updated', 'charge.refund.updated', 'refund.failed'])
  assert.deepEqual(webhook.received.at(-1)?.event.data.previous_attributes, { status: 'succeeded' })
  await assert.rejects(control.failRefund({ refund: refund.id }), /failed already/)
  assert.equal((await stripe.refunds.create({ charge: charge.id })).amount, 2940)
})

test('some refunds end later: slowly well, or badly', async t => {
  let now = Date.now()
  const world = await standInWorld(t, { now: () => now })
  const { stripe } = world
  const slow = await stripe.refunds.create({ charge: (await paid(world, 'refund-pending')).charge.id })
  const bad = await stripe.refunds.create({ charge: (await paid(world, 'refund-fails')).charge.id })
  assert.deepEqual([slow.status, bad.status], ['pending', 'succeeded'])
  now += 30_000
  assert.equal((await stripe.refunds.retrieve(slow.id)).status, 'succeeded')
  assert.equal((await stripe.refunds.retrieve(bad.id)).status, 'failed')
})

test('a disputed payment leaves the balance with its fee, and comes back without it if won', async t => {
  const world = await standInWorld(t)
  const { stripe, control, told } = world
  const { intent, charge } = await paid(world)
  const opened = await control.dispute({ payment: intent })
  const dispute = await stripe.disputes.retrieve(opened.id)
  assert.partialDeepStrictEqual(dispute, {
    amount: 2940,
    charge: charge.id,
    payment_intent: intent,
    status: 'needs_response',
    reason: 'fraudulent',
  })
  assert.deepEqual(
    dispute.balance_transactions.map(line => [line.amount, line.fee, line.net]),
    [[-2940, 2000, -4940]],
  )
  assert.equal((await stripe.charges.retrieve(charge.id)).disputed, true)
  assert.equal((await refusal(stripe.refunds.create({ charge: charge.id }))).code, 'charge_disputed')
  await assert.rejects(control.dispute({ payment: charge.id }), /once/)
  assert.equal((await balanceOf(stripe)).available, -4940)

  await control.closeDispute({ dispute: dispute.id, outcome: 'won' })
  const won = await stripe.disputes.retrieve(dispute.id)
  assert.equal(won.status, 'won')
  assert.deepEqual(
    won.balance_transactions.map(line => line.net),
    [-4940, 2940],
  )
  await assert.rejects(control.closeDispute({ dispute: dispute.id, outcome: 'lost' }), /closed already/)
  assert.deepEqual((await told()).slice(5), [
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.funds_reinstated',
    'charge.dispute.closed',
  ])
})

test('a dispute lost gives nothing back; it takes only what was not refunded', async t => {
  const world = await standInWorld(t)
  const { stripe, control, told } = world
  const { charge } = await paid(world)
  await stripe.refunds.create({ charge: charge.id, amount: 940 })
  const { id } = await control.dispute({ payment: charge.id, reason: 'product_not_received' })
  await control.closeDispute({ dispute: id, outcome: 'lost' })
  const [lost] = (await stripe.disputes.list({ charge: charge.id })).data
  assert.deepEqual([lost?.status, lost?.amount, lost?.balance_transactions.length], ['lost', 2000, 1])
  assert.equal((await told()).at(-1), 'charge.dispute.closed')

  const contested = await paid(world, 'disputed')
  assert.equal((await stripe.disputes.list({ payment_intent: contested.intent })).data.length, 1)
})

test('the fee is 1.5 % and 25 cents, the cent rounded half up', async t => {
  const world = await standInWorld(t)
  for (const [cents, fee] of [
    [50, 26],
    [100, 27],
    [167, 28],
    [2940, 69],
    [100_000, 1525],
  ] as const) {
    const { charge } = await paid(world, 'success', cents)
    const line = await world.stripe.balanceTransactions.retrieve(idOf(charge.balance_transaction))
    assert.deepEqual([line.fee, line.net, line.fee_details[0]?.amount], [fee, cents - fee, fee])
  }
})

test('a payout takes what is available, and its lines explain it to the cent', async t => {
  let now = Date.UTC(2026, 10, 23, 12)
  const world = await standInWorld(t, { now: () => now })
  const { stripe, control } = world
  const first = await paid(world)
  await stripe.refunds.create({ charge: first.charge.id, amount: 500 })
  await assert.rejects(control.payout({}), /insufficient funds/)
  assert.deepEqual(await balanceOf(stripe), { available: -500, pending: 2871 })
  now += 4 * DAY
  const late = await paid(world, 'success', 1000)
  const ready = await paid(world, 'funds-available', 2000)

  const payout = await control.payout({})
  assert.equal(payout.amount, 2871 - 500 + 1945)
  const known = await stripe.payouts.retrieve(payout.id, { expand: ['balance_transaction'] })
  assert.partialDeepStrictEqual(known, { status: 'paid', currency: 'eur', arrival_date: now / 1000, automatic: true })
  assert.partialDeepStrictEqual(known.balance_transaction, { type: 'payout', amount: -payout.amount, fee: 0 })
  const lines = await stripe.balanceTransactions.list({ payout: payout.id })
  assert.deepEqual(
    lines.data.map(line => [line.type, line.net]),
    [
      ['payout', -4316],
      ['charge', 1945],
      ['refund', -500],
      ['charge', 2871],
    ],
  )
  assert.equal(
    lines.data.reduce((sum, line) => sum + line.net, 0),
    0,
  )
  assert.deepEqual(await balanceOf(stripe), { available: 0, pending: 960 })
  const bySource = await stripe.balanceTransactions.list({ source: ready.charge.id })
  assert.deepEqual(
    bySource.data.map(line => line.net),
    [1945],
  )
  assert.equal((await refusal(stripe.balanceTransactions.list({ payout: 'po_nowhere' }))).param, 'payout')

  const second = await control.payout({ pendingToo: true })
  assert.equal(second.amount, 960)
  const countOf = async (id: string) => (await stripe.balanceTransactions.list({ payout: id })).data.length
  assert.deepEqual([await countOf(payout.id), await countOf(second.id)], [4, 2], 'a line leaves in one payout only')
  assert.deepEqual(await balanceOf(stripe), { available: 0, pending: 0 })
  const [latest, earlier] = (await stripe.payouts.list()).data
  assert.deepEqual([latest?.id, earlier?.id], [second.id, payout.id])
  assert.equal((await stripe.payouts.list({ arrival_date: { gt: now / 1000 } })).data.length, 0)
  const paidEvents = await stripe.events.list({ type: 'payout.paid' })
  assert.equal(paidEvents.data.length, 2)
  assert.ok(late.charge.balance_transaction)
})

test('a bank debit is booked when the bank has paid, and its refund is slow', async t => {
  const world = await standInWorld(t)
  const { stripe, control } = world
  const { intent } = await paid(world, 'late-success')
  assert.deepEqual(await balanceOf(stripe), { available: 0, pending: 0 })
  assert.equal(
    (await refusal(stripe.refunds.create({ payment_intent: intent }))).code,
    'payment_intent_unexpected_state',
  )
  await control.settle({ paymentIntent: intent })
  assert.deepEqual(await balanceOf(stripe), { available: 0, pending: 2871 })
  const refund = await stripe.refunds.create({ payment_intent: intent })
  assert.equal(refund.status, 'pending')
  assert.deepEqual(await control.settleAll(), { settled: 1 })
  assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'succeeded')
})
