import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as immediately, setTimeout as pause } from 'node:timers/promises'
import supertest from 'supertest'
import { KINDS, refusedAt } from '../../src/web/admission.ts'
import { loadMeter } from '../../src/web/load.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { inHand } from './crowd.ts'

const LIMIT = 5
const t = await testTown({ ADMISSION_REQUESTS: String(LIMIT), METRICS_TOKEN: 'a token of sixteen or more' })
const { parent } = await family(t)
const desk = await clerk(t, 'civil-registry')
const cashier = await clerk(t, 'cash-office')

test('newcomers are refused first, then the crowd, and who is signed in elsewhere last', () => {
  const refused = (load: number) => KINDS.filter(kind => refusedAt(kind, load))
  assert.deepEqual(refused(0.99), [])
  assert.deepEqual(refused(1), ['newcomer'])
  assert.deepEqual(refused(2), ['newcomer', 'crowd'])
  assert.deepEqual(refused(4), ['newcomer', 'crowd', 'signed-in'])
})

test('under normal load nothing changes', async () => {
  const release = inHand(t.meter, LIMIT - 2)
  assert.equal((await t.visitor().get('/')).status, 200)
  assert.equal((await t.visitor().get('/connexion')).status, 200)
  release()
})

test('in a crowd a newcomer gets a tiny page at once, in every language, that tries again by itself', async () => {
  const release = inHand(t.meter, LIMIT)
  for (const path of ['/', '/connexion', '/centres-de-loisirs', '/rien']) {
    const answer = await t.visitor().get(path)
    assert.equal(answer.status, 503, path)
    const wait = Number(answer.headers['retry-after'])
    assert.ok([1, 2, 3].includes(wait), `${wait}`)
    assert.match(answer.text, new RegExp(`<meta http-equiv="refresh" content="${wait}">`))
    assert.match(answer.text, /lang="fr" dir="ltr"><h1>Le site est très demandé/)
    assert.match(answer.text, /lang="en" dir="ltr"><h2>The site is very busy/)
    assert.ok(Buffer.byteLength(answer.text) < 800, `${Buffer.byteLength(answer.text)}`)
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers['set-cookie'], undefined)
  }
  release()
  assert.equal((await t.visitor().get('/')).status, 200, 'then it is as before')
})

test('a form that is refused says so without loading itself again, which would lose what was typed', async () => {
  const release = inHand(t.meter, LIMIT)
  const answer = await t.visitor().post('/connexion').type('form').send({ email: 'a@b.fr', password: 'x' })
  assert.equal(answer.status, 503)
  assert.ok(Number(answer.headers['retry-after']) >= 1)
  assert.doesNotMatch(answer.text, /http-equiv/)
  assert.match(answer.text, /puis rechargez cette page/)
  release()
})

test('forms that were refused are not in hand any more', async () => {
  const release = inHand(t.meter, LIMIT)
  for (let n = 0; n < LIMIT; n++) {
    const answer = await t.visitor().post('/connexion').type('form').send({ email: 'a@b.fr', password: 'x' })
    assert.equal(answer.status, 503)
  }
  release()
  assert.equal(t.meter.load(), 0)
  assert.equal((await t.visitor().get('/')).status, 200)
})

test('a program is told in problem+json, in its language', async () => {
  const release = inHand(t.meter, LIMIT)
  const answer = await t.visitor().post('/api/v1/sessions').set('Accept-Language', 'en').send({})
  assert.equal(answer.status, 503)
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/)
  const body = JSON.parse(answer.text)
  assert.deepEqual([body.status, body.code, body.type], [503, 'busy', 'http://guichet.test/api/problems/busy'])
  assert.match(body.title, /connecting|signing in|people/i)
  assert.ok(Number(answer.headers['retry-after']) >= 1)
  release()
})

test('health, files, the Stripe webhook and the way back from the bank are answered in any crowd', async () => {
  const sheet = /href="(\/public\/app\.[^"]+\.css)"/.exec((await t.visitor().get('/')).text)?.[1] ?? ''
  const release = inHand(t.meter, LIMIT * 10)
  assert.equal((await t.visitor().get('/')).status, 503)
  assert.equal((await t.visitor().get('/healthz')).status, 200)
  assert.equal((await t.visitor().get('/readyz')).status, 200)
  assert.equal((await t.visitor().get(sheet)).status, 200)
  const webhook = await supertest(t.app).post('/webhooks/stripe').set('Stripe-Signature', 't=1,v1=x').send('{}')
  assert.equal(webhook.status, 400, 'it is judged by its signature, not by the crowd')
  assert.notEqual((await parent.get('/paiement/00000000-0000-7000-8000-000000000000/retour')).status, 503)
  release()
})

