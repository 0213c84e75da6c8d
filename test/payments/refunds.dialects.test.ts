import assert from 'node:assert/strict'
import { test } from 'node:test'
import { balanceOf, householdAccount, owedOn } from '../../src/billing/ledger.ts'
import { eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { mails } from '../../src/mail/schema.ts'
import { alertsAbout } from '../../src/payments/alerts.ts'
import { refundPayment } from '../../src/payments/refunds.ts'
import { refundsOf } from '../../src/payments/store.ts'
import { stripeOf } from '../../src/payments/stripe-client.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { invoiceOf, payingTown } from './support.ts'
import { eventOf, tell } from './support-events.ts'

const t = await payingTown()
const db = () => t.town.db.read
const office = await clerkAccount(t, 'cash-office')

async function paid(amount: number, card = 'success') {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, amount)
  const id = await t.pay(parent, [invoiceId], card)
  return { parent, invoiceId, id }
}
const refund = (paymentId: Id<'payment'>, amount: number, key?: string) =>
  refundPayment(t.town, office.actor, { paymentId, amount: cents(amount), reason: 'Enfant parti', key })

test('a clerk refunds half a payment: the card gets it, the invoice owes it again, the family is told', async () => {
  const { parent, invoiceId, id } = await paid(4000)
  const page = await office.clerk.get(`/guichet/paiements/${id}`)
  assert.match(page.text, /La facture sera de nouveau à payer/)
  const answer = await office.clerk
    .post(`/guichet/paiements/${id}/rembourser`)
    .type('form')
    .send({ amount: '20,00', reason: 'Repas annulés' })
  assert.deepEqual([answer.status, answer.headers['location']], [303, `/guichet/paiements/${id}`])
  assert.equal(await balanceOf(db(), 'refunds:pending'), -2000)
  await t.settle()
  const [one] = await refundsOf(db(), id)
  assert.deepEqual([one?.state, one?.amount, one?.reason], ['succeeded', 2000, 'Repas annulés'])
  assert.equal((await t.payment(id)).refunded, 2000)
  assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 2000)
  assert.equal(await balanceOf(db(), 'refunds:pending'), 0)
  const [letter] = await db()
    .select()
    .from(mails)
    .where(eq(mails.key, `refund:${one?.id}`))
  assert.equal(letter?.to, parent.email)
  const { data } = await t.stripe(`/v1/refunds?payment_intent=${(await t.payment(id)).intentId}`)
  assert.deepEqual(
    data.map(row => [row['amount'], row['metadata']]),
    [[2000, { refund: one?.id }]],
  )
  const shown = await office.clerk.get(`/guichet/paiements/${id}`)
  assert.match(shown.text, /Remboursé en partie/)
  assert.deepEqual(await t.faults(), [])
})

test('a refund comes out of what the family has in its favour first: the paid invoice stays paid', async () => {
  const { parent, invoiceId, id } = await paid(4000)
  // What was given back of another month lies on that month's invoice.
  const other = await invoiceOf(t, parent, 2000)
  await t.pay(parent, [other])
  const { post, revenueAccount } = await import('../../src/billing/ledger.ts')
  await t.town.db.transaction(tx =>
    post(tx, t.town.clock.now(), {
      key: `credit-of-${other}`,
      kind: 'correction',
      lines: [
        { account: householdAccount(parent.household), amount: cents(-1500), invoiceId: other },
        { account: revenueAccount('canteen'), amount: cents(1500) },
      ],
    }),
  )
  await refund(id, 1500)
  await t.settle()
  const owed = await owedOn(db(), [invoiceId, other])
  assert.deepEqual([owed.get(invoiceId), owed.get(other)], [0, 0])
  assert.equal(await balanceOf(db(), householdAccount(parent.household)), 0)
  assert.deepEqual(await t.faults(), [])
})

