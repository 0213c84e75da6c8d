// A resident without e-mail at the town hall opens an account at home, with the code that a clerk printed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeRights } from '../../src/access/clerk-admin.ts'
import { activationCodes } from '../../src/access/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { createPerson } from '../../src/people/desk-persons.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown()
const registrar = await clerkAccount(t, 'civil-registry')
const PASSWORD = 'cinq girafes sous la pluie'

let residents = 0
async function resident() {
  residents++
  const form = {
    firstName: 'Odette',
    lastName: `Lemaire${'abcdefghij'[residents]}`,
    birthDate: Temporal.PlainDate.from('1938-02-07').add({ days: residents }),
    phone: null,
    email: null,
    address: { lines: ['2 rue Haute'], postcode: '59100', city: 'Valmont' },
  }
  return (await createPerson(t.town, registrar.actor, form, { nobodyOf: [] })).personId
}

/** Prints a code: the page, and the code on it. */
async function printed(personId: string): Promise<{ text: string; code: string }> {
  const { status, text } = await registrar.clerk.post(`/guichet/personnes/${personId}/code`)
  assert.equal(status, 200)
  return { text, code: /app-large-code"><bdi>([^<]+)</.exec(text)?.[1] ?? '' }
}
const enter = (visitor: Visitor, code: string) => visitor.post('/activer').type('form').send({ code })
const choose = (visitor: Visitor, email: string, password = PASSWORD) =>
  visitor.post('/activer/compte').type('form').send({ email, password })
const linkIn = async (to: string) => {
  const letter = (await t.letters()).find(one => one.to === to)
  return new URL(/https?:\/\/\S+/.exec(letter?.text ?? '')?.[0] ?? 'http://none/').pathname
}

test('with the code, an address and a password, then the letter’s link, the account is theirs', async () => {
  const odette = await resident()
  const { text, code } = await printed(odette)
  assert.match(code, /^[2-9A-HJKMNP-Z]{4} [2-9A-HJKMNP-Z]{4} [2-9A-HJKMNP-Z]{4}$/)
  assert.match(text, /<svg/)
  const home = t.visitor()
  assert.match(
    (await home.get(`/activer?code=${code.replaceAll(' ', '')}`)).text,
    new RegExp(`value="${code.replaceAll(' ', '')}"`),
  )
  assert.equal((await enter(home, ` ${code.toLowerCase().replace(' ', '-')}`)).headers['location'], '/activer/compte')
  assert.match((await home.get('/activer/compte')).text, /Bonjour Odette/)
  assert.equal((await choose(home, 'odette@exemple.fr', 'motdepasse')).status, 422)
  assert.match((await choose(home, 'odette@exemple.fr')).text, /odette@exemple\.fr/)
  const signIn = () => t.visitor().post('/api/v1/sessions').send({ email: 'odette@exemple.fr', password: PASSWORD })
  assert.equal((await signIn()).status, 401, 'nothing is open before the address is shown to be theirs')
  const link = await linkIn('odette@exemple.fr')
  assert.equal((await home.get(link)).status, 200)
  assert.equal((await home.post(link).type('form').send({})).headers['location'], '/accueil')
  assert.match((await home.get('/accueil')).text, /Bonjour Odette/)
  assert.match((await home.get('/famille')).text, /2 rue Haute/)
  assert.equal((await signIn()).status, 201)

  assert.equal((await t.visitor().post(link).type('form').send({ password: PASSWORD })).status, 303, 'the link is over')
  assert.equal((await t.visitor().get(link)).status, 410)
  assert.equal((await enter(t.visitor(), code)).status, 422, 'the code is over')
  assert.equal((await registrar.clerk.post(`/guichet/personnes/${odette}/code`)).status, 409)
})

test('only its hash is kept, and no log shows it', async () => {
  const { code } = await printed(await resident())
  const rows = JSON.stringify(await t.town.db.read.select().from(activationCodes))
  assert.ok(!rows.includes(code.replaceAll(' ', '')))
})

test('a code that was printed again or cancelled does not work', async () => {
  const odette = await resident()
  const first = await printed(odette)
  const second = await printed(odette)
  assert.equal((await enter(t.visitor(), first.code)).status, 422)
  assert.equal((await enter(t.visitor(), second.code)).status, 303)
  const page = `/guichet/personnes/${odette}`
  assert.match((await registrar.clerk.get(`${page}/compte`)).text, /Un code a été imprimé/)
  assert.equal((await registrar.clerk.post(`${page}/code/annuler`)).headers['location'], `${page}/compte`)
  assert.equal((await enter(t.visitor(), second.code)).status, 422)
})

test('a letter opened in another browser asks for the password: a mistyped address opens nothing', async () => {
  const home = t.visitor()
  await enter(home, (await printed(await resident())).code)
  await choose(home, 'faux@exemple.fr')
  const link = await linkIn('faux@exemple.fr')
  const stranger = t.visitor()
  assert.match((await stranger.get(link)).text, /name="password"/)
  assert.equal((await stranger.post(link).type('form').send({ password: 'au hasard ici' })).status, 422)
  await choose(home, 'juste@exemple.fr')
  assert.equal((await stranger.get(link)).status, 410, 'only the last letter counts')
  assert.equal(
    (
      await t
        .visitor()
        .post(await linkIn('juste@exemple.fr'))
        .type('form')
        .send({ password: PASSWORD })
    ).status,
    303,
  )
})

test('an address that has an account is told so by letter, and whoever asks sees the same', async () => {
  const other = await family(t, { signedIn: false })
  const home = t.visitor()
  await enter(home, (await printed(await resident())).code)
  const free = await choose(home, 'libre@exemple.fr')
  const taken = await choose(home, other.email)
  assert.equal(taken.status, free.status)
  assert.equal(taken.text.replaceAll(other.email, 'x'), free.text.replaceAll('libre@exemple.fr', 'x'))
  assert.match((await t.letters())[0]?.subject ?? '', /déjà un compte/)
})

test('guessing codes is slowed down', async () => {
  const guesser = t.visitor()
  let status = 0
  for (let n = 0; n < 25 && status !== 429; n++) ({ status } = await enter(guesser, `RK4M 7TQ2 X9B${n % 9}`))
  assert.equal(status, 429)
})

test('codes are for residents, and printed by clerks at the counter', async () => {
  const { parent, personId } = await family(t)
  const odette = await resident()
  assert.equal((await parent.post(`/guichet/personnes/${odette}/code`)).status, 404)
  assert.equal((await registrar.clerk.post(`/guichet/personnes/${personId}/code`)).status, 409, 'has an account')
  assert.equal((await registrar.clerk.post(`/guichet/personnes/${registrar.actor.personId}/code`)).status, 404)

  const leisure = await clerkAccount(t, 'leisure')
  assert.equal((await leisure.clerk.post(`/guichet/personnes/${odette}/code`)).status, 200, 'receives families')
  const administrator = await clerkAccount(t)
  await changeRights(t.town, administrator.actor, leisure.actor.accountId, { services: [], administrator: false })
  assert.equal((await leisure.clerk.post(`/guichet/personnes/${odette}/code`)).status, 404, 'has no service left')
})

test('after 30 days a code does not work, and is forgotten at night', async () => {
  const odette = await resident()
  const { code } = await printed(odette)
  const home = t.visitor()
  await enter(home, code)
  t.at('2026-12-23T09:00:00+01:00')
  assert.equal((await enter(t.visitor(), code)).status, 422)
  assert.equal((await choose(home, 'trop.tard@exemple.fr')).headers['location'], '/activer')
  t.at('2026-12-24T04:00:00+01:00')
  await t.tick()
  const left = await t.town.db.read.select().from(activationCodes).where(eq(activationCodes.personId, odette))
  assert.deepEqual(left, [])
})
