import assert from 'node:assert/strict'
import { test } from 'node:test'
import { balanceOf, owedOn } from '../../src/billing/ledger.ts'
import { cents } from '../../src/kernel/money.ts'
import { alertsAbout, alertsOf } from '../../src/payments/alerts.ts'
import { explain, linesOfPayout, payoutById } from '../../src/payments/payouts.ts'
import { refundPayment } from '../../src/payments/refunds.ts'
import { disputesOf } from '../../src/payments/store.ts'
import { stripeOf } from '../../src/payments/stripe-client.ts'
import { clerkAccount, family } from '../support/family.ts'
import { invoiceOf, payingTown } from './support.ts'
import { eventOf, tell } from './support-events.ts'

const t = await payingTown()
const db = () => t.town.db.read
const office = await clerkAccount(t, 'cash-office')

async function paid(amount: number) {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, amount)
  const id = await t.pay(parent, [invoiceId])
  const { intentId } = await t.payment(id)
  return { parent, invoiceId, id, intent: intentId ?? '' }
}
const owed = async (invoiceId: Awaited<ReturnType<typeof paid>>['invoiceId']) =>
  (await owedOn(db(), [invoiceId])).get(invoiceId)

test('a contested payment is owed again while the bank holds the money; won, it is paid', async () => {
  const { parent, invoiceId, id, intent } = await paid(4000)
  const clearing = await balanceOf(db(), 'stripe:clearing')
  const { id: dispute } = await t.control.dispute({ payment: intent })
  await t.settle()
  assert.equal(await owed(invoiceId), 4000)
  assert.equal((await balanceOf(db(), 'stripe:clearing')) - clearing, -6000) // the amount, and the bank's fee of 20 €
  assert.equal(await balanceOf(db(), 'disputes'), 0)
  assert.equal((await disputesOf(db(), id))[0]?.state, 'open')
  assert.equal((await alertsAbout(db(), id))[0]?.kind, 'dispute')
  const page = await parent.parent.get(`/paiement/${id}/retour`)
  assert.match(page.text, /Votre banque conteste ce paiement/)
  await assert.rejects(refundPayment(t.town, office.actor, { paymentId: id, amount: cents(100), reason: 'x' }), {
    code: 'payment-disputed',
  })
  assert.deepEqual(await t.faults(), [])

  await t.control.closeDispute({ dispute, outcome: 'won' })
  await t.settle()
  assert.equal(await owed(invoiceId), 0)
  assert.equal((await balanceOf(db(), 'stripe:clearing')) - clearing, -2000)
  assert.equal((await disputesOf(db(), id))[0]?.state, 'won')
  assert.deepEqual(await t.faults(), [])
})

test('lost, it stays owed, and the cash office is told', async () => {
  const { invoiceId, id, intent } = await paid(4000)
  const { id: dispute } = await t.control.dispute({ payment: intent })
  await t.control.closeDispute({ dispute, outcome: 'lost' })
  await t.settle()
  assert.equal(await owed(invoiceId), 4000)
  assert.equal((await disputesOf(db(), id))[0]?.state, 'lost')
  assert.deepEqual((await alertsAbout(db(), id)).map(alert => alert.kind).sort(), ['dispute', 'dispute-lost'])
  assert.equal(await balanceOf(db(), 'disputes'), 0)
  const page = await office.clerk.get(`/guichet/paiements/${id}`)
  assert.match(page.text, /Contestation perdue/)
  assert.deepEqual(await t.faults(), [])
})

test('a payment refunded in part is contested for the rest only', async () => {
  const { invoiceId, id, intent } = await paid(4000)
  await refundPayment(t.town, office.actor, { paymentId: id, amount: cents(1500), reason: 'Départ' })
  await t.settle()
  await t.control.dispute({ payment: intent })
  await t.settle()
  assert.equal((await disputesOf(db(), id))[0]?.amount, 2500)
  assert.equal(await owed(invoiceId), 4000)
  assert.deepEqual(await t.faults(), [])
})

