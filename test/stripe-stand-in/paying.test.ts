import assert from 'node:assert/strict'
import { test } from 'node:test'
import type Stripe from 'stripe'
import { browse, CANCEL, idOf, refusal, sessionFor, standInWorld } from './support.ts'

const pageOf = (session: Stripe.Checkout.Session) => session.url ?? ''
const successOf = (session: Stripe.Checkout.Session) => `http://127.0.0.1:9/paid?session=${session.id}`

test('the page shows what is paid, in the session’s language, and says that no money moves', async t => {
  const { stripe } = await standInWorld(t)
  const session = await sessionFor(stripe, {
    locale: 'fr',
    line_items: [
      {
        quantity: 2,
        price_data: {
          currency: 'eur',
          unit_amount: 1470,
          product_data: { name: 'Facture <b>12</b>', description: 'Ville de "Valmont"' },
        },
      },
    ],
  })
  const french = await browse(pageOf(session))
  assert.equal(french.status, 200)
  assert.match(french.body, /<html lang="fr">/)
  assert.match(french.body, /<title>Payer 29,40\s€<\/title>/)
  assert.match(french.body, /Page d’essai : aucun argent ne bouge/)
  assert.match(french.body, /Facture &lt;b&gt;12&lt;\/b&gt;/)
  assert.match(french.body, /Ville de &quot;Valmont&quot;/)
  assert.match(french.body, /Quantité : 2/)
  assert.match(french.body, new RegExp(`href="${CANCEL}"`))
  assert.match(french.body, /value="success" checked/)
  assert.doesNotMatch(french.body, /<script|src="http|@import|url\(/)
  assert.equal(french.headers.get('cache-control'), 'no-store')
  const policy = french.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /form-action 'self' http:\/\/127\.0\.0\.1:9;/, 'the way back must be allowed')

  const english = await browse(pageOf(await sessionFor(stripe, { locale: 'en' })))
  assert.match(english.body, /<html lang="en">[\s\S]*Pay €29\.40[\s\S]*no money moves/)
  const chosen = await fetch(pageOf(await sessionFor(stripe)), { headers: { 'accept-language': 'fr-FR,fr;q=0.9' } })
  assert.match(await chosen.text(), /<html lang="fr">/)
})

test('paying by card sends the payer back to the town, and tells the town', async t => {
  const { stripe, told, webhook } = await standInWorld(t)
  const session = await sessionFor(stripe)
  const paid = await browse(pageOf(session), { card: 'success' })
  assert.deepEqual([paid.status, paid.location], [303, successOf(session)])
  const known = await stripe.checkout.sessions.retrieve(session.id)
  assert.deepEqual([known.status, known.payment_status, known.url], ['complete', 'paid', null])
  assert.equal(known.customer_details?.email, 'camille@example.org')
  assert.deepEqual(await told(), [
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
    'charge.updated',
  ])
  assert.deepEqual(webhook.badSignatures, [])
})

test('a test number can be typed; any other number is refused and shown nowhere', async t => {
  const { stripe, url } = await standInWorld(t)
  const session = await sessionFor(stripe)
  const real = await browse(pageOf(session), { card: 'success', number: '4970 1000 0000 0055' })
  assert.equal(real.status, 422)
  assert.match(real.body, /<title>Error: Pay/)
  assert.match(real.body, /role="alert"[\s\S]*<a href="#number">This is not a test number/)
  assert.match(real.body, /id="number"[^>]*aria-invalid="true"/)
  assert.doesNotMatch(real.body, /4970/)
  const nothing = await browse(pageOf(session), {})
  assert.match(nothing.body, /<a href="#card">Choose a card/)
  const typed = await browse(pageOf(session), { card: 'declined', number: '4242-4242 4242 4242' })
  assert.equal(typed.location, successOf(session), 'what is typed counts more than what is ticked')

  const lost = await browse(`${url}/c/pay/cs_test_nowhere`)
  assert.equal(lost.status, 404)
  assert.match(lost.body, /no money moves/)
})

test('who gave no e-mail address is asked for one, and keeps the card chosen', async t => {
  const { stripe } = await standInWorld(t)
  const params: Stripe.Checkout.SessionCreateParams = { locale: 'fr' }
  const session = await stripe.checkout.sessions.create({
    ...params,
    mode: 'payment',
    success_url: 'http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}',
    line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'Facture' } } }],
  })
  const missing = await browse(pageOf(session), { card: 'refund-fails', email: 'camille' })
  assert.equal(missing.status, 422)
  assert.match(missing.body, /<a href="#email">Écrivez votre adresse/)
  assert.match(missing.body, /value="camille"/)
  assert.match(missing.body, /<details open>[\s\S]*value="refund-fails" checked/)
  const paid = await browse(pageOf(session), { card: 'success', email: 'camille@example.org' })
  assert.equal(paid.location, successOf(session))
  const known = await stripe.checkout.sessions.retrieve(session.id)
  assert.equal(known.customer_details?.email, 'camille@example.org')
})