test('two clerks at once never give back more than was paid', async () => {
  const { id } = await paid(3000)
  const other = await clerkAccount(t, 'cash-office')
  const outcomes = await Promise.allSettled([
    refund(id, 2000),
    refundPayment(t.town, other.actor, { paymentId: id, amount: cents(2000), reason: 'Doublon' }),
  ])
  assert.deepEqual(outcomes.map(one => one.status).sort(), ['fulfilled', 'rejected'])
  const refused = outcomes.find(one => one.status === 'rejected')
  assert.ok(refused?.reason instanceof Problem)
  assert.deepEqual(refused.reason.errors[0], { field: 'amount', code: 'more-than-left', params: { left: 1000 } })
  await t.settle()
  assert.equal((await t.payment(id)).refunded, 2000)
  assert.equal((await refundsOf(db(), id)).length, 1)
  assert.deepEqual(await t.faults(), [])
})

test('the same page sent twice refunds once', async () => {
  const { id } = await paid(3000)
  const form = { amount: '10', reason: 'Doublon', idempotencyKey: crypto.randomUUID() }
  const send = () => office.clerk.post(`/guichet/paiements/${id}/rembourser`).type('form').send(form)
  const answers = await Promise.all([send(), send()])
  assert.deepEqual(
    answers.map(answer => answer.status),
    [303, 303],
  )
  await t.settle()
  assert.equal((await refundsOf(db(), id)).length, 1)
  const key = crypto.randomUUID()
  const api = () =>
    office.clerk
      .post(`/api/v1/payments/${id}/refunds`)
      .set('Idempotency-Key', key)
      .send({ amount: 500, reason: 'Doublon' })
  const [first, second] = [await api(), await api()]
  assert.deepEqual([first.status, second.status], [201, 201])
  assert.equal(first.body.id, second.body.id)
  assert.equal((await t.payment(id)).refunded, 1500)
})

test('more than is left, nothing, or no reason is refused, and what was typed stays', async () => {
  const { id } = await paid(3000)
  for (const [amount, reason, words] of [
    ['30,01', 'Trop perçu', 'plus que ce qui reste à rembourser'],
    ['0', 'Trop perçu', 'Exemple'],
    ['-1', 'Trop perçu', 'Exemple'],
    ['beaucoup', 'Trop perçu', 'Exemple'],
    ['10', '  ', 'Il manque une réponse'],
  ] as const) {
    const page = await office.clerk.post(`/guichet/paiements/${id}/rembourser`).type('form').send({ amount, reason })
    assert.equal(page.status, 422, amount)
    assert.ok(page.text.includes(words), words)
    assert.ok(page.text.includes(`value="${amount}"`), amount)
  }
  assert.deepEqual(await refundsOf(db(), id), [])
  assert.equal((await t.payment(id)).refunded, 0)
})

test('only the cash office refunds', async () => {
  const { parent, id } = await paid(3000)
  const canteen = await clerk(t, 'canteen')
  for (const visitor of [parent.parent, canteen]) {
    const body = { amount: 1000, reason: 'Pour moi' }
    assert.equal((await visitor.post(`/api/v1/payments/${id}/refunds`).send(body)).status, 404)
    assert.equal((await visitor.get(`/guichet/paiements/${id}`)).status, 404)
    assert.equal((await visitor.get('/guichet/paiements')).status, 404)
    const form = { amount: '10', reason: 'Pour moi' }
    assert.equal((await visitor.post(`/guichet/paiements/${id}/rembourser`).type('form').send(form)).status, 404)
  }
  assert.equal((await t.visitor().post(`/api/v1/payments/${id}/refunds`).send({})).status, 401)
  assert.deepEqual(await refundsOf(db(), id), [])
})

test('a refund that the bank sends back returns to the family’s account, and the cash office is told', async () => {
  const { invoiceId, id } = await paid(3000, 'refund-fails')
  await refund(id, 3000)
  await t.settle()
  assert.equal((await refundsOf(db(), id))[0]?.state, 'succeeded')
  assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 3000)
  await t.control.settleAll()
  await t.settle()
  const [failed] = await refundsOf(db(), id)
  assert.equal(failed?.state, 'failed')
  assert.equal((await t.payment(id)).refunded, 0)
  assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 0)
  assert.deepEqual(
    (await alertsAbout(db(), id)).map(alert => alert.kind),
    ['refund-failed'],
  )
  const page = await office.clerk.get(`/guichet/paiements/${id}`)
  assert.match(page.text, /Un remboursement n’est pas arrivé/)
  assert.deepEqual(await t.faults(), [])
  // It may be tried again.
  await refund(id, 3000)
  await t.settle()
  assert.equal((await t.payment(id)).refunded, 3000)
})

