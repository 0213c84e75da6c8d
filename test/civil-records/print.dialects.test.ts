// The act is written down, printed with others, signed, posted or handed over. Through the clerks' pages.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { drawBatch } from '../../src/civil-records/printing/print.ts'
import { takeRequest } from '../../src/civil-records/queue/holding.ts'
import { civilActs, civilBatches, civilFiles } from '../../src/civil-records/schema.ts'
import type { CivilRequest } from '../../src/civil-records/store.ts'
import { desc, eq } from '../../src/db/drizzle.ts'
import { documentOf } from '../../src/documents/keep.ts'
import { documentPool } from '../../src/documents/pool.ts'
import { anonymous } from '../../src/kernel/actor.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { opened } from '../documents/pdf.ts'
import { clerkAccount, clerk as clerkOfService } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { png } from '../uploads/files.ts'
import { moveOn, requestNow, submittedRequest } from './world.ts'

const t = await testTown()
const { clerk, actor } = await clerkAccount(t, 'civil-registry')
const other = await clerkAccount(t, 'civil-registry')
const canteen = await clerkOfService(t, 'canteen')
const pdf = documentPool()
after(() => pdf.close())

const birthFields = {
  'register.year': '1984',
  'register.number': '212',
  'event.date': '12/05/1984',
  'event.place': 'Valmont',
  'person.firstNames': 'Fatou Marie',
  'person.lastName': 'Diallo',
  'person.sex': 'F',
}

type Fields = Record<string, string>

const writeAct = async (request: CivilRequest, fields: Fields = {}, by = clerk) => {
  const { version } = await requestNow(t, request.id)
  return by
    .post(`/guichet/etat-civil/${request.id}/acte`)
    .type('form')
    .send({ version: String(version), action: 'accept', ...birthFields, ...fields })
}

/** A request that a clerk has open, as `takeRequest` leaves it. */
async function taken(given: Parameters<typeof submittedRequest>[1] = {}) {
  const request = await submittedRequest(t, { papers: 0, ...given })
  return takeRequest(t.town, actor, request.id)
}

async function readyToPrint(given: Parameters<typeof submittedRequest>[1] = {}) {
  const request = await taken(given)
  assert.equal((await writeAct(request)).status, 303)
  return requestNow(t, request.id)
}

const seen = async (...requests: readonly CivilRequest[]) =>
  Promise.all(requests.map(async ({ id }) => `${id}.${(await requestNow(t, id)).version}`))

const send = async (action: string, requests: readonly CivilRequest[]) =>
  clerk
    .post(`/guichet/etat-civil/impressions/${action}`)
    .type('form')
    .send({ request: await seen(...requests) })

async function printed(...requests: readonly CivilRequest[]) {
  const answer = await send('lot', requests)
  assert.equal(answer.status, 303)
  await t.settle()
  const path = answer.headers['location']!
  const [batch] = await t.town.db.read
    .select()
    .from(civilBatches)
    .where(eq(civilBatches.id, path.split('/').at(-1) as Id<'civil-batch'>))
  return { path, batch: batch! }
}

const pdfText = async (path: string) => {
  const answer = await clerk.get(path)
  assert.equal(answer.status, 200)
  return opened(answer.body).pages().join('\n')
}

test('the form of an act begins with what the applicant told, and keeps what was typed when it is refused', async () => {
  const request = await taken()
  const page = await clerk.get(`/guichet/etat-civil/${request.id}/acte`)
  assert.equal(page.status, 200)
  assert.match(page.text, /name="person\.lastName"[^>]*value="Diallo"/)
  assert.match(page.text, /name="event\.date"[^>]*value="12\/05\/1984"/)
  const refused = await writeAct(request, { 'register.number': '', 'event.place': '<b>Valmont</b>' })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /href="#register-number"/)
  assert.match(refused.text, /value="&lt;b&gt;Valmont&lt;\/b&gt;"/)
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
})

test('an act is saved first, seen as PDF, then accepted', async () => {
  const request = await taken()
  assert.equal((await writeAct(request, { action: 'save' })).status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'under-review')
  assert.match(await pdfText(`/guichet/etat-civil/${request.id}/acte.pdf`), /Diallo/i)
  assert.equal((await writeAct(request)).status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'ready-to-print')
})