for (const [card, code, decline] of [
  ['declined', 'card_declined', 'generic_decline'],
  ['insufficient-funds', 'card_declined', 'insufficient_funds'],
  ['expired-card', 'expired_card', 'expired_card'],
]) {
  test(`after a refused card (${decline}) the session stays open, and another card pays`, async t => {
    const { stripe, told } = await standInWorld(t)
    const session = await sessionFor(stripe)
    const refused = await browse(pageOf(session), { card: card! })
    assert.deepEqual([refused.status, refused.location], [303, `/c/pay/${session.id}?refused=${decline}`])
    const again = await browse(new URL(refused.location ?? '', pageOf(session)).href)
    assert.match(again.body, /There is a problem[\s\S]*You paid nothing/)
    const open = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] })
    assert.deepEqual([open.status, open.payment_status], ['open', 'unpaid'])
    const intent = open.payment_intent
    assert.ok(intent && typeof intent === 'object')
    assert.deepEqual(
      [intent.status, intent.last_payment_error?.code, intent.last_payment_error?.decline_code],
      ['requires_payment_method', code, decline],
    )
    assert.ok(intent.latest_charge && typeof intent.latest_charge === 'object')
    assert.deepEqual([intent.latest_charge.status, intent.latest_charge.failure_code], ['failed', code])

    assert.equal((await browse(pageOf(session), { card: 'success' })).location, successOf(session))
    const { data } = await stripe.charges.list({ payment_intent: intent.id })
    assert.deepEqual(
      data.map(charge => charge.status),
      ['succeeded', 'failed'],
    )
    const later = await stripe.paymentIntents.retrieve(intent.id)
    assert.deepEqual([later.status, later.last_payment_error], ['succeeded', null])
    assert.deepEqual((await told()).slice(0, 3), [
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])
  })
}

for (const card of ['three-d-secure', 'three-d-secure-always']) {
  test(`the bank’s question (${card}) accepted pays, refused leaves the session open`, async t => {
    const { stripe, told } = await standInWorld(t)
    const session = await sessionFor(stripe, { locale: 'fr' })
    const asked = await browse(pageOf(session), { card })
    assert.match(asked.location ?? '', /^\/c\/challenge\/cs_test_\w+\/\w{24}$/)
    const question = new URL(asked.location ?? '', pageOf(session)).href
    const waiting = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
    assert.ok(waiting.payment_intent && typeof waiting.payment_intent === 'object')
    assert.equal(waiting.payment_intent.status, 'requires_action')
    assert.equal(waiting.payment_intent.next_action?.redirect_to_url?.url, question)
    const page = await browse(question)
    assert.match(page.body, /aucun argent ne bouge[\s\S]*Votre banque vous demande de confirmer/)
    assert.equal((await browse(question, { answer: 'perhaps' })).status, 200, 'anything else asks again')

    const refused = await browse(question, { answer: 'refuse' })
    assert.equal(refused.location, `/c/pay/${session.id}?refused=authentication_failure`)
    const open = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
    assert.ok(open.payment_intent && typeof open.payment_intent === 'object')
    assert.deepEqual(
      [open.status, open.payment_intent.status, open.payment_intent.last_payment_error?.code],
      ['open', 'requires_payment_method', 'payment_intent_authentication_failure'],
    )
    assert.equal((await browse(question, { answer: 'accept' })).location, `/c/pay/${session.id}`, 'too late')

    const askedAgain = await browse(pageOf(session), { card })
    const accepted = await browse(new URL(askedAgain.location ?? '', pageOf(session)).href, { answer: 'accept' })
    assert.equal(accepted.location, successOf(session))
    const paid = await stripe.charges.list({ payment_intent: open.payment_intent.id })
    assert.deepEqual(
      paid.data.map(one => one.payment_method_details?.card?.three_d_secure?.result),
      ['authenticated'],
    )
    assert.ok((await told()).includes('payment_intent.requires_action'))
  })
}

test('choosing another card instead of answering the bank makes the question void', async t => {
  const { stripe } = await standInWorld(t)
  const session = await sessionFor(stripe)
  const asked = await browse(pageOf(session), { card: 'three-d-secure' })
  await browse(pageOf(session), { card: 'declined' })
  const late = await browse(new URL(asked.location ?? '', pageOf(session)).href, { answer: 'accept' })
  assert.equal(late.location, `/c/pay/${session.id}`)
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, 'unpaid')
})

