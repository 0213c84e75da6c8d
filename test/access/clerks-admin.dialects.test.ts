import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeRights, clerksOf, disableClerk } from '../../src/access/clerk-admin.ts'
import { accounts } from '../../src/access/schema.ts'
import { auditEntries } from '../../src/audit/schema.ts'
import { and, desc, eq } from '../../src/db/drizzle.ts'
import type { Clerk } from '../../src/kernel/actor.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { clerk, clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { linkMailedTo } from './letters.ts'

const t = await testTown()
const PATH = '/guichet/reglages/agents'
const { db } = t.town
const PASSWORD = 'quatre mots au hasard'

const one = async (id: Id<'account'>) => (await db.read.select().from(accounts).where(eq(accounts.id, id)))[0]!
const byEmail = async (email: string) => (await clerksOf(db.read)).find(row => row.email === email)!
const newClerk = (visitor: Visitor, form: Record<string, unknown>) =>
  visitor.post(`${PATH}/nouveau`).type('form').send(form)
const rights = (visitor: Visitor, id: string, form: Record<string, unknown>) =>
  visitor.post(`${PATH}/${id}`).type('form').send(form)
const signsIn = async (email: string) =>
  (await t.visitor().post('/connexion').type('form').send({ email, password: PASSWORD })).status === 303
const deedsOn = async (id: Id<'account'>) =>
  (
    await db.read
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.subjectKind, 'account'), eq(auditEntries.subjectId, id)))
      .orderBy(desc(auditEntries.id))
  ).filter(({ action }) => action !== 'account.signed-in')

/** Takes the right from every administrator but these, so that a test knows who is left. */
async function onlyAdministrators(...kept: Id<'account'>[]) {
  await db.transaction(async tx => {
    for (const row of await tx.select().from(accounts).where(eq(accounts.administrator, true)))
      if (!kept.includes(row.id)) await tx.update(accounts).set({ administrator: false }).where(eq(accounts.id, row.id))
  })
}

test('clerks’ accounts are for administrators only', async () => {
  const other = await clerkAccount(t, 'canteen')
  const { parent, accountId } = await family(t)
  const administrator = await clerk(t)
  for (const path of [PATH, `${PATH}/nouveau`, `${PATH}/${other.actor.accountId}`]) {
    assert.equal((await administrator.get(path)).status, 200, path)
    assert.equal((await other.clerk.get(path)).status, 404, path)
    assert.equal((await parent.get(path)).status, 404, path)
    assert.equal((await t.visitor().get(path)).status, 303, path)
  }
  for (const act of ['', '/fermer', '/rouvrir', '/inviter']) {
    const path = `${PATH}/${other.actor.accountId}${act}`
    assert.equal((await other.clerk.post(path).type('form').send({ administrator: 'yes' })).status, 404, path)
    assert.equal((await parent.post(path).type('form').send({ administrator: 'yes' })).status, 404, path)
  }
  assert.equal((await one(other.actor.accountId)).administrator, false)
  // A resident is no clerk, even to an administrator.
  assert.equal((await administrator.get(`${PATH}/${accountId}`)).status, 404)
  assert.equal((await rights(administrator, accountId, { administrator: 'yes' })).status, 404)
  assert.equal((await administrator.post(`${PATH}/${accountId}/fermer`)).status, 404)
  assert.equal((await administrator.get(`${PATH}/nobody`)).status, 404)
})

test('a new clerk chooses a password by the mailed link, and finds the service that was ticked', async () => {
  const { clerk: administrator, actor } = await clerkAccount(t)
  const email = 'paul.etat-civil@valmont.example'
  const form = { firstName: 'Paul', lastName: 'Rivière', email, services: ['canteen', 'civil-registry'] }
  assert.equal((await newClerk(administrator, form)).status, 303)
  const made = await byEmail(email)
  assert.equal(made.state, 'invited')
  assert.deepEqual(made.services, ['canteen', 'civil-registry'])
  assert.equal(made.administrator, false)
  assert.match((await administrator.get(PATH)).text, /Attend son mot de passe/)
  assert.equal((await deedsOn(made.id))[0]?.actorAccountId, actor.accountId)

  const link = await linkMailedTo(t, email, 'account.choose-password')
  const visitor = t.visitor()
  assert.equal((await visitor.post(link).type('form').send({ password: PASSWORD })).status, 303)
  assert.equal((await visitor.post('/connexion').type('form').send({ email, password: PASSWORD })).status, 303)
  assert.equal((await visitor.get('/guichet/cantine')).status, 200)
  assert.equal((await visitor.get('/guichet/paiements')).status, 404)
  assert.equal((await visitor.get(PATH)).status, 404)
  const list = await administrator.get(PATH)
  assert.match(list.text, /Paul Rivière[\s\S]*Cantine et État civil[\s\S]*Ouvert[\s\S]*lundi 23 novembre 2026 à/)
})

