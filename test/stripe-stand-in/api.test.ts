import assert from 'node:assert/strict'
import { test } from 'node:test'
import Stripe from 'stripe'
import { lineOf, refusal, SECRET_KEY, SUCCESS, sessionFor, standInWorld, stripeClient } from './support.ts'

const raw = (url: string, path: string, more: RequestInit = {}) =>
  fetch(url + path, { ...more, headers: { authorization: `Bearer ${SECRET_KEY}`, ...more.headers } })

test('only the right key is let in, and the wrong one is not shown whole', async t => {
  const { port, url } = await standInWorld(t)
  const wrong = await refusal(stripeClient(port, 'sk_test_wrong_key_987654').charges.list())
  assert.ok(wrong instanceof Stripe.errors.StripeAuthenticationError)
  assert.equal(wrong.statusCode, 401)
  assert.match(wrong.message, /^Invalid API Key provided: sk_test_\*+7654$/)
  const none = await fetch(`${url}/v1/charges`)
  assert.equal(none.status, 401)
  assert.match(await none.text(), /did not provide an API key/)
})

test('every answer carries a request id and the version that was asked for', async t => {
  const { port, url } = await standInWorld(t)
  const { lastResponse } = await stripeClient(port).charges.list()
  assert.equal(lastResponse.apiVersion, Stripe.API_VERSION)
  assert.match(lastResponse.requestId, /^req_\w{24}$/)
  const error = await refusal(stripeClient(port).charges.retrieve('ch_nowhere'))
  assert.match(error.requestId ?? '', /^req_\w{24}$/)
  const odd = await raw(url, '/v1/charges', { headers: { 'stripe-version': 'tomorrow' } })
  assert.equal(odd.status, 400)
})

test('what does not exist is a 404 with its kind and id', async t => {
  const { stripe } = await standInWorld(t)
  for (const [kind, call] of [
    ['checkout.session', stripe.checkout.sessions.retrieve('x_1')],
    ['checkout.session', stripe.checkout.sessions.expire('x_1')],
    ['checkout.session', stripe.checkout.sessions.listLineItems('x_1')],
    ['payment_intent', stripe.paymentIntents.retrieve('x_1')],
    ['charge', stripe.charges.retrieve('x_1')],
    ['refund', stripe.refunds.retrieve('x_1')],
    ['dispute', stripe.disputes.retrieve('x_1')],
    ['balance transaction', stripe.balanceTransactions.retrieve('x_1')],
    ['payout', stripe.payouts.retrieve('x_1')],
    ['event', stripe.events.retrieve('x_1')],
    ['webhook endpoint', stripe.webhookEndpoints.retrieve('x_1')],
    ['webhook endpoint', stripe.webhookEndpoints.del('x_1')],
  ] as const) {
    const error = await refusal(call)
    assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError)
    assert.deepEqual([error.statusCode, error.code, error.message], [404, 'resource_missing', `No such ${kind}: 'x_1'`])
  }
})

test('endpoints, methods and parameters the town does not use are refused, not ignored', async t => {
  const { stripe, url } = await standInWorld(t)
  const endpoint = await refusal(stripe.customers.list())
  assert.equal(endpoint.statusCode, 404)
  assert.match(endpoint.message, /^Unrecognized request URL \(GET: \/v1\/customers\)/)
  assert.equal((await raw(url, '/v1/charges/ch_1', { method: 'DELETE' })).status, 404)
  assert.equal((await refusal(stripe.charges.update('ch_1', { description: 'x' }))).statusCode, 404)

  const unknown = await refusal(sessionFor(stripe, { allow_promotion_codes: true }))
  assert.deepEqual(
    [unknown.statusCode, unknown.code, unknown.param, unknown.message],
    [400, 'parameter_unknown', 'allow_promotion_codes', 'Received unknown parameter: allow_promotion_codes'],
  )
  // Gone from the API since the version the SDK is pinned to.
  const gone = { metadata: {}, payment_method_types: ['card'] }
  assert.equal((await refusal(sessionFor(stripe, gone))).param, 'payment_method_types')
  const deep = await refusal(sessionFor(stripe, { line_items: [{ ...lineOf(100), tax_rates: ['txr_1'] }] }))
  assert.deepEqual([deep.code, deep.param], ['parameter_unknown', 'line_items[0][tax_rates]'])
  assert.equal((await refusal(stripe.charges.list({ customer: 'cus_1' }))).code, 'parameter_unknown')
  const inAddress = await raw(url, '/v1/checkout/sessions/cs_1/expire?now=true', { method: 'POST' })
  assert.match(await inAddress.text(), /parameter_unknown/)
})

