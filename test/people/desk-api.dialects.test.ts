import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clerk, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { png } from '../uploads/files.ts'

const t = await testTown()
const desk = await clerk(t, 'cash-office')
const weeks = { kind: 'alternating-weeks', firstWeek: '2026-11-30', from: '2026-11-30' }

test('a clerk’s program finds a family, sees it without health data, and sets it right', async () => {
  const one = await family(t, { lastName: 'Programme', children: [{ firstName: 'Ida', pai: 'secret' }], city: 'Lens' })
  const found = await desk.get('/api/v1/families').query({ q: 'programme' })
  assert.deepEqual(
    found.body.families.map((f: { householdId: string }) => f.householdId),
    [one.household],
  )
  assert.equal((await desk.get('/api/v1/families')).status, 422)
  const seen = await desk.get(`/api/v1/families/${one.household}`)
  assert.equal(seen.body.guardians[0].id, one.personId)
  assert.doesNotMatch(seen.text, /secret|"pai"|mealType/)
  const [{ id: address, resident }] = seen.body.addresses
  assert.equal(resident, false)
  const at = `/api/v1/families/${one.household}/addresses/${address}/residency`
  assert.equal((await desk.put(at).send({ resident: 'yes' })).status, 422)
  assert.equal((await desk.put(at).send({ resident: true })).status, 204)
  assert.equal((await desk.get('/api/v1/families/nobody')).status, 404)
  assert.equal((await desk.post(`/api/v1/families/${one.household}/adults/${one.personId}/separation`)).status, 409)
})

test('it makes a family once, by its key', async () => {
  const body = {
    firstName: 'Jean',
    lastName: 'Clé',
    phone: '',
    email: '',
    lines: '1 rue',
    postcode: '59100',
    city: 'Valmont',
  }
  const make = () => desk.post('/api/v1/families').set('Idempotency-Key', 'one').send(body)
  const [first, second] = [await make(), await make()]
  assert.equal(first.status, 201)
  assert.equal(first.body.householdId, second.body.householdId)
})

test('it decides on children, custodies and quotients', async () => {
  const birthDate = '2018-06-01'
  const one = await family(t, { lastName: 'Nom', children: [{ firstName: 'Iris', lastName: 'Nom', birthDate }] })
  const other = await family(t, { children: [] })
  const iris = { firstName: 'Iris', lastName: 'Nom', birthDate }
  const add = async () => (await other.parent.post('/api/v1/children').send(iris)).body.id
  const check = `/api/v1/family-checks/${other.household}/children/`

  const refused = await add()
  const checks = await desk.get('/api/v1/family-checks')
  assert.equal(checks.body.children[0].child.id, refused)
  assert.equal((await desk.get(`${check}${refused}`)).body.candidates[0].id, one.children[0]!.id)
  assert.equal((await desk.post(`${check}${refused}/refusal`).send({ refusal: 'Apportez le livret.' })).status, 204)
  const accepted = await add()
  assert.equal((await desk.post(`${check}${accepted}/acceptance`)).status, 204)
  assert.equal((await desk.post(`${check}${accepted}/acceptance`)).status, 409)
  assert.equal((await other.parent.delete(`/api/v1/children/${accepted}`)).status, 204)
  const same = await add()
  const union = { ...weeks, knownChildId: one.children[0]!.id }
  assert.equal((await desk.post(`${check}${same}/union`).send(union)).status, 204)
  assert.equal((await other.parent.get('/api/v1/household')).body.children[0].shared, true)

  const third = await family(t)
  const [child] = third.children
  await third.parent.post(`/api/v1/children/${child!.id}/custody-declarations`).send(weeks)
  const { body } = await desk.get('/api/v1/family-checks')
  const declared = body.custodies.find((c: { childId: string }) => c.childId === child!.id)
  assert.equal(declared.terms.firstWeek, '2026-11-30')
  const share = { ...weeks, declarationId: declared.id, secondHouseholdId: other.household }
  const custodies = `/api/v1/families/${third.household}/children/${child!.id}/custodies`
  assert.equal((await desk.post(custodies).send({ ...share, secondHouseholdId: '' })).status, 422)
  assert.equal((await desk.post(custodies).send(share)).status, 204)
  assert.equal(
    (await desk.post(`/api/v1/family-checks/custodies/${declared.id}/refusal`).send({ refusal: 'x' })).status,
    409,
  )

  for (const decision of ['confirmation', 'refusal'] as const) {
    await third.parent.post('/api/v1/quotients').field('value', '512').attach('proof', png(), 'a.png')
    const [waiting] = (await desk.get('/api/v1/quotient-checks')).body
    const words = decision === 'confirmation' ? { value: '512', to: '2027-08-31' } : { refusal: 'Illisible.' }
    assert.equal((await desk.post(`/api/v1/quotient-checks/${waiting.id}/${decision}`).send(words)).status, 204)
    assert.equal(
      (await third.parent.get('/api/v1/quotients')).body[0].state,
      `${decision === 'refusal' ? 'refused' : 'confirmed'}`,
    )
  }
})

test('the description of the API can be read', async () => {
  const { status, body } = await t.visitor().get('/api/openapi.json')
  assert.equal(status, 200)
  assert.ok(body.paths['/families/{householdId}'].get)
  assert.ok(body.paths['/quotients'].post.requestBody)
})
