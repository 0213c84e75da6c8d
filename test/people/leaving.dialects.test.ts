import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeAccount } from '../../src/access/close-account.ts'
import { eq } from '../../src/db/drizzle.ts'
import { householdMembers, persons } from '../../src/people/schema.ts'
import { attendance, bill, cancelMeal, meals, tariff } from '../billing/month.ts'
import { type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()

const leave = ({ parent, children }: Family) => parent.post(`/famille/enfants/${children[0]!.id}/retirer`)

test('a child who is waited for at table stays, and the page says what to do first', async () => {
  const one = await family(t)
  await meals(t.town, one, ['2026-12-01'])
  const page = await one.parent.get(`/famille/enfants/${one.children[0]!.id}/retirer`)
  assert.match(page.text, /Des repas sont réservés\. Annulez-les d’abord/)
  assert.doesNotMatch(page.text, /<button[^>]*>Retirer cet enfant/)
  const answer = await leave(one)
  assert.equal(answer.status, 409)
  assert.match(answer.text, /Annulez-les d’abord/)
  const api = await one.parent.delete(`/api/v1/children/${one.children[0]!.id}`)
  assert.deepEqual([api.status, api.body.code], [409, 'child-held'])
  const closing = await one.parent.post('/compte/fermer').type('form').send({ password: one.password })
  assert.equal(closing.status, 409)
  assert.match(closing.text, /Annulez-les d’abord/)
  assert.equal((await one.parent.get('/api/v1/household')).body.children.length, 1)
})

test('so does one whose meals are not invoiced yet, or not paid', async () => {
  await tariff(t.town)
  const one = await family(t)
  await meals(t.town, one, ['2026-10-06'])
  assert.match((await leave(one)).text, /Des repas ne sont pas encore facturés/)
  await bill(t.town, '2026-10')
  const unpaid = await leave(one)
  assert.equal(unpaid.status, 409)
  assert.match(unpaid.text, /Une facture n’est pas encore payée/)
  assert.doesNotMatch(unpaid.text, /pas encore facturés/)
})

test('a child who came to table without being booked is to be invoiced too', async () => {
  const one = await family(t)
  await attendance(t.town, one, '2026-11-17', { present: true, booked: false })
  assert.match((await leave(one)).text, /Des repas ne sont pas encore facturés/)
})

test('meals that were cancelled hold nobody, nor does another child’s meal', async () => {
  const one = await family(t, { children: ['Inès', 'Malo'] })
  const [source] = await meals(t.town, one, ['2026-12-03'])
  await cancelMeal(t.town, source!)
  await meals(t.town, one, ['2026-12-04'], { child: 1 })
  assert.equal((await leave(one)).status, 303)
  assert.equal((await leave({ ...one, children: one.children.slice(1) })).status, 409)
})

test('a paid invoice keeps its names for the accounts, and nothing else', async () => {
  // What the billing hands in for a household whose invoices are all paid.
  const kept = async () => [{ words: 'billing:holds.kept', blocks: false }]
  const one = await family(t, { phone: '+33612345678', children: [{ firstName: 'Ana', pai: 'secret' }] })
  await closeAccount(t.town, { holdsOf: kept, farewells: [] }, one.actor, one.password)
  const [payer] = await t.town.db.read.select().from(persons).where(eq(persons.id, one.personId))
  assert.deepEqual([payer?.firstName, payer?.email, payer?.phone], ['Awa', null, null])
  const [child] = await t.town.db.read.select().from(persons).where(eq(persons.id, one.children[0]!.id))
  assert.equal(child?.firstName, 'Ana')
  const members = await t.town.db.read
    .select()
    .from(householdMembers)
    .where(eq(householdMembers.householdId, one.household))
  assert.deepEqual(
    members.map(({ personId }) => personId),
    [one.personId],
  )
  assert.equal((await one.parent.get('/api/v1/me')).status, 401)
})
