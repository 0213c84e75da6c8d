// Stripe tells everything at once, several times, in any order, to a process that is killed meanwhile.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { owedOn } from '../../src/billing/ledger.ts'
import { eq } from '../../src/db/drizzle.ts'
import { startStripeStandIn } from '../../src/demo/stripe-stand-in/start.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { mails } from '../../src/mail/schema.ts'
import { checkPayments } from '../../src/payments/check-payments.ts'
import { payments, stripeEvents } from '../../src/payments/schema.ts'
import { startPayment } from '../../src/payments/start.ts'
import { invoiceOf, SECRET_KEY, sessionIn, WEBHOOK_SECRET } from '../payments/support.ts'
import { family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { productionEnv, startWeb, type TownProcess } from './town-processes.ts'

const PAYMENTS = 12
const TELLINGS = 6
const KILLS = 5

let web: TownProcess | undefined
after(() => web?.stop())
const stripe = await startStripeStandIn({ secretKey: SECRET_KEY })
after(() => stripe.close())
const t = await testTown({ STRIPE_SECRET_KEY: SECRET_KEY, STRIPE_STAND_IN: stripe.url })
t.at(Temporal.Now.instant().toString())
const env = { ...productionEnv(t), STRIPE_SECRET_KEY: SECRET_KEY, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET }

/** As Stripe signs, at this moment. */
function signed(body: string): string {
  const second = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${second}.${body}`).digest('hex')
  return `t=${second},v1=${signature}`
}

/** Tells until somebody says that it was heard. */
async function tell(url: string, body: string) {
  for (const until = performance.now() + 20_000; performance.now() < until; await pause(20)) {
    const headers = { 'Stripe-Signature': signed(body), 'Content-Type': 'application/json' }
    const answer = await fetch(`${url}/webhooks/stripe`, { method: 'POST', body, headers }).catch(() => undefined)
    if (!answer) continue
    await answer.text()
    assert.equal(answer.status, 200)
    return
  }
  throw new Error('nobody hears Stripe')
}

test('in a storm of webhooks, with the process killed again and again, each payment arrives once', async () => {
  const invoices: Id<'invoice'>[] = []
  for (let n = 0; n < PAYMENTS; n++) {
    const home = await family(t, { signedIn: false })
    const invoiceId = await invoiceOf(t, home, 2000 + n)
    invoices.push(invoiceId)
    const { url } = await startPayment(t.town, home.actor, { invoiceIds: [invoiceId], language: 'fr' })
    await stripe.control.pay({ session: sessionIn(url), card: 'success' })
  }
  const answer = await fetch(`${stripe.url}/v1/events?limit=100`, {
    headers: { authorization: `Bearer ${SECRET_KEY}` },
  })
  const { data: events } = (await answer.json()) as { data: { id: string }[] }
  assert.ok(events.length >= PAYMENTS)

  web = await startWeb(env, { withWorker: true })
  const { url } = web
  const port = Number(new URL(url).port)
  const tellings = Array.from({ length: TELLINGS }, () => events).flat()
  tellings.sort(() => Math.random() - 0.5)
  const told = Promise.all(
    tellings.map(async (event, n) => {
      await pause((n / tellings.length) * 2_500)
      await tell(url, JSON.stringify(event))
    }),
  )
  for (let n = 0; n < KILLS; n++) {
    await pause(Math.random() * 300)
    await web.kill()
    web = await startWeb(env, { withWorker: true, port })
  }
  await told

  const rows = await t.town.db.read.select().from(payments)
  assert.deepEqual(
    rows.map(({ state }) => state),
    Array.from({ length: PAYMENTS }, () => 'succeeded'),
  )
  const owed = await owedOn(t.town.db.read, invoices)
  assert.deepEqual(
    [...owed.values()].filter(amount => amount !== 0),
    [],
  )
  assert.deepEqual(await checkPayments(t.town.db.read), [])
  const kept = await t.town.db.read.select({ id: stripeEvents.id }).from(stripeEvents)
  assert.deepEqual(kept.map(({ id }) => id).sort(), events.map(({ id }) => id).sort())

  // The letters are the worker's; one that was killed in between is waited for no longer than this test's own hands need.
  await web.stop()
  t.at(Temporal.Now.instant().add({ minutes: 2 }).toString())
  await t.settle()
  const receipts = await t.town.db.read.select({ key: mails.key }).from(mails).where(eq(mails.kind, 'receipt'))
  assert.deepEqual(receipts.map(({ key }) => key).sort(), rows.map(({ id }) => `receipt:${id}`).sort())
})
