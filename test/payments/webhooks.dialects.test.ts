import assert from 'node:assert/strict'
import { test } from 'node:test'
import { owedOn } from '../../src/billing/ledger.ts'
import { ledgerPostings } from '../../src/billing/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { newId } from '../../src/kernel/ids.ts'
import { alertsAbout, countOpenAlerts } from '../../src/payments/alerts.ts'
import { stripeEvents } from '../../src/payments/schema.ts'
import { stripeOf } from '../../src/payments/stripe-client.ts'
import { family } from '../support/family.ts'
import { invoiceOf, payingTown } from './support.ts'
import { eventOf, post, tell, withoutEffect } from './support-events.ts'

const t = await payingTown()
const db = () => t.town.db.read

const postingsOf = async (id: string) =>
  (
    await db()
      .select()
      .from(ledgerPostings)
      .where(eq(ledgerPostings.key, `payment:${id}`))
  ).length

test('webhooks told twice, at once, pay once', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  const { id, session } = await t.begin(parent, [invoiceId])
  const before = await withoutEffect('duplicate')
  await t.control.webhooks({ duplicate: 20 })
  await t.control.pay({ session, card: 'success' })
  await t.settle()
  await t.control.behave()
  assert.equal((await t.payment(id)).state, 'succeeded')
  assert.equal(await postingsOf(id), 1)
  assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 0)
  assert.ok((await withoutEffect('duplicate')) > before)
})

test('webhooks that come in any order end the same', async () => {
  const parent = await family(t)
  const paidThenDisputed = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  const debit = await t.begin(parent, [await invoiceOf(t, parent, 5000)])
  await t.control.webhooks({ reorder: 30 })
  // The disputed card: all of the payment, its dispute and the debit's two answers, newest first.
  await t.control.pay({ session: paidThenDisputed.session, card: 'disputed' })
  await t.control.pay({ session: debit.session, card: 'late-success' })
  await t.control.settleAll()
  await t.control.webhooksIdle()
  await t.control.releaseWebhooks()
  await t.settle()
  await t.control.behave()
  assert.equal((await t.payment(paidThenDisputed.id)).state, 'succeeded')
  assert.equal((await t.payment(debit.id)).state, 'succeeded')
  const alerts = await alertsAbout(db(), paidThenDisputed.id)
  assert.deepEqual(
    alerts.map(alert => alert.kind),
    ['dispute'],
  )
  assert.deepEqual(await t.faults(), [])
})

test('a week without webhooks loses nothing', async () => {
  const parent = await family(t)
  const paid = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  const debit = await t.begin(parent, [await invoiceOf(t, parent, 3100)])
  await t.control.webhooks({ drop: 1000 })
  await t.control.pay({ session: paid.session, card: 'success' })
  await t.control.pay({ session: debit.session, card: 'late-success' })
  await t.control.settleAll()
  const intent = String((await t.stripe(`/v1/checkout/sessions/${paid.session}`))['payment_intent'])
  await t.control.dispute({ payment: intent })
  await t.settle()
  assert.equal((await t.payment(paid.id)).state, 'open')
  await t.later({ hours: 7 * 24 })
  await t.control.behave()
  assert.equal((await t.payment(paid.id)).state, 'succeeded')
  assert.equal((await t.payment(debit.id)).state, 'succeeded')
  assert.equal((await alertsAbout(db(), paid.id))[0]?.kind, 'dispute')
  assert.deepEqual(await t.faults(), [])
})

test('the list of events is read to its end, page after page, and only once', async () => {
  const parent = await family(t)
  const id = await t.pay(parent, [await invoiceOf(t, parent, 10_000)])
  await t.later({ minutes: 30 })
  await t.control.webhooks({ drop: 1000 })
  // Sixty refunds made on Stripe's own site: two events each, more than a page of them.
  const { intentId } = await t.payment(id)
  const stripe = stripeOf(t.town.config)
  for (let i = 0; i < 60; i++) await stripe.refunds.create({ payment_intent: intentId ?? '', amount: 100 })
  await t.later({ minutes: 5 })
  await t.control.behave()
  assert.equal((await t.payment(id)).refunded, 6000)
  const before = (await db().select().from(stripeEvents)).length
  const duplicates = await withoutEffect('duplicate')
  await t.later({ minutes: 5 })
  assert.equal((await db().select().from(stripeEvents)).length, before)
  assert.equal(await withoutEffect('duplicate'), duplicates)
  assert.deepEqual(await t.faults(), [])
})

test('the payer who comes back before any webhook is told the truth, asked of Stripe', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  await t.control.webhooks({ drop: 100 })
  await t.control.pay({ session, card: 'success' })
  const page = await parent.parent.get(`/paiement/${id}/retour`)
  await t.control.behave()
  assert.match(page.text, /Votre paiement est arrivé/)
  assert.equal((await t.payment(id)).state, 'succeeded')
})

test('a forged webhook is refused and leaves nothing behind', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  const paid = { ...(await t.stripe(`/v1/checkout/sessions/${session}`)), status: 'complete', payment_status: 'paid' }
  const event = eventOf(t, 'checkout.session.completed', paid)
  const before = await withoutEffect('forged')
  assert.equal((await tell(t, event, { secret: 'whsec_of_somebody_else' })).status, 400)
  assert.equal((await post(t, JSON.stringify(event), {})).status, 400)
  assert.equal((await post(t, JSON.stringify(event), { 'stripe-signature': 't=1,v1=00' })).status, 400)
  assert.equal((await post(t, '', { 'stripe-signature': 'x' })).status, 400)
  assert.equal((await post(t, 'x'.repeat(1_100_000), { 'stripe-signature': 'x' })).status, 413)
  assert.equal((await withoutEffect('forged')) - before, 4)
  assert.equal((await t.payment(id)).state, 'open')
  assert.deepEqual(await db().select().from(stripeEvents).where(eq(stripeEvents.id, event.id)), [])
})

