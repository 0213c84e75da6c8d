import assert from 'node:assert/strict'
import { accountByEmail, actorOf } from '../../src/access/store.ts'
import { invoices } from '../../src/billing/schema.ts'
import { eq, ne } from '../../src/db/drizzle.ts'
import { DEMO_PASSWORD } from '../../src/demo/seed-families.ts'
import { clerkAmong } from '../../src/kernel/actor.ts'
import { payments } from '../../src/payments/schema.ts'
import { addPerson } from '../../src/people/persons.ts'
import { householdMembers } from '../../src/people/schema.ts'
import { childrenOf, householdOf } from '../../src/people/store.ts'
import { addClass } from '../../src/schools/classes.ts'
import { createTariff } from '../../src/tariffs/service.ts'
import { signIn } from '../abuse/sign-in.ts'
import { bill, brackets, day, meals } from '../billing/month.ts'
import { book, cancel, setCapacity, wait } from '../canteen/world.ts'
import { linkIn, type OpenTown } from '../journeys/open-town.ts'
import { clerk, type Family, family, school } from '../support/family.ts'
import type { Visitor } from '../support/town.ts'
import { parts, send, sendPhoto } from './forms-sent.ts'
import { liveInLeisure } from './lived-in-leisure.ts'
import { type LivedInRegistry, liveInRegistry } from './lived-in-registry.ts'

/** Somebody who looks at the town's pages, and where they begin: from there they follow links. */
export type Looker = {
  visitor: Visitor
  starts: readonly string[]
  /** Follows no link out of these addresses: a clerk has no family, what residents do here is not for them. */
  within?: string
}

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
  const money = await payAndDispute(t, parent, cashier)
  const next = { service: 'canteen', from: day('2027-09-01'), to: null, rule: brackets } as const
  await createTariff(
    t.town,
    clerkAmong(actorOf((await accountByEmail(t.town.db.read, 'admin@valmont.example'))!), 'cash-office'),
    next,
  )
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
  await send(parent, '/cantine/agenda', {})
  const feed = /\/calendrier\/[\w-]+\.ics/.exec((await parent.get('/cantine/agenda')).text)?.[0]
  assert.ok(feed, 'the page shows the address of the calendar')
  const registry = await liveInRegistry(t, home)
  const leisure = await liveInLeisure(t, home)
  const lucienne = await knownAtDesk(canteenClerk)
  const couple = await secondAdult(t)
  return {
    residents: {
      ...residents(t, registry, byLetter),
      parent: {
        visitor: parent,
        starts: [
          ...STARTS,
          ...byLetter,
          BY_FORM,
          feed,
          `/famille/enfants/${child}/classe`,
          ...money,
          ...registry.mine,
          ...leisure.byLetter,
        ],
      },
      separated: {
        visitor: await latePayer(t, 'julie.lefebvre@exemple.fr'),
        starts: ['/accueil', '/famille', '/factures'],
      },
      // Nothing yet: no child, no invoice, no request.
      'new parent': { visitor: (await family(t, { children: [] })).parent, starts: EMPTY },
      ...leisure.families,
      ...(await activating(t, canteenClerk, lucienne)),
      ...(await choosingClass(t)),
    },
    clerks: {
      'clerk of the canteen': {
        visitor: canteenClerk,
        within: '/guichet',
        starts: [...DESK, lucienne, couple, `/guichet/cantine/enfants/${sibling}/pai?jour=2026-11-23`],
      },
      cashier: {
        visitor: cashier,
        within: '/guichet',
        starts: [...DESK, '/guichet/facturation/factures?q=introuvable'],
      },
      'clerk of the leisure centres': {
        visitor: leisure.clerk,
        within: '/guichet',
        starts: [...DESK, ...leisure.deskStarts],
      },
      administrator: {
        visitor: administrator,
        within: '/guichet',
        starts: [...DESK, '/guichet/reglages/textes/civil.posted/fr/retablir'],
      },
      'clerk at the counter': { visitor: await atCounter(t, home), starts: ['/guichet/agir', '/guichet'] },
    },
    registry: {
      'clerk of the registry': {
        visitor: registry.clerk,
        within: '/guichet',
        starts: [...DESK, ...registry.deskStarts],
      },
    },
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
  firstName: 'Paul',
  lastName: 'Morel',
  email: 'paul.morel@exemple.fr',
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
  const neighbour = await family(t, { children: ['Maëlle'], ...at })
  const waiting = await family(t, { children: ['Tom'], ...at })
  await book(t, neighbour, '2026-12-03')
  await wait(t, waiting, '2026-12-03')
  await cancel(t, neighbour, '2026-12-03')
  const strike = { scope: 'schools', schools: small, from: '2026-12-10', reason: 'strike', message: 'Grève nationale.' }
  await send(canteenClerk, '/guichet/cantine/fermetures/nouvelle', { ...strike, meals: '0', step: 'close' })
  return waiting
}

/**
 * One invoice paid, one in part and disputed with the bank, one line contested, one credited; the town's bank paid out;
 * a payment left in the middle. Gives the addresses of these payments.
 */
