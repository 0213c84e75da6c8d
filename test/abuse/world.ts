import { after } from 'node:test'
import { startStripeStandIn } from '../../src/demo/stripe-stand-in/start.ts'
import { attendance, bill, meals, tariff } from '../billing/month.ts'
import { canteenTown, setCapacity, wait } from '../canteen/world.ts'
import { invoiceOf, sessionIn } from '../payments/support.ts'
import { clerkAccount, type Family, family, school, secondHousehold } from '../support/family.ts'
import type { TestTown, Visitor } from '../support/town.ts'
import { pdf } from '../uploads/files.ts'
import { type Watcher, watch } from './database.ts'

/** Of whom nothing may be seen by others: names that stand out in any page, letter or log. */
export const SECRET = {
  firstName: 'Zéphyrine',
  lastName: 'Quatrebarbes',
  email: 'zephyrine.quatrebarbes@secret.example',
  phone: '+33699887766',
  pai: 'anaphylaxie aux arachides, stylo dans le cartable',
  child: 'Hippolyte',
}

export type World = {
  t: TestTown
  watcher: Watcher
  /** A family with something of everything: two homes, a health plan, meals, a place in a line, an invoice. */
  first: Family
  /** The other home of its first child. */
  father: Family
  /** Another family, which must never see or touch what is theirs. */
  other: Family
  canteenClerk: Visitor
  cashClerk: Visitor
  administrator: Visitor
  /** The same three, to sign in anew. */
  clerks: Record<string, { email: string; password: string }>
  /** Ids that are not the other family's, one of each kind of thing. */
  theirIds: string[]
}

const STRIPE_KEY = 'sk_test_abuse_0123456789'

/** A town in which much has happened. It is Monday 23 November 2026, 9:00. */
export async function abusedTown(): Promise<World> {
  const time = { now: () => 0 }
  const stripe = await startStripeStandIn({ secretKey: STRIPE_KEY, now: () => time.now() })
  after(() => stripe.close())
  const t = await canteenTown({ STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_STAND_IN: stripe.url })
  time.now = () => t.town.clock.now().epochMilliseconds
  await tariff(t.town)
  const schoolId = await school(t)
  const first = await family(t, {
    firstName: SECRET.firstName,
    lastName: SECRET.lastName,
    email: SECRET.email,
    phone: SECRET.phone,
    quotient: 50_000,
    children: [{ firstName: SECRET.child, pai: SECRET.pai, mealType: 'pai-basket' }, 'Malo'],
  })
  const father = await secondHousehold(t, first)
  await meals(t.town, first, ['2026-10-01', '2026-10-02'])
  await meals(t.town, father, ['2026-10-08'])
  await attendance(t.town, first, '2026-11-19', { present: false, booked: true })
  await meals(t.town, first, ['2026-11-19'])
  await bill(t.town, '2026-10')
  await canteenDays(t, first, schoolId)
  await papers(first)
  await t.settle()
  await payment(t, first, stripe.control.pay)
  await t.settle()

  const clerks = {
    'a clerk of the canteen': await clerkAccount(t, 'canteen'),
    'a clerk of the cash office': await clerkAccount(t, 'cash-office'),
    'an administrator': await clerkAccount(t),
  }
  const [canteenClerk, cashClerk, administrator] = Object.values(clerks).map(({ clerk }) => clerk)
  if (!canteenClerk || !cashClerk || !administrator) throw new Error('three clerks work here')
  const watcher = await watch(t)
  const theirs = [first.household, first.personId, first.accountId, ...first.children.map(({ id }) => id as string)]
  const theirIds = [...new Set([...theirs, ...(await watcher.oneOfEach())])].filter(id => id !== schoolId)
  const other = await family(t, { firstName: 'Odile', lastName: 'Voisin', children: ['Théo'] })
  await invoiceOf(t, other, 4200)
  return { t, watcher, first, father, other, canteenClerk, cashClerk, administrator, clerks, theirIds }
}

/** Meals of two children, a week that repeats, and a place in the line of a full day. */
async function canteenDays(t: TestTown, { parent, children }: Family, schoolId: Awaited<ReturnType<typeof school>>) {
  const [child, malo] = children.map(({ id }) => id)
  const put = (path: string) => succeeded(parent.put(`/api/v1/canteen/children/${path}`).send({}))
  const crowd = await family(t, { signedIn: false })
  await setCapacity(t, schoolId, 1)
  await put(`${malo}/meals/2026-12-10`)
  await wait(t, crowd, '2026-12-10')
  await put(`${child}/waiting/2026-12-10`)
  await setCapacity(t, schoolId, 40)
  for (const meal of [`${malo}/meals/2026-12-07`, `${malo}/meals/2026-12-08`, `${child}/meals/2026-12-08`]) {
    await put(meal)
  }
  const pattern = { children: [{ childId: malo, weekdays: [1] }], from: '2027-01-04', to: '2027-01-29' }
  await succeeded(parent.post('/api/v1/canteen/patterns').send(pattern))
}

/** What a family sends and asks for: a quotient with its proof, a person who collects, an invitation, a feed. */
async function papers({ parent, children }: Family) {
  await succeeded(parent.post('/famille/quotient').field('value', '640,50').attach('proof', pdf(), 'attestation.pdf'))
  const person = { name: 'Rose Dupuis', phone: '0611223344', relationship: 'grand-mère' }
  await succeeded(parent.post(`/api/v1/children/${children[1]!.id}/pickup-persons`).send(person))
  await succeeded(parent.post('/api/v1/household/invitations').send({ email: 'invite@exemple.fr' }))
  await succeeded(parent.post('/cantine/agenda').type('form').send({}))
}

/** An invoice paid by card, as far as the page that says so. */
async function payment(t: TestTown, home: Family, pay: (wish: { session: string; card: string }) => Promise<unknown>) {
  const invoiceIds = [await invoiceOf(t, home, 2940)]
  const begun = await home.parent.post('/api/v1/payments').send({ invoiceIds })
  if (begun.status !== 201) throw new Error(begun.text)
  await pay({ session: sessionIn(begun.body.url), card: 'success' })
  await succeeded(home.parent.get(`/paiement/${begun.body.id}/retour`))
}

async function succeeded(asking: PromiseLike<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await asking
  if (status >= 400) throw new Error(`${status} ${text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`)
}
