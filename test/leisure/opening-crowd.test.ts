import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import supertest from 'supertest'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { inHand, listen } from '../web/crowd.ts'
import { cookieHeader, fromOpening, idIn, otherDevice, sayOpenings } from './opening-world.ts'
import { christmasPlan, withHolidays } from './world.ts'

const LIMIT = 8
const t = await testTown({ ADMISSION_REQUESTS: String(LIMIT), LEISURE_ROOM_RATE: '1' })
await withHolidays(t)
const doors = await listen(t.app)
const desk = await clerk(t, 'leisure')
const { period: path } = await christmasPlan(desk)
await sayOpenings(desk, path, 'draw')
const id = idIn(path)
const room = `/centres-de-loisirs/salle/${id}`
const signUp = `/centres-de-loisirs/inscrire/${id}`
const home = await family(t)
const other = await family(t)
const late = await family(t)

/** The note that lets a browser stay inside. */
const noteIn = (answer: { headers: Record<string, unknown> }) =>
  /guichet-dedans=[^;]+/.exec(String(answer.headers['set-cookie'] ?? ''))?.[0]

test('who waits in the room keeps being answered in any crowd, and is let in at the turn', async () => {
  fromOpening(t, -60)
  const browser = await otherDevice(t, home)
  await browser.get(room).expect(200)
  const release = inHand(t.meter, LIMIT * 10)
  assert.equal((await browser.get(room)).status, 200)
  assert.equal((await browser.get(`${room}.json`)).body.state, 'before')
  assert.equal((await other.parent.get(room)).status, 503, 'who comes now has to try again')
  fromOpening(t, 10)
  assert.equal((await browser.get(room)).headers['location'], signUp)
  assert.equal((await browser.get(signUp)).status, 200)
  release()
})

test('who is inside stays inside for a quarter of an hour, whatever the crowd; who is not, waits', async () => {
  fromOpening(t, 60)
  const page = await home.parent.get(signUp)
  assert.equal(page.status, 200)
  assert.match(String(page.headers['set-cookie']), /guichet-dedans=[^;]+; Max-Age=900; Path=\/; .*HttpOnly/)
  const release = inHand(t.meter, LIMIT * 10)
  const shown = async (visitor: typeof home.parent) => (await visitor.get(signUp)).status
  assert.equal(await shown(home.parent), 200)
  assert.notEqual((await home.parent.post(signUp).type('form').send({})).status, 503)
  assert.equal((await home.parent.get('/centres-de-loisirs/panier')).status, 200)
  assert.equal(await shown(late.parent), 503)
  fromOpening(t, 60 + 15 * 60 + 1)
  const refused = await home.parent.get(signUp)
  assert.equal(refused.status, 503, 'the note has run out')
  release()
})

test('the note of one session is worth nothing in another, nor one that was changed', async () => {
  fromOpening(t, 60)
  const note = noteIn(await (await otherDevice(t, home)).get(signUp)) ?? ''
  const session = cookieHeader(await otherDevice(t, other))
  const [until = ''] = /\d{13}/.exec(note) ?? []
  const longer = note.replace(until, String(Number(until) + 86_400_000))
  const mine = cookieHeader(home.parent)
  const release = inHand(t.meter, LIMIT * 10)
  const get = (cookie: string) => supertest(t.app).get(signUp).set('Cookie', cookie)
  assert.equal((await get(`${session}; ${note}`)).status, 503)
  assert.equal((await get(note)).status, 503)
  assert.equal((await get(`${mine.replace(/guichet-dedans=[^;]+;? ?/, '')}; ${longer}`)).status, 503)
  assert.equal((await get(mine)).status, 200)
  release()
})

test('before the gate is open nobody is inside', async () => {
  fromOpening(t, -60)
  const browser = await otherDevice(t, other)
  assert.equal(noteIn(await browser.get(signUp)), undefined)
})

test('in a storm of newcomers who is inside, the bank and the health checks are answered; nobody gets a fault', async () => {
  fromOpening(t, 120)
  await home.parent.get(signUp).expect(200)
  const cookie = cookieHeader(home.parent)
  const { port } = doors.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const ask = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; retryAfter: string | undefined; ms: number }>((resolve, reject) => {
      const begun = performance.now()
      const sent = request({ port, path: target, method, headers, agent }, answer => {
        answer.resume()
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            retryAfter: answer.headers['retry-after'],
            ms: performance.now() - begun,
          }),
        )
      })
      sent.once('error', reject).end(method === 'POST' ? '{}' : undefined)
    })
  const release = inHand(t.meter, LIMIT)
  const storm = Promise.all(
    Array.from({ length: 600 }, (_, i) => ask(i % 3 === 0 ? '/connexion' : i % 3 === 1 ? '/' : '/centres-de-loisirs')),
  )
  const inside = []
  for (let i = 0; i < 10; i++) {
    inside.push(await ask(signUp, { cookie }))
    inside.push(await ask('/healthz'))
    const webhook = await ask('/webhooks/stripe', { 'stripe-signature': 't=1,v1=x' }, 'POST')
    assert.equal(webhook.status, 400)
  }
  const answers = await storm
  release()
  agent.destroy()
  for (const { status, ms } of inside) {
    assert.equal(status, 200)
    assert.ok(ms < 5_000, `${ms} ms`)
  }
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [503])
  for (const { retryAfter } of answers) assert.match(retryAfter ?? '', /^([1-9]|[12]\d|30)$/)
})
