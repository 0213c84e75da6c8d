import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { reconcile } from '../../src/payments/reconcile.ts'
import { takeUpAgain } from '../../src/payments/sessions.ts'
import { type Family, family } from '../support/family.ts'
import { invoiceOf, payingTown, sessionIn } from './support.ts'

const t = await payingTown()

const start = (parent: Family, invoiceId: string) =>
  parent.parent.post('/paiement').type('form').send({ invoices: invoiceId })
const sessionsOf = async (id: string) => {
  const { data } = await t.stripe('/v1/checkout/sessions?limit=100')
  return data.filter(session => session['client_reference_id'] === id)
}

test('Stripe fails once: the parent notices nothing', async () => {
  const parent = await family(t)
  await t.control.failNext({ times: 1, status: 500, path: '/v1/checkout/sessions' })
  const answer = await start(parent, await invoiceOf(t, parent, 2940))
  assert.equal(answer.status, 303)
  await t.control.failNext({ times: 1, path: '/v1/checkout/sessions' })
  const cut = await start(parent, await invoiceOf(t, parent, 2950))
  assert.equal(cut.status, 303)
  await t.control.behave()
})

test('Stripe is down: nothing is charged, the parent is told, and the next click pays on the same row', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  await t.control.failNext({ times: 1000, status: 503 })
  const page = await start(parent, invoiceId)
  assert.equal(page.status, 503)
  assert.match(page.text, /Le service de paiement ne répond pas/)
  assert.match(page.text, /Rien n’est débité/)
  assert.equal((await parent.parent.get(`/paiement?invoices=${invoiceId}`)).status, 200)
  await t.control.behave()
  const answer = await start(parent, invoiceId)
  assert.equal(answer.status, 303)
  const rows = await t.paymentsOf(parent)
  assert.equal(rows.length, 1)
  assert.equal((await sessionsOf(rows[0]?.id ?? '')).length, 1)
})

test('the answer is lost after Stripe opened the page: trying again finds the same page', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  await t.control.failNext({ times: 3, path: '/v1/checkout/sessions', workDone: true })
  const lost = await start(parent, invoiceId)
  assert.equal(lost.status, 503)
  await t.control.behave()
  const [row] = await t.paymentsOf(parent)
  assert.equal(row?.state, 'created')
  const answer = await start(parent, invoiceId)
  assert.equal(answer.status, 303)
  const sessions = await sessionsOf(row.id)
  assert.deepEqual(
    sessions.map(session => session['id']),
    [sessionIn(answer.headers['location'] ?? '')],
  )
})

test('Stripe is slow: no page hangs, and the page it opened meanwhile is there at the next click', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  await t.control.slow({ ms: 5000 })
  const began = performance.now()
  const page = await start(parent, invoiceId)
  assert.equal(page.status, 503)
  assert.ok(performance.now() - began < 5000)
  // The town's other pages do not wait for Stripe.
  const quick = performance.now()
  assert.equal((await parent.parent.get('/aide')).status, 200)
  assert.ok(performance.now() - quick < 1000)
  await t.control.behave()
  for (let i = 0; i < 80 && (await t.paymentsOf(parent))[0]?.state !== 'open'; i++) await pause(50)
  const answer = await start(parent, invoiceId)
  assert.equal(answer.status, 303)
  assert.equal((await t.paymentsOf(parent)).length, 1)
})

test('the payer who comes back while Stripe is silent reads that we are checking, and the page asks again by itself', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  await t.control.webhooks({ drop: 100 })
  await t.control.pay({ session, card: 'success' })
  await t.control.failNext({ times: 1000, status: 500 })
  const page = await parent.parent.get(`/paiement/${id}/retour`)
  assert.equal(page.status, 200)
  assert.match(page.text, /Nous vérifions votre paiement/)
  assert.match(page.headers['refresh'] ?? '', new RegExp(`^4; url=/paiement/${id}/retour\\?essai=1$`))
  const last = await parent.parent.get(`/paiement/${id}/retour?essai=8`)
  assert.equal(last.headers['refresh'], undefined)
  assert.match(last.text, /Voir où en est mon paiement/)
  await t.control.behave()
  const known = await parent.parent.get(`/paiement/${id}/retour?essai=1`)
  assert.match(known.text, /Votre paiement est arrivé/)
  assert.equal(known.headers['refresh'], undefined)
})

test('a payment left without a page is taken up again by itself', async () => {
  const parent = await family(t)
  await t.control.failNext({ times: 3, path: '/v1/checkout/sessions' })
  const answer = await start(parent, await invoiceOf(t, parent, 2940))
  assert.equal(answer.status, 503)
  await t.control.behave()
  const [row] = await t.paymentsOf(parent)
  assert.equal(row?.state, 'created')
  await t.later({ minutes: 6 })
  assert.equal((await t.payment(row.id)).state, 'open')
  assert.equal((await sessionsOf(row.id)).length, 1)
})

test('a payment given up on is paid after all: the money is told all the same', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  await t.control.failNext({ times: 3, path: '/v1/checkout/sessions', workDone: true })
  await start(parent, invoiceId)
  await t.control.behave()
  const [row] = await t.paymentsOf(parent)
  const [session] = await sessionsOf(row?.id ?? '')
  await t.control.webhooks({ drop: 100 })
  await t.control.pay({ session: String(session?.['id']), card: 'success' })
  // Two hours later nobody opens its page any more.
  t.at(t.town.clock.now().add({ hours: 2 }).toString())
  await takeUpAgain(t.town, await t.payment(row!.id))
  assert.equal((await t.payment(row!.id)).state, 'expired')
  await reconcile(t.town)
  await t.control.behave()
  assert.equal((await t.payment(row!.id)).state, 'succeeded')
  assert.deepEqual(await t.faults(), [])
})

test('what Stripe refuses for good does not stand in the way of the next try', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  await t.control.failNext({ times: 1, status: 400, path: '/v1/checkout/sessions' })
  assert.equal((await start(parent, invoiceId)).status, 503)
  const [refused] = await t.paymentsOf(parent)
  assert.equal(refused?.state, 'failed')
  assert.equal((await start(parent, invoiceId)).status, 303)
})

test('the reconciliation does what it can while Stripe is down, and the rest when it is back', async () => {
  const parent = await family(t)
  const { id, session } = await t.begin(parent, [await invoiceOf(t, parent, 2940)])
  await t.control.webhooks({ drop: 100 })
  await t.control.pay({ session, card: 'success' })
  await t.control.failNext({ times: 1000, status: 500 })
  await t.later({ minutes: 20 })
  assert.equal((await t.payment(id)).state, 'open')
  await t.control.behave()
  await t.later({ minutes: 20 })
  assert.equal((await t.payment(id)).state, 'succeeded')
})
