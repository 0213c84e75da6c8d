import assert from 'node:assert/strict'
import { test } from 'node:test'
import Stripe from 'stripe'
import { lineOf, refusal, SECRET_KEY, sessionFor, standInWorld, stripeClient } from './support.ts'

const once = { idempotencyKey: 'payment-1' }

test('the same key with the same parameters gives the first answer again and makes nothing new', async t => {
  const { stripe } = await standInWorld(t)
  const expires_at = Math.floor(Date.now() / 1000) + 3600
  const first = await sessionFor(stripe, { expires_at }, once)
  const again = await sessionFor(stripe, { expires_at }, once)
  assert.equal(again.id, first.id)
  assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined)
  assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true')
  assert.equal(again.lastResponse.headers['original-request'], first.lastResponse.requestId)
  assert.equal(again.lastResponse.idempotencyKey, 'payment-1')
  assert.equal((await stripe.checkout.sessions.list()).data.length, 1)

  await stripe.checkout.sessions.expire(first.id)
  assert.equal((await sessionFor(stripe, { expires_at }, once)).status, 'open', 'the first answer, not today’s state')
})

test('the same key with other parameters, or for another thing, is refused', async t => {
  const { stripe } = await standInWorld(t)
  await sessionFor(stripe, {}, once)
  const other = await refusal(sessionFor(stripe, { line_items: [lineOf(2941)] }, once))
  assert.ok(other instanceof Stripe.errors.StripeIdempotencyError)
  assert.equal(other.statusCode, 400)
  assert.match(other.message, /same parameters they were first used with/)
  const elsewhere = await refusal(stripe.refunds.create({ charge: 'ch_1' }, once))
  assert.ok(elsewhere instanceof Stripe.errors.StripeIdempotencyError)
  assert.match(elsewhere.message, /same endpoint/)
  assert.equal((await stripe.checkout.sessions.list()).data.length, 1)
})

test('two requests at once with one key: one works, the other is told to come back', async t => {
  const { stripe, control } = await standInWorld(t)
  await control.slow({ ms: 100 })
  const [one, two] = await Promise.allSettled([sessionFor(stripe, {}, once), sessionFor(stripe, {}, once)])
  const refused = one.status === 'rejected' ? one : two
  const made = one.status === 'rejected' ? two : one
  assert.ok(made.status === 'fulfilled' && refused.status === 'rejected')
  assert.deepEqual([refused.reason.statusCode, refused.reason.code], [409, 'idempotency_key_in_use'])
  assert.equal((await sessionFor(stripe, {}, once)).id, made.value.id)
  assert.equal((await stripe.checkout.sessions.list()).data.length, 1)
})

test('an error of the work is kept, an error of the parameters is not', async t => {
  const { stripe, control } = await standInWorld(t)
  const small = await refusal(sessionFor(stripe, { line_items: [lineOf(10)] }, once))
  const again = await refusal(sessionFor(stripe, { line_items: [lineOf(10)] }, once))
  assert.deepEqual([again.code, again.statusCode], [small.code, 400])
  assert.equal(again.headers?.['idempotent-replayed'], 'true')

  const typo = { idempotencyKey: 'payment-2' }
  assert.equal((await refusal(sessionFor(stripe, { locale: 'xx' as 'fr' }, typo))).param, 'locale')
  const session = await sessionFor(stripe, {}, typo)
  await control.pay({ session: session.id, card: 'success' })
  const { data } = await stripe.charges.list()
  const refund = { idempotencyKey: 'refund-1' }
  const made = await stripe.refunds.create({ charge: data[0]!.id, amount: 100 }, refund)
  assert.equal((await stripe.refunds.create({ charge: data[0]!.id, amount: 100 }, refund)).id, made.id)
  assert.equal((await stripe.refunds.list()).data.length, 1)
})

test('an answer lost after the work is found again by the SDK’s own retry', async t => {
  const { port, stripe, control } = await standInWorld(t)
  const stubborn = stripeClient(port, SECRET_KEY, { maxNetworkRetries: 2 })
  for (const status of [undefined, 500]) {
    await control.failNext({ times: 1, workDone: true, status })
    const session = await sessionFor(stubborn)
    assert.equal(session.lastResponse.headers['idempotent-replayed'], 'true')
  }
  await control.failNext({ times: 1, workDone: false })
  assert.equal((await sessionFor(stubborn)).lastResponse.headers['idempotent-replayed'], undefined)
  assert.equal((await stripe.checkout.sessions.list()).data.length, 3)
})

test('a key is forgotten after a day, and is at most 255 characters long', async t => {
  let now = Date.now()
  const { stripe } = await standInWorld(t, { now: () => now })
  const first = await sessionFor(stripe, {}, once)
  now += 24 * 3600 * 1000 - 1000
  assert.equal((await sessionFor(stripe, {}, once)).id, first.id)
  now += 2000
  assert.notEqual((await sessionFor(stripe, {}, once)).id, first.id)
  const long = await refusal(sessionFor(stripe, {}, { idempotencyKey: 'k'.repeat(256) }))
  assert.equal(long.statusCode, 400)
})
