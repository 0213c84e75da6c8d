import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword, passwordFits } from '../../src/access/passwords.ts'
import { accounts } from '../../src/access/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { sessions } from '../../src/web/schema.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown()
const signIn = (visitor: Visitor, email: string, password: string) =>
  visitor.post('/connexion').type('form').send({ email, password })

/** The page without what differs from one showing to the next. */
const same = (text: string, ...typed: string[]) =>
  typed.reduce((page, word) => page.replaceAll(word, '…'), text).replace(/value="[0-9a-f-]{36}"/g, '')

test('an unknown address and a wrong password get the very same page', async () => {
  const { email } = await family(t)
  const unknown = await signIn(t.visitor(), 'nobody@exemple.fr', 'not this one at all')
  const wrong = await signIn(t.visitor(), email, 'not this one at all')
  assert.equal(unknown.status, 401)
  assert.equal(wrong.status, 401)
  assert.match(wrong.text, /L’adresse e-mail ou le mot de passe est faux/)
  assert.equal(same(unknown.text, 'nobody@exemple.fr'), same(wrong.text, email))
})

test('an address without account takes as long to refuse as one with', async () => {
  // With the cost of real towns: what differs would show.
  const kept = await hashPassword('demo', 'quatre mots au hasard')
  const median = async (hash: string | undefined) => {
    const times: number[] = []
    for (let i = 0; i < 9; i++) {
      const start = performance.now()
      assert.equal(await passwordFits('demo', hash, 'not this one'), false)
      times.push(performance.now() - start)
    }
    return times.sort((a, b) => a - b)[4] ?? 0
  }
  await median(undefined) // the first one makes nobody's hash
  const [known, unknown] = [await median(kept), await median(undefined)]
  assert.ok(Math.abs(known - unknown) < 50, `${known.toFixed(1)} ms and ${unknown.toFixed(1)} ms`)
})

test('signing in gives a new session: one planted before is worth nothing', async () => {
  const { email, password } = await family(t)
  const planted = t.visitor()
  // Anybody gets a session by beginning to sign up.
  const begun = await planted.post('/inscription').type('form').send({
    firstName: 'Eve',
    lastName: 'Martin',
    email: 'eve@exemple.fr',
    password: 'quatre mots au hasard',
  })
  const before = begun.headers['set-cookie']![0]!.split(';')[0]!
  const answer = await signIn(planted, email, password)
  assert.equal(answer.status, 303)
  const after = answer.headers['set-cookie']![0]!.split(';')[0]!
  assert.notEqual(before, after)
  assert.equal((await t.visitor().get('/api/v1/me').set('Cookie', before)).status, 401)
  assert.equal((await t.visitor().get('/api/v1/me').set('Cookie', after)).status, 200)
})

test('after signing in one is where one wanted to go', async () => {
  const { email, password } = await family(t)
  const visitor = t.visitor()
  await visitor.get('/compte/mot-de-passe')
  assert.equal((await signIn(visitor, email, password)).headers['location'], '/compte/mot-de-passe')
})

test('never on another site, whatever the session says', async () => {
  const { email, password } = await family(t)
  for (const afterSignIn of ['//evil.example/compte', '/\\evil.example', 'https://evil.example']) {
    const visitor = t.visitor()
    await visitor.get('/compte/mot-de-passe')
    await t.town.db.transaction(async tx => {
      for (const { idHash, data } of await tx.select().from(sessions))
        if ('afterSignIn' in data) {
          await tx
            .update(sessions)
            .set({ data: { ...data, afterSignIn } })
            .where(eq(sessions.idHash, idHash))
        }
    })
    assert.equal((await signIn(visitor, email, password)).headers['location'], '/accueil', afterSignIn)
  }
})

test('after ten wrong passwords the account waits, and says for how long; so does an address without account', async () => {
  t.at('2026-11-23T10:00:00+01:00')
  const { email, password } = await family(t)
  for (const address of [email, 'guessed@exemple.fr']) {
    for (let i = 0; i < 10; i++) assert.equal((await signIn(t.visitor(), address, `guess number ${i}`)).status, 401)
    const waits = await signIn(t.visitor(), address, password)
    assert.equal(waits.status, 429, 'even with the right password')
    assert.equal(waits.headers['retry-after'], '900')
    assert.match(waits.text, /Attendez encore 15 minutes/)
    assert.match(waits.text, new RegExp(`value="${address}"`))
  }
  t.at('2026-11-23T10:14:30+01:00')
  assert.match((await signIn(t.visitor(), email, password)).text, /Attendez encore 1 minute\./)
  const api = await t.visitor().post('/api/v1/sessions').send({ email, password })
  assert.equal(api.status, 429)
  assert.equal(api.body.code, 'too-many-attempts')
  t.at('2026-11-23T10:15:01+01:00')
  assert.equal((await signIn(t.visitor(), email, password)).status, 303)
})

test('ten guesses sent at once are not more than ten', async () => {
  const { email } = await family(t)
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, i) => signIn(t.visitor(), email, `guess number ${i}`)),
  )
  assert.equal(answers.filter(({ status }) => status === 401).length, 10)
  assert.equal(answers.filter(({ status }) => status === 429).length, 6)
})

