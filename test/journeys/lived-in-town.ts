import assert from 'node:assert/strict'
import { createTariff } from '../../src/tariffs/service.ts'
import { bill, brackets, day, manyFamilies, meals } from '../billing/month.ts'
import { book, cancel, setCapacity, wait } from '../canteen/world.ts'
import { clerkAccount, family, school } from '../support/family.ts'
import type { Visitor } from '../support/town.ts'
import { type OpenTown, linkIn } from './open-town.ts'
import { photo } from './photo.ts'

export type Person = { email: string; password: string }
export type LivedInTown = {
  parent: Person
  canteenClerk: Person
  cashier: Person
  administrator: Person
  /** Addresses that only letters and forms lead to. */
  byLetter: readonly string[]
}

/** Sends a form of a page, which must be taken: it leads on. Gives the address it leads to. */
async function send(visitor: Visitor, path: string, fields: Record<string, string | string[]>): Promise<string> {
  const answer = await visitor.post(path).type('form').send(fields)
  assert.equal(answer.status, 303, `${path}: ${answer.text}`)
  return answer.headers['location'] ?? ''
}

/** A town where everything that a page can show has happened once. */
export async function liveIn(t: OpenTown): Promise<LivedInTown> {
  const [canteenClerk, cashier, administrator] = [
    await clerkAccount(t, 'canteen'),
    await clerkAccount(t, 'cash-office'),
    await clerkAccount(t),
  ]
  const ines = { firstName: 'Inès', pai: 'Allergie à l’arachide.', mealType: 'pai-basket', birthDate: '2019-03-12' } as const
  const home = await family(t, { lastName: 'Diallo', quotient: 50_000, children: [ines, 'Malo'], phone: '+33612345678' })
  const { parent, children } = home
  const [child, sibling] = [children[0]!.id, children[1]!.id]
  await manyFamilies(t.town, 40, ['2026-09-07', '2026-10-05'])
  await meals(t.town, home, ['2026-09-07', '2026-09-08'])
  await meals(t.town, home, ['2026-10-05', '2026-10-06', '2026-11-20'])
  await bill(t.town, '2026-09')
  await bill(t.town, '2026-10')
  await send(cashier.clerk, '/guichet/facturation', { month: '2026-11' })
  await t.settle()

  await parent
    .post('/famille/quotient')
    .field('value', '480')
    .attach('proof', photo, { filename: 'caf.png', contentType: 'image/png' })
    .expect(303)
  await send(parent, '/famille/adultes/inviter', { email: 'autre.parent@exemple.fr' })
  await send(parent, `/famille/enfants/${child}/personnes`, { name: 'Aïda Diallo', phone: '0612345679', relationship: 'tante' })
  await send(parent, `/famille/enfants/${sibling}/garde`, {
    kind: 'percentage',
    percent: '50',
    'from-day': '1',
    'from-month': '12',
    'from-year': '2026',
  })
  const double = await family(t, { lastName: 'Diallo', children: [] })
  await double.parent
    .post('/famille/enfants/ajouter')
    .type('form')
    .send({ firstName: 'Inès', lastName: 'Diallo', 'birthDate-day': '12', 'birthDate-month': '3', 'birthDate-year': '2019' })
    .expect(303)

  const small = await school(t, 'École du Parc')
  await setCapacity(t, small, 1)
  const neighbour = await family(t, { lastName: 'Petit', children: ['Zoé'], school: 'École du Parc', signedIn: false })
  await book(t, neighbour, '2026-12-03')
  const waiting = await family(t, { lastName: 'Grand', children: ['Tom'], school: 'École du Parc', signedIn: false })
  await wait(t, waiting, '2026-12-03')
  await cancel(t, neighbour, '2026-12-03')

  await book(t, home, '2026-12-01')
  await send(parent, '/cantine/jusqu-aux-vacances', {
    days: `${sibling}.1`,
    until: 'holidays',
    'from-day': '26',
    'from-month': '11',
    'from-year': '2026',
    [`mealType.${sibling}`]: 'standard',
    [`mealType.${child}`]: 'pai-basket',
  })
  await send(parent, '/cantine/agenda', {})
  await parent
    .post('/cantine/absence')
    .field('days', `${child}.2026-11-20`)
    .attach('paper', photo, { filename: 'certificat.png', contentType: 'image/png' })
    .expect(303)

  const [october, september] = await invoicesOf(parent)
  await send(parent, `/factures/${october}/contester`, { lines: '0', reason: 'was-ill', text: 'Inès était malade.' })
  const paying = await send(parent, '/paiement', { invoices: september ?? '' })
  await t.stripe.pay({ session: new URL(paying).pathname.split('/').at(-1) ?? '', card: 'success' })
  await t.settle()
  const disputed = await send(parent, '/paiement', { invoices: october ?? '', amount: '1,20' })
  await t.stripe.pay({ session: new URL(disputed).pathname.split('/').at(-1) ?? '', card: 'disputed' })
  await t.stripe.payout({ pendingToo: true })

  await send(canteenClerk.clerk, '/guichet/cantine/fermetures/nouvelle', {
    ...{ scope: 'schools', schools: small, from: '2026-12-10', reason: 'strike', message: 'Grève nationale.' },
    ...{ meals: '0', step: 'close' },
  })
  await createTariff(t.town, administrator.actor, { ...nextTariff, from: day('2027-09-01') })

  await t.visitor().post('/mot-de-passe').type('form').send({ email: home.email }).expect(303)
  await t.visitor().post('/inscription').type('form').send(newcomer).expect(303)
  await send(parent, '/compte/e-mail', { email: 'nouvelle@exemple.fr', password: home.password })
  await t.later({ hours: 1 })

  const letter = (email: string, subject: RegExp, path: string) =>
    t.letterTo(email, subject).then(found => new URL(linkIn(found, path)).pathname)
  const byLetter = [
    await letter(home.email, /nouveau mot de passe/, '/mot-de-passe/'),
    await letter(newcomer.email, /Confirmez/, '/inscription/confirmer/'),
    await letter('nouvelle@exemple.fr', /nouvelle adresse/, '/compte/e-mail/confirmer/'),
    await letter('autre.parent@exemple.fr', /vous invite/, '/invitation/'),
    await letter(waiting.email, /une place est libre/, '/cantine/place/'),
  ]
  return { parent: home, canteenClerk, cashier, administrator, byLetter }
}

const newcomer = {
  firstName: 'Paul',
  lastName: 'Morel',
  email: 'paul.morel@exemple.fr',
  password: 'quatre chats sous la pluie',
}

const nextTariff = { service: 'canteen', to: null, rule: brackets } as const

async function invoicesOf(parent: Visitor): Promise<string[]> {
  const { body } = await parent.get('/api/v1/invoices').expect(200)
  return body.invoices.map((invoice: { id: string }) => invoice.id)
}
