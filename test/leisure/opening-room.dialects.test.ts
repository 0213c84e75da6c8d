import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { pino } from 'pino'
import supertest from 'supertest'
import { eq } from '../../src/db/drizzle.ts'
import { endOfRamp, rankOfHousehold, turnOf } from '../../src/leisure/opening/draw.ts'
import { gateFor } from '../../src/leisure/opening/gate.ts'
import { householdsWithChildrenFor } from '../../src/leisure/opening/period-facts.ts'
import { householdMembers } from '../../src/people/schema.ts'
import { buildTown } from '../../src/town.ts'
import { sessions } from '../../src/web/schema.ts'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import {
  cookieHeader,
  cookiesOf,
  fromOpening,
  idIn,
  opensAt,
  otherDevice,
  periodOf,
  sayOpenings,
  seedOf,
  ticketOf,
} from './opening-world.ts'
import { christmasPlan, textOf, withHolidays } from './world.ts'

// One family a second: a test sees each come in.
const PER_SECOND = 1
const t = await testTown({ LEISURE_ROOM_RATE: String(PER_SECOND) })
await withHolidays(t)
const desk = await clerk(t, 'leisure')
const { period: path } = await christmasPlan(desk)
await sayOpenings(desk, path, 'draw')
const families = await Promise.all(
  Array.from({ length: 8 }, () => family(t, { children: [{ firstName: 'Léo', birthDate: '2020-05-05' }] })),
)
/** No child of these ages: not counted. */
await family(t, { children: [{ firstName: 'Max', birthDate: '2012-05-05' }] })
const id = idIn(path)
const room = `/centres-de-loisirs/salle/${id}`
const signUp = `/centres-de-loisirs/inscrire/${id}`
const ramp = { opensAt, households: 8, perSecond: PER_SECOND }
const seed = (await seedOf(t, path)) ?? ''
const ranked = families
  .map(one => ({ ...one, rank: rankOfHousehold(seed, one.household) }))
  .sort((a, b) => (a.rank < b.rank ? -1 : 1))
const [first, second] = ranked
const last = ranked.at(-1)
assert.ok(first && second && last)
const early = opensAt.subtract({ minutes: 10 })
const secondsOf = (instant: Temporal.Instant) => opensAt.until(instant).total('seconds')
const turnIn = (one: { rank: bigint }) => secondsOf(turnOf(ramp, { rank: one.rank, arrivedAt: early }))

const gate = async (one: { household: (typeof first)['household'] }, ticket?: string) =>
  gateFor(t.town.db.read, t.town, {
    householdId: one.household,
    period: await periodOf(t, path),
    ticket,
    now: t.town.clock.now(),
  })

test('the room is for who is signed in, who is led there afterwards', async () => {
  fromOpening(t, -600)
  const visitor = t.visitor()
  const answer = await visitor.get(room)
  assert.equal(answer.headers['location'], '/connexion')
  const { email, password } = first
  const signedIn = await visitor.post('/connexion').type('form').send({ email, password })
  assert.equal(signedIn.headers['location'], room)
})

test('before it is there, its page says from when, and gives nothing that would count', async () => {
  fromOpening(t, -3_600)
  const answer = await first.parent.get(room)
  assert.equal(answer.status, 200)
  assert.match(
    textOf(answer.text),
    /La salle d’attente ouvre le lundi 7 décembre 2026 à 7 h 30, dans 30 minutes au plus\./,
  )
  assert.equal(ticketOf(answer), undefined)
  assert.equal((await gate(first)).state, 'later')
})

test('from half an hour before, it says in words when it opens, in less than 3 kB, with and without script', async () => {
  fromOpening(t, -720)
  for (const one of ranked.slice(0, -1)) {
    const answer = await one.parent.get(room)
    assert.ok(ticketOf(answer))
    assert.match(textOf(answer.text), /Les inscriptions ouvrent à 8 h, dans 12 minutes au plus\./)
    assert.match(answer.text, /<noscript><meta http-equiv="refresh" content="\d+"><\/noscript>/)
    assert.match(answer.text, /role="status"/)
    assert.ok(Buffer.byteLength(answer.text) < 3_000, `${Buffer.byteLength(answer.text)}`)
    assert.match(answer.headers['content-security-policy'] ?? '', /connect-src 'self'/)
  }
  const english = await first.parent.get(room).set('Accept-Language', 'en')
  assert.match(textOf(english.text), /Sign-ups open at 8:00, in 12 minutes at most\./)
})