test('who does not hold the request cannot write its act, nor on what changed meanwhile', async () => {
  const request = await taken()
  assert.equal((await writeAct(request, {}, other.clerk)).status, 409)
  assert.equal((await writeAct(request, { version: '1' })).status, 409)
  await moveOn(t, request.id, ['withdrawn'], anonymous)
  assert.equal((await writeAct(request)).status, 409)
  const acts = await t.town.db.read.select().from(civilActs).where(eq(civilActs.requestId, request.id))
  assert.deepEqual(acts, [])
})

test('the page of a register is printed as its picture, and a new one replaces it', async () => {
  const request = await taken()
  const scanned = async () =>
    clerk
      .post(`/guichet/etat-civil/${request.id}/acte`)
      .field({ version: String((await requestNow(t, request.id)).version), action: 'save', way: 'scan' })
      .field({ 'register.year': '1984', 'register.number': '212' })
      .attach('scan', png(), 'page.png')
  assert.equal((await scanned()).status, 303)
  const first = await t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, request.id))
  assert.equal(first.length, 1)
  assert.equal((await scanned()).status, 303)
  await t.settle()
  const [now, ...more] = await t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, request.id))
  assert.deepEqual(more, [])
  assert.notEqual(now!.storedAs, first[0]!.storedAs)
  await assert.rejects(t.town.files.read(first[0]!.storedAs))
  const page = await clerk.get(`/guichet/etat-civil/${request.id}/acte.pdf`)
  assert.equal(page.headers['content-type'], 'application/pdf')
})

test('a way of copying that needs pictures is refused without them, and leaves no file behind', async () => {
  const request = await taken()
  const answer = await writeAct(request, { way: 'scan' })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /href="#scan"/)
})

test('records are printed together in the order they came, each with its letter when posted and as often as asked', async () => {
  t.at('2026-11-23T10:00:00+01:00')
  const first = await readyToPrint({ answers: { copies: 2 } })
  t.at('2026-11-23T10:05:00+01:00')
  const second = await readyToPrint({ answers: { delivery: 'collection' } })
  const { path, batch } = await printed(second, first)
  assert.deepEqual(batch.requestIds, [first.id, second.id])
  const text = await pdfText(`${path}/pdf`)
  const groups = (number: string | null) => (number ?? '').replace(/(.{4})(?=.)/g, '$1\\s?')
  assert.match(text, new RegExp(groups(first.number)))
  assert.ok(text.search(new RegExp(groups(first.number))) < text.search(new RegExp(groups(second.number))))
  assert.match(text, /3 rue des Tilleuls/)
  // Drawn again by a second worker: the same one is kept.
  const kept = await documentOf(t.town.db.read, 'civil-batch', batch.id)
  await drawBatch(t.town, pdf, batch.id)
  assert.equal((await documentOf(t.town.db.read, 'civil-batch', batch.id))!.id, kept!.id)
})

test('the same form sent twice makes one batch', async () => {
  const request = await readyToPrint()
  const idempotencyKey = 'a key of its own'
  const before = await t.town.db.read.select().from(civilBatches)
  const form = { request: await seen(request), idempotencyKey }
  const answers = [1, 2].map(() => clerk.post('/guichet/etat-civil/impressions/lot').type('form').send(form))
  const [one, two] = await Promise.all(answers)
  assert.equal(one!.headers['location'], two!.headers['location'])
  assert.equal((await t.town.db.read.select().from(civilBatches)).length, before.length + 1)
})

test('signed, then posted: the applicant is written to once', async () => {
  const request = await readyToPrint()
  assert.equal((await send('signes', [request])).status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'signed')
  const ticked = await seen(request)
  const post = () => clerk.post('/guichet/etat-civil/impressions/postes').type('form').send({ request: ticked })
  await Promise.all([post(), post()])
  assert.equal((await requestNow(t, request.id)).state, 'posted')
  const letters = (await t.letters()).filter(
    letter => letter.kind === 'civil.posted' && letter.key.includes(request.id),
  )
  assert.equal(letters.length, 1)
  assert.deepEqual(letters[0]!.documents, [], 'a record is never sent by e-mail')
})