test('two tabs paying at once pay once, and the back button says it is paid', async t => {
  const { stripe, told } = await standInWorld(t)
  const session = await sessionFor(stripe)
  const tabs = await Promise.all(Array.from({ length: 5 }, () => browse(pageOf(session), { card: 'success' })))
  assert.deepEqual(
    tabs.map(tab => tab.location),
    tabs.map(() => successOf(session)),
  )
  assert.equal((await stripe.charges.list()).data.length, 1)
  assert.equal((await told()).filter(type => type === 'checkout.session.completed').length, 1)
  const back = await browse(pageOf(session))
  assert.equal(back.status, 200)
  assert.match(back.body, /already done/)
  assert.ok(back.body.includes(`href="${successOf(session)}"`))
})

test('an expired session cannot be paid and leads back to the invoice', async t => {
  const { stripe } = await standInWorld(t)
  const session = await sessionFor(stripe, { locale: 'fr' })
  await stripe.checkout.sessions.expire(session.id)
  const over = await browse(pageOf(session), { card: 'success' })
  assert.equal(over.status, 410)
  assert.match(over.body, /n’est plus valable[\s\S]*Vous n’avez rien payé/)
  assert.ok(over.body.includes(`href="${CANCEL}"`))
  assert.equal((await stripe.charges.list()).data.length, 0)
})

test('a bank debit is accepted later: first unpaid, then paid', async t => {
  const { stripe, control, told } = await standInWorld(t)
  const session = await sessionFor(stripe, { allowed_payment_method_types: ['card', 'sepa_debit', 'paypal'] })
  assert.equal((await browse(pageOf(session), { card: 'late-success' })).location, successOf(session))
  const waiting = await stripe.checkout.sessions.retrieve(session.id)
  assert.deepEqual([waiting.status, waiting.payment_status], ['complete', 'unpaid'])
  assert.match((await browse(pageOf(session))).body, /Your bank will answer/)
  const intent = idOf(waiting.payment_intent)
  assert.equal((await stripe.paymentIntents.retrieve(intent)).status, 'processing')
  assert.deepEqual((await told()).slice(1), [
    'charge.pending',
    'payment_intent.processing',
    'checkout.session.completed',
  ])

  await control.settle({ paymentIntent: intent })
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, 'paid')
  const [charge] = (await stripe.charges.list({ payment_intent: intent })).data
  assert.deepEqual([charge?.status, charge?.payment_method_details?.type], ['succeeded', 'sepa_debit'])
  assert.deepEqual((await told()).slice(4), [
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.async_payment_succeeded',
    'charge.updated',
  ])
})

test('a bank debit is refused later: the page and the events say so', async t => {
  let now = Date.now()
  const { stripe, told } = await standInWorld(t, { now: () => now })
  const session = await sessionFor(stripe)
  await browse(pageOf(session), { card: 'late-failure' })
  now += 29_000
  assert.equal((await stripe.paymentIntents.list()).data[0]?.status, 'processing')
  now += 1_000
  const [intent] = (await stripe.paymentIntents.list()).data
  assert.deepEqual(
    [intent?.status, intent?.last_payment_error?.code],
    ['requires_payment_method', 'insufficient_funds'],
  )
  const failed = await stripe.checkout.sessions.retrieve(session.id)
  assert.deepEqual([failed.status, failed.payment_status], ['complete', 'unpaid'])
  assert.match((await browse(pageOf(session))).body, /did not go through/)
  assert.deepEqual((await told()).slice(4), [
    'charge.failed',
    'payment_intent.payment_failed',
    'checkout.session.async_payment_failed',
  ])
})

test('a session by card only offers no bank debit', async t => {
  const { stripe, control } = await standInWorld(t)
  const session = await sessionFor(stripe, { excluded_payment_method_types: ['sepa_debit'] })
  assert.deepEqual(session.payment_method_types, ['card'])
  assert.doesNotMatch((await browse(pageOf(session))).body, /late-success/)
  assert.equal((await browse(pageOf(session), { card: 'late-success' })).status, 422)
  await assert.rejects(control.pay({ session: session.id, card: 'late-success' }))
  assert.equal((await stripe.paymentIntents.list()).data.length, 0)
  const none = await refusal(sessionFor(stripe, { allowed_payment_method_types: ['paypal'] }))
  assert.match(none.message, /No payment method types are left/)
})
