import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import Stripe from 'stripe'
import { refusal, sessionFor, standInWorld } from './support.ts'

const PAID = [
  'payment_intent.created',
  'charge.succeeded',
  'payment_intent.succeeded',
  'checkout.session.completed',
  'charge.updated',
]

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !what(); i++) await pause(10)
  assert.ok(what(), 'it did not happen in two seconds')
}

test('events are signed snapshots that say what asked for them', async t => {
  const { stripe, control, told, webhook } = await standInWorld(t)
  const session = await sessionFor(stripe)
  await control.pay({ session: session.id, card: 'success' })
  assert.deepEqual(await told(), PAID)
  assert.deepEqual(webhook.badSignatures, [])
  const [created, charged, , completed, updated] = webhook.received.map(one => one.event)
  for (const event of [created, charged, completed, updated]) {
    assert.partialDeepStrictEqual(event, {
      object: 'event',
      livemode: false,
      api_version: Stripe.API_VERSION,
      request: { id: null, idempotency_key: null },
    })
    assert.ok(Math.abs((event?.created ?? 0) - Date.now() / 1000) < 5)
  }
  assert.ok(created?.type === 'payment_intent.created')
  assert.equal(created.data.object.status, 'requires_payment_method', 'as it was then, not as it is now')
  assert.ok(charged?.type === 'charge.succeeded' && updated?.type === 'charge.updated')
  assert.equal(charged.data.object.balance_transaction, null, 'with asynchronous capture it is not there yet')
  assert.match(String(updated.data.object.balance_transaction), /^txn_/)
  assert.deepEqual(updated.data.previous_attributes, { balance_transaction: null })
  assert.ok(completed?.type === 'checkout.session.completed')
  assert.deepEqual([completed.data.object.id, completed.data.object.payment_status], [session.id, 'paid'])

  const refund = await stripe.refunds.create(
    { charge: charged.data.object.id, amount: 100 },
    { idempotencyKey: 'refund-1' },
  )
  await told()
  const refunded = webhook.received.at(-1)?.event
  assert.equal(refunded?.type, 'charge.refunded')
  assert.deepEqual(refunded?.request, { id: refund.lastResponse.requestId, idempotency_key: 'refund-1' })
})

test('a signature does not hold for another body, another secret or another hour', async t => {
  const { stripe, webhook, control } = await standInWorld(t, { now: () => Date.now() - 301_000 })
  await control.retryWebhooksAfter({ ms: 60_000 })
  const session = await sessionFor(stripe)
  await control.pay({ session: session.id, card: 'success' })
  await control.webhooksIdle()
  assert.equal(webhook.received.length, 0)
  assert.match(String(webhook.badSignatures[0]), /tolerance/)

  const other = await standInWorld(t, { webhook: { url: webhook.url, secret: 'whsec_another' } })
  await other.control.pay({ session: (await sessionFor(other.stripe)).id, card: 'success' })
  await other.control.webhooksIdle()
  assert.equal(webhook.received.length, 0)
  assert.match(String(webhook.badSignatures.at(-1)), /No signatures found matching/)
})

test('a webhook the town does not answer comes again, later and later, and is signed anew', async t => {
  const { stripe, control, webhook, told } = await standInWorld(t)
  await control.retryWebhooksAfter({ ms: 20 })
  webhook.town.answer = 500
  const session = await sessionFor(stripe)
  await stripe.checkout.sessions.expire(session.id)
  await until(() => webhook.town.calls >= 3)
  const waiting = await stripe.events.list({ delivery_success: false })
  assert.deepEqual(
    waiting.data.map(event => [event.type, event.pending_webhooks]),
    [['checkout.session.expired', 1]],
  )
  webhook.town.answer = 302
  const calls = webhook.town.calls
  await until(() => webhook.town.calls > calls)
  webhook.town.answer = 200
  await until(() => webhook.received.length > 0)
  assert.deepEqual(await told(), ['checkout.session.expired'])
  assert.deepEqual(webhook.badSignatures, [])
  const done = await stripe.events.list({ delivery_success: true })
  assert.deepEqual(
    done.data.map(event => event.pending_webhooks),
    [0],
  )
})

test('webhooks can be dropped, and the events are found by asking', async t => {
  const { stripe, control, told } = await standInWorld(t)
  await control.webhooks({ drop: 4 })
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  assert.deepEqual(await told(), ['charge.updated'])
  const missed = await stripe.events.list({ delivery_success: false })
  assert.deepEqual(missed.data.map(event => event.type).reverse(), PAID.slice(0, 4))
})

