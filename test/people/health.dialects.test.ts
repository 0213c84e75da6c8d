import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { and, eq } from '../../src/db/drizzle.ts'
import { viewHealthOf } from '../../src/people/health.ts'
import { childHealth } from '../../src/people/schema.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const looksAt = async (childId: string) =>
  t.town.db.read
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.action, 'health.viewed'), eq(auditEntries.subjectId, childId)))

test('parents write what the plan says, and each of their looks is kept', async () => {
  const { parent, children, accountId } = await family(t)
  const id = children[0]!.id
  const meals = await parent
    .post(`/famille/enfants/${id}/repas`)
    .type('form')
    .send({ mealType: 'pai-basket', pai: 'yes' })
  assert.equal(meals.headers['location'], `/famille/enfants/${id}/sante`)
  const text = 'Allergie à l’arachide.\nTrousse dans la classe.'
  assert.equal((await parent.post(`/famille/enfants/${id}/sante`).type('form').send({ paiDetails: text })).status, 303)
  const before = (await looksAt(id)).length
  assert.match((await parent.get(`/famille/enfants/${id}/sante`)).text, /Trousse dans la classe/)
  const looks = await looksAt(id)
  assert.equal(looks.length, before + 1)
  assert.equal(looks.at(-1)?.actorAccountId, accountId)
  assert.doesNotMatch(JSON.stringify(looks), /arachide/)
  assert.doesNotMatch((await parent.get(`/famille/enfants/${id}`)).text, /arachide/, 'not on a page that is glanced at')
})

test('of the clerks, only the canteen’s read it, and it is kept; the cash office does not even see that there is a plan', async () => {
  const { children, household } = await family(t, {
    children: [{ firstName: 'Sami', pai: 'Épilepsie', mealType: 'no-pork' }],
  })
  const id = children[0]!.id
  const at = `/guichet/familles/${household}`
  const canteen = await clerk(t, 'canteen')
  assert.match((await canteen.get(`${at}/enfants/${id}/sante`)).text, /Épilepsie/)
  assert.equal((await looksAt(id)).length, 1)
  const page = (await canteen.get(at)).text
  assert.match(page, /PAI/)
  assert.match(page, /Sans porc/)
  assert.doesNotMatch(page, /Épilepsie/)
  for (const other of [await clerk(t, 'cash-office'), await clerk(t)]) {
    assert.equal((await other.get(`${at}/enfants/${id}/sante`)).status, 404)
    const seen = await other.get(at)
    assert.equal(seen.status, 200)
    assert.doesNotMatch(seen.text, /Épilepsie|PAI|Sans porc/)
  }
  assert.equal((await looksAt(id)).length, 1)
})

test('nor does a clerk of the cash office read it in the parent’s name', async () => {
  const { children, household, personId } = await family(t, { children: [{ firstName: 'Léna', pai: 'Asthme' }] })
  for (const [service, status] of [
    ['cash-office', 403],
    ['canteen', 200],
  ] as const) {
    const desk = await clerk(t, service)
    await desk
      .post(`/guichet/familles/${household}/agir`)
      .type('form')
      .send({ personId, reason: 'counter', consent: 'yes' })
    assert.equal((await desk.get(`/famille/enfants/${children[0]!.id}/sante`)).status, status, service)
    const written = await desk
      .post(`/famille/enfants/${children[0]!.id}/sante`)
      .type('form')
      .send({ paiDetails: 'autre' })
    assert.equal(written.status, status === 200 ? 303 : 403)
  }
})

test('lists for those who serve keep one look for each child', async () => {
  const { children } = await family(t, { children: [{ firstName: 'A', pai: 'x' }, { firstName: 'B', pai: 'y' }, 'C'] })
  const ids = children.map(({ id }) => id)
  const { actor } = await clerkAccount(t, 'canteen')
  const plans = await viewHealthOf(t.town, actor, ids)
  assert.deepEqual([...plans.values()].sort(), ['x', 'y'])
  assert.deepEqual(await Promise.all(ids.map(async id => (await looksAt(id)).length)), [1, 1, 0])
  await assert.rejects(viewHealthOf(t.town, (await clerkAccount(t, 'cash-office')).actor, ids), /forbidden/)
})

test('saying that there is no plan any more forgets what it said', async () => {
  const { parent, children } = await family(t, { children: [{ firstName: 'Ugo', pai: 'Cœliaque' }] })
  const id = children[0]!.id
  await parent.post(`/famille/enfants/${id}/repas`).type('form').send({ mealType: 'standard', pai: 'no' })
  assert.deepEqual(await t.town.db.read.select().from(childHealth).where(eq(childHealth.childId, id)), [])
  const api = await parent.put(`/api/v1/children/${id}/health`).send({ paiDetails: 'x' })
  assert.equal(api.status, 409)
  assert.equal(api.body.code, 'no-pai')
})
