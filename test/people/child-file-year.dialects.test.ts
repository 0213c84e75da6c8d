import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import {
  childConsents,
  childDocuments,
  childFileParts,
  childHealthSheets,
  emergencyContacts,
  files,
} from '../../src/people/schema.ts'
import { type Family, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { fileOf, fillFile, storedFiles } from './child-file-filling.ts'

const t = await testTown()
const db = t.town.db.read
const START = '2026-11-23T09:00:00+01:00'
/** Sets the clock; a session does not last as long, so the parent signs in again. */
async function at(instant: string, { parent, email, password }: Family) {
  t.at(instant)
  const { status } = await parent.post('/api/v1/sessions').send({ email, password })
  assert.equal(status, 201)
}
const sheetsOf = async (childId: string) =>
  (
    await db
      .select()
      .from(childHealthSheets)
      .where(eq(childHealthSheets.childId, childId as never))
  ).map(({ year }) => year)

test('the file counts to the last second of 31 August in Paris, and no longer', async () => {
  t.at(START)
  const one = await family(t)
  const file = await fillFile(one)
  await at('2027-08-31T23:59:59+02:00', one)
  assert.match(await file.page(), /Le dossier d’Inès est complet/)
  await at('2027-09-01T00:00:00+02:00', one)
  const page = await file.page()
  assert.match(page, /Dossier d’Inès, 2027-2028/)
  assert.match(page, /0 parties faites sur 6/)
  assert.match(page, /À confirmer\s: le nom d’une personne à appeler/)
})

test('in summer last year is taken over in one click, and each part is then confirmed', async () => {
  t.at(START)
  const one = await family(t)
  const old = await fillFile(one, { vaccinated: '2027-08-20' })
  await at('2027-06-30T10:00:00+02:00', one)
  assert.doesNotMatch(await old.page(), /2027-2028/)
  await at('2027-07-10T10:00:00+02:00', one)
  assert.match(await old.page(), /annee=2027-2028/)
  const file = fileOf(one, '2027-2028')
  const before = await file.page()
  assert.match(before, /Reprendre l’année passée/)
  assert.match(before, /Il manque la fiche sanitaire/)
  assert.equal((await file.post('reprendre', {})).status, 303)
  const after = await file.page()
  assert.doesNotMatch(after, /Reprendre l’année passée/)
  assert.match(after, /À confirmer\s: la fiche sanitaire/)
  assert.match(after, /À confirmer\s: vos autorisations/)
  assert.match(after, /Il manque la preuve des vaccins/, 'it ends before the year begins')
  assert.match(after, /La date est passée pour l’attestation d’assurance/)
  assert.match((await one.parent.get(`${file.at}/sante?annee=2027-2028`)).text, /Arachide/)
  assert.match((await one.parent.get(`${file.at}/assurance?annee=2027-2028`)).text, /value="AB-1234"/)
  assert.equal((await file.post('reprendre', {})).status, 404, 'there is nothing left to take')
  await fillFile(one, { year: '2027-2028' })
  assert.match(await file.page(), /Le dossier d’Inès est complet/)
  assert.match(await old.page(), /Le dossier d’Inès est complet/, 'this year’s file still stands')
})

test('a paper that is still good is carried over and confirmed by one button', async () => {
  t.at(START)
  const one = await family(t)
  await fillFile(one)
  await at('2027-08-10T10:00:00+02:00', one)
  const file = fileOf(one, '2027-2028')
  await file.post('reprendre', {})
  assert.match(await file.page(), /À confirmer\s: la preuve des vaccins/)
  const page = (await one.parent.get(`${file.at}/vaccins?annee=2027-2028`)).text
  assert.match(page, /ce papier est toujours bon/)
  assert.equal((await file.post('vaccins/confirmer', {})).status, 303)
  assert.doesNotMatch(await file.page(), /preuve des vaccins/)
  await at('2027-09-02T10:00:00+02:00', one)
  await t.tick()
  assert.doesNotMatch(await fileOf(one).page(), /preuve des vaccins/, 'it is there when the year has begun')
})

test('at the end of August families are told once that the file is to be made again', async () => {
  t.at(START)
  const one = await family(t, { children: ['Inès', 'Malo'] })
  const none = await family(t)
  await fileOf(one).contacts()
  const told = async ({ email }: { email: string }) =>
    (await t.letters()).filter(({ to, kind }) => to === email && kind === 'family.child-file-again')
  t.at('2027-08-23T12:00:00+02:00')
  await t.tick()
  assert.equal((await told(one)).length, 0)
  for (const day of [24, 25, 31]) {
    t.at(`2027-08-${day}T12:00:00+02:00`)
    await t.tick()
  }
  const letters = await told(one)
  assert.equal(letters.length, 1)
  assert.match(letters[0]!.subject, /2027-2028/)
  assert.match(letters[0]!.text, /Inès/)
  assert.doesNotMatch(letters[0]!.text, /Malo/, 'who had no file')
  assert.equal((await told(none)).length, 0)
})

test('when the year is over, what tells of health is deleted with its bytes; the rest waits to be confirmed', async () => {
  t.at(START)
  await t.settle()
  const before = storedFiles(t)
  const one = await family(t)
  const id = one.children[0]!.id
  await fillFile(one)
  assert.equal(storedFiles(t), before + 2)
  const sent = await db.select().from(files).where(eq(files.householdId, one.household))
  const onDisk = async () => {
    const reads = await Promise.allSettled(sent.map(({ storedAs }) => t.town.files.read(storedAs)))
    return sent.filter((_, i) => reads[i]?.status === 'fulfilled').map(({ purpose }) => purpose)
  }
  await at('2027-08-31T23:30:00+02:00', one)
  await t.tick()
  assert.deepEqual(await sheetsOf(id), ['2026-2027'])
  await at('2027-09-01T01:00:00+02:00', one)
  await t.tick()
  assert.deepEqual(await sheetsOf(id), [])
  assert.deepEqual(await onDisk(), ['child-file-insurance'])
  const papers = await db.select().from(childDocuments).where(eq(childDocuments.childId, id))
  assert.deepEqual(
    papers.map(({ kind }) => kind),
    ['insurance'],
  )
  const rows = await db.select().from(files).where(eq(files.householdId, one.household))
  assert.equal(rows.length, 1)
  const page = await fileOf(one).page()
  assert.match(page, /Il manque la fiche sanitaire/)
  assert.match(page, /À confirmer\s: vos autorisations/)
  assert.doesNotMatch(page, /Reprendre l’année passée/)
  const kept = await db.select().from(auditEntries).where(eq(auditEntries.subjectId, id))
  assert.ok(kept.some(({ action, actorKind }) => action === 'child-file.expired' && actorKind === 'system:retention'))
  await at('2028-09-01T01:00:00+02:00', one)
  await t.tick()
  assert.equal((await db.select().from(childDocuments).where(eq(childDocuments.childId, id))).length, 0)
  await at('2029-09-01T01:00:00+02:00', one)
  await t.tick()
  assert.equal((await db.select().from(childConsents).where(eq(childConsents.childId, id))).length, 0)
  assert.equal((await db.select().from(childFileParts).where(eq(childFileParts.childId, id))).length, 0)
  const mine = await db.select().from(files).where(eq(files.householdId, one.household))
  assert.equal(mine.length, 0)
  assert.deepEqual(await onDisk(), [])
})

test('a child who leaves takes the file along: rows and bytes', async () => {
  t.at(START)
  await t.settle()
  const before = storedFiles(t)
  const one = await family(t)
  const id = one.children[0]!.id
  await fillFile(one)
  assert.equal((await one.parent.post(`/famille/enfants/${id}/retirer`)).status, 303)
  await t.settle()
  assert.equal(storedFiles(t), before)
  for (const table of [childHealthSheets, childDocuments, childConsents, childFileParts, emergencyContacts])
    assert.equal((await db.select().from(table).where(eq(table.childId, id))).length, 0)
})

test('a household that closes leaves the other parent’s part of a shared child', async () => {
  t.at(START)
  const first = await family(t)
  const second = await secondHousehold(t, first)
  const id = first.children[0]!.id
  await fillFile(first)
  await fillFile(second)
  assert.equal(
    (await second.parent.post('/compte/fermer').type('form').send({ password: second.password })).status,
    200,
  )
  await t.settle()
  const papers = await db.select().from(childDocuments).where(eq(childDocuments.childId, id))
  assert.ok(papers.length === 2 && papers.every(({ householdId }) => householdId === first.household))
  assert.deepEqual(await sheetsOf(id), ['2026-2027'])
  assert.match(await fileOf(first).page(), /Le dossier d’Inès est complet/)
})
