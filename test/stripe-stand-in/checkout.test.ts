import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CANCEL, idOf, lineOf, refusal, SUCCESS, sessionFor, standInWorld } from './support.ts'

const MINUTE = 60
const nowInSeconds = () => Math.floor(Date.now() / 1000)

test('a session is created with what the town wrote, and read again the same', async t => {
  const { stripe, url } = await standInWorld(t)
  const expires = nowInSeconds() + 45 * MINUTE
  const made = await sessionFor(stripe, {
    line_items: [lineOf(2940), { ...lineOf(150, 'Facture 2026-000013'), quantity: 2 }],
    client_reference_id: 'payment-1',
    metadata: { invoice: '2026-000012' },
    payment_intent_data: {
      description: 'Facture 2026-000012',
      metadata: { payment: 'payment-1' },
      statement_descriptor_suffix: 'VALMONT 000012',
    },
    locale: 'fr',
    expires_at: expires,
  })
  assert.match(made.id, /^cs_test_\w{20,}$/)
  assert.equal(made.url, `${url}/c/pay/${made.id}`)
  assert.partialDeepStrictEqual(made, {
    object: 'checkout.session',
    mode: 'payment',
    status: 'open',
    payment_status: 'unpaid',
    amount_total: 3240,
    currency: 'eur',
    livemode: false,
    client_reference_id: 'payment-1',
    metadata: { invoice: '2026-000012' },
    customer_email: 'camille@example.org',
    locale: 'fr',
    expires_at: expires,
    success_url: SUCCESS,
    cancel_url: CANCEL,
    payment_intent: null,
  })
  const { lastResponse, ...read } = await stripe.checkout.sessions.retrieve(made.id)
  assert.deepEqual({ ...read }, { ...made })
  assert.match(lastResponse.requestId, /^req_/)

  const lines = await stripe.checkout.sessions.listLineItems(made.id)
  assert.deepEqual(
    lines.data.map(line => [
      line.description,
      line.quantity,
      line.amount_total,
      String(line.price?.unit_amount_decimal),
    ]),
    [
      ['Facture 2026-000012', 1, 2940, '2940'],
      ['Facture 2026-000013', 2, 300, '150'],
    ],
  )
})

test('what the town wrote for the bank statement and the payment reaches the intent and the charge', async t => {
  const { stripe, control } = await standInWorld(t)
  const session = await sessionFor(stripe, {
    payment_intent_data: {
      description: 'Facture 2026-000012',
      metadata: { payment: 'payment-1' },
      statement_descriptor_suffix: 'VALMONT 000012',
    },
  })
  await control.pay({ session: session.id, card: 'success' })
  const paid = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent.latest_charge.balance_transaction', 'line_items'],
  })
  assert.equal(paid.line_items?.data[0]?.amount_total, 2940)
  const intent = paid.payment_intent
  assert.ok(intent && typeof intent === 'object')
  assert.partialDeepStrictEqual(intent, {
    status: 'succeeded',
    amount: 2940,
    amount_received: 2940,
    metadata: { payment: 'payment-1' },
  })
  const charge = intent.latest_charge
  assert.ok(charge && typeof charge === 'object')
  assert.equal(charge.calculated_statement_descriptor, 'GUICHET* VALMONT 000012')
  assert.equal(charge.description, 'Facture 2026-000012')
  assert.equal(charge.payment_method_details?.card?.last4, '4242')
  const line = charge.balance_transaction
  assert.ok(line && typeof line === 'object')
  assert.deepEqual([line.amount, line.fee, line.net], [2940, 69, 2871])
})

test('a session lives from thirty minutes to a day, and says it is over at its hour', async t => {
  let now = Date.UTC(2026, 10, 23, 12)
  const { stripe, told } = await standInWorld(t, { now: () => now })
  const seconds = now / 1000
  const tooSoon = await refusal(sessionFor(stripe, { expires_at: seconds + 30 * MINUTE - 1 }))
  assert.match(tooSoon.message, /at least 30 minutes/)
  assert.equal(tooSoon.param, 'expires_at')
  const tooLate = await refusal(sessionFor(stripe, { expires_at: seconds + 24 * 60 * MINUTE + 1 }))
  assert.match(tooLate.message, /less than 24 hours/)
  const byDefault = await sessionFor(stripe)
  assert.equal(byDefault.expires_at, seconds + 24 * 60 * MINUTE)

  const short = await sessionFor(stripe, { expires_at: seconds + 30 * MINUTE })
  now += 30 * MINUTE * 1000 - 1000
  assert.equal((await stripe.checkout.sessions.retrieve(short.id)).status, 'open')
  now += 1000
  const over = await stripe.checkout.sessions.retrieve(short.id)
  assert.deepEqual([over.status, over.payment_status, over.url], ['expired', 'unpaid', null])
  const [event] = (await stripe.events.list({ type: 'checkout.session.expired' })).data
  assert.equal(event?.created, now / 1000)
  assert.deepEqual(event?.request, { id: null, idempotency_key: null })
  await told()
})