test('missing, empty and ill-typed parameters are named as in the form', async t => {
  const { stripe, url } = await standInWorld(t)
  const missing = await refusal(stripe.checkout.sessions.create({ mode: 'payment', success_url: SUCCESS }))
  assert.deepEqual([missing.code, missing.param], ['parameter_missing', 'line_items'])
  const nested = await refusal(
    sessionFor(stripe, { line_items: [{ price_data: { currency: 'eur', product_data: { name: 'x' } }, quantity: 1 }] }),
  )
  assert.deepEqual([nested.code, nested.param], ['parameter_missing', 'line_items[0][price_data][unit_amount]'])
  const mode = await refusal(sessionFor(stripe, { mode: 'subscription' }))
  assert.match(mode.message, /Invalid mode: must be one of payment/)
  assert.equal((await refusal(stripe.charges.list({ limit: 101 }))).param, 'limit')
  assert.equal((await refusal(stripe.charges.list({ limit: 0 }))).param, 'limit')
  const form = (body: string) =>
    raw(url, '/v1/checkout/sessions', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  for (const [body, said] of [
    ['mode=', /parameter_invalid_empty/],
    ['mode=payment&mode=payment', /given twice/],
    ['mode=payment&mode[a]=1', /Invalid object/],
    ['a[b=1', /Invalid parameter name/],
    ['mode=payment&expires_at=soon&success_url=http://x.fr&line_items=none', /Invalid array: line_items/],
    ['a[b][c][d][e][f][g][h][i]=1', /nested too deep/],
    [`${'a=1&'.repeat(1001)}`, /Too many parameters/],
  ] as const) {
    const answer = await form(body)
    assert.equal(answer.status, 400, body)
    assert.match(await answer.text(), said)
  }
  const json = await raw(url, '/v1/checkout/sessions', {
    method: 'POST',
    body: '{"mode":"payment"}',
    headers: { 'content-type': 'application/json' },
  })
  assert.match(await json.text(), /check that your POST content type/)
  const huge = await form(`a=${'x'.repeat(1_000_001)}`)
  assert.equal(huge.status, 413)
  assert.equal((await stripe.checkout.sessions.list()).data.length, 0)
})

test('metadata is bounded: fifty names of forty characters, values of five hundred', async t => {
  const { stripe } = await standInWorld(t)
  const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, 'v']))
  assert.equal(Object.keys((await sessionFor(stripe, { metadata: names(50) })).metadata ?? {}).length, 50)
  assert.match((await refusal(sessionFor(stripe, { metadata: names(51) }))).message, /up to 50/)
  await refusal(sessionFor(stripe, { metadata: { ['n'.repeat(41)]: 'v' } }))
  await refusal(sessionFor(stripe, { metadata: { n: 'v'.repeat(501) } }))
  const odd = { __proto__x: 'a', constructor: 'b', '0': 'c' }
  assert.deepEqual((await sessionFor(stripe, { metadata: odd })).metadata, odd)
})

test('links are unfolded on request, in one object and in lists, and nothing else is', async t => {
  const { stripe, control } = await standInWorld(t)
  const session = await sessionFor(stripe)
  await control.pay({ session: session.id, card: 'success' })
  const { data } = await stripe.checkout.sessions.list({ expand: ['data.payment_intent.latest_charge'] })
  const intent = data[0]?.payment_intent
  assert.ok(intent && typeof intent === 'object' && intent.latest_charge && typeof intent.latest_charge === 'object')
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 100, expand: ['charge.refunds'] })
  assert.ok(refund.charge && typeof refund.charge === 'object')
  assert.deepEqual(
    refund.charge.refunds?.data.map(one => one.id),
    [refund.id],
  )
  const [line] = (await stripe.balanceTransactions.list({ type: 'charge', expand: ['data.source'] })).data
  assert.ok(line?.source && typeof line.source === 'object')
  assert.equal(line.source.object, 'charge')
  const again = await stripe.checkout.sessions.retrieve(session.id)
  assert.equal(typeof again.payment_intent, 'string', 'unfolding changes nothing that is kept')
  const wrong = await refusal(stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] }))
  assert.equal(wrong.message, 'This property cannot be expanded (customer).')
  await refusal(
    stripe.charges
      .list({ expand: ['data'] })
      .then(list => assert.ok(list))
      .then(() => Promise.reject(wrong)),
  )
})

test('told to be slow, it is; told to fail, it fails that many times and only there', async t => {
  const { stripe, port, control } = await standInWorld(t)
  await control.slow({ ms: 300 })
  const hurried = stripeClient(port, SECRET_KEY, { timeout: 50 })
  const late = await refusal(hurried.charges.list())
  assert.ok(late instanceof Stripe.errors.StripeConnectionError)
  await control.behave()
  await hurried.charges.list()

  await control.failNext({ times: 2, status: 503, path: '/v1/refunds' })
  await stripe.charges.list()
  assert.equal((await refusal(stripe.refunds.list())).statusCode, 503)
  assert.ok((await refusal(stripe.refunds.list())) instanceof Stripe.errors.StripeAPIError)
  await stripe.refunds.list()
  await control.failNext({ times: 1, status: 429 })
  assert.ok((await refusal(stripe.charges.list())) instanceof Stripe.errors.StripeRateLimitError)

  // The SDK tries a cut connection once more by itself.
  await control.failNext({ times: 2 })
  assert.ok((await refusal(stripe.charges.list())) instanceof Stripe.errors.StripeConnectionError)
  await stripe.charges.list()
})
