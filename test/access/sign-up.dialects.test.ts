import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accounts } from '../../src/access/schema.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { kindsMailedTo, linkMailedTo } from './letters.ts'

const t = await testTown()
const PASSWORD = 'quatre mots au hasard'
const form = (email: string, more: object = {}) => ({
  firstName: 'Awa',
  lastName: 'Diallo',
  email,
  password: PASSWORD,
  ...more,
})
const signUp = (visitor: Visitor, email: string, more: object = {}) =>
  visitor.post('/inscription').type('form').send(form(email, more))

test('a parent signs up, opens the link of the letter, and is in', async () => {
  const parent = t.visitor()
  const sent = await signUp(parent, 'Awa.Diallo@exemple.fr')
  assert.equal(sent.status, 303)
  assert.equal(sent.headers['location'], '/inscription/envoye')
  assert.match((await parent.get('/inscription/envoye')).text, /Awa\.Diallo@exemple\.fr/)
  assert.equal((await parent.get('/famille')).status, 303, 'not signed in before the address is confirmed')

  const link = await linkMailedTo(t, 'Awa.Diallo@exemple.fr', 'account.confirm-email')
  const page = await parent.get(link)
  assert.equal(page.status, 200)
  assert.doesNotMatch(page.text, /type="password"/)
  assert.equal((await parent.get('/api/v1/me')).status, 401, 'looking at the link changes nothing')

  const confirmed = await parent.post(link).type('form').send({})
  assert.equal(confirmed.headers['location'], '/famille')
  const me = await parent.get('/api/v1/me')
  assert.equal(me.status, 200)
  assert.equal(me.body.email, 'awa.diallo@exemple.fr')
})

test('the confirmation button pressed twice leads to the family, not to an error', async () => {
  const parent = t.visitor()
  await signUp(parent, 'twice@exemple.fr')
  const link = await linkMailedTo(t, 'twice@exemple.fr', 'account.confirm-email')
  await parent.post(link).type('form').send({})
  const again = await parent.post(link).type('form').send({})
  assert.equal(again.status, 303)
  const after = await parent.get(again.headers['location']!)
  assert.equal(after.headers['location'], '/famille')
})

test('another browser that opens the link must give the password', async () => {
  await signUp(t.visitor(), 'other.browser@exemple.fr')
  const link = await linkMailedTo(t, 'other.browser@exemple.fr', 'account.confirm-email')
  const elsewhere = t.visitor()
  assert.match((await elsewhere.get(link)).text, /type="password"/)
  const wrong = await elsewhere.post(link).type('form').send({ password: 'not that one at all' })
  assert.equal(wrong.status, 422)
  assert.equal((await elsewhere.get('/api/v1/me')).status, 401)
  const right = await elsewhere.post(link).type('form').send({ password: PASSWORD })
  assert.equal(right.status, 303)
  assert.equal((await elsewhere.get('/api/v1/me')).status, 200)
})

test('who signs up with a stranger’s address gains nothing when the stranger opens the link', async () => {
  const attacker = t.visitor()
  await signUp(attacker, 'victim@exemple.fr', { password: 'the attacker knows it' })
  const link = await linkMailedTo(t, 'victim@exemple.fr', 'account.confirm-email')
  const victim = t.visitor()
  assert.equal((await victim.post(link).type('form').send({})).status, 422)
  assert.equal((await attacker.get('/api/v1/me')).status, 401)
  const answer = await attacker
    .post('/connexion')
    .type('form')
    .send({ email: 'victim@exemple.fr', password: 'the attacker knows it' })
  assert.equal(answer.headers['location'], '/inscription/envoye', 'not in: the address is not confirmed')
})

