import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeAccount } from '../../src/access/close-account.ts'
import { billingRuns } from '../../src/billing/schema.ts'
import { mealBookings } from '../../src/canteen/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { householdMembers, persons } from '../../src/people/schema.ts'
import { type Family, family, school } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const at = await school(t)

/** A meal as the canteen keeps it. */
async function eats({ household, children }: Family, day: string, state: 'booked' | 'cancelled' = 'booked') {
  const now = t.town.clock.now()
  await t.town.db.transaction(async tx => {
    await tx.insert(mealBookings).values({
      id: newId<'meal-booking'>(),
      childId: children[0]!.id,
      householdId: household,
      schoolId: at,
      day: Temporal.PlainDate.from(day),
      mealType: 'standard',
      state,
      changedAt: now,
      createdAt: now,
    })
  })
}
async function issued(period: string) {
  await t.town.db.transaction(async tx => {
    const run = { households: 0, total: cents(0), createdAt: t.town.clock.now() }
    await tx.insert(billingRuns).values({ id: newId<'billing-run'>(), period, state: 'issued', ...run })
  })
}
const leave = ({ parent, children }: Family) => parent.post(`/famille/enfants/${children[0]!.id}/retirer`)

test('a child who is waited for at table stays, and the page says what to do first', async () => {
  const one = await family(t)
  await eats(one, '2026-12-01')
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

test('so does one whose meals are not invoiced yet, until the month is', async () => {
  const one = await family(t)
  await eats(one, '2026-10-06')
  assert.match((await leave(one)).text, /Des repas ne sont pas encore facturés/)
  await issued('2026-10')
  assert.equal((await leave(one)).status, 303)
})

test('meals that were cancelled hold nobody, nor does another child’s meal', async () => {
  const one = await family(t, { children: ['Inès', 'Malo'] })
  await eats(one, '2026-12-03', 'cancelled')
  const other = { ...one, children: one.children.slice(1) }
  await eats(other, '2026-12-04')
  assert.equal((await leave(one)).status, 303)
  assert.equal((await leave(other)).status, 409)
})

test('a paid invoice keeps its names for the accounts, and nothing else', async () => {
  // What the billing hands in for a household whose invoices are all paid.

  const kept = async () => [{ words: 'billing:holds.kept', blocks: false }]
  const one = await family(t, { phone: '+33612345678', children: [{ firstName: 'Ana', pai: 'secret' }] })
  await closeAccount(t.town, kept, one.actor, one.password)
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
