import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startStripeStandIn } from '../../src/demo/stripe-stand-in/start.ts'
import { browse, idOf, SECRET_KEY, sessionFor, standInWorld, stripeClient } from './support.ts'

/** Removed when all is stopped. */
const folders: string[] = []
after(() => Promise.all(folders.map(folder => rm(folder, { recursive: true }))))

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-stand-in-'))
  folders.push(folder)
  return folder
}

test('it refuses to run in production', async t => {
  const before = process.env['NODE_ENV']
  t.after(() => {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  })
  process.env['NODE_ENV'] = 'production'
  await assert.rejects(startStripeStandIn({ secretKey: SECRET_KEY }), /never runs in production/)
})

test('it listens on this machine only, and says when its port is taken', async t => {
  const { port, url } = await standInWorld(t)
  assert.equal(url, `http://127.0.0.1:${port}`)
  await assert.rejects(startStripeStandIn({ secretKey: SECRET_KEY, port }), { code: 'EADDRINUSE' })
})

test('after a restart everything is as it was, and what was on its way goes on', async t => {
  const stateFile = join(await emptyFolder(), 'var', 'stripe.json')
  const first = await standInWorld(t, { stateFile })
  const paid = await sessionFor(first.stripe, {}, { idempotencyKey: 'payment-1' })
  await first.control.pay({ session: paid.id, card: 'success' })
  await first.told()
  const open = await sessionFor(first.stripe)
  await first.control.pay({ session: open.id, card: 'three-d-secure', refuseChallenge: true })
  const late = await sessionFor(first.stripe)
  await first.told()
  first.webhook.town.answer = 503
  await first.control.retryWebhooksAfter({ ms: 60_000 })
  await first.control.pay({ session: late.id, card: 'late-success' })
  await first.control.webhooksIdle()
  const before = await first.stripe.checkout.sessions.list()
  await first.close()
  assert.equal((await readdir(join(stateFile, '..'))).length, 1, 'no half-written file is left')

  const second = await standInWorld(t, { stateFile, webhook: { url: first.webhook.url, secret: 'whsec_other' } })
  const after = await second.stripe.checkout.sessions.list()
  const withoutAddress = (list: typeof before) => list.data.map(({ url: _, ...session }) => session)
  assert.deepEqual(withoutAddress(after), withoutAddress(before))
  const again = after.data.find(session => session.id === open.id)
  assert.equal(again?.url, `${second.url}/c/pay/${open.id}`)
  assert.equal((await browse(again?.url ?? '', { card: 'success' })).status, 303)
  assert.equal((await sessionFor(second.stripe, {}, { idempotencyKey: 'payment-1' })).id, paid.id)
  const intent = idOf((await second.stripe.checkout.sessions.retrieve(late.id)).payment_intent)
  await second.control.settle({ paymentIntent: intent })
  assert.equal((await second.stripe.checkout.sessions.retrieve(late.id)).payment_status, 'paid')
  assert.equal((await second.stripe.webhookEndpoints.list()).data.length, 1, 'the configured endpoint is not doubled')
  const waiting = await second.stripe.events.list({ delivery_success: false, limit: 100 })
  assert.ok(waiting.data.some(event => event.type === 'payment_intent.processing'))
})

test('every answer is on the disk before it is given', async t => {
  const stateFile = join(await emptyFolder(), 'stripe.json')
  const { stripe, control } = await standInWorld(t, { stateFile })
  const sessions = await Promise.all(Array.from({ length: 20 }, () => sessionFor(stripe)))
  const kept: { sessions: { id: string }[]; charges: unknown[] } = JSON.parse(await readFile(stateFile, 'utf8'))
  assert.deepEqual(new Set(kept.sessions.map(one => one.id)), new Set(sessions.map(one => one.id)))
  await control.pay({ session: sessions[0]!.id, card: 'success' })
  assert.equal(JSON.parse(await readFile(stateFile, 'utf8')).charges.length, 1)
})

test('a state file that is not one stops the start instead of being overwritten', async () => {
  const stateFile = join(await emptyFolder(), 'stripe.json')
  for (const [content, said] of [
    ['{ not json', /remove it to start anew/],
    ['{"format":99}', /another version/],
    ['{"format":1}', /has no sessions/],
  ] as const) {
    await writeFile(stateFile, content)
    await assert.rejects(startStripeStandIn({ secretKey: SECRET_KEY, stateFile }), said)
    assert.equal(await readFile(stateFile, 'utf8'), content)
  }
})

test('the control obeys over HTTP whoever has the key, and nobody else', async t => {
  const { url, port, stripe, webhook } = await standInWorld(t)
  const order = async (name: string, wish: unknown = {}, key = SECRET_KEY) => {
    const answer = await fetch(`${url}/_control/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(wish),
    })
    const body: { [name: string]: unknown } = JSON.parse(await answer.text())
    return { status: answer.status, body }
  }
  const session = await sessionFor(stripe)
  assert.equal((await order('pay', { session: session.id, card: 'success' }, 'wrong')).status, 401)
  assert.deepEqual(await order('pay', { session: session.id, card: '4242 4242 4242 4242' }), {
    status: 200,
    body: { state: 'paid' },
  })
  const [charge] = (await stripe.charges.list()).data
  const dispute = await order('dispute', { payment: charge!.id })
  assert.equal(dispute.body['object'], 'dispute')
  assert.equal((await order('closeDispute', { dispute: dispute.body['id'], outcome: 'won' })).body['status'], 'won')
  assert.equal((await order('webhooksIdle')).status, 200)
  assert.ok(webhook.received.some(one => one.type === 'charge.dispute.closed'))

  assert.equal((await order('slow', { ms: 1 })).status, 200)
  assert.equal((await order('failNext', { times: 1, status: 500, path: '/v1/charges' })).status, 200)
  await assert.rejects(stripeClient(port).charges.list(), { statusCode: 500 })
  assert.equal((await order('behave')).status, 200)

  for (const [name, wish] of [
    ['slow', { ms: -1 }],
    ['failNext', { times: 1, status: 200 }],
    ['pay', { session: session.id }],
    ['payout', { all: true }],
  ] as const) {
    assert.equal((await order(name, wish)).status, 400, name)
  }
  assert.equal((await order('dance')).status, 404)
  assert.equal((await order('toString')).status, 404)
  assert.equal((await order('pay', { session: 'cs_nowhere', card: 'success' })).status, 404)
  const get = await fetch(`${url}/_control/behave`, { headers: { authorization: `Bearer ${SECRET_KEY}` } })
  assert.equal(get.status, 404)
})
