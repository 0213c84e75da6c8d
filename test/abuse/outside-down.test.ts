// Redis, the mail server and Stripe fall silent one after the other and together: pages go on, and what was promised is
// done when they return.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { desc, eq } from '../../src/db/drizzle.ts'
import { startStripeStandIn } from '../../src/demo/stripe-stand-in/start.ts'
import { mails } from '../../src/mail/schema.ts'
import { work } from '../../src/serve.ts'
import { invoiceOf } from '../payments/support.ts'
import { clerk, type Family, family } from '../support/family.ts'
import { startMailServer } from '../support/mail-server.ts'
import { freePort } from '../support/own-process.ts'
import { startRedis } from '../support/redis.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { ORIGIN, productionEnv, startWeb } from './town-processes.ts'

const PAGE_MS = 5_000

const ends: (() => Promise<unknown>)[] = []
after(async () => {
  for (const end of ends.reverse()) await end()
})
const redis = await startRedis()
ends.push(() => redis.stop())
const smtpPort = await freePort()
const secretKey = 'sk_test_outside_0123456789'
const time = { now: () => 0 }
const stripe = await startStripeStandIn({ secretKey, now: () => time.now() })
ends.push(() => stripe.close())
const t = await testTown({
  REDIS_URL: redis.url,
  SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
  STRIPE_SECRET_KEY: secretKey,
  STRIPE_STAND_IN: stripe.url,
})
time.now = () => t.town.clock.now().epochMilliseconds
const working = await work(t)
ends.push(() => working.stop())

const parent = await family(t)
const administrator = await clerk(t)
const child = parent.children[0]!.id

async function quick(asking: ReturnType<Visitor['get']>, expected: number, within = PAGE_MS) {
  const began = performance.now()
  const answer = await asking
  const took = Math.round(performance.now() - began)
  assert.equal(answer.status, expected, `${answer.status} ${answer.text}`)
  assert.ok(took < within, `${asking.method} ${asking.url} took ${took} ms`)
  return answer
}

/** Days on which meals are served, one for each round. */
const days = ['2026-12-07', '2026-12-08', '2026-12-10', '2026-12-11', '2026-12-14', '2026-12-15', '2026-12-17']
days.push('2027-01-07', '2027-01-08', '2027-01-11', '2027-01-12', '2027-01-14', '2027-01-15')

/** What people do all day, none of which may wait for anybody outside. */
async function everythingAnswers(of: Family = parent) {
  for (const path of ['/', '/accueil', '/famille', '/cantine?mois=2026-12', '/factures', '/compte']) {
    await quick(of.parent.get(path), 200)
  }
  for (const path of ['/guichet', '/guichet/travaux', '/guichet/courriers']) await quick(administrator.get(path), 200)
  await quick(of.parent.put(`/api/v1/canteen/children/${child}/meals/${days.shift()}`).send({}), 200)
  await quick(t.visitor().post('/api/v1/password-resets').send({ email: of.email }), 202)
  await quick(t.visitor().get('/healthz'), 200)
  return (await quick(t.visitor().get('/readyz'), 200, 2_500)).body.checks as { redis?: boolean }
}

/** Lets the town's clock run until something is true: tries again come later and later. */
async function intime(what: string, isTrue: () => Promise<boolean> | boolean) {
  for (let n = 0; n < 120; n++) {
    if (await isTrue()) return
    t.at(t.town.clock.now().add({ seconds: 45 }).toString())
    await pause(100)
  }
  assert.fail(`${what} never came true: ${JSON.stringify(await t.town.db.read.select().from(mails))}`)
}

async function lastLetter(kind: string) {
  const [letter] = await t.town.db.read
    .select()
    .from(mails)
    .where(eq(mails.kind, kind))
    .orderBy(desc(mails.id))
    .limit(1)
  return letter
}
const resets = async () => (await t.letters()).filter(({ kind }) => kind === 'account.reset-password').length

test('with Redis down pages answer, jobs wait, and are done when it is back', async () => {
  const mailServer = await startMailServer(smtpPort)
  await redis.kill()
  assert.deepEqual((await everythingAnswers()).redis, false)
  // The queue's own board cannot show what is not there, but it says so at once.
  const board = await administrator.get('/guichet/travaux/redis/').timeout(PAGE_MS)
  assert.ok(board.status < 500 || board.status === 503, `${board.status} ${board.text}`)
  await pause(300)
  assert.equal(await resets(), 0)
  await redis.restart()
  await intime('the letter', async () => (await lastLetter('account.reset-password'))?.state === 'sent')
  assert.equal(mailServer.mails().filter(mail => mail.text?.includes('/mot-de-passe/nouveau/')).length, 1)
  assert.deepEqual((await everythingAnswers()).redis, true)
  await intime('the second letter', async () => (await resets()) === 2)
  await mailServer.stop()
})

