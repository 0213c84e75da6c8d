import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClerk } from '../../src/access/clerks.ts'
import { makeLink, useLink } from '../../src/access/links.ts'
import { accounts, accountTokens, attempts } from '../../src/access/schema.ts'
import { system } from '../../src/kernel/actor.ts'
import { persons } from '../../src/people/schema.ts'
import { sessions } from '../../src/web/schema.ts'
import { family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { kindsMailedTo, linkMailedTo } from './letters.ts'

const t = await testTown()
const NEW = 'un tout nouveau secret'
const ask = (visitor: Visitor, email: string) => visitor.post('/mot-de-passe').type('form').send({ email })
const canSignIn = async (email: string, password: string) =>
  (await t.visitor().post('/api/v1/sessions').send({ email, password })).status === 201

async function linkFor(email: string): Promise<string> {
  await ask(t.visitor(), email)
  await t.settle()
  return linkMailedTo(t, email, 'account.reset-password')
}

test('asking for a known and an unknown address gives the same page, headers and work', async () => {
  const { email } = await family(t)
  const [known, unknown] = [await ask(t.visitor(), email), await ask(t.visitor(), 'nobody@exemple.fr')]
  assert.equal(known.status, 303)
  const stable = (headers: object) => ({ ...headers, date: '', ratelimit: '' })
  assert.deepEqual(stable(known.headers), stable(unknown.headers))
  assert.equal(known.text, unknown.text)
  await t.settle()
  assert.deepEqual(await kindsMailedTo(t, email), ['account.reset-password'])
  assert.deepEqual(await kindsMailedTo(t, 'nobody@exemple.fr'), [])
})

test('the link sets a new password, ends the other sessions, and the owner is told', async () => {
  const { email, password, parent } = await family(t)
  const link = await linkFor(email)
  const page = await t.visitor().get(link)
  assert.equal(page.status, 200)
  assert.match(page.text, new RegExp(email))
  assert.ok(await canSignIn(email, password), 'looking at the link changes nothing')
  const done = await t.visitor().post(link).type('form').send({ password: NEW })
  assert.equal(done.headers['location'], '/connexion')
  assert.equal((await parent.get('/api/v1/me')).status, 401)
  assert.ok(await canSignIn(email, NEW))
  assert.ok(!(await canSignIn(email, password)))
  assert.ok((await kindsMailedTo(t, email)).includes('account.password-changed'))
})

test('a link works once: pressed twice at the same moment, one wins', async () => {
  const { email } = await family(t)
  const link = await linkFor(email)
  const answers = await Promise.all([
    t.visitor().post(link).type('form').send({ password: 'first of the two here' }),
    t.visitor().post(link).type('form').send({ password: 'second of the two here' }),
  ])
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [303, 410],
  )
  assert.equal((await t.visitor().get(link)).status, 410)
  const again = await t.visitor().post(link).type('form').send({ password: 'a third one after that' })
  assert.equal(again.status, 410)
  assert.match(again.text, /Recevoir un nouveau lien/)
})

test('of eight processes that use one link up at once, one gets it', async () => {
  const { accountId } = await family(t, { signedIn: false })
  const now = t.town.clock.now()
  const { transaction } = t.town.db
  const secret = await transaction(tx => makeLink(tx, now, { accountId, purpose: 'reset-password', data: {} }))
  const used = await Promise.all(
    Array.from({ length: 8 }, () => transaction(tx => useLink(tx, now, secret, ['reset-password']))),
  )
  assert.equal(used.filter(Boolean).length, 1)
})

test('a weak password is refused, and the link still works', async () => {
  const { email } = await family(t)
  const link = await linkFor(email)
  assert.equal((await t.visitor().post(link).type('form').send({ password: 'azertyuiop123' })).status, 422)
  assert.equal((await t.visitor().post(link).type('form').send({ password: NEW })).status, 303)
})