test('a question of the bank’s that takes no money changes nothing owed', async () => {
  const { invoiceId, id, intent } = await paid(4000)
  const inquiry = {
    id: 'du_question',
    object: 'dispute',
    amount: 4000,
    currency: 'eur',
    status: 'warning_needs_response',
    reason: 'general',
    payment_intent: intent,
    balance_transactions: [],
    created: 1_763_000_000,
  }
  await tell(t, eventOf(t, 'charge.dispute.created', inquiry))
  assert.equal(await owed(invoiceId), 0)
  await tell(t, eventOf(t, 'charge.dispute.closed', { ...inquiry, status: 'warning_closed' }))
  // An older picture that comes later reopens nothing.
  await tell(t, eventOf(t, 'charge.dispute.updated', inquiry))
  assert.equal((await disputesOf(db(), id))[0]?.state, 'won')
  assert.equal(await owed(invoiceId), 0)
  assert.deepEqual(await t.faults(), [])
})

test('a payout is explained to the cent: payments, refunds, disputes and fees', async () => {
  const a = await paid(4000)
  const b = await paid(2500)
  await refundPayment(t.town, office.actor, { paymentId: a.id, amount: cents(1000), reason: 'Départ' })
  await t.settle()
  const { id: dispute } = await t.control.dispute({ payment: b.intent })
  await t.control.closeDispute({ dispute, outcome: 'won' })
  const payout = await t.control.payout({ pendingToo: true })
  await t.settle()
  const known = await payoutById(db(), payout.id)
  assert.deepEqual([known.amount, known.state], [payout.amount, 'paid'])
  const lines = await linesOfPayout(db(), payout.id)
  const explained = explain(known, lines)
  assert.equal(explained.difference, 0)
  assert.deepEqual(explained.unexplained, [])
  assert.equal(explained.unexplainedAmount, 0)
  const net = explained.kinds.reduce((total, kind) => total + kind.net, 0)
  assert.equal(net, payout.amount)
  // All money has left Stripe: nothing is waiting there.
  assert.equal(await balanceOf(db(), 'stripe:clearing'), 0)
  assert.equal(await balanceOf(db(), 'bank'), payout.amount)
  assert.deepEqual(await t.faults(), [])

  const list = await office.clerk.get('/guichet/paiements/virements')
  assert.match(list.text, /En entier/)
  const page = await office.clerk.get(`/guichet/paiements/virements/${payout.id}`)
  assert.match(page.text, /Tout est expliqué/)
  const journal = await office.clerk.get(`/guichet/paiements/journal?jour=${known.arrivalDate}`)
  assert.ok(journal.text.includes(payout.id))
})

test('money on the account that is not of our payments is listed as not explained', async () => {
  const stripe = stripeOf(t.town.config)
  const theirs = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Autre' } } }],
  })
  await t.control.pay({ session: theirs.id, card: 'success' })
  const ours = await paid(3000)
  await t.settle()
  const payout = await t.control.payout({ pendingToo: true })
  await t.settle()
  const { unexplained, unexplainedAmount, difference } = explain(
    await payoutById(db(), payout.id),
    await linesOfPayout(db(), payout.id),
  )
  assert.equal(unexplained.length, 1)
  assert.equal(unexplainedAmount, 900 - 39) // 1.5 % and 25 cents
  assert.equal(difference, 0)
  const alert = (await alertsOf(db(), { resolved: false })).find(one => one.kind === 'payout-unexplained')
  assert.deepEqual(alert?.details, { stripeId: payout.id, amount: 861 })
  const page = await office.clerk.get(`/guichet/paiements/virements/${payout.id}`)
  assert.match(page.text, /8,61\s€ à expliquer/)
  assert.ok(page.text.includes(`/guichet/paiements/${ours.id}`))
  assert.deepEqual(await t.faults(), [])
})