test('what Redis forgot is done all the same, once', async () => {
  const mailServer = await startMailServer(smtpPort)
  const before = await resets()
  const flushing = setInterval(() => void redis.flush(), 15)
  await everythingAnswers()
  await pause(400)
  clearInterval(flushing)
  await redis.flush()
  await intime('the letter', async () => {
    const letter = await lastLetter('account.reset-password')
    return (await resets()) > before && letter?.state === 'sent'
  })
  assert.equal(await resets(), before + 1)
  await mailServer.stop()
})

test('with the mail server gone, then full, then silent, pages answer and letters leave when it is back', async () => {
  const other = await family(t, { children: [] })
  const ask = () => quick(t.visitor().post('/api/v1/password-resets').send({ email: other.email }), 202)
  const theirs = async () => (await t.letters()).filter(({ personId }) => personId === other.personId)
  await ask() // nobody listens
  await intime('the first letter is written', async () => (await theirs()).length === 1)
  await everythingAnswers()
  assert.equal((await theirs())[0]?.state, 'waiting')

  const full = await startMailServer(smtpPort)
  full.refuse(true)
  await ask()
  await intime('the second letter is written', async () => (await theirs()).length === 2)
  await everythingAnswers()
  await full.stop()

  const silent = await startSilentServer(smtpPort)
  await ask()
  await intime('somebody waits for the silent server', () => silent.callers() > 0)
  await everythingAnswers()
  assert.ok((await theirs()).every(({ state }) => state === 'waiting'))
  await silent.stop()

  const mailServer = await startMailServer(smtpPort)
  await intime('all letters leave', async () => (await t.letters()).every(({ state }) => state === 'sent'))
  const arrived = mailServer.mails().filter(mail => JSON.stringify(mail.to).includes(other.email))
  const messages = (await theirs()).map(({ id }) => `<${id}@guichet.test>`)
  assert.deepEqual(new Set(arrived.map(({ messageId }) => messageId)), new Set(messages))
  await mailServer.stop()
})

test('with Stripe slow or down the payer is told within eight seconds, and nobody else waits', async () => {
  const invoiceId = await invoiceOf(t, parent, 2940)
  const pay = () => parent.parent.post('/paiement').type('form').send({ invoices: invoiceId })
  const trouble: (() => Promise<void>)[] = [
    () => stripe.control.slow({ ms: 20_000 }),
    () => stripe.control.failNext({ times: 1000, status: 500 }),
  ]
  for (const begin of trouble) {
    await begin()
    const paying = quick(pay(), 503, 8_000)
    await everythingAnswers()
    const { text } = await paying
    assert.ok(text.includes('Rien n’est débité'), text.replace(/<[^>]*>/g, ' '))
    await stripe.control.behave()
  }
  await redis.kill()
  assert.equal((await everythingAnswers()).redis, false)
  await redis.restart()
  // What was begun in vain is closed after a while, and the next click leads to the payment page.
  t.at(t.town.clock.now().add({ minutes: 10 }).toString())
  for (let n = 0; n < 100; n++) {
    const answer = await pay()
    if (answer.status === 303) return assert.match(answer.headers['location'] ?? '', /^http:\/\/127\.0\.0\.1:\d+\//)
    await pause(100)
  }
  assert.fail(`no payment page although Stripe is back: ${(await pay()).text.replace(/<[^>]*>/g, ' ')}`)
})

test('asked to stop while Redis is gone and the mail server silent, a process leaves within ten seconds', async () => {
  const silent = await startSilentServer(smtpPort)
  const own = await startRedis()
  const env = { ...productionEnv(t), SMTP_URL: `smtp://127.0.0.1:${smtpPort}` }
  const [withRedis, alone] = [
    await startWeb({ ...env, REDIS_URL: own.url }, { withWorker: true }),
    await startWeb(env, { withWorker: true }),
  ]
  const asked = await fetch(`${alone.url}/api/v1/password-resets`, {
    method: 'POST',
    headers: { Origin: ORIGIN, 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: parent.email }),
  })
  assert.equal(asked.status, 202)
  for (let n = 0; n < 200 && silent.callers() === 0; n++) await pause(50)
  assert.ok(silent.callers() > 0)
  await own.kill()
  const began = performance.now()
  await Promise.all([withRedis.stop(), alone.stop()])
  const took = Math.round(performance.now() - began)
  await Promise.all([silent.stop(), own.stop()])
  assert.ok(took < 10_000, `${took} ms`)
})

/** Takes every call and says nothing. */
async function startSilentServer(port: number) {
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    callers: () => sockets.size,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