test('who shows the ticket is answered without the session, in some 200 bytes', async () => {
  const before = await otherDevice(t, first)
  const entered = await before.get(room)
  const kept = await t.town.db.read.select().from(sessions)
  // The session is gone from the database: whoever read it would be sent to sign in.
  const session = cookieHeader(before)
  await t.town.db.transaction(async tx => void (await tx.delete(sessions)))
  const poll = await supertest(t.app).get(`${room}.json`).set('Cookie', session).set('Accept-Language', 'fr')
  const page = await supertest(t.app).get(room).set('Cookie', session)
  await t.town.db.transaction(async tx => void (await tx.insert(sessions).values(kept)))
  assert.ok(ticketOf(entered))
  assert.equal(poll.status, 200)
  assert.ok(poll.text.length < 300, poll.text)
  const { state, say, wait, to } = poll.body
  assert.deepEqual([state, to], ['before', undefined])
  assert.match(textOf(say), /Les inscriptions ouvrent à 8 h/)
  assert.ok(wait >= 16 && wait <= 72, `${wait}`)
  assert.equal(page.status, 200)
  assert.equal(cookiesOf(page), '', 'the ticket stays the same')
})

test('nobody is let in before the opening instant, ticket or not', async () => {
  fromOpening(t, -0.001)
  for (const one of families) {
    assert.equal((await gate(one)).state, 'room')
    assert.equal((await one.parent.get(room)).status, 200)
  }
})

test('then each is told the place and the time, the same on every device, and is let in at the turn and not before', async () => {
  const phones = await Promise.all(ranked.slice(0, -1).map(one => otherDevice(t, one)))
  fromOpening(t, -60)
  for (const phone of phones) await phone.get(room)
  fromOpening(t, 0)
  const poll = async (visitor: (typeof phones)[number]) => (await visitor.get(`${room}.json`)).body
  for (const [i, one] of ranked.slice(0, -1).entries()) {
    const turn = turnIn(one)
    if (turn > 0) {
      fromOpening(t, turn - 0.001)
      for (const visitor of [one.parent, phones[i]!]) {
        const news = await poll(visitor)
        assert.equal(news.state, 'turn')
        assert.equal(textOf(news.say), 'Vous passez dans moins d’une minute.')
        assert.equal((await visitor.get(room)).status, 200)
      }
    }
    fromOpening(t, turn)
    for (const visitor of [one.parent, phones[i]!]) {
      assert.equal((await poll(visitor)).to, signUp)
      assert.equal((await visitor.get(room)).headers['location'], signUp)
    }
  }
})

test('another server, or the same after a restart, gives the same turn', async () => {
  fromOpening(t, -300)
  const browser = await otherDevice(t, second)
  await browser.get(room)
  const cookies = cookieHeader(browser)
  const others = await Promise.all(
    [1, 2].map(() => buildTown(t.town.config, { clock: t.town.clock, log: pino({ level: 'silent' }) })),
  )
  after(() => Promise.all(others.map(other => other.close())))
  const polls = async () =>
    Promise.all(
      [t, ...others].map(async ({ app }) => {
        const { body } = await supertest(app).get(`${room}.json`).set('Cookie', cookies).set('Accept-Language', 'fr')
        return [body.state, body.say, body.more]
      }),
    )
  for (const seconds of [0, turnIn(second) - 0.001, turnIn(second)]) {
    fromOpening(t, seconds)
    const [here, ...there] = await polls()
    for (const one of there) assert.deepEqual(one, here)
  }
})

test('who comes after the opening comes behind the draw, and gains nothing by losing the ticket', async () => {
  fromOpening(t, 2)
  const browser = await otherDevice(t, last)
  const answer = await browser.get(room)
  assert.match(textOf(answer.text), /Vous êtes venu après l’ouverture/)
  const own = ticketOf(answer)
  const behind = secondsOf(endOfRamp(ramp)) + 0.5
  fromOpening(t, 4)
  const again = ticketOf(await (await otherDevice(t, last)).get(room))
  const turns = []
  for (const ticket of [own, again, undefined]) {
    const found = await gate(last, ticket)
    assert.equal(found.state, 'room')
    turns.push(found.state === 'room' && found.turnAt ? secondsOf(found.turnAt) : 0)
  }
  assert.deepEqual(turns, [behind, behind + 0.5, behind + 0.5])
  fromOpening(t, behind)
  assert.equal((await gate(last, own)).state, 'open')
  assert.equal((await browser.get(room)).headers['location'], signUp)
  fromOpening(t, 60)
  assert.equal((await gate(last)).state, 'open', 'once all have had their turn nobody waits')
})