test('a recording of an old webhook is refused; told anew years later it changes nothing', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  const now = Math.floor(t.town.clock.now().epochMilliseconds / 1000)
  const open = eventOf(t, 'checkout.session.expired', {
    ...(await t.stripe(`/v1/checkout/sessions/${session}`)),
    status: 'expired',
    url: null,
  })
  assert.equal((await tell(t, open, { at: now - 301 })).status, 400)
  await t.control.pay({ session, card: 'success' })
  await t.settle()
  const old = { ...open, created: now - 3 * 365 * 86_400 }
  const answer = await tell(t, old)
  assert.deepEqual([answer.status, JSON.parse(answer.body).outcome], [200, 'nothing-to-do'])
  assert.equal((await t.payment(id)).state, 'succeeded')
  const again = await tell(t, old)
  assert.deepEqual([again.status, JSON.parse(again.body).outcome], [200, 'duplicate'])
})

test('what Stripe says of real money is not for a town in test mode', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  const paid = { ...(await t.stripe(`/v1/checkout/sessions/${session}`)), status: 'complete', payment_status: 'paid' }
  const answer = await tell(t, eventOf(t, 'checkout.session.completed', paid, { livemode: true }))
  assert.deepEqual([answer.status, JSON.parse(answer.body).outcome], [200, 'other-mode'])
  assert.equal((await t.payment(id)).state, 'open')
})

test('another amount, currency or reference credits nothing and waits for the cash office', async () => {
  for (const wrong of [
    { amount_total: 1 },
    { amount_total: null },
    { currency: 'usd' },
    { id: 'cs_test_of_another_page' },
    { client_reference_id: newId() },
  ]) {
    const parent = await family(t, { signedIn: false })
    const invoiceId = await invoiceOf(t, parent, 2940)
    const { id, session } = await t.begin(parent, [invoiceId])
    const paid = {
      ...(await t.stripe(`/v1/checkout/sessions/${session}`)),
      status: 'complete',
      payment_status: 'paid',
      ...wrong,
    }
    const answer = await tell(t, eventOf(t, 'checkout.session.completed', paid))
    assert.deepEqual([answer.status, JSON.parse(answer.body).outcome], [200, 'parked'], JSON.stringify(wrong))
    const [alert] = await alertsAbout(db(), id)
    assert.equal(alert?.kind, 'session-differs')
    assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 2940)
    assert.equal(await postingsOf(id), 0)
    // Told again, it is still one alert.
    await tell(t, eventOf(t, 'checkout.session.completed', paid))
    assert.equal((await alertsAbout(db(), id)).length, 1)
  }
  assert.deepEqual(await t.faults(), [])
})

test('who paid what was parked is told not to pay again', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  const paid = {
    ...(await t.stripe(`/v1/checkout/sessions/${session}`)),
    status: 'complete',
    payment_status: 'paid',
    amount_total: 2941,
  }
  await tell(t, eventOf(t, 'checkout.session.completed', paid))
  const page = await parent.parent.get(`/paiement/${id}/retour`)
  assert.match(page.text, /La mairie vérifie votre paiement/)
})

test('what is not ours, of no known kind, or not understood is kept, counted, and changes nothing', async () => {
  const known = await countOpenAlerts(db())
  const theirs = { ...(await anySession()), id: 'cs_test_theirs', client_reference_id: 'their-order-12' }
  for (const [event, outcome] of [
    [eventOf(t, 'checkout.session.completed', { ...theirs, status: 'complete', payment_status: 'paid' }), 'not-ours'],
    [eventOf(t, 'checkout.session.completed', { ...theirs, client_reference_id: null, status: 'open' }), 'not-ours'],
    [eventOf(t, 'customer.created', { id: 'cus_1', object: 'customer' }), 'unknown-kind'],
    [eventOf(t, 'checkout.session.completed', { id: 'cs_1', object: 'checkout.session' }), 'parked'],
    [eventOf(t, 'payout.paid', { id: 'po_1', object: 'payout', amount: 'lots' }), 'parked'],
  ] as const) {
    const before = await withoutEffect(outcome)
    const answer = await tell(t, event)
    assert.deepEqual([answer.status, JSON.parse(answer.body).outcome], [200, outcome], event.type)
    assert.equal((await withoutEffect(outcome)) - before, 1)
    const [kept] = await db().select().from(stripeEvents).where(eq(stripeEvents.id, event.id))
    assert.equal(kept?.outcome, outcome)
  }
  assert.equal((await countOpenAlerts(db())) - known, 2)
})

test('a dispute of somebody else’s payment on the same account changes nothing', async () => {
  const dispute = {
    id: 'du_theirs',
    object: 'dispute',
    amount: 100,
    currency: 'eur',
    status: 'needs_response',
    reason: 'fraudulent',
    payment_intent: 'pi_theirs',
    balance_transactions: [],
    created: 1_700_000_000,
  }
  const before = await withoutEffect('not-ours')
  const answer = await tell(t, eventOf(t, 'charge.dispute.created', dispute))
  assert.deepEqual([answer.status, JSON.parse(answer.body).outcome], [200, 'looked-up'])
  await t.settle()
  assert.equal((await withoutEffect('not-ours')) - before, 1)
  assert.deepEqual(await t.faults(), [])
})

async function anySession() {
  const parent = await family(t, { signedIn: false })
  const { session } = await t.begin(parent, [await invoiceOf(t, parent, 1000)])
  return t.stripe(`/v1/checkout/sessions/${session}`)
}