test('a right password clears the count', async () => {
  const { email, password } = await family(t)
  for (let i = 0; i < 9; i++) await signIn(t.visitor(), email, 'wrong again')
  assert.equal((await signIn(t.visitor(), email, password)).status, 303)
  for (let i = 0; i < 9; i++) await signIn(t.visitor(), email, 'wrong again')
  assert.equal((await signIn(t.visitor(), email, password)).status, 303)
})

test('one address that tries many accounts is stopped too', async () => {
  t.at('2026-11-24T10:00:00+01:00')
  const answers = await Promise.all(
    Array.from({ length: 62 }, (_, i) => signIn(t.visitor(), `spray${i}@exemple.fr`, 'azerty azerty 1')),
  )
  assert.equal(answers.filter(({ status }) => status === 429).length, 2)
  t.at('2026-11-24T11:00:00+01:00')
})

test('signing out ends the session for whoever kept its cookie', async () => {
  const { email, password } = await family(t)
  const visitor = t.visitor()
  const answer = await signIn(visitor, email, password)
  const cookie = answer.headers['set-cookie']![0]!.split(';')[0]!
  assert.equal((await visitor.post('/deconnexion')).headers['location'], '/')
  assert.equal((await t.visitor().get('/api/v1/me').set('Cookie', cookie)).status, 401)
})

test('one sees where one is signed in, and signs a lost phone out from here', async () => {
  const { email, password, parent } = await family(t)
  const phone = t.visitor()
  await phone
    .post('/connexion')
    .set('User-Agent', 'Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0')
    .type('form')
    .send({ email, password })
  const page = await parent.get('/compte/appareils')
  assert.match(page.text, /Firefox, Android/)
  const device = /name="device" value="(\w+)"/.exec(page.text)?.[1]
  const done = await parent.post('/compte/appareils/deconnecter').type('form').send({ device })
  assert.equal(done.status, 303)
  assert.equal((await phone.get('/api/v1/me')).status, 401)
  assert.equal((await parent.get('/api/v1/me')).status, 200)
})

test('nobody signs out the devices of others', async () => {
  const [one, other] = [await family(t), await family(t)]
  const [row] = await t.town.db.read.select().from(sessions).where(eq(sessions.accountId, other.accountId))
  const answer = await one.parent.post('/compte/appareils/deconnecter').type('form').send({ device: row!.idHash })
  assert.equal(answer.status, 404)
  assert.equal((await other.parent.get('/api/v1/me')).status, 200)
})

test('« se déconnecter partout » ends every session, this one too', async () => {
  const { email, password, parent } = await family(t)
  const other = t.visitor()
  await signIn(other, email, password)
  assert.equal((await parent.post('/compte/deconnexion-partout')).headers['location'], '/connexion')
  for (const visitor of [parent, other]) assert.equal((await visitor.get('/api/v1/me')).status, 401)
})

test('a right taken away is gone at the next click', async () => {
  const { clerk, actor } = await clerkAccount(t, 'canteen')
  await t.town.db.transaction(async tx => {
    await tx.update(accounts).set({ disabledAt: t.town.clock.now() }).where(eq(accounts.id, actor.accountId))
  })
  assert.equal((await clerk.get('/api/v1/me')).status, 401)
})

test('another site cannot sign anybody in or out', async () => {
  const { parent, email, password } = await family(t)
  const posts = [
    t.visitor().post('/connexion').set('Origin', 'https://evil.example').type('form').send({ email, password }),
    parent.post('/deconnexion').set('Origin', 'https://evil.example'),
    parent.post('/deconnexion').set('Sec-Fetch-Site', 'cross-site'),
    parent.post('/compte/deconnexion-partout').set('Sec-Fetch-Site', 'same-site'),
  ]
  for (const post of posts) assert.equal((await post).status, 403)
  assert.equal((await parent.get('/api/v1/me')).status, 200)
})

test('ten megabytes in the form are refused at once', async () => {
  const answer = await t
    .visitor()
    .post('/connexion')
    .type('form')
    .send(`email=${'a'.repeat(10_000_000)}`)
  assert.equal(answer.status, 413)
})

test('the API signs in and out, and says who one is', async () => {
  const { email, password } = await family(t)
  const program = t.visitor()
  const wrong = await program.post('/api/v1/sessions').send({ email, password: 'wrong password' })
  assert.equal(wrong.status, 401)
  assert.equal(wrong.headers['content-type'], 'application/problem+json; charset=utf-8')
  assert.equal(wrong.body.code, 'wrong-credentials')
  assert.equal((await program.post('/api/v1/sessions').send({ email, password: 12 })).status, 422)
  assert.equal((await program.post('/api/v1/sessions').send({ email, password })).status, 201)
  assert.equal((await program.get('/api/v1/me')).body.email, email)
  assert.equal((await program.delete('/api/v1/sessions')).status, 204)
  assert.equal((await program.get('/api/v1/me')).status, 401)
})
