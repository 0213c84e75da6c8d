// A clerk at the counter does for a resident what the clerk's own services do: no more by acting than by working.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { desc, eq } from '../../src/db/drizzle.ts'
import { createPerson } from '../../src/people/desk-persons.ts'
import { householdAddresses, householdMembers } from '../../src/people/schema.ts'
import { tariff } from '../billing/month.ts'
import { clerkAccount, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'

const t = await testTown()
await tariff(t.town)
const registrar = await clerkAccount(t, 'civil-registry')
const canteen = await clerkAccount(t, 'canteen')
const cashier = await clerkAccount(t, 'cash-office')
const leisure = await clerkAccount(t, 'leisure')
const awa = await family(t, { firstName: 'Awa', lastName: 'Sylla', signedIn: false })

let residents = 0
/** An elderly resident whom the town knows from the counter alone. */
async function resident(given: { email?: string; firstName?: string; lastName?: string } = {}) {
  residents += 1
  const { firstName = 'Odette', lastName = `Lemaire${'abcdefghij'[residents]}`, email = null } = given
  const address = { lines: ['2 rue Haute'], postcode: '59100', city: 'Valmont' }
  const birthDate = Temporal.PlainDate.from('1938-02-07').add({ days: residents })
  const form = { firstName, lastName, birthDate, phone: null, email, address }
  return (await createPerson(t.town, registrar.actor, form, { nobodyOf: [] })).personId
}

const begin = (clerk: Visitor, personId: string, more: object = {}) =>
  clerk
    .post(`/guichet/personnes/${personId}/agir`)
    .type('form')
    .send({ reason: 'counter', consent: 'yes', ...more })
const end = (clerk: Visitor) => clerk.post('/guichet/agir/fin')

const INSCRIRE = 'Inscrire un enfant au centre de loisirs'

/** The residents' own pages and the service whose clerks may open them in a resident's name. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  'civil-registry': ['/etat-civil/mes-demandes'],
  canteen: [
    '/cantine',
    '/cantine?mois=2026-12',
    '/cantine/jusqu-aux-vacances',
    '/cantine/liste-d-attente',
    '/cantine/absence',
    '/cantine/agenda',
    '/cantine/recapitulatif',
    '/api/v1/canteen/months/2026-12',
  ],
  'cash-office': ['/factures', '/api/v1/invoices'],
  leisure: ['/centres-de-loisirs/inscriptions', '/centres-de-loisirs/panier', '/api/v1/leisure/sign-ups'],
  families: ['/accueil', '/famille', '/famille/quotient', '/famille/adresse', '/famille/moi', '/api/v1/household'],
}
const clerks = { 'civil-registry': registrar, canteen, 'cash-office': cashier, leisure }

test('in a resident’s name a clerk opens the pages of their own services, and no others', async () => {
  const seen = { yes: 0, no: 0 }
  for (const [service, { clerk }] of Object.entries(clerks)) {
    assert.equal((await begin(clerk, awa.personId)).headers['location'], '/guichet/agir')
    for (const [whose, paths] of Object.entries(PAGES)) {
      const may = whose === service || (whose === 'families' && service !== 'civil-registry')
      for (const path of paths) {
        const { status } = await clerk.get(path)
        if (status === 404 && may && path.startsWith('/api')) assert.fail(`${path} is no address any more`)
        if (may) assert.ok(status === 200, `${service} ${path}: ${status}`)
        else assert.equal(status, 404, `${service} ${path}`)
        seen[may ? 'yes' : 'no']++
      }
    }
    await end(clerk)
  }
  assert.ok(seen.yes > 12 && seen.no > 18, JSON.stringify(seen))
})

test('what a clerk of another service sends in a resident’s name changes nothing', async () => {
  await begin(registrar.clerk, awa.personId)
  const tries: [string, object][] = [
    ['/cantine', { month: '2026-12', meal: '1.2026-12-14' }],
    ['/famille/moi', { firstName: 'Vol', lastName: 'Vol', phone: '', language: 'fr' }],
    ['/famille/adresse', { lines: '1 rue', postcode: '59100', city: 'Valmont' }],
    ['/famille/adultes/inviter', { email: 'voleur@exemple.fr' }],
    [`/famille/enfants/${awa.children[0]!.id}/repas`, { mealType: 'vegetarian', pai: 'no' }],
  ]
  for (const [path, body] of tries)
    assert.equal((await registrar.clerk.post(path).type('form').send(body)).status, 404, path)
  await end(registrar.clerk)
  await begin(canteen.clerk, awa.personId)
  const asked = await canteen.clerk.post('/etat-civil/demande/acte').type('form').send({ kind: 'birth' })
  assert.equal(asked.status, 404)
  await end(canteen.clerk)
})

test('the first page offers what this clerk may do for this resident', async () => {
  const deeds = async (clerk: Visitor, personId: string) => {
    await begin(clerk, personId)
    const { text } = await clerk.get('/guichet/agir')
    await end(clerk)
    return ['Demander un acte', 'Réserver la cantine', 'Factures', INSCRIRE, 'Famille et enfants'].filter(deed =>
      text.includes(`>${deed}</a></h2>`),
    )
  }
  const odette = await resident()
  assert.deepEqual(await deeds(leisure.clerk, awa.personId), [INSCRIRE, 'Famille et enfants'])
  assert.deepEqual(await deeds(registrar.clerk, awa.personId), ['Demander un acte'])
  assert.deepEqual(await deeds(canteen.clerk, awa.personId), ['Réserver la cantine', 'Famille et enfants'])
  assert.deepEqual(await deeds(cashier.clerk, awa.personId), ['Factures', 'Famille et enfants'])
  assert.deepEqual(await deeds(registrar.clerk, odette), ['Demander un acte'])
  assert.deepEqual(await deeds(canteen.clerk, odette), [])
})

test('for a resident without family, account or e-mail: both names are kept, and the note on the mandate', async () => {
  const odette = await resident()
  await begin(registrar.clerk, odette, { note: '  sa fille est là,\n carte vue ' })
  assert.match((await registrar.clerk.get('/guichet')).text, /Vous agissez pour Odette Lemaire/)
  assert.match((await registrar.clerk.get('/guichet/agir')).text, /n’a pas d’e-mail/)
  const first = await registrar.clerk.get('/etat-civil/demande').redirects(2)
  assert.equal(first.status, 200)
  const stopped = await end(registrar.clerk)
  assert.equal(stopped.headers['location'], `/guichet/personnes/${odette}`)
  const [last, began] = await t.town.db.read
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.subjectId, odette))
    .orderBy(desc(auditEntries.id))
    .limit(2)
  assert.deepEqual([last?.action, began?.action], ['counter.ended', 'counter.began'])
  assert.deepEqual(began?.details, { reason: 'counter', note: 'sa fille est là, carte vue' })
})

test('nobody acts for a child, for a colleague, for themselves or without the person’s word', async () => {
  const child = awa.children[0]!.id
  for (const id of [child, canteen.actor.personId, registrar.actor.personId, 'nobody']) {
    assert.equal((await begin(registrar.clerk, id)).status, 404, id)
    assert.equal((await registrar.clerk.get(`/guichet/personnes/${id}/agir`)).status, 404, id)
  }
  const odette = await resident()
  for (const more of [{ reason: '' }, { consent: '' }, { reason: 'curious' }])
    assert.equal((await begin(registrar.clerk, odette, more)).status, 422, JSON.stringify(more))
  assert.equal((await begin(t.visitor(), odette)).headers['location'], '/connexion')
  assert.equal((await registrar.clerk.get('/etat-civil/mes-demandes')).status, 404, 'nothing has begun')
})

test('while acting, neither the resident’s account nor the clerk’s own can be opened', async () => {
  await begin(registrar.clerk, awa.personId)
  for (const page of ['', '/mot-de-passe', '/e-mail', '/appareils', '/fermer'])
    assert.equal((await registrar.clerk.get(`/compte${page}`)).status, 404, page)
  await end(registrar.clerk)
})

test('an account by e-mail works for somebody without a family: they get a household with their address', async () => {
  const odette = await resident({ lastName: 'Parmail' })
  const page = `/guichet/personnes/${odette}/compte`
  const sent = await registrar.clerk.post(page).type('form').send({ email: 'odette@exemple.fr' })
  assert.equal(sent.headers['location'], `/guichet/personnes/${odette}`)
  const [letter] = await t.letters()
  const link = new URL(/https?:\/\/\S+/.exec(letter?.text ?? '')?.[0] ?? '').pathname
  const home = t.visitor()
  await home.post(link).type('form').send({ password: 'cinq girafes sous la pluie' })
  await home
    .post('/connexion')
    .type('form')
    .send({ email: 'odette@exemple.fr', password: 'cinq girafes sous la pluie' })
  assert.match((await home.get('/accueil')).text, /Bonjour Odette/)
  const [member] = await t.town.db.read.select().from(householdMembers).where(eq(householdMembers.personId, odette))
  const [address] = await t.town.db.read
    .select()
    .from(householdAddresses)
    .where(eq(householdAddresses.householdId, member!.householdId))
  assert.deepEqual([address?.lines, address?.resident], [['2 rue Haute'], true])
})

test('the desk’s pages about residents do not exist for parents', async () => {
  const { parent } = await family(t)
  const odette = await resident()
  for (const path of ['', '/agir', '/compte', '/modifier'].map(more => `/guichet/personnes/${odette}${more}`)) {
    assert.equal((await parent.get(path)).status, 404, path)
    assert.equal((await t.visitor().get(path)).headers['location'], '/connexion', path)
    for (const { clerk } of [registrar, leisure]) assert.equal((await clerk.get(path)).status, 200, path)
  }
  for (const path of ['/guichet/agir', '/guichet/recherche']) assert.equal((await parent.get(path)).status, 404, path)
})
