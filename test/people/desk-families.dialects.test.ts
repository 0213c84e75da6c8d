import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { desc, eq } from '../../src/db/drizzle.ts'
import { readFamilyQuery } from '../../src/people/family-search.ts'
import { residentOn } from '../../src/people/rules.ts'
import { pricingFacts } from '../../src/people/store.ts'
import { clerk, clerkAccount, family, secondHousehold } from '../support/family.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { clerk: desk, actor } = await clerkAccount(t, 'cash-office')
const search = async (q: string) => (await desk.get('/guichet/familles').query({ q })).text

test('what is typed in one box is told apart', () => {
  assert.deepEqual(readFamilyQuery('N’Diaye Fatou'), { names: ['ndiaye', 'fatou'] })
  assert.deepEqual(readFamilyQuery('06 12.34-56 78'), { names: [], phone: '+33612345678' })
  assert.deepEqual(readFamilyQuery('Parent@Exemple.fr'), { names: [], email: 'parent@exemple.fr' })
  for (const typed of ['diallo 12/3/2018', '12.03.2018 Diallo', '2018-03-12 DIALLO']) {
    const query = readFamilyQuery(typed)
    assert.deepEqual(
      [query.names, query.birthDate?.toString(), query.phone],
      [['diallo'], '2018-03-12', undefined],
      typed,
    )
  }
  assert.deepEqual(readFamilyQuery('31/02/2018'), { names: [] })
  assert.deepEqual(readFamilyQuery(' %_ '), { names: [] })
})

test('one search finds a family by name in any order and accents, phone, birth date or e-mail', async () => {
  const { household } = await family(t, {
    firstName: 'Zoé',
    lastName: 'Le Goff-Œuvré',
    phone: '+33612345678',
    email: 'Zoe.LeGoff@exemple.fr',
    children: [{ firstName: 'Maëlys', lastName: 'Le Goff', birthDate: '2019-11-04' }],
  })
  const href = `/guichet/familles/${household}`
  for (const q of [
    'oeuvre zoe',
    'LE GOFF',
    'goff-oeuvré',
    'maelys',
    '06 12 34 56 78',
    '04/11/2019',
    'zoe.legoff@',
    'Le Goff 04/11/2019',
  ])
    assert.match(await search(q), new RegExp(href), q)
  for (const q of ['goff absent', '05/11/2019', 'off', '%', '07 12 34 56 78'])
    assert.doesNotMatch(await search(q), new RegExp(href), q)
})

test('nobody found: the page says what to try, and how to make the family', async () => {
  const page = await search('personne de ce nom')
  assert.match(page, /Nous n’avons trouvé personne/)
  assert.match(page, /Créer la famille/)
})

test('each look-up is kept, without what was typed', async () => {
  await search('Le Goff')
  const [last] = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.action, 'families.searched'))
    .orderBy(desc(auditEntries.id))
    .limit(1)
  assert.equal(last?.actorAccountId, actor.accountId)
  assert.doesNotMatch(JSON.stringify(last), /goff/i)
})

test('many families of one name: the first are shown, and the page says there are others', async () => {
  for (let i = 0; i < 27; i++) await family(t, { lastName: 'Nombreux', children: [], signedIn: false })
  const page = await search('nombreux')
  assert.equal(page.match(/href="\/guichet\/familles\/[\w-]{36}"/g)?.length, 25)
  assert.match(page, /Il y en a d’autres/)
})

test('one page shows all that concerns the family, and looking is kept', async () => {
  const one = await family(t, { lastName: 'Complet', phone: '+33698765432', quotient: 64000 })
  await secondHousehold(t, one, { lastName: 'Ailleurs' })
  const page = (await desk.get(`/guichet/familles/${one.household}`)).text
  for (const words of [
    'Complet',
    one.email,
    'Inès',
    'École Jules-Guesde',
    'Une semaine sur deux',
    '640,00',
    'L’autre foyer',
  ])
    assert.ok(page.includes(words), words)
  assert.match(page, /06\s98\s76\s54\s32/)
  const looks = await t.town.db.read.select().from(auditEntries).where(eq(auditEntries.action, 'family.viewed'))
  assert.ok(looks.some(({ subjectId }) => subjectId === one.household))
})

