import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRequest } from '../../src/civil-records/asking/create-request.ts'
import { civilFiles } from '../../src/civil-records/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { anonymous } from '../../src/kernel/actor.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { photo } from '../uploads/files.ts'
import { requests } from './asking.ts'

const t = await testTown()
const path = '/api/v1/civil-records'

const ownBirth = {
  kind: 'birth',
  form: 'full-copy',
  place: 'here',
  date: '1984-05-12',
  standing: 'self',
  subject: { firstNames: 'Awa, Marie', lastName: 'N’Diaye' },
  parents: {
    first: { firstNames: 'Fatou', lastName: 'Sy' },
    second: { firstNames: 'Ousmane', lastName: 'N’Diaye' },
  },
  delivery: 'collection',
  proof: 'at-counter',
}

test('a resident asks in one call, finds the request again, and nobody else does', async () => {
  const { parent, personId, email } = await family(t)
  const made = await parent.post(`${path}/requests`).send(ownBirth)
  assert.equal(made.status, 201, made.text)
  assert.match(made.body.number, /^[2-9A-HJKMNP-Z]{12}$/)
  assert.equal(made.body.state, 'submitted')
  assert.equal(made.body.answerBefore, '2026-11-30')
  const [request] = await requests(t)
  assert.equal(request?.personId, personId)
  assert.equal(request?.email, email)
  assert.deepEqual(request?.answers.applicant, { firstName: 'Awa', lastName: 'N’Diaye', birthDate: '1984-05-12' })
  const mine = await parent.get(`${path}/requests`).expect(200)
  assert.deepEqual(mine.body.requests, [made.body])
  assert.deepEqual((await parent.get(`${path}/requests/${made.body.id}`).expect(200)).body, made.body)
  const other = await family(t)
  await other.parent.get(`${path}/requests/${made.body.id}`).expect(404)
  assert.deepEqual((await other.parent.get(`${path}/requests`)).body.requests, [])
  await t.visitor().get(`${path}/requests/${made.body.id}`).expect(401)
  await t.visitor().post(`${path}/requests`).send(ownBirth).expect(401)
  const { clerk } = await clerkAccount(t, 'civil-registry')
  await clerk.post(`${path}/requests`).send(ownBirth).expect(404)
})

test('the same Idempotency-Key asks once; with another content it is refused', async () => {
  const { parent } = await family(t)
  const ask = (body: object) => parent.post(`${path}/requests`).set('Idempotency-Key', 'k1').send(body)
  const [first, second] = await Promise.all([ask(ownBirth), ask(ownBirth)])
  assert.equal(first.status, 201, first.text)
  assert.deepEqual(second.body, first.body)
  assert.equal((await parent.get(`${path}/requests`)).body.requests.length, 1)
  const other = await ask({ ...ownBirth, copies: 2 })
  assert.equal(other.status, 409)
  assert.equal(other.body.code, 'key-reused')
})

test('what lacks or is wrong is named by its field', async () => {
  const { parent } = await family(t)
  const faults: [change: object, field: string, code: string][] = [
    [{ kind: undefined }, 'kind', 'required'],
    [{ kind: 'divorce' }, 'kind', 'required'],
    [{ date: '1984-02-30' }, 'date', 'not-a-date'],
    [{ date: '2027-01-01' }, 'date', 'date-in-future'],
    [{ subject: { firstNames: 'Awa', lastName: '' } }, 'subject.lastName', 'required'],
    [{ subject: undefined }, 'subject', 'required'],
    [{ parents: { first: { firstNames: 'F', lastName: 'S' } } }, 'parents.second.firstNames', 'required'],
    [{ copies: 4 }, 'copies', 'out-of-range'],
    [{ delivery: 'e-mail' }, 'delivery', 'required'],
    [{ delivery: 'post' }, 'address', 'required'],
    [{ proof: undefined }, 'proof', 'papers-needed'],
    [{ colour: 'red' }, 'colour', 'unknown-field'],
  ]
  for (const [change, field, code] of faults) {
    const refused = await parent.post(`${path}/requests`).send({ ...ownBirth, ...change })
    assert.equal(refused.status, 422, JSON.stringify(change))
    assert.match(String(refused.headers['content-type']), /problem\+json/)
    const found = refused.body.errors.find((error: { field: string }) => error.field === field)
    assert.equal(found?.code, code, `${JSON.stringify(change)}: ${JSON.stringify(refused.body.errors)}`)
    assert.ok(found.message)
  }
  assert.deepEqual((await parent.get(`${path}/requests`)).body.requests, [])
})

test('who may not have it is told why, with the law and what to ask for instead', async () => {
  const { parent } = await family(t)
  const refused = await parent.post(`${path}/requests`).send({ ...ownBirth, standing: 'partner', died: 'no' })
  assert.equal(refused.status, 422)
  assert.equal(refused.body.code, 'not-entitled')
  assert.equal(refused.body.params.reason, 'no-standing')
  assert.match(refused.body.params.source, /décret n° 2017-890/)
  assert.deepEqual(refused.body.params.instead, ['without-parentage'])
  const elsewhere = await parent.post(`${path}/requests`).send({ ...ownBirth, place: 'abroad' })
  assert.equal(elsewhere.body.code, 'kept-elsewhere')
  assert.equal(elsewhere.body.params.whom[0].whom, 'central-service')
})

test('anybody may ask who may have what', async () => {
  const verdict = async (query: object) => (await t.visitor().get(`${path}/entitlement`).query(query).expect(200)).body
  const asked = { kind: 'birth', form: 'full-copy', date: '1984-05-12' }
  const self = await verdict({ ...asked, standing: 'self' })
  assert.deepEqual([self.allowed, self.ground, self.proofs], [true, 'self', ['identity']])
  const sibling = await verdict({ ...asked, standing: 'sibling' })
  assert.deepEqual([sibling.allowed, sibling.reason, sibling.instead], [false, 'no-standing', ['without-parentage']])
  assert.equal(sibling.opensOn, '2060-01-01')
  const old = await verdict({ ...asked, kind: 'marriage', date: '1931', standing: 'other' })
  assert.deepEqual([old.allowed, old.information], [true, true])
  await t
    .visitor()
    .get(`${path}/entitlement`)
    .query({ ...asked, date: '1984', standing: 'self' })
    .expect(422)
})

test('the OpenAPI document describes them', async () => {
  const { body } = await t.visitor().get('/api/openapi.json').expect(200)
  for (const each of ['/civil-records/requests', '/civil-records/requests/{id}', '/civil-records/entitlement'])
    assert.ok(body.paths[each], each)
})

test('a whole request with papers is made at once for somebody without account', async () => {
  const asked = {
    answers: { ...ownBirth, delivery: 'post', address: adresse, contact: { email: 'awa@exemple.fr' } },
    files: [{ name: 'carte.jpg', bytes: photo() }],
    channel: 'letter' as const,
  }
  const request = await createRequest(t.town, anonymous, asked)
  assert.equal(request.state, 'submitted')
  assert.equal(request.channel, 'letter')
  assert.equal(request.email, 'awa@exemple.fr')
  assert.equal(request.answers.proof, 'sent')
  const files = await t.town.db.read.select().from(civilFiles).where(eq(civilFiles.requestId, request.id))
  assert.deepEqual(
    files.map(({ name, purpose }) => [name, purpose]),
    [['carte.jpg', 'proof']],
  )
})

const adresse = { lines: ['3 rue du Moulin'], postcode: '59100', city: 'Valmont', country: 'FR' }