test('a ticket is worth nothing once changed, for another family, another period or another opening', async () => {
  fromOpening(t, -300)
  const ticket = ticketOf(await (await otherDevice(t, first)).get(room)) ?? ''
  const household = ticket.split('.')[0] ?? ''
  fromOpening(t, turnIn(first))
  assert.equal((await gate(first, ticket)).state, 'open')
  const wrong = {
    'another family’s': await gate(last, ticket),
    'written for oneself': await gate(last, ticket.replace(household, last.household)),
    'made earlier': await gate(first, ticket.replace(/\.(\d{13})\./, '.1700000000000.')),
    'cut short': await gate(first, ticket.slice(0, -1)),
    nonsense: await gate(first, `${'x'.repeat(500)}`),
    empty: await gate(first, ''),
  }
  const { 'another family’s': theirs, 'written for oneself': own, ...mine } = wrong
  for (const found of [theirs, own])
    assert.equal(JSON.stringify(found), JSON.stringify(await gate(last)), 'as one who comes just now')
  for (const [name, found] of Object.entries(mine))
    assert.equal(JSON.stringify(found), JSON.stringify(await gate(first)), name)
  assert.equal((await gate(first)).state, 'room')
})

test('a family that comes to town after the opening changes nobody’s turn', async () => {
  fromOpening(t, 1)
  const { household } = await family(t, { children: [{ firstName: 'Noa', birthDate: '2020-05-05' }] })
  const period = await periodOf(t, path)
  assert.equal(await householdsWithChildrenFor(t.town.db.read, period, opensAt), 8)
  assert.equal(await householdsWithChildrenFor(t.town.db.read, period, t.town.clock.now()), 9)
  await t.town.db.transaction(async tx => {
    await tx.delete(householdMembers).where(eq(householdMembers.householdId, household))
  })
})

test('on a shared computer the next family gets a ticket of its own', async () => {
  fromOpening(t, -200)
  const browser = await otherDevice(t, first)
  await browser.get(room)
  await browser.post('/deconnexion')
  await browser.post('/api/v1/sessions').send({ email: last.email, password: last.password }).expect(201)
  const answer = await browser.get(room)
  assert.equal(ticketOf(answer)?.split('.')[0], last.household)
})

test('a clerk at the counter waits for one family after the other, each with its own turn', async () => {
  const counter = await clerk(t, 'leisure', 'canteen')
  const serve = async ({ household, personId }: typeof first) => {
    const form = { personId, reason: 'counter', consent: 'yes' }
    const begun = await counter.post(`/guichet/familles/${household}/agir`).type('form').send(form)
    assert.equal(begun.status, 303, begun.text)
    return (await counter.get(room)).headers['location'] ?? ticketOf(await counter.get(room))?.split('.')[0]
  }
  fromOpening(t, -300)
  assert.equal(await serve(first), first.household)
  await counter.post('/guichet/agir/fin')
  assert.equal(await serve(last), last.household)
  fromOpening(t, turnIn(last) - 0.001)
  assert.equal((await counter.get(`${room}.json`)).body.state, 'turn')
  fromOpening(t, turnIn(last))
  assert.equal((await counter.get(`${room}.json`)).body.to, signUp)
})

test('an opening that is moved in the last moment stays shut, also for who is in the room', async () => {
  fromOpening(t, -1)
  const browser = await otherDevice(t, first)
  await browser.get(room)
  fromOpening(t, -0.4)
  assert.equal((await browser.get(`${room}.json`)).body.state, 'before')
  await sayOpenings(desk, path, 'draw', { everybody: '2026-12-07' }, { 'openings.everybody.time': '09:00' })
  fromOpening(t, 0)
  const { state, say } = (await browser.get(`${room}.json`)).body
  assert.equal(state, 'early')
  assert.match(textOf(say), /à 8 h 30/)
  fromOpening(t, -1)
  await sayOpenings(desk, path, 'draw')
})

test('an opening that the clerk moves empties the room: tickets of before count no more', async () => {
  fromOpening(t, -900)
  const browser = await otherDevice(t, first)
  const ticket = ticketOf(await browser.get(room))
  await sayOpenings(desk, path, 'draw', { everybody: '2026-12-08' })
  fromOpening(t, -300)
  assert.match(textOf((await browser.get(room)).text), /La salle d’attente ouvre le mardi 8 décembre 2026 à 7 h 30/)
  fromOpening(t, 24 * 3_600)
  const found = await gate(first, ticket)
  assert.equal(found.state === 'room' && found.turnAt?.toString(), opensAt.add({ hours: 24, seconds: 8 }).toString())
})