test('the town expires an open session, and only an open one', async t => {
  const { stripe, control, told } = await standInWorld(t)
  const session = await sessionFor(stripe)
  await control.pay({ session: session.id, card: 'declined' })
  const expired = await stripe.checkout.sessions.expire(session.id)
  assert.equal(expired.status, 'expired')
  assert.equal((await stripe.paymentIntents.retrieve(idOf(expired.payment_intent))).status, 'canceled')
  assert.deepEqual((await told()).slice(-2), ['payment_intent.canceled', 'checkout.session.expired'])
  assert.match((await refusal(stripe.checkout.sessions.expire(session.id))).message, /status of `expired`/)

  const paid = await sessionFor(stripe)
  await control.pay({ session: paid.id, card: 'success' })
  assert.match((await refusal(stripe.checkout.sessions.expire(paid.id))).message, /status of `complete`/)
  assert.deepEqual(await control.pay({ session: session.id, card: 'success' }), { state: 'closed' })
})

test('sessions are listed newest first, by page, by payment, by status and by time', async t => {
  const { stripe, control } = await standInWorld(t)
  const made: string[] = []
  for (let i = 0; i < 12; i++) made.unshift((await sessionFor(stripe)).id)
  const first = await stripe.checkout.sessions.list()
  assert.deepEqual(
    first.data.map(one => one.id),
    made.slice(0, 10),
  )
  assert.equal(first.has_more, true)
  const next = await stripe.checkout.sessions.list({ starting_after: made[9]!, limit: 5 })
  assert.deepEqual(
    next.data.map(one => one.id),
    made.slice(10),
  )
  assert.equal(next.has_more, false)
  const before = await stripe.checkout.sessions.list({ ending_before: made[3]!, limit: 2 })
  assert.deepEqual(
    before.data.map(one => one.id),
    made.slice(1, 3),
  )
  assert.equal(before.has_more, true)
  const all: string[] = []
  for await (const one of stripe.checkout.sessions.list({ limit: 5 })) all.push(one.id)
  assert.deepEqual(all, made)

  const [chosen] = made
  await control.pay({ session: chosen!, card: 'success' })
  const paid = await stripe.checkout.sessions.retrieve(chosen!)
  const byIntent = await stripe.checkout.sessions.list({ payment_intent: idOf(paid.payment_intent) })
  assert.deepEqual(
    byIntent.data.map(one => one.id),
    [chosen],
  )
  assert.equal((await stripe.checkout.sessions.list({ status: 'open', limit: 100 })).data.length, 11)
  const later = nowInSeconds() + 10
  assert.equal((await stripe.checkout.sessions.list({ created: { gt: later } })).data.length, 0)
  assert.equal((await stripe.checkout.sessions.list({ created: { lte: later }, limit: 100 })).data.length, 12)
  const lost = await refusal(stripe.checkout.sessions.list({ starting_after: 'cs_test_nowhere' }))
  assert.deepEqual([lost.statusCode, lost.code, lost.param], [400, 'resource_missing', 'starting_after'])
})

test('a session asks for at least fifty cents and for a way back that is an address', async t => {
  const { stripe } = await standInWorld(t)
  const small = await refusal(sessionFor(stripe, { line_items: [lineOf(49)] }))
  assert.deepEqual([small.statusCode, small.code], [400, 'amount_too_small'])
  assert.equal((await sessionFor(stripe, { line_items: [lineOf(50)] })).amount_total, 50)
  const large = await refusal(sessionFor(stripe, { line_items: [lineOf(99_999_999), lineOf(1)] }))
  assert.equal(large.code, 'amount_too_large')
  const negative = await refusal(sessionFor(stripe, { line_items: [lineOf(-1)] }))
  assert.deepEqual(
    [negative.code, negative.param],
    ['parameter_invalid_integer', 'line_items[0][price_data][unit_amount]'],
  )
  for (const success_url of ['not an address', 'javascript:alert(1)', '/paid']) {
    const wrong = await refusal(sessionFor(stripe, { success_url }))
    assert.deepEqual([wrong.code, wrong.param], ['url_invalid', 'success_url'])
  }
  const mail = await refusal(sessionFor(stripe, { customer_email: 'nobody' }))
  assert.deepEqual([mail.code, mail.param], ['email_invalid', 'customer_email'])
  const other = await refusal(
    sessionFor(stripe, {
      line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 100, product_data: { name: 'x' } } }],
    }),
  )
  assert.equal(other.param, 'line_items[0][price_data][currency]')
  for (const suffix of ['', '12345', 'A'.repeat(23), 'CANTINE*', 'École']) {
    const wrong = await refusal(sessionFor(stripe, { payment_intent_data: { statement_descriptor_suffix: suffix } }))
    assert.equal(wrong.param, 'payment_intent_data[statement_descriptor_suffix]', suffix)
  }
  assert.equal((await stripe.checkout.sessions.list()).data.length, 1, 'what was refused left nothing')
})