test('signing up with the address of an account looks the same, and only its owner is told', async () => {
  const owner = t.visitor()
  await signUp(owner, 'known@exemple.fr')
  await owner
    .post(await linkMailedTo(t, 'known@exemple.fr', 'account.confirm-email'))
    .type('form')
    .send({})

  const [stranger, newcomer] = [t.visitor(), t.visitor()]
  const known = await signUp(stranger, 'known@exemple.fr', { password: 'another good password' })
  const unknown = await signUp(newcomer, 'unknown@exemple.fr')
  assert.equal(known.status, unknown.status)
  assert.equal(known.headers['location'], unknown.headers['location'])
  const page = async (visitor: Visitor, email: string) =>
    (await visitor.get('/inscription/envoye')).text.replaceAll(email, '').replace(/value="[0-9a-f-]{36}"/g, '')
  assert.equal(await page(stranger, 'known@exemple.fr'), await page(newcomer, 'unknown@exemple.fr'))
  assert.deepEqual(await kindsMailedTo(t, 'known@exemple.fr'), ['account.confirm-email', 'account.already-there'])
  const signedIn = await owner.get('/api/v1/me')
  assert.equal(signedIn.status, 200)
  const old = await t.visitor().post('/api/v1/sessions').send({ email: 'known@exemple.fr', password: PASSWORD })
  assert.equal(old.status, 201, 'the owner’s password is as it was')
})

test('signing up again before confirming: the last password counts, the first link is dead', async () => {
  const parent = t.visitor()
  await signUp(parent, 'again@exemple.fr', { password: 'the first password' })
  const first = await linkMailedTo(t, 'again@exemple.fr', 'account.confirm-email')
  await signUp(parent, 'again@exemple.fr', { password: 'the second password' })
  assert.equal((await parent.get(first)).status, 410)
  await parent
    .post(await linkMailedTo(t, 'again@exemple.fr', 'account.confirm-email'))
    .type('form')
    .send({})
  const answer = await t
    .visitor()
    .post('/api/v1/sessions')
    .send({ email: 'again@exemple.fr', password: 'the second password' })
  assert.equal(answer.status, 201)
})

test('four people pressing « Créer un compte » with one address at once make one account', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => signUp(t.visitor(), 'rush@exemple.fr')))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303]))
  const rows = await t.town.db.read.select().from(accounts)
  assert.equal(rows.filter(({ email }) => email === 'rush@exemple.fr').length, 1)
})

test('a weak password is refused in words, and nothing else typed is lost', async () => {
  for (const password of [
    'court',
    'motdepasse2026',
    'aaaaaaaaaaaaaa',
    'weak@exemple.fr',
    'Awa Diallo 2026',
    '123456789012',
  ]) {
    const answer = await signUp(t.visitor(), 'weak@exemple.fr', { password })
    assert.equal(answer.status, 422, password)
    assert.match(answer.text, /Ce mot de passe est trop/)
    assert.match(answer.text, /value="weak@exemple\.fr"/)
    assert.doesNotMatch(answer.text, /type="password"[^>]* value="[^"]/)
  }
  assert.deepEqual(await kindsMailedTo(t, 'weak@exemple.fr'), [])
})

test('anything that is no name or address gets a clear refusal and leaves nothing behind', async () => {
  const wrong = [
    { firstName: '' },
    { lastName: '<script>' },
    { email: 'not an address' },
    { email: `${'a'.repeat(300)}@b.fr` },
  ]
  for (const more of wrong) {
    const answer = await signUp(t.visitor(), 'fine@exemple.fr', more)
    assert.equal(answer.status, 422, JSON.stringify(more))
  }
  const doubled = await t.visitor().post('/inscription').type('form').send('email=a@b.fr&email=c@d.fr&password=x')
  assert.equal(doubled.status, 422)
  assert.deepEqual(await kindsMailedTo(t, 'fine@exemple.fr'), [])
})

test('a letter box is not flooded: after four letters in an hour one has to wait', async () => {
  const parent = t.visitor()
  await signUp(parent, 'flood@exemple.fr')
  for (let i = 0; i < 3; i++) {
    assert.equal((await parent.post('/inscription/renvoyer').type('form').send({})).status, 303)
  }
  const fifth = await parent.post('/inscription/renvoyer').type('form').send({})
  assert.equal(fifth.status, 429)
  assert.equal(fifth.headers['retry-after'], '3600')
  assert.match(fifth.text, /Attendez encore 60 minutes/)
})

test('a link dies after two days', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const parent = t.visitor()
  await signUp(parent, 'late@exemple.fr')
  const link = await linkMailedTo(t, 'late@exemple.fr', 'account.confirm-email')
  t.at('2026-11-25T09:00:01+01:00')
  const page = await parent.get(link)
  assert.equal(page.status, 410)
  assert.match(page.text, /Ce lien ne marche plus/)
  t.at('2026-11-23T09:00:00+01:00')
})