test('a form for a new clerk that cannot be kept comes back as it was typed', async () => {
  const { clerk: administrator, email } = await clerkAccount(t)
  const before = (await clerksOf(db.read)).length
  const typed = { firstName: 'Zoé', lastName: 'Nguyen', email: email.toUpperCase(), services: 'leisure' }
  const known = await newClerk(administrator, typed)
  assert.equal(known.status, 409)
  assert.match(known.text, /href="#email">Cette adresse a déjà un compte/)
  assert.match(known.text, /value="Zoé"/)
  assert.match(known.text, /value="leisure" checked/)
  const wrong = await newClerk(administrator, { ...typed, firstName: '', email: 'zoé', administrator: 'yes' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /href="#firstName"/)
  assert.match(wrong.text, /href="#email"/)
  assert.match(wrong.text, /name="administrator"[^>]* checked/)
  assert.equal((await newClerk(administrator, { ...typed, email: 'z@v.fr', services: 'mayor' })).status, 422)
  assert.equal((await newClerk(administrator, { ...typed, firstName: '<script>', email: 'z@v.fr' })).status, 422)
  assert.equal((await clerksOf(db.read)).length, before)
})

test('rights given or taken count from the clerk’s next click', async () => {
  const { clerk: administrator, actor } = await clerkAccount(t)
  const other = await clerkAccount(t, 'canteen')
  const { accountId } = other.actor
  assert.equal((await other.clerk.get('/guichet/paiements')).status, 404)
  assert.equal((await rights(administrator, accountId, { services: 'cash-office' })).status, 303)
  assert.equal((await other.clerk.get('/guichet/paiements')).status, 200)
  assert.equal((await other.clerk.get('/guichet/cantine')).status, 404)
  const [deed] = await deedsOn(accountId)
  assert.equal(deed?.action, 'account.rights-changed')
  assert.equal(deed?.actorAccountId, actor.accountId)
  assert.deepEqual(deed?.details, {
    from: { services: ['canteen'], administrator: false },
    to: { services: ['cash-office'], administrator: false },
  })
  await rights(administrator, accountId, { services: ['cash-office'], administrator: 'yes' })
  assert.equal((await other.clerk.get(PATH)).status, 200)
  await rights(administrator, accountId, {})
  assert.equal((await other.clerk.get(PATH)).status, 404)
  assert.deepEqual((await one(accountId)).services, [])
  // The same rights again: nothing was done.
  const deeds = (await deedsOn(accountId)).length
  await rights(administrator, accountId, {})
  assert.equal((await deedsOn(accountId)).length, deeds)
})

test('whose access is closed is signed out everywhere and stays out, until it is opened again', async () => {
  const administrator = await clerk(t)
  const other = await clerkAccount(t, 'canteen')
  const { accountId } = other.actor
  const elsewhere = t.visitor()
  await elsewhere.post('/connexion').type('form').send({ email: other.email, password: PASSWORD })
  await t.visitor().post('/mot-de-passe').type('form').send({ email: other.email })
  await t.settle()
  const link = await linkMailedTo(t, other.email, 'account.reset-password')
  assert.equal((await administrator.post(`${PATH}/${accountId}/fermer`)).status, 303)
  assert.equal((await other.clerk.get('/guichet')).status, 303, 'the open session is over')
  assert.equal(await signsIn(other.email), false)
  assert.equal((await t.visitor().get(link)).status, 410, 'a link that was on its way opens nothing')
  assert.match((await administrator.get(PATH)).text, /Fermé/)
  assert.equal((await administrator.post(`${PATH}/${accountId}/rouvrir`)).status, 303)
  assert.equal(await signsIn(other.email), true)
  assert.equal((await other.clerk.get('/guichet')).status, 303, 'the old session does not come back')
  assert.equal((await elsewhere.get('/guichet')).status, 303, 'nor does one that was not used meanwhile')
  assert.deepEqual(
    (await deedsOn(accountId)).map(({ action }) => action),
    ['account.clerk-enabled', 'account.clerk-disabled'],
  )
  // Done twice, it is done once.
  await administrator.post(`${PATH}/${accountId}/rouvrir`)
  assert.equal((await deedsOn(accountId)).length, 2)
})

test('the last administrator who can sign in keeps the right, and is told why', async () => {
  const { clerk: last, actor } = await clerkAccount(t)
  await onlyAdministrators(actor.accountId)
  const refused = await rights(last, actor.accountId, { services: 'canteen' })
  assert.equal(refused.status, 409)
  assert.match(refused.text, /Il faut garder un administrateur\. Donnez d’abord ce droit à une autre personne\./)
  assert.match(refused.text, /value="canteen" checked/)
  assert.equal((await last.post(`${PATH}/${actor.accountId}/fermer`)).status, 409)
  // One who was only invited, and one whose access is closed, could not take over.
  const invited = { firstName: 'Ana', lastName: 'Costa', email: 'ana@valmont.example', administrator: 'yes' }
  await newClerk(last, invited)
  const closed = await clerkAccount(t)
  await last.post(`${PATH}/${closed.actor.accountId}/fermer`)
  assert.equal((await rights(last, actor.accountId, {})).status, 409)
  assert.equal((await one(actor.accountId)).administrator, true)
  assert.equal((await one(actor.accountId)).disabledAt, null)
  // With a second one, the first may go; the page leads to where there is still something to see.
  await clerkAccount(t)
  const gone = await rights(last, actor.accountId, { services: 'canteen' })
  assert.equal(gone.status, 303)
  assert.equal(gone.headers['location'], '/guichet')
  assert.equal((await last.get('/guichet')).status, 200)
  assert.equal((await last.get(PATH)).status, 404)
})

test('of two administrators who remove each other at once, one stays', async () => {
  for (const remove of [
    (asker: Clerk, other: Clerk) =>
      changeRights(t.town, asker, other.accountId, { services: ['canteen'], administrator: false }),
    (asker: Clerk, other: Clerk) => disableClerk(t.town, asker, other.accountId),
  ]) {
    const { actor: one } = await clerkAccount(t)
    const { actor: two } = await clerkAccount(t)
    await onlyAdministrators(one.accountId, two.accountId)
    const outcomes = await Promise.allSettled([remove(one, two), remove(two, one)])
    const refused = outcomes.filter(outcome => outcome.status === 'rejected')
    assert.equal(refused.length, 1)
    assert.ok(refused[0]?.reason instanceof Problem && refused[0].reason.code === 'last-administrator')
    const left = (await clerksOf(db.read)).filter(({ administrator, state }) => administrator && state === 'active')
    assert.equal(left.length, 1)
  }
})

test('an administrator whose right was just taken can no longer give it', async () => {
  const { actor: one } = await clerkAccount(t)
  const { actor: two } = await clerkAccount(t)
  const { actor: third } = await clerkAccount(t, 'canteen')
  await changeRights(t.town, one, two.accountId, { services: [], administrator: false })
  const all = { services: [], administrator: true }
  // As a request that was already on its way when the right went.
  await assert.rejects(changeRights(t.town, two, third.accountId, all), (error: Problem) => error.status === 404)
})

test('an invited clerk gets a new link, and the old one stops working', async () => {
  const { clerk: administrator, actor } = await clerkAccount(t)
  const email = 'lent@valmont.example'
  await newClerk(administrator, { firstName: 'Luc', lastName: 'Lent', email, services: 'canteen' })
  const { id } = await byEmail(email)
  const old = await linkMailedTo(t, email, 'account.choose-password')
  assert.equal((await administrator.post(`${PATH}/${id}/inviter`)).status, 303)
  const fresh = await linkMailedTo(t, email, 'account.choose-password')
  assert.notEqual(fresh, old)
  assert.equal((await t.visitor().get(old)).status, 410)
  assert.equal((await t.visitor().post(fresh).type('form').send({ password: PASSWORD })).status, 303)
  assert.equal(await signsIn(email), true)
  const again = await administrator.post(`${PATH}/${id}/inviter`)
  assert.equal(again.status, 409)
  assert.match(again.text, /Cette personne a déjà un mot de passe/)
  const deeds = (await deedsOn(id)).filter(({ action }) => action === 'account.clerk-invited-again')
  assert.deepEqual(
    deeds.map(({ actorAccountId }) => actorAccountId),
    [actor.accountId],
  )
})
