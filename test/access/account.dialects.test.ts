import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accounts } from '../../src/access/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { children, files, householdMembers, persons } from '../../src/people/schema.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { png } from '../uploads/files.ts'
import { kindsMailedTo, linkMailedTo } from './letters.ts'

const t = await testTown()
const NEW = 'un tout nouveau secret'
const canSignIn = async (email: string, password: string) =>
  (await t.visitor().post('/api/v1/sessions').send({ email, password })).status === 201

test('changing the password needs the old one, keeps this browser and signs the others out', async () => {
  const { parent, email, password } = await family(t)
  const other = t.visitor()
  await other.post('/api/v1/sessions').send({ email, password })
  const change = (body: object) => parent.post('/compte/mot-de-passe').type('form').send(body)
  assert.match((await change({ current: 'not the old one', password: NEW })).text, /Ce mot de passe est faux/)
  assert.equal((await change({ current: password, password: 'court' })).status, 422)
  assert.equal((await change({ current: password, password: NEW })).headers['location'], '/compte')
  assert.equal((await parent.get('/api/v1/me')).status, 200)
  assert.equal((await other.get('/api/v1/me')).status, 401)
  assert.ok(await canSignIn(email, NEW))
  assert.ok((await kindsMailedTo(t, email)).includes('account.password-changed'))
})

test('whoever finds an open browser cannot guess the password there for ever', async () => {
  const { parent } = await family(t)
  const guess = () => parent.post('/compte/mot-de-passe').type('form').send({ current: 'a guess', password: NEW })
  for (let i = 0; i < 10; i++) assert.equal((await guess()).status, 422)
  assert.equal((await guess()).status, 429)
})

test('a new e-mail address counts once confirmed from it; the old one is told', async () => {
  const { parent, email, password } = await family(t)
  const next = `new.${email}`
  const change = (body: object) => parent.post('/compte/e-mail').type('form').send(body)
  assert.equal((await change({ email: next, password: 'wrong password' })).status, 422)
  assert.match((await change({ email: next, password })).text, /Regardez vos e-mails/)
  assert.ok(await canSignIn(email, password))
  assert.ok(!(await canSignIn(next, password)))
  const link = await linkMailedTo(t, next, 'account.change-email')
  assert.match((await t.visitor().get(link)).text, new RegExp(next))
  assert.ok(await canSignIn(email, password), 'looking at the link changes nothing')
  assert.equal((await t.visitor().post(link)).status, 303)
  assert.ok(await canSignIn(next, password))
  assert.ok(!(await canSignIn(email, password)))
  assert.ok((await kindsMailedTo(t, email)).includes('account.email-changed'))
  assert.equal((await t.visitor().post(link)).status, 410)
})

test('asking for an address that has an account looks the same, and only its owner is told', async () => {
  const one = await family(t)
  const owner = await family(t)
  const free = await one.parent
    .post('/compte/e-mail')
    .type('form')
    .send({ email: 'free@exemple.fr', password: one.password })
  const taken = await one.parent
    .post('/compte/e-mail')
    .type('form')
    .send({ email: owner.email, password: one.password })
  assert.equal(free.status, taken.status)
  assert.equal(free.text.replaceAll('free@exemple.fr', ''), taken.text.replaceAll(owner.email, ''))
  assert.deepEqual(await kindsMailedTo(t, owner.email), ['account.already-there'])
})

test('of two accounts that want one address, the first to confirm has it', async () => {
  const [one, other] = [await family(t), await family(t)]
  const links: string[] = []
  for (const { parent, password } of [one, other]) {
    await parent.post('/compte/e-mail').type('form').send({ email: 'wanted@exemple.fr', password })
    links.push(await linkMailedTo(t, 'wanted@exemple.fr', 'account.change-email'))
  }
  assert.equal((await t.visitor().post(links[0]!)).status, 303)
  assert.equal((await t.visitor().post(links[1]!)).status, 410)
  assert.ok(await canSignIn('wanted@exemple.fr', one.password))
  assert.ok(await canSignIn(other.email, other.password))
})

test('a reset link sent to the address one has left opens nothing', async () => {
  const { parent, email, password } = await family(t)
  await t.visitor().post('/mot-de-passe').type('form').send({ email })
  await t.settle()
  const reset = await linkMailedTo(t, email, 'account.reset-password')
  await parent
    .post('/compte/e-mail')
    .type('form')
    .send({ email: `left.${email}`, password })
  await t.visitor().post(await linkMailedTo(t, `left.${email}`, 'account.change-email'))
  assert.equal((await t.visitor().get(reset)).status, 410)
})

test('closing an account forgets the family when nothing need be kept', async () => {
  const {
    parent,
    email,
    password,
    accountId,
    personId,
    household,
    children: mine,
  } = await family(t, {
    children: [{ firstName: 'Ève', pai: 'secret' }],
  })
  await parent.post('/famille/quotient').field('value', '640').attach('proof', png(), 'a.png')
  const page = (await parent.get('/compte/fermer')).text
  assert.match(page, /Ce que nous effaçons/)
  assert.equal((await parent.post('/compte/fermer').type('form').send({ password: 'wrong password' })).status, 422)
  const done = await parent.post('/compte/fermer').type('form').send({ password })
  assert.equal(done.status, 200)
  assert.match(done.text, /Votre compte est fermé/)
  await t.settle()
  assert.equal((await parent.get('/api/v1/me')).status, 401)
  assert.ok(!(await canSignIn(email, password)))
  const { read } = t.town.db
  assert.deepEqual(await read.select().from(accounts).where(eq(accounts.id, accountId)), [])
  assert.deepEqual(await read.select().from(persons).where(eq(persons.id, personId)), [])
  assert.deepEqual(await read.select().from(children).where(eq(children.personId, mine[0]!.id)), [])
  assert.deepEqual(await read.select().from(householdMembers).where(eq(householdMembers.householdId, household)), [])
  assert.deepEqual(await read.select().from(files).where(eq(files.householdId, household)), [])
  assert.deepEqual(await kindsMailedTo(t, email), ['account.closed'])
})

test('the family goes on with its other adult, who then pays', async () => {
  const one = await family(t)
  await one.parent.post('/famille/adultes/inviter').type('form').send({ email: 'stays@exemple.fr' })
  const letter = (await t.letters()).find(({ kind }) => kind === 'family.invitation')!
  const stays = await family(t, { email: 'stays@exemple.fr', children: [] })
  await stays.parent.post(/http:\/\/guichet\.test(\/invitation\/\S+)/.exec(letter.text)![1]!)
  assert.match((await one.parent.get('/compte/fermer')).text, /l’autre adulte continue/)
  assert.equal((await one.parent.post('/compte/fermer').type('form').send({ password: one.password })).status, 200)
  const { body } = await stays.parent.get('/api/v1/household')
  assert.deepEqual(
    [body.id, body.payerId, body.adults.length, body.children.length],
    [one.household, stays.personId, 1, 1],
  )
})

test('a clerk’s account is closed by an administrator, not by its page', async () => {
  const { clerk, password } = await clerkAccount(t, 'canteen')
  assert.match((await clerk.get('/compte/fermer')).text, /fermé par un administrateur/)
  assert.equal((await clerk.post('/compte/fermer').type('form').send({ password })).status, 403)
})
