// Residents without family at the desk: written down once, found again, set right.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { addressOfPerson } from '../../src/people/person-address.ts'
import { persons } from '../../src/people/schema.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const registrar = await clerkAccount(t, 'civil-registry')
const canteen = await clerkAccount(t, 'canteen')
const today = Temporal.PlainDate.from('2026-11-23')

const NEW = '/guichet/personnes/nouvelle'
const odette = {
  firstName: 'Odette',
  lastName: 'Vandenbrœucke',
  'birthDate-day': '7',
  'birthDate-month': '2',
  'birthDate-year': '1938',
  phone: '',
  email: '',
  lines: '2 rue Haute',
  postcode: '59100',
  city: 'Valmont',
}
const create = (more: object = {}) =>
  registrar.clerk
    .post(NEW)
    .type('form')
    .send({ ...odette, ...more })
const idIn = (location: string | undefined) => (location ?? '').split('/').at(-1) as Id<'person'>

test('somebody without e-mail, telephone or family is written down, and their page says what the town knows', async () => {
  const made = await create()
  assert.equal(made.status, 303)
  const id = idIn(made.headers['location'])
  const { text } = await registrar.clerk.get(`/guichet/personnes/${id}`)
  for (const known of ['Odette Vandenbrœucke', '07/02/1938, 88', '2 rue Haute', '59100 Valmont', 'Pas d’e-mail'])
    assert.ok(text.includes(known), known)
  assert.deepEqual(await addressOfPerson(t.town.db.read, id, today), {
    lines: ['2 rue Haute'],
    postcode: '59100',
    city: 'Valmont',
  })
  const kept = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.subjectId, id))
  assert.deepEqual(
    kept.map(({ action }) => action),
    ['person.created', 'person.viewed'],
  )
})

test('the same form sent twice makes one person', async () => {
  const form = { lastName: 'Deuxfois', idempotencyKey: 'k1', 'birthDate-year': '1950' }
  const [one, two] = [await create(form), await create(form)]
  assert.equal(one.headers['location'], two.headers['location'])
})

test('whom it may be is shown first; said to be none of them, the person is written down', async () => {
  const before = (await t.town.db.read.select().from(persons)).length
  // Typed without the right keyboard, the other way round, with another birth date.
  const turned = { firstName: 'VANDENBROEUCKE', lastName: 'odette', 'birthDate-year': '1983' }
  const asked = await create(turned)
  assert.equal(asked.status, 409)
  assert.match(asked.text, /Est-ce l’une de ces personnes/)
  assert.match(asked.text, /Odette Vandenbrœucke<\/a>, né·e le 07\/02\/1938, <bdi>2 rue Haute, Valmont/)
  assert.equal((await t.town.db.read.select().from(persons)).length, before)
  const nobodyOf = /name="nobodyOf" value="([^"]+)"/.exec(asked.text)?.[1]
  assert.equal((await create({ ...turned, nobodyOf })).status, 303)
  assert.equal(
    (await create({ lastName: 'Sansrapport', 'birthDate-day': '9' })).status,
    303,
    'a first name in common is nothing',
  )
  assert.equal((await create({ firstName: 'Simone', 'birthDate-day': '30' })).status, 422, 'no such day in February')
})

test('a telephone or an e-mail in common, with a name in common, is looked at too; children are not', async () => {
  const { children, email } = await family(t, {
    firstName: 'Paul',
    lastName: 'Caron',
    phone: '+33612345678',
    signedIn: false,
  })
  assert.equal(children.length, 1)
  const form = {
    lastName: 'Caron',
    firstName: 'P',
    'birthDate-day': '12',
    'birthDate-month': '3',
    'birthDate-year': '1980',
  }
  assert.match((await create({ ...form, phone: '06 12 34 56 78' })).text, /Paul Caron/)
  assert.match((await create({ ...form, email: email.toUpperCase() })).text, /Paul Caron/)
  const other = await create({ ...form, firstName: 'Inès', phone: '06 00 00 00 01' })
  assert.equal(other.status, 303, 'Inès Caron is a child of that family, not an adult')
})

test('what is wrong is said by the field, and nothing typed is lost', async () => {
  const cases: [object, RegExp][] = [
    [{ firstName: '' }, /id="firstName-error"/],
    [{ 'birthDate-year': '2015' }, /moins de 18\sans/],
    [{ 'birthDate-year': '2050' }, /pas encore passée/],
    [{ 'birthDate-year': '1902' }, /trop ancienne/],
    [{ postcode: '5910' }, /id="postcode-error"/],
    [{ lines: '' }, /id="lines-error"/],
    [{ email: 'odette' }, /id="email-error"/],
    [{ phone: '12' }, /id="phone-error"/],
  ]
  for (const [more, said] of cases) {
    const answer = await create({ lastName: 'Gardé', ...more })
    assert.equal(answer.status, 422, JSON.stringify(more))
    assert.match(answer.text, said)
    assert.match(answer.text, /value="Gardé"/)
  }
  assert.equal(
    (await create({ lastName: 'Sansadresse', lines: '', postcode: '', city: '', 'birthDate-day': '8' })).status,
    303,
  )
})

test('what is known is set right; for who has a family, on the family’s pages', async () => {
  const id = idIn((await create({ lastName: 'Bouge', 'birthDate-day': '11' })).headers['location'])
  const page = `/guichet/personnes/${id}/modifier`
  assert.match((await registrar.clerk.get(page)).text, /value="Bouge"/)
  const form = {
    ...odette,
    lastName: 'Bougé',
    'birthDate-day': '11',
    phone: '03 20 00 00 09',
    lines: '',
    postcode: '',
    city: '',
  }
  assert.equal((await registrar.clerk.post(page).type('form').send(form)).status, 303)
  const { text } = await registrar.clerk.get(`/guichet/personnes/${id}`)
  assert.match(text, /Odette Bougé[\s\S]*Adresse pas connue[\s\S]*03\s20\s00\s00\s09/)
  assert.equal(await addressOfPerson(t.town.db.read, id, today), undefined)
  const parent = await family(t, { signedIn: false })
  const theirs = `/guichet/personnes/${parent.personId}/modifier`
  assert.equal((await registrar.clerk.get(theirs)).status, 404)
  assert.equal((await registrar.clerk.post(theirs).type('form').send(form)).status, 404)
})

test('a clerk of the canteen opens a family for them, with their address; to the civil registry families do not exist', async () => {
  const id = idIn((await create({ lastName: 'Mamie', 'birthDate-day': '13' })).headers['location'])
  const page = `/guichet/personnes/${id}`
  assert.doesNotMatch((await registrar.clerk.get(page)).text, /Créer la famille/)
  assert.equal((await registrar.clerk.post(`${page}/famille`)).status, 404)
  assert.match((await canteen.clerk.get(page)).text, /Créer la famille/)
  const made = await canteen.clerk.post(`${page}/famille`)
  assert.match(made.headers['location'] ?? '', /^\/guichet\/familles\//)
  assert.equal(
    (await canteen.clerk.post(`${page}/famille`)).headers['location'],
    made.headers['location'],
    'one family',
  )
  assert.match((await canteen.clerk.get(made.headers['location']!)).text, /Odette Mamie[\s\S]*2 rue Haute/)
  assert.match((await canteen.clerk.get(page)).text, /Voir la famille/)
  const seen = (await registrar.clerk.get(page)).text
  assert.doesNotMatch(seen, /Voir la famille|guichet\/familles/)
  assert.match(seen, /2 rue Haute/)
})