test('a request withdrawn while its record lay to be signed is told, and the others are signed', async () => {
  const [kept, gone] = [await readyToPrint(), await readyToPrint()]
  const ticked = await seen(kept, gone)
  await moveOn(t, gone.id, ['withdrawn'], anonymous)
  const answer = await clerk.post('/guichet/etat-civil/impressions/signes').type('form').send({ request: ticked })
  assert.equal(answer.status, 303)
  assert.equal((await requestNow(t, kept.id)).state, 'signed')
  assert.equal((await requestNow(t, gone.id)).state, 'withdrawn')
  const page = await clerk.get(answer.headers['location']!)
  assert.match(page.text, /Retirez de la pile/)
  assert.match(page.text.replaceAll('\u00a0', ''), new RegExp(gone.number!))
})

test('laid out at the counter, handed over only to who showed an identity paper', async () => {
  const request = await readyToPrint({ answers: { delivery: 'collection' } })
  await send('signes', [request])
  await send('deposes', [request])
  assert.equal((await requestNow(t, request.id)).state, 'ready-for-collection')
  const letter = (await t.letters()).find(
    one => one.kind === 'civil.ready-for-collection' && one.key.includes(request.id),
  )
  assert.match(letter!.text, /22 janvier 2027/)
  const give = async (fields: Fields) =>
    clerk
      .post(`/guichet/etat-civil/${request.id}/remise`)
      .type('form')
      .send({ version: String((await requestNow(t, request.id)).version), ...fields })
  const refused = await give({ by: 'applicant' })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /href="#identity"/)
  assert.equal((await requestNow(t, request.id)).state, 'ready-for-collection')
  assert.equal((await give({ by: 'mandated', identity: 'yes' })).status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'collected')
  assert.equal((await give({ by: 'applicant', identity: 'yes' })).status, 409)
})

test('an envelope that came back is sent again, and the applicant is written to again', async () => {
  const request = await readyToPrint()
  await send('signes', [request])
  await send('postes', [request])
  const { version } = await requestNow(t, request.id)
  const back = await clerk.post(`/guichet/etat-civil/${request.id}/retour`).type('form').send({ version })
  assert.equal(back.status, 303)
  assert.equal((await requestNow(t, request.id)).state, 'signed')
  await send('postes', [request])
  const letters = (await t.letters()).filter(
    letter => letter.kind === 'civil.posted' && letter.key.includes(request.id),
  )
  assert.equal(letters.length, 2)
})

test('the queue and each file lead to the next step of their papers', async () => {
  const request = await readyToPrint({ answers: { delivery: 'collection' } })
  const file = async () => (await clerk.get(`/guichet/etat-civil/${request.id}`)).text
  assert.match((await clerk.get('/guichet/etat-civil')).text, /href="\/guichet\/etat-civil\/impressions"/)
  assert.match(await file(), /href="\/guichet\/etat-civil\/impressions"/)
  await send('signes', [request])
  assert.match(await file(), /href="\/guichet\/etat-civil\/impressions\?etape=envoyer"/)
  await send('deposes', [request])
  assert.match(await file(), new RegExp(`href="/guichet/etat-civil/${request.id}/remise"`))
  await moveOn(t, request.id, ['posted'])
  assert.match(await file(), new RegExp(`action="/guichet/etat-civil/${request.id}/retour"`))
})

test('clerks of another service find none of it', async () => {
  const request = await readyToPrint()
  const [latest] = await t.town.db.read.select().from(civilBatches).orderBy(desc(civilBatches.createdAt)).limit(1)
  for (const path of [
    `/guichet/etat-civil/${request.id}/acte`,
    `/guichet/etat-civil/${request.id}/acte.pdf`,
    `/guichet/etat-civil/${request.id}/remise`,
    '/guichet/etat-civil/impressions',
    `/guichet/etat-civil/impressions/${latest!.id}`,
    `/guichet/etat-civil/impressions/${latest!.id}/pdf`,
  ]) {
    assert.equal((await canteen.get(path)).status, 404, path)
    assert.notEqual((await t.visitor().get(path)).status, 200, path)
  }
  const ticked = { request: await seen(request) }
  for (const action of ['lot', 'signes', 'postes', 'deposes']) {
    const answer = await canteen.post(`/guichet/etat-civil/impressions/${action}`).type('form').send(ticked)
    assert.equal(answer.status, 404, action)
  }
})
