import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import { childDocuments } from '../../src/people/schema.ts'
import { clerk, type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { fileOf, fillFile } from './child-file-filling.ts'

const t = await testTown()
const canteen = await clerk(t, 'canteen')
const leisure = await clerk(t, 'leisure')
const cash = await clerk(t, 'cash-office')
const administrator = await clerk(t)

const deskOf = ({ household, children }: Family) => `/guichet/dossiers/${household}/${children[0]!.id}`
const paperOf = async ({ household }: Family, kind: 'vaccination' | 'insurance' = 'vaccination') => {
  const [paper] = await t.town.db.read
    .select()
    .from(childDocuments)
    .where(and(eq(childDocuments.householdId, household), eq(childDocuments.kind, kind)))
  assert.ok(paper)
  return { ...paper, at: `/guichet/dossiers/papiers/${paper.id}` }
}
const looks = async (childId: string) =>
  (
    await t.town.db.read
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.action, 'health.viewed'), eq(auditEntries.subjectId, childId)))
  ).length
const until = (day: number, month: number, year: number) => ({
  'validUntil-day': day,
  'validUntil-month': month,
  'validUntil-year': year,
})

test('clerks who serve children read the file, each look kept; to others it is complete or not', async () => {
  const one = await family(t, { children: ['Malo'] })
  await fillFile(one)
  const at = deskOf(one)
  const id = one.children[0]!.id
  const before = await looks(id)
  for (const serving of [canteen, leisure]) {
    const page = (await serving.get(at)).text
    assert.match(page, /Fatou Ba/)
    assert.doesNotMatch(page, /Arachide/)
    assert.match((await serving.get(`${at}/sante`)).text, /Arachide/)
  }
  assert.equal(await looks(id), before + 2)
  for (const other of [cash, administrator]) {
    const page = await other.get(at)
    assert.equal(page.status, 200)
    assert.match(page.text, /Fiche sanitaire/)
    assert.doesNotMatch(page.text, /Arachide|Fatou Ba|Mutuelle/)
    assert.equal((await other.get(`${at}/sante`)).status, 404)
    const { at: paper } = await paperOf(one)
    for (const path of ['', '/fichier', '/fichier/1']) assert.equal((await other.get(paper + path)).status, 404)
    assert.equal((await other.post(`${paper}/accepter`).type('form').send({})).status, 404)
  }
  assert.equal(await looks(id), before + 2)
  const registrar = await clerk(t, 'civil-registry')
  for (const visitor of [registrar, one.parent]) {
    for (const path of [at, `${at}/sante`, '/guichet/dossiers', (await paperOf(one)).at])
      assert.equal((await visitor.get(path)).status, 404, path)
  }
  assert.match((await canteen.get(`/guichet/familles/${one.household}`)).text, /Malo\s*: dossier complet/)
})

test('in a parent’s name, a clerk fills the file; one who does not serve children fills no health part', async () => {
  const one = await family(t)
  const id = one.children[0]!.id
  for (const [service, health] of [
    ['cash-office', false],
    ['canteen', true],
  ] as const) {
    const desk = await clerk(t, service)
    await desk
      .post(`/guichet/familles/${one.household}/agir`)
      .type('form')
      .send({ personId: one.personId, reason: 'counter', consent: 'yes' })
    const file = fileOf({ parent: desk, children: one.children })
    assert.equal((await file.contacts()).status, 303)
    assert.equal((await file.insurance('2027-08-31')).status, 303)
    assert.equal((await desk.get(file.at)).status, 200)
    assert.equal((await file.sheet()).status, health ? 303 : 403)
    assert.equal((await file.vaccination()).status, health ? 303 : 403)
    for (const path of ['sante', 'vaccins'])
      assert.equal((await desk.get(`${file.at}/${path}`)).status, health ? 200 : 403, path)
    const api = await desk.get(`/api/v1/children/${id}/file/health`)
    assert.equal(api.status, health ? 200 : 403)
    const print = await desk.get(`${file.at}/imprimer`)
    assert.equal(print.status, 200)
    assert.equal(/Fiche sanitaire/.test(print.text), health)
  }
})

test('a clerk reads a paper and accepts it with the day written there', async () => {
  const one = await family(t, { children: ['Nour'], lastName: 'Accepte' })
  await fileOf(one).insurance('2027-08-31')
  const paper = await paperOf(one, 'insurance')
  const queue = (await leisure.get('/guichet/dossiers')).text
  assert.match(queue, new RegExp(`href="${paper.at}">Nour Accepte`))
  const page = (await leisure.get(paper.at)).text
  assert.match(page, /Mutuelle du Nord/)
  assert.match(page, /fichier\/1/)
  assert.equal((await leisure.get(`${paper.at}/fichier`)).status, 200)
  const none = await leisure.post(`${paper.at}/accepter`).type('form').send({})
  assert.equal(none.status, 422, 'an insurance has an end')
  const accepted = await leisure
    .post(`${paper.at}/accepter`)
    .type('form')
    .send(until(30, 6, 2027))
  assert.equal(accepted.status, 303)
  assert.match((await one.parent.get(`${fileOf(one).at}/assurance`)).text, /accepté\.[\s\S]*30 juin 2027/)
  const again = await canteen.post(`${paper.at}/refuser`).type('form').send({ refusal: 'Non' })
  assert.equal(again.status, 409)
})

test('a refusal says why, on the page and by letter, and the piece is missing again', async () => {
  const one = await family(t, { children: ['Ugo'] })
  await fillFile(one)
  const paper = await paperOf(one)
  assert.equal((await canteen.post(`${paper.at}/refuser`).type('form').send({ refusal: '' })).status, 422)
  const reason = 'On ne lit pas le nom <i>de l’enfant</i>.'
  assert.equal((await canteen.post(`${paper.at}/refuser`).type('form').send({ refusal: reason })).status, 303)
  const letter = (await t.letters()).find(({ to, kind }) => to === one.email && kind === 'family.child-paper-refused')
  assert.match(letter!.text, /On ne lit pas le nom/)
  assert.match(letter!.text, new RegExp(`/famille/enfants/${one.children[0]!.id}/dossier`))
  const file = fileOf(one)
  assert.match(await file.page(), /La mairie n’a pas pu accepter la preuve des vaccins\./)
  assert.match((await one.parent.get(`${file.at}/vaccins`)).text, /&lt;i&gt;de l’enfant/)
  await file.vaccination()
  assert.match(await file.page(), /Le dossier d’Ugo est complet/)
})

test('papers that wait are a task of those who serve children', async () => {
  const one = await family(t)
  await fileOf(one).vaccination()
  assert.match((await canteen.get('/guichet')).text, /papiers? d’enfants? à vérifier/)
  assert.match((await leisure.get('/guichet')).text, /papiers? d’enfants? à vérifier/)
  assert.doesNotMatch((await cash.get('/guichet')).text, /papiers? d’enfants? à vérifier/)
})