test('a refund that takes its time is pending until the bank has it', async () => {
  const { id } = await paid(3000, 'refund-pending')
  await refund(id, 1000)
  await t.settle()
  assert.equal((await refundsOf(db(), id))[0]?.state, 'pending')
  assert.equal(await balanceOf(db(), 'refunds:pending'), -1000)
  assert.deepEqual(await t.faults(), [])
  await t.control.webhooks({ drop: 100 })
  await t.control.settleAll()
  await t.later({ hours: 4 })
  await t.control.behave()
  assert.equal((await refundsOf(db(), id))[0]?.state, 'succeeded')
  assert.equal(await balanceOf(db(), 'refunds:pending'), 0)
})

test('a refund that Stripe refuses has failed, and nothing is owed again', async () => {
  const { invoiceId, id } = await paid(3000)
  await refund(id, 3000)
  await t.control.failNext({ times: 1, status: 400, path: '/v1/refunds' })
  await t.settle()
  await t.control.behave()
  assert.equal((await refundsOf(db(), id))[0]?.state, 'failed')
  assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 0)
  assert.equal((await alertsAbout(db(), id))[0]?.kind, 'refund-failed')
})

test('while Stripe is down a refund waits, and is made once when it is back', async () => {
  const { id } = await paid(3000)
  await t.control.failNext({ times: 1000, status: 500, path: '/v1/refunds' })
  await refund(id, 3000)
  await t.settle()
  assert.equal((await refundsOf(db(), id))[0]?.state, 'pending')
  await t.control.behave()
  await t.later({ minutes: 10 })
  assert.equal((await refundsOf(db(), id))[0]?.state, 'succeeded')
  const { data } = await t.stripe(`/v1/refunds?payment_intent=${(await t.payment(id)).intentId}`)
  assert.equal(data.length, 1)
})

test('a refund made on Stripe’s own site is written down, and the cash office is told', async () => {
  const { invoiceId, id } = await paid(3000)
  const { intentId } = await t.payment(id)
  await stripeOf(t.town.config).refunds.create({ payment_intent: intentId ?? '', amount: 1200 })
  await t.settle()
  const [one] = await refundsOf(db(), id)
  assert.deepEqual([one?.state, one?.amount, one?.requestedBy], ['succeeded', 1200, null])
  assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 1200)
  assert.equal((await alertsAbout(db(), id))[0]?.kind, 'refund-made-at-stripe')
  assert.deepEqual(await t.faults(), [])
})

test('a refund told of in another amount than asked is parked', async () => {
  const { id } = await paid(3000)
  const refundId = await refund(id, 1000)
  const { intentId } = await t.payment(id)
  const object = {
    id: 're_wrong',
    object: 'refund',
    amount: 2999,
    currency: 'eur',
    status: 'succeeded',
    payment_intent: intentId,
    metadata: { refund: refundId },
  }
  const answer = await tell(t, eventOf(t, 'refund.created', object))
  assert.equal(JSON.parse(answer.body).outcome, 'parked')
  assert.equal((await refundsOf(db(), id))[0]?.state, 'pending')
  await t.settle()
  assert.equal((await refundsOf(db(), id))[0]?.state, 'succeeded')
  assert.equal((await t.payment(id)).refunded, 1000)
  assert.deepEqual(await t.faults(), [])
})

test('what has not arrived cannot be refunded', async () => {
  const parent = await family(t)
  const { id } = await t.begin(parent, [await invoiceOf(t, parent, 2000)])
  await assert.rejects(refund(id, 100), { status: 409, code: 'payment-not-refundable' })
})
