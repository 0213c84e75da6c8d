import assert from 'node:assert/strict'
import { accountByEmail, actorOf } from '../../src/access/store.ts'
import { DEMO_PASSWORD } from '../../src/demo/seed-families.ts'
import { childrenOf, householdOf } from '../../src/people/store.ts'
import { createTariff } from '../../src/tariffs/service.ts'
import { signIn } from '../abuse/sign-in.ts'
import { bill, brackets, day, meals } from '../billing/month.ts'
import { book, cancel, setCapacity, wait } from '../canteen/world.ts'
import { linkIn, type OpenTown } from '../journeys/open-town.ts'
import { photo } from '../journeys/photo.ts'
import { clerk, type Family, family, school } from '../support/family.ts'
import type { Visitor } from '../support/town.ts'
import { type LivedInRegistry, liveInRegistry } from './lived-in-registry.ts'

/** Somebody who looks at the town's pages, and where they begin: from there they follow links. */
export type Looker = { visitor: Visitor; starts: readonly string[] }

export type LivedInTown = Record<'residents' | 'clerks' | 'registry', Record<string, Looker>>

/** The demonstration town, where everything else that a page can show has happened once. */
export async function liveIn(t: OpenTown): Promise<LivedInTown> {
  await t.settle()
  const as = (email: string) => signIn(t, { email, password: DEMO_PASSWORD })
  const [canteenClerk, cashier, administrator] = [
    await as('cantine@valmont.example'),
    await as('regie@valmont.example'),
    await as('admin@valmont.example'),
  ]
  const home = await demoFamily(t, 'amina.diallo@exemple.fr')
  const { parent } = home
  const [child, sibling] = home.children.map(({ id }) => id)
  assert.ok(child && sibling)
  await meals(t.town, home, ['2026-09-07', '2026-09-08'])
  await bill(t.town, '2026-09')
  await t.settle()
  await send(cashier, '/guichet/facturation', { month: '2026-11' })

  await sendPhoto(parent, '/famille/quotient', { value: '480' }, 'proof')
  await send(parent, '/famille/adultes/inviter', { email: 'autre.parent@exemple.fr' })
  const aunt = { name: 'Aïda-Mariama Diallo-Vandenbroucke', phone: '0612345679', relationship: 'tante' }
  await send(parent, `/famille/enfants/${child}/personnes`, aunt)
  await sendPhoto(parent, `/famille/enfants/${child}/dossier/vaccins`, { kind: 'vaccination' }, 'paper')
  await send(parent, `/famille/enfants/${sibling}/garde`, {
    kind: 'percentage',
    percent: '50',
    ...parts('from', '2026-12-01'),
  })
  const double = await family(t, { lastName: 'Diallo', children: [] })
  const again = { firstName: 'Inès', lastName: 'Diallo', ...parts('birthDate', await birthOf(t, home)) }
  await send(double.parent, '/famille/enfants/ajouter', again)
  const everyMonday = { days: `${sibling}.1`, until: 'holidays', ...parts('from', '2026-11-26') }
  const types = { [`mealType.${sibling}`]: 'standard', [`mealType.${child}`]: 'standard' }
  await send(parent, '/cantine/jusqu-aux-vacances', { ...everyMonday, ...types })
  await sendPhoto(parent, '/cantine/absence', { days: `${child}.2026-11-23` }, 'paper')

  const waiting = await crowdedSchool(t, canteenClerk)
  await invoices(t, parent)
  const next = { service: 'canteen', from: day('2027-09-01'), to: null, rule: brackets } as const
  await createTariff(t.town, actorOf((await accountByEmail(t.town.db.read, 'admin@valmont.example'))!) as never, next)
  const agent = { firstName: 'Maximilienne', lastName: 'Delannoy-Vandewalle', services: 'civil-registry' }
  await send(administrator, '/guichet/reglages/agents/nouveau', { ...agent, email: 'maximilienne@valmont.example' })

  await send(t.visitor(), '/mot-de-passe', { email: home.email })
  await send(t.visitor(), '/inscription', newcomer)
  await send(parent, '/compte/e-mail', { email: 'nouvelle@exemple.fr', password: home.password })
  await t.later({ hours: 1 })
  const letter = async (email: string, subject: RegExp, path: string) =>
    new URL(linkIn(await t.letterTo(email, subject), path)).pathname
  const byLetter = [
    await letter(home.email, /nouveau mot de passe/, '/mot-de-passe/'),
    await letter(newcomer.email, /Confirmez/, '/inscription/confirmer/'),
    await letter('nouvelle@exemple.fr', /nouvelle adresse/, '/compte/e-mail/confirmer/'),
    await letter('autre.parent@exemple.fr', /vous invite/, '/invitation/'),
    await letter(waiting.email, /une place est libre/, '/cantine/place/'),
  ]
  const registry = await liveInRegistry(t, home)
  return {
    residents: {
      ...residents(t, registry, byLetter),
      parent: { visitor: parent, starts: [...STARTS, ...byLetter, BY_FORM] },
      separated: { visitor: await as('julie.lefebvre@exemple.fr'), starts: ['/accueil', '/famille'] },
      // Nothing yet: no child, no invoice, no request.
      'new parent': { visitor: (await family(t, { children: [] })).parent, starts: EMPTY },
      ...(await activating(t, canteenClerk)),
    },
    clerks: {
      'clerk of the canteen': { visitor: canteenClerk, starts: DESK },
      cashier: { visitor: cashier, starts: [...DESK, '/guichet/facturation/factures?q=introuvable'] },
      administrator: { visitor: administrator, starts: DESK },
      'clerk at the counter': { visitor: await atCounter(t, home), starts: ['/guichet/agir', '/guichet'] },
    },
    registry: { 'clerk of the registry': { visitor: registry.clerk, starts: [...DESK, ...registry.deskStarts] } },
  }
}