test('webhooks can come twice and at the same time', async t => {
  const { stripe, control, told, webhook } = await standInWorld(t)
  await control.webhooks({ duplicate: 2 })
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  assert.deepEqual(await told(), [PAID[0], PAID[0], PAID[1], PAID[1], ...PAID.slice(2)])
  assert.equal(webhook.received[0]?.id, webhook.received[1]?.id)
})

test('webhooks can come in the opposite order, at once or when let go', async t => {
  const { stripe, control, told } = await standInWorld(t)
  await control.webhooks({ reorder: 5 })
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  assert.deepEqual(await told(), PAID.toReversed())

  await control.webhooks({ reorder: 100 })
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  assert.equal((await told()).length, 5, 'held back')
  await control.releaseWebhooks()
  assert.deepEqual((await told()).slice(5), PAID.toReversed())
})

test('an event can be sent again, years later or not', async t => {
  const { stripe, control, told, webhook } = await standInWorld(t)
  await stripe.checkout.sessions.expire((await sessionFor(stripe)).id)
  await told()
  const [event] = (await stripe.events.list()).data
  await control.resend({ event: event!.id })
  await told()
  assert.deepEqual(
    webhook.received.map(one => one.id),
    [event!.id, event!.id],
  )
  await assert.rejects(control.resend({ event: 'evt_nowhere' }))
})

test('events are listed newest first, by kind, by time and by page, and kept thirty days', async t => {
  let now = Date.UTC(2026, 10, 23, 12)
  const { stripe, control } = await standInWorld(t, { now: () => now })
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  const noon = now / 1000
  now += 60_000
  await stripe.checkout.sessions.expire((await sessionFor(stripe)).id)

  const all = await stripe.events.list()
  assert.deepEqual(
    all.data.map(event => event.type),
    ['checkout.session.expired', ...PAID.toReversed()],
  )
  const [newest] = all.data
  assert.deepEqual((await stripe.events.retrieve(newest!.id)).data, newest!.data)
  const types = async (params: Stripe.EventListParams) =>
    (await stripe.events.list(params)).data.map(event => event.type)
  assert.deepEqual(await types({ created: { gt: noon } }), ['checkout.session.expired'])
  assert.deepEqual(await types({ created: noon, types: ['charge.succeeded', 'charge.updated'] }), [
    'charge.updated',
    'charge.succeeded',
  ])
  assert.deepEqual(await types({ type: 'payment_intent.*' }), ['payment_intent.succeeded', 'payment_intent.created'])
  assert.deepEqual(await types({ limit: 2, starting_after: all.data[3]!.id }), ['charge.succeeded', PAID[0]])
  assert.deepEqual(await types({ ending_before: all.data[1]!.id }), ['checkout.session.expired'])
  assert.match((await refusal(stripe.events.list({ type: 'a.b', types: ['c.d'] }))).message, /only provide one/)

  now += 30 * 24 * 3600 * 1000 - 60_000 + 1000
  assert.deepEqual(await types({}), ['checkout.session.expired'])
})

test('endpoints are made, read, changed and deleted; each has its own secret, shown once', async t => {
  const { stripe, webhook, control, told, url } = await standInWorld(t)
  const made = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/hook',
    enabled_events: ['charge.refunded'],
    description: 'second town',
  })
  assert.match(made.secret ?? '', /^whsec_\w{32}$/)
  assert.equal((await stripe.webhookEndpoints.retrieve(made.id)).secret, undefined)
  const { data } = await stripe.webhookEndpoints.list()
  assert.deepEqual(
    data.map(one => [one.url, one.status, one.secret]),
    [
      ['http://127.0.0.1:9/hook', 'enabled', undefined],
      [webhook.url, 'enabled', undefined],
    ],
  )
  const changed = await stripe.webhookEndpoints.update(made.id, { url: `${url}/v1/nowhere`, disabled: true })
  assert.deepEqual([changed.url, changed.status, changed.description], [`${url}/v1/nowhere`, 'disabled', 'second town'])
  assert.deepEqual(await stripe.webhookEndpoints.del(made.id).then(({ id, deleted }) => [id, deleted]), [made.id, true])
  assert.equal((await stripe.webhookEndpoints.list()).data.length, 1)
  assert.equal(
    (await refusal(stripe.webhookEndpoints.create({ url: 'nowhere', enabled_events: ['*'] }))).code,
    'url_invalid',
  )

  const [configured] = (await stripe.webhookEndpoints.list()).data
  await stripe.webhookEndpoints.update(configured!.id, { enabled_events: ['checkout.session.completed'] })
  await control.pay({ session: (await sessionFor(stripe)).id, card: 'success' })
  assert.deepEqual(await told(), ['checkout.session.completed'])
})