test('a payout told of in any order, or sent back by the bank, ends right', async () => {
  const bank = await balanceOf(db(), 'bank')
  const object = {
    id: 'po_back',
    object: 'payout',
    amount: 5000,
    currency: 'eur',
    status: 'paid',
    arrival_date: 1_763_942_400,
    created: 1_763_900_000,
  }
  const outcome = async (type: string, status: string) =>
    JSON.parse((await tell(t, eventOf(t, type, { ...object, status }))).body).outcome
  assert.equal(await outcome('payout.paid', 'paid'), 'applied')
  assert.equal(await outcome('payout.created', 'pending'), 'nothing-to-do')
  assert.equal((await balanceOf(db(), 'bank')) - bank, 5000)
  assert.equal(await outcome('payout.failed', 'failed'), 'applied')
  assert.equal(await outcome('payout.paid', 'paid'), 'nothing-to-do')
  assert.equal(await balanceOf(db(), 'bank'), bank)
  assert.equal((await payoutById(db(), 'po_back')).state, 'failed')
  const other = await tell(t, eventOf(t, 'payout.updated', { ...object, amount: 5001, status: 'paid' }))
  assert.equal(JSON.parse(other.body).outcome, 'parked')
  assert.deepEqual(await t.faults(), [])
})

test('a payout that Stripe cannot explain waits a day, then the cash office is told', async () => {
  const created = Math.floor(t.town.clock.now().epochMilliseconds / 1000)
  const object = { id: 'po_by_hand', object: 'payout', amount: 700, currency: 'eur', status: 'paid', created }
  await tell(t, eventOf(t, 'payout.paid', { ...object, arrival_date: created }))
  await t.settle()
  assert.equal((await payoutById(db(), object.id)).matchedAt, null)
  await t.later({ hours: 25 })
  assert.ok((await payoutById(db(), object.id)).matchedAt)
  const alerts = await alertsOf(db(), { resolved: false })
  assert.deepEqual(alerts.find(alert => alert.details.stripeId === object.id)?.details.amount, 700)
})

test('payouts whose webhooks were lost are found and matched all the same', async () => {
  await paid(2000)
  await t.control.webhooks({ drop: 100 })
  const payout = await t.control.payout({ pendingToo: true })
  await t.later({ hours: 48 })
  await t.control.behave()
  const known = await payoutById(db(), payout.id)
  assert.ok(known.matchedAt)
  assert.equal(explain(known, await linesOfPayout(db(), payout.id)).unexplainedAmount, 0)
  assert.deepEqual(await t.faults(), [])
})

test('an older picture of a dispute, told later, undoes nothing', async () => {
  const { invoiceId, id, intent } = await paid(4000)
  const taken = { amount: -4000, fee: 2000 }
  const dispute = {
    id: 'du_pictures',
    object: 'dispute',
    amount: 4000,
    currency: 'eur',
    status: 'won',
    reason: 'fraudulent',
    payment_intent: intent,
    balance_transactions: [taken, { amount: 4000, fee: 0 }],
    created: 1_763_000_000,
  }
  const clearing = await balanceOf(db(), 'stripe:clearing')
  for (const [type, picture] of [
    ['charge.dispute.closed', dispute],
    ['charge.dispute.funds_withdrawn', { ...dispute, status: 'needs_response', balance_transactions: [taken] }],
    ['charge.dispute.created', { ...dispute, status: 'needs_response', balance_transactions: [] }],
  ] as const) {
    await tell(t, eventOf(t, type, picture))
    assert.equal(await owed(invoiceId), 0, type)
    assert.equal((await balanceOf(db(), 'stripe:clearing')) - clearing, -2000, type)
    assert.deepEqual(await t.faults(), [])
  }
  const [known] = await disputesOf(db(), id)
  assert.deepEqual([known?.state, known?.withdrawn, known?.reinstated], ['won', 4000, 4000])
})