/** Addresses that no page leads to: typed, or told in a letter. */
const STARTS = ['/', '/accueil', '/open-data']
const DESK = ['/guichet', '/guichet/raccourcis', '/guichet/recherche?q=diallo', '/guichet/recherche?q=zzzzzz']
const EMPTY = ['/accueil', '/famille', '/cantine', '/factures', '/etat-civil/mes-demandes', '/cantine/recapitulatif']
/** What a form sends by its address, before anything is booked. */
const BY_FORM =
  '/cantine/jusqu-aux-vacances/verifier?days=all.1&until=holidays&from-day=26&from-month=11&from-year=2026'

const newcomer = {
  ...{ firstName: 'Paul', lastName: 'Morel', email: 'paul.morel@exemple.fr' },
  password: 'quatre chats sous la pluie',
}

function residents(t: OpenTown, { askers, follow }: LivedInRegistry, byLetter: readonly string[]) {
  return {
    nobody: { visitor: t.visitor(), starts: [...STARTS, ...byLetter, ...follow] },
    ...askers,
  }
}

/** A family of the demonstration, as those of the tests are told. */
async function demoFamily(t: OpenTown, email: string): Promise<Family> {
  const { read } = t.town.db
  const account = await accountByEmail(read, email)
  const actor = account && actorOf(account)
  assert.ok(actor?.kind === 'resident')
  const household = await householdOf(read, actor)
  const parent = await signIn(t, { email, password: DEMO_PASSWORD })
  const { personId, accountId } = actor
  const children = await childrenOf(read, household)
  return { parent, email, password: DEMO_PASSWORD, household, personId, accountId, actor, children }
}

const birthOf = async (t: OpenTown, { household }: Family) =>
  String((await childrenOf(t.town.db.read, household))[0]?.birthDate)

