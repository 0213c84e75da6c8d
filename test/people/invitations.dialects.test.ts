import assert from 'node:assert/strict'
import { test } from 'node:test'
import { family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown()
const invite = (parent: Visitor, email: string) => parent.post('/famille/adultes/inviter').type('form').send({ email })
const linkTo = async (email: string) => {
  const letter = (await t.letters()).find(({ to, kind }) => to === email && kind === 'family.invitation')
  assert.ok(letter, `no invitation to ${email}`)
  return /http:\/\/guichet\.test(\/invitation\/\S+)/.exec(letter.text)![1]!
}

test('a second adult without account signs up from the letter and is in the family', async () => {
  const { parent, household } = await family(t, { firstName: 'Awa', lastName: 'Cissé' })
  assert.equal((await invite(parent, 'papa@exemple.fr')).status, 303)
  assert.match((await parent.get('/famille')).text, /Invitation envoyée/)
  const link = await linkTo('papa@exemple.fr')
  const papa = t.visitor()
  const page = await papa.get(link)
  assert.match(page.text, /Awa Cissé vous invite/)
  assert.match(page.text, /Créer un compte/)
  await papa.post('/inscription').type('form').send({
    firstName: 'Ali',
    lastName: 'Cissé',
    email: 'papa@exemple.fr',
    password: 'quatre mots au hasard',
  })
  const letter = (await t.letters()).find(
    ({ to, kind }) => to === 'papa@exemple.fr' && kind === 'account.confirm-email',
  )!
  const confirm = /http:\/\/guichet\.test(\/\S+)/.exec(letter.text)![1]!
  const next = await papa.post(confirm).type('form').send({})
  assert.equal(next.headers['location'], link, 'back to the invitation')
  assert.match((await papa.get(link)).text, /Rejoindre cette famille/)
  assert.equal((await papa.post(link)).headers['location'], '/famille')
  const { body } = await papa.get('/api/v1/household')
  assert.equal(body.id, household)
  assert.equal(body.adults.length, 2)
  assert.ok((await t.letters()).some(({ subject }) => subject === 'Ali Cissé a rejoint votre famille'))
  assert.equal((await papa.get(link)).status, 410)
})

test('looking at the link changes nothing; it works once, for fourteen days', async () => {
  t.at('2026-11-23T09:00:00+01:00')
  const { parent } = await family(t)
  await invite(parent, 'once@exemple.fr')
  const link = await linkTo('once@exemple.fr')
  const [one, other] = [await family(t, { children: [] }), await family(t, { children: [] })]
  await one.parent.get(link)
  assert.equal((await one.parent.get('/api/v1/household')).body.adults.length, 1)
  const answers = await Promise.all([one.parent.post(link), other.parent.post(link)])
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [303, 410],
  )

  await invite(parent, 'late@exemple.fr')
  const late = await linkTo('late@exemple.fr')
  t.at('2026-12-07T09:00:00+01:00')
  const over = await t.visitor().get(late)
  assert.equal(over.status, 410)
  assert.match(over.text, /Cette invitation ne marche plus/)
  t.at('2026-11-23T09:00:00+01:00')
})

test('whoever has children of their own does not change families by a link', async () => {
  const { parent } = await family(t)
  await invite(parent, 'busy@exemple.fr')
  const link = await linkTo('busy@exemple.fr')
  const other = await family(t, { email: 'busy@exemple.fr' })
  const answer = await other.parent.post(link)
  assert.equal(answer.status, 409)
  assert.match(answer.text, /Vous êtes déjà dans une famille/)
  assert.equal((await other.parent.get('/api/v1/household')).body.id, other.household)
})

test('an invitation taken back, or written again, leaves no old link behind', async () => {
  const { parent } = await family(t)
  await invite(parent, 'back@exemple.fr')
  const first = await linkTo('back@exemple.fr')
  await invite(parent, 'Back@exemple.fr')
  assert.equal((await t.visitor().get(first)).status, 410)
  const second = await linkTo('Back@exemple.fr')
  const invitation = /name="invitation" value="(\w+)"/.exec((await parent.get('/famille')).text)![1]
  const stranger = await family(t)
  const cancel = (visitor: Visitor) => visitor.post('/famille/adultes/annuler').type('form').send({ invitation })
  assert.equal((await cancel(stranger.parent)).status, 404)
  assert.equal((await cancel(parent)).status, 303)
  assert.equal((await t.visitor().get(second)).status, 410)
})

test('one’s own address, a wrong one or a fourth at once are refused in words', async () => {
  const { parent, email } = await family(t)
  assert.match((await invite(parent, email.toUpperCase())).text, /Cette personne est déjà dans la famille/)
  assert.equal((await invite(parent, 'not an address')).status, 422)
  for (const n of [1, 2, 3]) assert.equal((await invite(parent, `many${n}@exemple.fr`)).status, 303)
  assert.equal((await invite(parent, 'many4@exemple.fr')).status, 409)
})

test('who pays is one of the adults, as either says', async () => {
  const { parent, personId } = await family(t)
  await invite(parent, 'payer@exemple.fr')
  const other = await family(t, { email: 'payer@exemple.fr', children: [] })
  await other.parent.post(await linkTo('payer@exemple.fr'))
  const payer = async () => (await parent.get('/api/v1/household')).body.payerId
  assert.equal(await payer(), personId)
  const choose = (payerId: string) => other.parent.post('/famille/payeur').type('form').send({ payerId })
  assert.equal((await choose(other.personId)).status, 303)
  assert.equal(await payer(), other.personId)
  const stranger = await family(t)
  assert.equal((await choose(stranger.personId)).status, 422)
})