async function payAndDispute(t: OpenTown, parent: Visitor, cashier: Visitor): Promise<string[]> {
  const { body } = await parent.get('/api/v1/invoices').expect(200)
  const [october, september] = body.invoices.map((invoice: { id: string }) => invoice.id)
  assert.ok(october && september, 'two invoices')
  await send(parent, `/factures/${october}/contester`, { lines: '0', reason: 'was-ill', text: 'Inès était malade.' })
  await pay(t, parent, { invoices: september }, 'success')
  await t.stripe.payout({ pendingToo: true })
  await pay(t, parent, { invoices: october, amount: '1,20' }, 'disputed')
  const credit = { 'amounts.0': '0,50', reason: 'Un repas n’a pas été servi.', idempotencyKey: 'once' }
  await send(cashier, `/guichet/facturation/factures/${october}/avoir`, credit)
  await send(parent, '/paiement', { invoices: october, amount: '1,00' })
  await t.settle()
  const made = await t.town.db.read.select().from(payments).where(eq(payments.state, 'succeeded'))
  const begun = await t.town.db.read.select().from(payments).where(ne(payments.state, 'succeeded'))
  return [
    `/paiement?invoices=${october}`,
    ...made.flatMap(({ id }) => [`/paiement/${id}/retour`, `/recus/${id}`]),
    ...begun.flatMap(({ id }) => [`/paiement/${id}/retour`, `/paiement/${id}/annule`]),
  ]
}

/** A parent whose invoice should have been paid. */
async function latePayer(t: OpenTown, email: string): Promise<Visitor> {
  const late = await demoFamily(t, email)
  const due = { dueDate: day('2026-11-10') }
  await t.town.db.transaction(async tx => {
    await tx.update(invoices).set(due).where(eq(invoices.householdId, late.household))
  })
  return late.parent
}

/** A clerk who acts for a parent at the counter: the parents' pages, with a banner. */
async function atCounter(t: OpenTown, { household, personId }: Family): Promise<Visitor> {
  const visitor = await clerk(t, 'canteen')
  await send(visitor, `/guichet/familles/${household}/agir`, { personId, reason: 'counter', consent: 'yes' })
  return visitor
}

/** The page of somebody whom only the clerks know, without family or account. */
const knownAtDesk = (canteenClerk: Visitor): Promise<string> =>
  send(canteenClerk, '/guichet/personnes/nouvelle', {
    firstName: 'Lucienne',
    lastName: 'Carpentier',
    ...parts('birthDate', '1951-02-11'),
  })

/** A family of two adults: its page at the desk. */
async function secondAdult(t: OpenTown): Promise<string> {
  const { household } = await family(t, { firstName: 'Marie-Christine', signedIn: false })
  const now = t.town.clock.now()
  await t.town.db.transaction(async tx => {
    const personId = await addPerson(tx, now, { firstName: 'Jean-Baptiste', lastName: 'Vandenbroucke', language: 'fr' })
    const member = { householdId: household, personId, role: 'guardian', confirmedAt: now, createdAt: now } as const
    await tx.insert(householdMembers).values(member)
  })
  return `/guichet/familles/${household}`
}

/** A parent whose school made two classes of the level of their child. */
async function choosingClass(t: OpenTown): Promise<Record<string, Looker>> {
  const { read } = t.town.db
  const clerk = await accountByEmail(read, 'cantine@valmont.example')
  const name = 'École des Tilleuls'
  const schoolId = await school(t, name)
  for (const one of ['CP A', 'CP B'])
    await addClass(t.town, clerkAmong(actorOf(clerk!), 'canteen'), schoolId, { name: one, level: 'CP' })
  const { parent, children } = await family(t, { school: name, children: [{ firstName: 'Lila', className: 'CP' }] })
  return { 'who chooses a class': { visitor: parent, starts: [`/famille/enfants/${children[0]!.id}/classe`] } }
}

/** Somebody who got the code of their account on paper, and entered it at home. */
async function activating(t: OpenTown, canteenClerk: Visitor, person: string): Promise<Record<string, Looker>> {
  const paper = await canteenClerk.post(`${person}/code`)
  const code = /(?:[A-Z0-9]{4}\s){2,}[A-Z0-9]{1,4}/.exec(paper.text)?.[0]
  assert.ok(code, 'the page to print shows the code')
  const visitor = t.visitor()
  await send(visitor, '/activer', { code })
  const email = 'lucienne@exemple.fr'
  await send(visitor, '/activer/compte', { email, password: newcomer.password })
  const confirm = new URL(linkIn(await t.letterTo(email, /./), '/activer/confirmer/')).pathname
  return { 'somebody with a code': { visitor, starts: ['/activer', '/activer/compte', confirm] } }
}

async function pay(t: OpenTown, visitor: Visitor, wish: Record<string, string>, card: string): Promise<void> {
  const page = await send(visitor, '/paiement', wish)
  await t.stripe.pay({ session: new URL(page).pathname.split('/').at(-1) ?? '', card })
  await t.settle()
}
