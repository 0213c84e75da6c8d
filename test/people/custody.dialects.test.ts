import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { householdOfDay, sharesOfDay } from '../../src/people/custody.ts'
import { childHealth, custodyDeclarations } from '../../src/people/schema.ts'
import { type Child, childrenOf, householdsOfChild } from '../../src/people/store.ts'
import { clerk, type Family, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const desk = await clerk(t, 'canteen')

const date = (name: string, iso: string) => {
  const [year, month, day] = iso.split('-')
  return { [`${name}-day`]: day, [`${name}-month`]: month, [`${name}-year`]: year }
}
const weeks = (firstWeek: string, from = '2026-11-30') => ({
  kind: 'alternating-weeks',
  ...date('firstWeek', firstWeek),
  ...date('from', from),
})
const childIn = async ({ household }: Pick<Family, 'household'>): Promise<Child> =>
  (await childrenOf(t.town.db.read, household))[0]!
const on = (child: Child, day: string) => householdOfDay(child.custody!, Temporal.PlainDate.from(day))

/** The same child entered by both parents, apart. */
async function bothEnter(firstName: string, lastName: string) {
  const birthDate = '2018-06-01'
  const first = await family(t, { lastName, children: [{ firstName, lastName, birthDate }] })
  const second = await family(t, { lastName: `${lastName}-Bis`, children: [] })
  const body = { firstName, lastName, birthDate, pai: true }
  const added = await second.parent.post('/api/v1/children').send(body)
  assert.equal(added.body.toCheck, true)
  const at = `/guichet/verifications/enfant/${second.household}/${added.body.id}`
  return { first, second, at, known: first.children[0]!.id, added: added.body.id as Id<'person'> }
}

test('a parent declares every other week, a clerk confirms it, and each home has its days', async () => {
  const one = await family(t, { lastName: 'Garnier' })
  const other = await family(t, { lastName: 'Haddad', children: [] })
  const id = one.children[0]!.id
  const declared = await one.parent.post(`/famille/enfants/${id}/garde`).type('form').send(weeks('2026-11-30'))
  assert.equal(declared.status, 303)
  assert.match((await one.parent.get(`/famille/enfants/${id}`)).text, /Rien ne change avant sa réponse/)
  assert.equal((await childIn(one)).custody, undefined)

  assert.match((await desk.get('/guichet/verifications')).text, /Garnier/)
  const at = `/guichet/familles/${one.household}/enfants/${id}/garde`
  const found = await desk.get(`${at}?q=haddad`)
  assert.match(found.text, /Une semaine sur deux/)
  const declaration = /name="declaration" value="([\w-]+)"/.exec(found.text)![1]
  const done = await desk
    .post(at)
    .type('form')
    .send({ ...weeks('2026-11-30'), declaration, secondHouseholdId: other.household })
  assert.equal(done.status, 303)
  assert.doesNotMatch((await desk.get('/guichet/verifications')).text, /Garnier/)

  const child = await childIn(other)
  assert.equal(child.id, id)
  assert.equal(on(child, '2026-11-27'), one.household, 'before the day it begins')
  assert.equal(on(child, '2026-12-01'), one.household)
  assert.equal(on(child, '2026-12-08'), other.household)
  assert.match((await one.parent.get(`/famille/enfants/${id}`)).text, /la semaine du lundi 30 novembre 2026/)
  assert.match((await other.parent.get(`/famille/enfants/${id}`)).text, /la semaine du lundi 7 décembre 2026/)
  for (const { email } of [one, other]) {
    const letter = (await t.letters()).find(({ to }) => to === email)!
    assert.match(letter.subject, /La garde partagée/)
  }
})

test('neither home sees the other’s name, address, phone or e-mail, wherever it looks', async () => {
  const one = await family(t, { firstName: 'Odile', lastName: 'Secrète', phone: '+33611111111' })
  const other = await secondHousehold(t, one, { lastName: 'Autre', resident: false, city: 'Tourcoing' })
  const id = one.children[0]!.id
  const pages = ['/accueil', '/famille', `/famille/enfants/${id}`, `/famille/enfants/${id}/garde`, '/famille/quotient']
  for (const path of [...pages, '/api/v1/household']) {
    const { status, text } = await other.parent.get(path)
    assert.equal(status, 200, path)
    // The child's own family name is the first home's here: only the adult's first name and ways to reach them count.
    for (const secret of [
      'Odile',
      one.email,
      '11\u00a011\u00a011',
      '+33611111111',
      'rue des Lilas, 59100',
      one.household,
    ])
      assert.ok(!text.includes(secret), `${path} tells ${secret}`)
  }
})

test('the same child entered by both parents becomes one, in two homes', async () => {
  const { first, second, at, known, added } = await bothEnter('Mila', 'Perrin')
  const page = (await desk.get(at)).text
  assert.match(page, /Mila Perrin/)
  const asked = { decision: 'same', knownChildId: known, ...weeks('2026-11-30') }
  assert.equal(
    (
      await desk
        .post(at)
        .type('form')
        .send({ ...asked, knownChildId: 'nobody' })
    ).status,
    422,
  )
  assert.equal(
    (
      await desk
        .post(at)
        .type('form')
        .send({ ...asked, kind: '' })
    ).status,
    422,
  )
  assert.equal((await desk.post(at).type('form').send(asked)).status, 303)
  assert.equal((await desk.get(at)).status, 404, 'decided')
  const child = await childIn(second)
  assert.equal(child.id, known)
  assert.equal(child.pai, true, 'a health plan that one home knew of is not lost')
  assert.deepEqual(
    new Set(await householdsOfChild(t.town.db.read, known)),
    new Set([first.household, second.household]),
  )
  assert.deepEqual(await householdsOfChild(t.town.db.read, added), [])
  assert.deepEqual(
    sharesOfDay(child.custody!, Temporal.PlainDate.from('2026-12-08')).map(({ household }) => household),
    [second.household],
  )
})

test('a homonym born the same day is another child, once a clerk has said so', async () => {
  const { first, second, at, added } = await bothEnter('Emma', 'Martin')
  assert.equal((await desk.post(at).type('form').send({ decision: 'other' })).status, 303)
  assert.equal((await childIn(second)).id, added)
  assert.notEqual((await childIn(first)).id, added)
  assert.equal((await desk.post(at).type('form').send({ decision: 'other' })).status, 409)
  assert.match((await t.letters()).find(({ to }) => to === second.email)!.subject, /Emma est dans votre famille/)
})

test('somebody else’s child is refused with a reason, and leaves nothing', async () => {
  const { second, at } = await bothEnter('Paul', 'Voisin')
  assert.equal((await desk.post(at).type('form').send({ decision: 'refuse' })).status, 422)
  assert.equal((await desk.post(at).type('form').send({})).status, 422)
  await desk.post(at).type('form').send({ decision: 'refuse', refusal: 'Apportez le livret de famille.' })
  assert.match((await t.letters()).find(({ to }) => to === second.email)!.text, /livret de famille/)
  assert.deepEqual((await second.parent.get('/api/v1/household')).body.children, [])
})

test('judgments’ even weeks and unequal parts are understood, and what is not is told', async () => {
  const one = await family(t)
  const id = one.children[0]!.id
  const at = `/famille/enfants/${id}/garde`
  const send = (body: object) =>
    one.parent
      .post(at)
      .type('form')
      .send({ ...date('from', '2026-12-01'), ...body })
  assert.equal((await send({ kind: 'even-and-odd-weeks', weeks: 'even', changeOver: '5' })).status, 303)
  assert.equal((await send({ kind: 'percentage', percent: '33,5' })).status, 303)
  const rows = await t.town.db.read.select().from(custodyDeclarations).where(eq(custodyDeclarations.childId, id))
  const termsIn = (state: string) => rows.filter(row => row.state === state).map(({ terms }) => terms)
  assert.deepEqual(termsIn('replaced'), [{ kind: 'even-and-odd-weeks', evenWeeks: 'first', changeOver: 5 }])
  assert.deepEqual(termsIn('to-check'), [{ kind: 'percentage', firstShare: 3350 }])
  const wrong: [object, RegExp][] = [
    [{ kind: 'alternating-weeks', ...date('firstWeek', '2026-12-02') }, /Choisissez un lundi/],
    [{ kind: 'alternating-weeks' }, /Il manque une réponse/],
    [{ kind: 'percentage', percent: '120' }, /trop petit ou trop grand/],
    [{ kind: 'percentage', percent: '-5' }, /trop petit ou trop grand/],
    [{ kind: 'even-and-odd-weeks' }, /Il manque une réponse/],
    [{ kind: 'whatever' }, /Il manque une réponse/],
    [{ kind: 'percentage', percent: '50', ...date('from', '2024-01-01') }, /trop ancienne/],
  ]
  for (const [body, words] of wrong) {
    const answer = await send(body)
    assert.equal(answer.status, 422, JSON.stringify(body))
    assert.match(answer.text, words)
  }
})

test('a refused declaration tells why, and nothing has changed', async () => {
  const one = await family(t, { lastName: 'Jugement' })
  const id = one.children[0]!.id
  await one.parent.post(`/famille/enfants/${id}/garde`).type('form').send(weeks('2026-11-30'))
  const at = `/guichet/familles/${one.household}/enfants/${id}/garde`
  const declaration = /name="declaration" value="([\w-]+)"/.exec((await desk.get(at)).text)![1]
  const refuse = (refusal: string) => desk.post(`${at}/refuser`).type('form').send({ declaration, refusal })
  assert.equal((await refuse('')).status, 422)
  assert.equal((await refuse('Il manque le jugement.')).status, 303)
  assert.equal((await refuse('Encore.')).status, 409)
  assert.match((await one.parent.get(`/famille/enfants/${id}`)).text, /Il manque le jugement/)
  assert.equal((await childIn(one)).custody, undefined)
})

test('new terms from a day on leave the days before as they were', async () => {
  const one = await family(t)
  const other = await secondHousehold(t, one)
  const id = one.children[0]!.id
  const at = `/guichet/familles/${one.household}/enfants/${id}/garde`
  const answer = await desk
    .post(at)
    .type('form')
    .send({ kind: 'percentage', percent: '60', ...date('from', '2027-01-04'), secondHouseholdId: '' })
  assert.equal(answer.status, 303)
  const child = await childIn(one)
  assert.equal(on(child, '2026-11-24'), one.household)
  assert.equal(on(child, '2026-12-01'), other.household)
  assert.deepEqual(
    sharesOfDay(child.custody!, Temporal.PlainDate.from('2026-12-01')).map(({ basisPoints }) => basisPoints),
    [10_000],
  )
  assert.equal(on(child, '2027-01-05'), undefined)
  assert.deepEqual(
    sharesOfDay(child.custody!, Temporal.PlainDate.from('2027-01-05')).map(({ basisPoints }) => basisPoints),
    [6_000, 4_000],
  )
})

test('two adults of one home who separate get a home each', async () => {
  const one = await family(t, { lastName: 'Ensemble' })
  await one.parent.post('/famille/adultes/inviter').type('form').send({ email: 'conjoint@exemple.fr' })
  const letter = (await t.letters()).find(({ to }) => to === 'conjoint@exemple.fr')!
  const link = /http:\/\/guichet\.test(\/invitation\/\S+)/.exec(letter.text)![1]!
  const spouse = await family(t, { email: 'conjoint@exemple.fr', children: [] })
  assert.equal((await spouse.parent.post(link)).status, 303)
  const at = `/guichet/familles/${one.household}/separer/${one.personId}`
  assert.match((await desk.get(at)).text, /Les enfants restent ici/)
  const done = await desk.post(at)
  assert.match(done.headers['location']!, /\/guichet\/familles\//)
  assert.notEqual(done.headers['location'], `/guichet/familles/${one.household}`)
  assert.deepEqual((await one.parent.get('/api/v1/household')).body.children, [])
  const left = (await spouse.parent.get('/api/v1/household')).body
  assert.equal(left.payerId, spouse.personId, 'who stays pays from now on')
  assert.equal(left.children.length, 1)
  assert.equal((await desk.post(`/guichet/familles/${one.household}/separer/${spouse.personId}`)).status, 409)
})

test('the health plan of a shared child is both parents’', async () => {
  const one = await family(t, { children: [{ firstName: 'Nour', pai: 'Diabète : appeler le 15' }] })
  const other = await secondHousehold(t, one)
  const id = one.children[0]!.id
  assert.match((await other.parent.get(`/famille/enfants/${id}/sante`)).text, /Diabète/)
  await other.parent.post(`/famille/enfants/${id}/sante`).type('form').send({ paiDetails: 'Pompe à insuline' })
  const [row] = await t.town.db.read.select().from(childHealth).where(eq(childHealth.childId, id))
  assert.equal(row?.paiDetails, 'Pompe à insuline')
})
