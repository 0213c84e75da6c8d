import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { sessions } from '../../src/web/schema.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const start = (household: string, personId: string, more: object = {}) => ({
  path: `/guichet/familles/${household}/agir`,
  form: { personId, reason: 'counter', consent: 'yes', ...more },
})

test('a clerk acts for somebody at the counter: same pages, a banner, both names kept, no session of theirs', async () => {
  const { household, personId, accountId } = await family(t, {
    firstName: 'Mariam',
    lastName: 'Traoré',
    signedIn: false,
  })
  const { clerk, actor } = await clerkAccount(t, 'canteen')
  const { path, form } = start(household, personId)
  assert.equal((await clerk.post(path).type('form').send(form)).headers['location'], '/guichet/agir')
  for (const page of ['/accueil', '/famille', '/guichet/familles'])
    assert.match((await clerk.get(page)).text, /Vous agissez pour Mariam Traoré/, page)
  const moved = await clerk
    .post('/api/v1/household/addresses')
    .send({ lines: '9 rue Neuve', postcode: '59100', city: 'Valmont' })
  assert.equal(moved.status, 201)
  const [act] = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.action, 'household.address-changed'))
    .then(rows => rows.filter(({ onBehalfOf }) => onBehalfOf !== null))
  assert.deepEqual([act?.actorAccountId, act?.onBehalfOf, act?.subjectId], [actor.accountId, personId, household])
  const theirs = await t.town.db.read.select().from(sessions).where(eq(sessions.accountId, accountId))
  assert.deepEqual(theirs, [])
  assert.equal((await clerk.get('/api/v1/me')).body.actingFor, personId)

  assert.equal((await clerk.post('/guichet/agir/fin')).status, 303)
  assert.doesNotMatch((await clerk.get('/guichet/familles')).text, /Vous agissez pour/)
  assert.equal((await clerk.get('/famille')).status, 404)
})

test('a reason and the person’s consent are needed', async () => {
  const { household, personId } = await family(t, { signedIn: false })
  const { clerk } = await clerkAccount(t, 'cash-office')
  for (const more of [{ reason: '' }, { consent: '' }, { personId: 'nobody' }, { reason: 'curious' }]) {
    const { path, form } = start(household, personId, more)
    const answer = await clerk.post(path).type('form').send(form)
    assert.equal(answer.status, 422, JSON.stringify(more))
    assert.match(answer.text, /Il y a un problème/)
  }
  const another = await family(t, { signedIn: false })
  const { path, form } = start(household, another.personId)
  assert.equal((await clerk.post(path).type('form').send(form)).status, 422, 'an adult of another family')
  assert.equal((await clerk.get('/famille')).status, 404)
})

test('after ten idle minutes it ends by itself', async () => {
  t.at('2026-11-23T10:00:00+01:00')
  const { household, personId } = await family(t, { signedIn: false })
  const { clerk } = await clerkAccount(t, 'canteen')
  const { path, form } = start(household, personId)
  await clerk.post(path).type('form').send(form)
  t.at('2026-11-23T10:09:00+01:00')
  assert.equal((await clerk.get('/famille')).status, 200)
  t.at('2026-11-23T10:18:30+01:00')
  assert.equal((await clerk.get('/famille')).status, 200, 'each act counts anew')
  t.at('2026-11-23T10:28:31+01:00')
  assert.equal((await clerk.get('/famille')).status, 404)
})

test('the resident’s account stays shut: no password, no e-mail, no devices, no closing', async () => {
  const { household, personId } = await family(t, { signedIn: false })
  const { clerk } = await clerkAccount(t, 'canteen')
  const { path, form } = start(household, personId)
  await clerk.post(path).type('form').send(form)
  for (const page of ['', '/mot-de-passe', '/e-mail', '/appareils', '/fermer'])
    assert.equal((await clerk.get(`/compte${page}`)).status, 404, page)
  assert.equal((await clerk.post('/compte/deconnexion-partout')).status, 404)
  assert.equal((await clerk.post('/compte/fermer').type('form').send({ password: 'x' })).status, 404)
})

test('a resident cannot act for anybody', async () => {
  const one = await family(t)
  const other = await family(t, { signedIn: false })
  const { path, form } = start(other.household, other.personId)
  assert.equal((await one.parent.post(path).type('form').send(form)).status, 404)
  assert.equal((await one.parent.post('/guichet/agir/fin')).status, 404)
})
