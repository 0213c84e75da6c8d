import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { lockAccounts, owedOn } from '../../src/billing/ledger.ts'
import { dialect } from '../../src/db/columns.ts'
import { eq } from '../../src/db/drizzle.ts'
import { cents } from '../../src/kernel/money.ts'
import { refundPayment } from '../../src/payments/refunds.ts'
import { refunds, stripeEvents } from '../../src/payments/schema.ts'
import { clerkAccount, family } from '../support/family.ts'
import { invoiceOf, payingTown, SECRET_KEY, WEBHOOK_SECRET } from './support.ts'

const t = await payingTown()
const db = () => t.town.db.read

/** Another process of the same town. */
function another(...args: string[]): ChildProcess {
  const { database, filesDir, baseUrl } = t.town.config
  const env = {
    ...process.env,
    ...(dialect === 'postgres' ? { DATABASE_URL: database } : { SQLITE_FILE: database }),
    FILES_DIR: filesDir,
    BASE_URL: baseUrl,
    STRIPE_SECRET_KEY: SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_STAND_IN: t.standIn.url,
    TEST_NOW: t.town.clock.now().toString(),
  }
  const program = new URL('./do-until-killed.ts', import.meta.url).pathname
  return spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** `kill -9` as soon as something is true. */
async function killWhen(child: ChildProcess, isTrue: () => Promise<boolean>) {
  while (!(await isTrue())) {
    assert.equal(child.exitCode, null, 'it ended before it could be killed')
    await pause(2)
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

test('killed between its commit and Stripe’s answer, a payment is healed with the same key: one page', async () => {
  // Before the request has left, and while Stripe is at work on it.
  for (const delay of [0, 700]) await healedAfter(delay)
})

async function healedAfter(delay: number) {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  await t.control.slow({ ms: 1500 })
  const child = another('start', parent.accountId, parent.personId, invoiceId)
  await killWhen(child, async () => {
    const written = (await t.paymentsOf(parent)).length > 0
    if (written) await pause(delay)
    return written
  })
  await t.control.behave()
  const [left] = await t.paymentsOf(parent)
  assert.equal(left?.state, 'created')
  assert.equal(left.sessionId, null)

  const healed = await t.begin(parent, [invoiceId])
  assert.equal(healed.id, left.id)
  // What the killed process had asked for reached Stripe in the end, if at all, under the same key.
  await pause(1600)
  const { data } = await t.stripe('/v1/checkout/sessions?limit=100')
  assert.deepEqual(
    data.filter(session => session['client_reference_id'] === left.id).map(session => session['id']),
    [healed.session],
  )
  await t.control.pay({ session: healed.session, card: 'success' })
  await t.settle()
  assert.equal((await t.payment(left.id)).state, 'succeeded')
}

test('killed between keeping an event and answering, the town takes it once', async () => {
  const parent = await family(t)
  const invoiceId = await invoiceOf(t, parent, 2940)
  const { id, session } = await t.begin(parent, [invoiceId])
  await t.closeDoor()
  const child = another('webhook', String(t.port))
  await t.control.pay({ session, card: 'success' })
  await killWhen(child, async () => (await t.payment(id)).state === 'succeeded')
  await t.listen()
  const told = async () => {
    const rows = await db().select().from(stripeEvents).where(eq(stripeEvents.objectId, session))
    return rows.map(row => [row.type, row.outcome])
  }
  assert.deepEqual(await told(), [['checkout.session.completed', 'applied']])
  // Stripe tells it again, for it was never answered.
  const { data } = await t.stripe('/v1/events?limit=100')
  for (const event of data) await t.control.resend({ event: String(event['id']) })
  await t.settle()
  assert.deepEqual(await told(), [['checkout.session.completed', 'applied']])
  assert.equal((await owedOn(db(), [invoiceId])).get(invoiceId), 0)
  const mails = (await t.letters()).filter(letter => letter.key === `receipt:${id}`)
  assert.equal(mails.length, 1)
  assert.deepEqual(await t.faults(), [])
})

test('killed while Stripe refunds, the refund is made once', async () => {
  const parent = await family(t)
  const { actor } = await clerkAccount(t, 'cash-office')
  const paymentId = await t.pay(parent, [await invoiceOf(t, parent, 2940)])
  const refundId = await refundPayment(t.town, actor, { paymentId, amount: cents(1000), reason: 'Repas annulés' })
  await t.control.webhooks({ drop: 100 })
  const { intentId } = await t.payment(paymentId)
  const atStripe = async () => (await t.stripe(`/v1/refunds?payment_intent=${intentId}`)).data
  // Held here, the account keeps the other process from writing down what Stripe has done.
  await t.town.db.transaction(async tx => {
    await lockAccounts(tx, [parent.household])
    await killWhen(another('refund', refundId), async () => (await atStripe()).length > 0)
  })
  await t.control.behave()
  const [pending] = await db().select().from(refunds).where(eq(refunds.id, refundId))
  assert.equal(pending?.state, 'pending')
  await t.settle()
  const [done] = await db().select().from(refunds).where(eq(refunds.id, refundId))
  assert.equal(done?.state, 'succeeded')
  assert.equal((await atStripe()).length, 1)
  assert.deepEqual(await t.faults(), [])
})