test('a clerk corrects whether an address is in the town: the price follows from its day', async () => {
  const { household } = await family(t, { resident: false, city: 'Valmont-le-Haut' })
  const resident = async () => {
    const facts = (await pricingFacts(t.town.db.read, [household])).get(household)
    return residentOn(facts!.residency, Temporal.PlainDate.from('2026-11-23'))
  }
  assert.equal(await resident(), false)
  const page = (await desk.get(`/guichet/familles/${household}`)).text
  const address = /name="address" value="([\w-]+)"/.exec(page)![1]
  const send = (at: string) =>
    desk.post(`/guichet/familles/${at}/habitant`).type('form').send({ address, resident: 'yes' })
  assert.equal((await send((await family(t)).household)).status, 404, 'the address of another family')
  assert.equal((await send(household)).status, 303)
  assert.equal(await resident(), true)
})

test('a family without e-mail is made at the counter, once, and its letters are printed', async () => {
  const form = {
    firstName: 'Yvette',
    lastName: 'Sans-Courriel',
    phone: '',
    email: '',
    lines: '3 place de la Mairie',
    postcode: '59100',
    city: 'VALMONT CEDEX',
    idempotencyKey: crypto.randomUUID(),
  }
  const made = await Promise.all([
    desk.post('/guichet/familles/nouvelle').type('form').send(form),
    desk.post('/guichet/familles/nouvelle').type('form').send(form),
  ])
  assert.equal(new Set(made.map(({ headers }) => headers['location'])).size, 1)
  const page = (await desk.get(made[0]?.headers['location'] ?? '')).text
  assert.match(page, /Habitant de Valmont/)
  assert.match(page, /Pas d’e-mail/)
  const wrong = await desk
    .post('/guichet/familles/nouvelle')
    .type('form')
    .send({ ...form, postcode: '591', phone: '1' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /Un code postal a 5 chiffres/)
  assert.match(wrong.text, /value="Sans-Courriel"/)
})

test('later she gets an account: a link to choose the password, written again as long as it was not used', async () => {
  const form = {
    firstName: 'Léa',
    lastName: 'Bientôt',
    phone: '',
    email: '',
    lines: '1 rue',
    postcode: '59100',
    city: 'Valmont',
  }
  const at = (await desk.post('/guichet/familles/nouvelle').type('form').send(form)).headers['location']!
  const person = /personnes\/([\w-]+)\/compte/.exec((await desk.get(at)).text)![1]
  const page = `/guichet/personnes/${person}/compte`
  const taken = await family(t)
  const send = (email: string) => desk.post(page).type('form').send({ email })
  assert.equal((await send(taken.email)).status, 422)
  assert.equal((await send('lea@exemple.fr')).status, 303)
  assert.match((await desk.get(page)).text, /Un lien est déjà parti/)
  assert.equal((await send('lea.b@exemple.fr')).status, 303)
  const letters = (await t.letters()).filter(({ kind }) => kind === 'account.choose-password')
  const link = /http:\/\/guichet\.test(\S+)/.exec(letters.find(({ to }) => to === 'lea.b@exemple.fr')!.text)![1]!
  const first = /http:\/\/guichet\.test(\S+)/.exec(letters.find(({ to }) => to === 'lea@exemple.fr')!.text)![1]!
  assert.equal((await t.visitor().get(first)).status, 410)
  const lea = t.visitor()
  await lea.post(link).type('form').send({ password: 'quatre mots au hasard' })
  await lea.post('/connexion').type('form').send({ email: 'lea.b@exemple.fr', password: 'quatre mots au hasard' })
  assert.match((await lea.get('/accueil')).text, /Bonjour Léa/)
  assert.match((await desk.get(page)).text, /utilise déjà son compte/)
  assert.equal((await send('other@exemple.fr')).status, 409)
})

test('the desk is for clerks of the canteen and the cash office: for others these pages do not exist', async () => {
  const { parent, household } = await family(t)
  const registrar = await clerk(t, 'civil-registry')
  const paths = ['', '?q=diallo', '/nouvelle', `/${household}`, `/${household}/agir`].map(
    path => `/guichet/familles${path}`,
  )
  for (const path of [...paths, '/guichet/quotients', '/guichet/verifications']) {
    assert.equal((await parent.get(path)).status, 404, path)
    assert.equal((await registrar.get(path)).status, 404, path)
    assert.equal((await t.visitor().get(path)).headers['location'], '/connexion', path)
    assert.equal((await desk.get(path)).status, 200, path)
  }
})