test('payments, civil records and the desk go on while newcomers and the crowd are refused', async () => {
  const release = inHand(t.meter, LIMIT * 3)
  assert.equal((await t.visitor().get('/')).status, 503)
  assert.equal((await parent.get('/centres-de-loisirs')).status, 503, 'the crowd')
  for (const path of ['/factures', '/paiement', '/famille', '/actes'])
    assert.notEqual((await parent.get(path)).status, 503, path)
  assert.equal((await desk.get('/guichet/etat-civil')).status, 200)
  assert.equal((await cashier.get('/guichet/paiements')).status, 200)
  release()
})

test('when the process could not answer anybody any more, who is signed in elsewhere waits too', async () => {
  const release = inHand(t.meter, LIMIT * 4)
  assert.equal((await parent.get('/factures')).status, 503)
  release()
  assert.equal((await parent.get('/factures')).status, 200)
})

test('a cookie that this town did not sign makes nobody known', async () => {
  const release = inHand(t.meter, LIMIT)
  for (const cookie of ['guichet=s%3Aabc.def', 'guichet=x', 'guichet=s%3A%zz.%zz', 'guichet=s%3Aabc.%E0%A4%A'])
    assert.equal((await supertest(t.app).get('/factures').set('Cookie', cookie)).status, 503, cookie)
  assert.notEqual((await parent.get('/factures')).status, 503)
  release()
})

test('refusals are counted for who watches over the town', async () => {
  const { text } = await t.visitor().get('/metrics').set('Authorization', 'Bearer a token of sixteen or more')
  for (const kind of KINDS) assert.match(text, new RegExp(`guichet_refusals_total\\{kind="${kind}"\\} [1-9]`))
})

/** The load that the last of so many requests finds, when each of them takes so long and all came together. */
function loadAfter(meter: ReturnType<typeof loadMeter>, requests: number, eachMs: number): number {
  let load = 0
  for (let i = 0; i < requests; i++) {
    const done = meter.take()
    load = meter.load()
    for (const busy = performance.now() + eachMs; performance.now() < busy; );
    done()
  }
  return load
}

test('who is read late in a long turn of the event loop finds a crowd, the next turn none', async () => {
  const meter = loadMeter({ inHand: 1_000, delayMs: 100 })
  assert.ok(loadAfter(meter, 30, 0) < 1, 'a machine at ease')
  await immediately()
  assert.equal(meter.busyLately(), false)
  assert.ok(loadAfter(meter, 30, 8) > 2, 'the last has waited for more than 200 ms')
  await immediately()
  assert.ok(loadAfter(meter, 30, 0) < 1, 'at ease again')
  assert.equal(meter.busyLately(), true, 'but what can wait waits still')
})

test('a pause of the machine with hardly anybody there is no crowd', async () => {
  const meter = loadMeter({ inHand: 1_000, delayMs: 100 })
  assert.ok(loadAfter(meter, 3, 150) < 1)
})

test('the more are refused, the later they are told to come back', async () => {
  const release = inHand(t.meter, LIMIT)
  const waits: number[] = []
  for (let n = 0; n < 900; n++) waits.push(Number((await t.visitor().get('/')).headers['retry-after']))
  assert.ok(Math.max(...waits.slice(0, 100)) <= 3)
  assert.ok(Math.max(...waits) > 3 && Math.max(...waits) <= 30, `${Math.max(...waits)}`)
  release()
})

test('where answers take long while many wait for them there is a crowd, and none once nobody waits', async () => {
  const meter = loadMeter({ inHand: 1_000, delayMs: 10 })
  const waiting = Array.from({ length: 60 }, () => meter.take())
  await pause(100)
  for (const done of waiting.splice(0, 45)) done()
  assert.ok(meter.load() > 1)
  for (const done of waiting) done()
  assert.equal(meter.load(), 0)
})

test('a request counts once, until it is answered or gone', () => {
  const meter = loadMeter({ inHand: 2, delayMs: 1_000 })
  const [first, second] = [meter.take(), meter.take()]
  assert.equal(meter.load(), 1)
  first()
  first()
  assert.equal(meter.load(), 0.5)
  second()
  assert.equal(meter.load(), 0)
})
