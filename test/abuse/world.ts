import { eq } from '../../src/db/drizzle.ts'
import { schools } from '../../src/schools/schema.ts'
import { bill, meals, tariff } from '../billing/month.ts'
import { canteenTown, setCapacity, wait } from '../canteen/world.ts'
import { clerkAccount, type Family, family, school, secondHousehold } from '../support/family.ts'
import type { TestTown, Visitor } from '../support/town.ts'
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
  /** Ids of rows that are not the other family's. */
  theirIds: string[]
}

/** A town in which much has happened. It is Monday 23 November 2026, 9:00. */
export async function abusedTown(env: Record<string, string> = {}): Promise<World> {
  const t = await canteenTown(env)
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
  const [child, malo] = first.children
  const father = await secondHousehold(t, first)
  await meals(t.town, first, ['2026-10-01', '2026-10-02'])
  await meals(t.town, father, ['2026-10-08'], {})
  await bill(t.town, '2026-10')

  const crowd = await family(t, { signedIn: false })
  await setCapacity(t, schoolId, 1)
  const put = (path: string, body: object = {}) => succeeded(first.parent.put(`/api/v1${path}`).send(body))
  await put(`/canteen/children/${malo!.id}/meals/2026-12-10`)
  await wait(t, crowd, '2026-12-10')
  await setCapacity(t, schoolId, 40)
  for (const day of ['2026-12-07', '2026-12-08']) await put(`/canteen/children/${malo!.id}/meals/${day}`)
  await put(`/canteen/children/${child!.id}/meals/2026-12-08`)
  await succeeded(
    first.parent
      .post('/api/v1/canteen/patterns')
      .send({ children: [{ childId: malo!.id, weekdays: [1] }], from: '2027-01-04', to: '2027-01-29' }),
  )
  await t.settle()

  const watcher = await watch(t)
  const clerks = {
    'a clerk of the canteen': await clerkAccount(t, 'canteen'),
    'a clerk of the cash office': await clerkAccount(t, 'cash-office'),
    'an administrator': await clerkAccount(t),
  }
  const [canteenClerk, cashClerk, administrator] = Object.values(clerks).map(({ clerk }) => clerk)
  if (!canteenClerk || !cashClerk || !administrator) throw new Error('three clerks work here')
  const everybodys = new Set(
    (await t.town.db.read.select({ id: schools.id }).from(schools).where(eq(schools.id, schoolId))).map(({ id }) => id),
  ) as Set<string>
  const theirIds = [...(await watcher.ids())].filter(id => !everybodys.has(id))
  const other = await family(t, { firstName: 'Odile', lastName: 'Voisin', children: ['Théo'] })
  return { t, watcher, first, father, other, canteenClerk, cashClerk, administrator, clerks, theirIds }
}

async function succeeded(asking: PromiseLike<{ status: number; text: string }>): Promise<void> {
  const { status, text } = await asking
  if (status >= 300) throw new Error(`${status} ${text}`)
}