/** A school with one place, whose line moves on by one, then closes on a day of strike. */
async function crowdedSchool(t: OpenTown, canteenClerk: Visitor): Promise<Family> {
  const small = await school(t, 'École élémentaire publique du Parc-Barbieux et des Hauts-Champs')
  await setCapacity(t, small, 1)
  const at = { school: 'École élémentaire publique du Parc-Barbieux et des Hauts-Champs', signedIn: false }
  const neighbour = await family(t, { children: ['Zoé'], ...at })
  const waiting = await family(t, { children: ['Tom'], ...at })
  await book(t, neighbour, '2026-12-03')
  await wait(t, waiting, '2026-12-03')
  await cancel(t, neighbour, '2026-12-03')
  const strike = { scope: 'schools', schools: small, from: '2026-12-10', reason: 'strike', message: 'Grève nationale.' }
  await send(canteenClerk, '/guichet/cantine/fermetures/nouvelle', { ...strike, meals: '0', step: 'close' })
  return waiting
}

/** One invoice paid, one in part and disputed with the bank, one line contested; the town's bank paid out. */
async function invoices(t: OpenTown, parent: Visitor): Promise<void> {
  const { body } = await parent.get('/api/v1/invoices').expect(200)
  const [october, september] = body.invoices.map((invoice: { id: string }) => invoice.id)
  assert.ok(october && september, 'two invoices')
  await send(parent, `/factures/${october}/contester`, { lines: '0', reason: 'was-ill', text: 'Inès était malade.' })
  await pay(t, parent, { invoices: september }, 'success')
  await t.stripe.payout({ pendingToo: true })
  await pay(t, parent, { invoices: october, amount: '1,20' }, 'disputed')
}

/** A clerk who acts for a parent at the counter: the parents' pages, with a banner. */
async function atCounter(t: OpenTown, { household, personId }: Family): Promise<Visitor> {
  const visitor = await clerk(t, 'canteen')
  await send(visitor, `/guichet/familles/${household}/agir`, { personId, reason: 'counter', consent: 'yes' })
  return visitor
}

/** Somebody who got the code of their account on paper, and entered it at home. */
async function activating(t: OpenTown, canteenClerk: Visitor): Promise<Record<string, Looker>> {
  const known = await send(canteenClerk, '/guichet/personnes/nouvelle', {
    firstName: 'Lucienne',
    lastName: 'Carpentier',
    ...parts('birthDate', '1951-02-11'),
  })
  const paper = await canteenClerk.post(`${known}/code`)
  const code = /\?code=(\w+)|((?:[A-Z0-9]{4}\s){2,}[A-Z0-9]{2,4})/.exec(paper.text)?.[0]
  assert.ok(code, 'the page to print shows the code')
  const visitor = t.visitor()
  await send(visitor, '/activer', { code: code.replace('?code=', '') })
  return { 'somebody with a code': { visitor, starts: ['/activer', '/activer/compte'] } }
}

/** A day as a form sends it. */
function parts(name: string, iso: string): Record<string, string> {
  const [year = '', month = '', dayOfMonth = ''] = iso.split('-')
  return { [`${name}-day`]: dayOfMonth, [`${name}-month`]: month, [`${name}-year`]: year }
}

/** Sends a form of a page, which must be taken: it leads on. Gives the address it leads to. */
async function send(visitor: Visitor, path: string, fields: Record<string, string | undefined>): Promise<string> {
  const answer = await visitor.post(path).type('form').send(fields)
  assert.ok(answer.status < 400, `${path}: ${answer.status} ${answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`)
  return answer.headers['location'] ?? ''
}

async function sendPhoto(visitor: Visitor, path: string, fields: Record<string, string>, name: string): Promise<void> {
  const file = { filename: 'photo.png', contentType: 'image/png' }
  const answer = await visitor.post(path).field(fields).attach(name, photo, file)
  assert.ok(answer.status < 400, `${path}: ${answer.status} ${answer.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`)
}

async function pay(t: OpenTown, visitor: Visitor, wish: Record<string, string>, card: string): Promise<void> {
  const page = await send(visitor, '/paiement', wish)
  await t.stripe.pay({ session: new URL(page).pathname.split('/').at(-1) ?? '', card })
  await t.settle()
}
