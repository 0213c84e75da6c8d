import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { fileOf } from '../../src/people/files.ts'
import { quotientOn } from '../../src/people/rules.ts'
import { files } from '../../src/people/schema.ts'
import { pricingFacts } from '../../src/people/store.ts'
import { clerk, type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { jpeg, pdf, png } from '../uploads/files.ts'

const t = await testTown()
const desk = await clerk(t, 'cash-office')

const send = ({ parent }: Pick<Family, 'parent'>, value: string, bytes: Buffer = png(), name = 'attestation.png') =>
  parent.post('/famille/quotient').field('value', value).attach('proof', bytes, name)

const counts = async (household: Family['household'], day: string) => {
  const facts = (await pricingFacts(t.town.db.read, [household])).get(household)
  return quotientOn(facts?.quotients ?? [], Temporal.PlainDate.from(day))?.value
}
/** The address of the family's quotient in the clerks' queue. */
async function inQueue(lastName: string): Promise<string> {
  const page = (await desk.get('/guichet/quotients')).text
  const [, href] = new RegExp(`href="(/guichet/quotients/[\\w-]+)">[^<]*${lastName}`).exec(page) ?? []
  assert.ok(href, `${lastName} is not in the queue`)
  return href
}
const storedFiles = () =>
  readdirSync(`${t.folder}/files`, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).length
const day = (d: number, m: number, y: number) => ({ 'to-day': d, 'to-month': m, 'to-year': y })

test('the highest price applies until a clerk has read the proof; then it counts from the day it was sent', async () => {
  t.at('2026-11-10T09:00:00+01:00')
  const parents = await family(t, { lastName: 'Moreau' })
  assert.match((await parents.parent.get('/famille/quotient')).text, /vous payez le prix le plus haut/)
  assert.equal((await send(parents, '640,50', pdf(), 'attestation CAF.pdf')).headers['location'], '/famille/quotient')
  const waiting = (await parents.parent.get('/famille/quotient')).text
  assert.match(waiting, /Envoyé le mardi 10 novembre 2026\s: 640,50\s€/)
  assert.match(waiting, /vous payez le prix le plus haut/)
  assert.equal(await counts(parents.household, '2026-11-12'), undefined)

  t.at('2026-11-16T09:00:00+01:00')
  const href = await inQueue('Moreau')
  const file = (await desk.get(href)).text
  assert.match(file, /640,50/)
  assert.match(file, /justificatif/)
  const confirmed = await desk
    .post(`${href}/confirmer`)
    .type('form')
    .send({ value: '642,10', ...day(31, 8, 2027) })
  assert.equal(confirmed.status, 303)
  assert.equal(await counts(parents.household, '2026-11-09'), undefined, 'not back')
  assert.equal(await counts(parents.household, '2026-11-10'), 64210)
  assert.equal(await counts(parents.household, '2027-09-01'), undefined)
  assert.match(
    (await parents.parent.get('/famille/quotient')).text,
    /642,10\s€, du mardi 10 novembre 2026 au mardi 31 août 2027/,
  )
  const letter = (await t.letters()).find(({ to }) => to === parents.email)
  assert.match(letter!.text, /642,10/)
})

test('a quotient of zero is a quotient', async () => {
  const parents = await family(t, { lastName: 'Zéro' })
  await send(parents, '0')
  await desk
    .post(`${await inQueue('Zéro')}/confirmer`)
    .type('form')
    .send({ value: '0', ...day(31, 8, 2027) })
  assert.equal(await counts(parents.household, '2026-11-30'), 0)
})

test('a refusal says why, to the family too', async () => {
  const parents = await family(t, { lastName: 'Refus' })
  await send(parents, '300')
  const href = await inQueue('Refus')
  const without = await desk.post(`${href}/refuser`).type('form').send({ refusal: ' ' })
  assert.equal(without.status, 422)
  await desk.post(`${href}/refuser`).type('form').send({ refusal: 'La photo est floue.' })
  assert.match((await parents.parent.get('/famille/quotient')).text, /La photo est floue/)
  assert.match((await t.letters()).find(({ to }) => to === parents.email)!.text, /La photo est floue/)
  assert.equal(await counts(parents.household, '2026-11-30'), undefined)
})

test('of two clerks with the same page open, the first one decides', async () => {
  const parents = await family(t, { lastName: 'Course' })
  await send(parents, '500')
  const href = await inQueue('Course')
  const answers = await Promise.all([
    desk
      .post(`${href}/confirmer`)
      .type('form')
      .send({ value: '500', ...day(31, 8, 2027) }),
    (await clerk(t, 'canteen')).post(`${href}/refuser`).type('form').send({ refusal: 'Illisible.' }),
  ])
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [303, 409],
  )
  const letters = (await t.letters()).filter(({ to }) => to === parents.email)
  assert.equal(letters.length, 1)
})

test('sending again before anyone looked replaces what was sent, and its file', async () => {
  const parents = await family(t, { lastName: 'Encore' })
  await send(parents, '500')
  await send(parents, '510', jpeg(), 'nette.jpg')
  await t.settle()
  const kept = await t.town.db.read.select().from(files).where(eq(files.householdId, parents.household))
  assert.deepEqual(
    kept.map(({ name, mediaType }) => [name, mediaType]),
    [['nette.jpg', 'image/jpeg']],
  )
})