test('it dies after thirty minutes', async () => {
  t.at('2026-11-25T09:00:00+01:00')
  const { email, password } = await family(t)
  const link = await linkFor(email)
  t.at('2026-11-25T09:30:00+01:00')
  assert.equal((await t.visitor().get(link)).status, 410)
  assert.equal((await t.visitor().post(link).type('form').send({ password: NEW })).status, 410)
  assert.ok(await canSignIn(email, password))
})

test('a new link makes the one before worthless', async () => {
  const { email } = await family(t)
  const first = await linkFor(email)
  const second = await linkFor(email)
  assert.notEqual(first, second)
  assert.equal((await t.visitor().get(first)).status, 410)
  assert.equal((await t.visitor().get(second)).status, 200)
})

test('who guessed too often gets in again by the link', async () => {
  const { email } = await family(t)
  for (let i = 0; i < 10; i++) await canSignIn(email, `guess ${i}`)
  assert.ok(!(await canSignIn(email, 'anything')))
  await t
    .visitor()
    .post(await linkFor(email))
    .type('form')
    .send({ password: NEW })
  assert.ok(await canSignIn(email, NEW))
})

test('nobody’s letter box is flooded: four letters an hour, and the page does not tell', async () => {
  const { email } = await family(t)
  for (let i = 0; i < 7; i++) assert.equal((await ask(t.visitor(), email)).status, 303)
  await t.settle()
  assert.equal((await kindsMailedTo(t, email)).length, 4)
})

test('made-up links get the same answer as old ones', async () => {
  for (const secret of ['x', 'A'.repeat(43), '%00', '..%2f..']) {
    const { status } = await t.visitor().get(`/mot-de-passe/nouveau/${secret}`)
    assert.equal(status, 410, secret)
  }
})

test('a new clerk chooses the password by the link, and nobody else knows it', async () => {
  const input = { firstName: 'Nora', lastName: 'Petit', email: 'Nora.Petit@valmont.example' }
  const { link } = await createClerk(t.town, system('command-line'), {
    ...input,
    services: ['canteen'],
    administrator: false,
  })
  assert.equal(new URL(link).pathname, await linkMailedTo(t, input.email, 'account.choose-password'))
  assert.ok(!(await canSignIn(input.email, '')))
  const path = new URL(link).pathname
  assert.match((await t.visitor().get(path)).text, /Choisir votre mot de passe/)
  assert.equal((await t.visitor().post(path).type('form').send({ password: NEW })).status, 303)
  const clerk = t.visitor()
  const answer = await clerk.post('/connexion').type('form').send({ email: input.email, password: NEW })
  assert.equal(answer.headers['location'], '/guichet')
  const { body } = await clerk.get('/api/v1/me')
  assert.deepEqual([body.clerk, body.services, body.administrator], [true, ['canteen'], false])
  await assert.rejects(
    createClerk(t.town, system('command-line'), { ...input, services: [], administrator: true }),
    /account-exists/,
  )
})

test('what ended is forgotten at night, and so is who never confirmed', async () => {
  const sent = { firstName: 'Eve', lastName: 'Oubli', email: 'oubli@exemple.fr', password: NEW }
  await t.visitor().post('/inscription').type('form').send(sent)
  const known = async () => {
    const rows = await t.town.db.read.select({ name: persons.lastName }).from(persons)
    return rows.some(({ name }) => name === 'Oubli')
  }
  t.at('2026-12-20T04:00:00+01:00')
  await t.tick()
  assert.ok(await known(), 'within the month')
  t.at('2027-03-01T04:00:00+01:00')
  await t.tick()
  assert.ok(!(await known()))
  for (const table of [accountTokens, attempts, sessions]) {
    assert.deepEqual(await t.town.db.read.select().from(table), [])
  }
  const kept = await t.town.db.read.select().from(accounts)
  assert.ok(kept.length > 5 && kept.every(({ emailVerifiedAt }) => emailVerifiedAt !== null), 'the others stay')
})