test('a double press on « Envoyer » sends once', async () => {
  const parents = await family(t, { lastName: 'Double' })
  const before = storedFiles()
  const key = crypto.randomUUID()
  const press = () =>
    parents.parent
      .post('/famille/quotient')
      .field('idempotencyKey', key)
      .field('value', '400')
      .attach('proof', png(), 'a.png')
  assert.deepEqual(
    (await Promise.all([press(), press()])).map(({ status }) => status),
    [303, 303],
  )
  const { body } = await parents.parent.get('/api/v1/quotients')
  assert.equal(body.length, 1)
  assert.equal(storedFiles(), before + 1)
})

test('what is no photo or PDF is refused in words; what was typed stays, and nothing is kept', async () => {
  const parents = await family(t)
  const before = storedFiles()
  const html = Buffer.from('<!doctype html><script>alert(1)</script>')
  for (const [bytes, words] of [
    [html, /Ce fichier est une page web/],
    [Buffer.from('bonjour'), /Nous ne pouvons pas ouvrir ce fichier/],
    [Buffer.concat([png(), html]), /Ce fichier contient autre chose/],
    [Buffer.alloc(0), /Ce fichier est vide/],
    [pdf({ trailer: '/Encrypt 9 0 R' }), /protégé par un mot de passe/],
  ] as const) {
    const answer = await send(parents, '640', bytes, 'photo.jpg')
    assert.equal(answer.status, 422)
    assert.match(answer.text, words)
    assert.match(answer.text, /value="640"/)
  }
  const large = await send(parents, '640', Buffer.alloc(10_000_000, 1), 'grand.png')
  assert.equal(large.status, 413)
  assert.match(large.text, /Ce fichier est trop lourd/)
  const none = await parents.parent.post('/famille/quotient').field('value', '640')
  assert.equal(none.status, 422)
  assert.match(none.text, /Choisissez un fichier/)
  const two = await send(parents, '640').attach('proof', png(), 'b.png')
  assert.equal(two.status, 422)
  assert.match(two.text, /un seul fichier/)
  assert.equal(storedFiles(), before)
  assert.deepEqual((await parents.parent.get('/api/v1/quotients')).body, [])
})

test('amounts that are none are refused', async () => {
  const parents = await family(t)
  for (const value of ['', '-5', 'beaucoup', '1,234', '999999999', '1e3']) {
    assert.equal((await send(parents, value)).status, 422, value)
  }
  assert.deepEqual((await parents.parent.get('/api/v1/quotients')).body, [])
})

test('the proof is saved, never shown: it runs nowhere, and only its family and the clerks get it', async () => {
  const parents = await family(t, { lastName: 'Preuve' })
  await send(parents, '640', pdf(), '../../../été "2026"\u202e.pdf.exe')
  const href = `${await inQueue('Preuve')}/justificatif`
  const own = /href="(\/famille\/quotient\/[\w-]+\/justificatif)"/.exec(
    (await parents.parent.get('/famille/quotient')).text,
  )![1]!
  for (const answer of [await desk.get(href), await parents.parent.get(own)]) {
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'application/pdf')
    assert.match(answer.headers['content-disposition']!, /^attachment; filename=/)
    assert.match(decodeURIComponent(answer.headers['content-disposition']!), /été 2026\.pdf\.pdf/)
    assert.equal(answer.headers['content-security-policy'], "default-src 'none'; sandbox")
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    assert.deepEqual(answer.body, pdf())
  }
  const screen = (await desk.get(href.replace(/\/justificatif$/, ''))).text
  const [, picture] = /<img[^>]* src="([^"]+)"/.exec(screen) ?? []
  assert.equal(picture, `${href}/1`, 'the clerk sees its page')
  const seen = await desk.get(picture)
  assert.equal(seen.headers['content-type'], 'image/png')
  assert.equal(seen.headers['content-disposition'], 'inline')
  assert.match(seen.headers['content-security-policy']!, /^default-src 'none'.* sandbox/)
  const stranger = await family(t)
  const [file] = await t.town.db.read.select().from(files).where(eq(files.householdId, parents.household))
  await assert.rejects(fileOf(t.town.db.read, stranger.household, file!.id), /not-found/)
  assert.equal((await stranger.parent.get(own)).status, 404)
  assert.equal((await stranger.parent.get(href)).status, 404)
  for (const address of [href, picture])
    assert.equal((await (await clerk(t, 'civil-registry')).get(address)).status, 404)
  assert.equal((await desk.get(`${href}/2`)).status, 404)
  const looks = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.action, 'proof.viewed'))
  assert.ok(looks.length >= 1)
})

test('programs send it too', async () => {
  const parents = await family(t)
  const sent = await parents.parent
    .post('/api/v1/quotients')
    .set('Idempotency-Key', 'k1')
    .field('value', '712.30')
    .attach('proof', png(), 'a.png')
  assert.equal(sent.status, 201)
  const { body } = await parents.parent.get('/api/v1/quotients')
  assert.deepEqual([body[0].value, body[0].state, body[0].to], [71230, 'to-check', '2027-08-31'])
  assert.equal((await parents.parent.post('/api/v1/quotients').send({ value: '1' })).status, 422)
})
