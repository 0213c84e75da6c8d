import { hashPassword } from '../access/passwords.ts'
import { addAccount } from '../access/store.ts'
import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { schoolYearOf } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import { addHousehold, addPerson } from '../people/persons.ts'
import { searchKey } from '../people/rules.ts'
import {
  childHealth,
  children,
  custodies,
  familyQuotients,
  householdAddresses,
  householdMembers,
  type MealType,
  persons,
  pickupPersons,
  schoolings,
} from '../people/schema.ts'
import { schoolClasses, schools } from '../schools/schema.ts'
import type { Town } from '../town-context.ts'
import { type Chance, sameChance } from './chance.ts'
import { childNames, familyNames, parentNames, streets } from './names.ts'

export const DEMO_PASSWORD = 'une ville ouverte'
const FAMILIES = 300

export type DemoChild = {
  id: Id<'person'>
  schoolId: Id<'school'>
  mealType: MealType
  /** Who books on the weeks of each parity; the same household for most children. */
  householdOf: (day: Temporal.PlainDate) => Id<'household'>
  /** Weekdays this child usually eats. */
  weekdays: readonly number[]
}

type Place = { schoolId: Id<'school'>; className: string; age: number }
type Context = {
  tx: Tx
  now: Temporal.Instant
  today: Temporal.PlainDate
  chance: Chance
  places: readonly Place[]
  zone: string
}

/** Families of the demonstration town: two to sign in with, and some three hundred that live there. */
export async function seedFamilies(town: Town, today: Temporal.PlainDate): Promise<DemoChild[]> {
  const now = town.clock.now()
  const passwordHash = await hashPassword('demo', DEMO_PASSWORD)
  return town.db.transaction(async tx => {
    const places = await seedClasses(tx)
    const context: Context = { tx, now, today, chance: sameChance(20261123), places, zone: town.config.schoolZone }
    const known = [...(await seedDiallo(context, passwordHash)), ...(await seedSeparated(context, passwordHash))]
    const others: DemoChild[] = []
    for (let n = 0; n < FAMILIES; n++) others.push(...(await seedFamily(context)))
    return [...known, ...others]
  })
}

const LEVELS = [
  ['PS', 3],
  ['MS', 4],
  ['GS', 5],
  ['CP', 6],
  ['CE1', 7],
  ['CE2', 8],
  ['CM1', 9],
  ['CM2', 10],
] as const

async function seedClasses(tx: Tx): Promise<Place[]> {
  const places: Place[] = []
  for (const school of await tx.select().from(schools)) {
    for (const [level, age] of LEVELS) {
      if (school.kind === 'nursery' && age > 5) continue
      if (school.kind === 'elementary' && age < 6) continue
      await tx.insert(schoolClasses).values({ id: newId<'school-class'>(), schoolId: school.id, name: level, level })
      places.push({ schoolId: school.id, className: level, age })
    }
  }
  return places
}

/** The family to try the parents' side with: two children, a confirmed quotient. */
async function seedDiallo(c: Context, passwordHash: string): Promise<DemoChild[]> {
  const parent = await addAdult(c, {
    firstName: 'Amina',
    lastName: 'Diallo',
    email: 'amina.diallo@exemple.fr',
    passwordHash,
  })
  const household = await addHome(c, parent, { resident: true, quotient: 64_000 })
  const ines = await addChild(c, household, { firstName: 'Inès', lastName: 'Diallo', age: 7, weekdays: [1, 2, 4, 5] })
  const malo = await addChild(c, household, {
    firstName: 'Malo',
    lastName: 'Diallo',
    age: 4,
    weekdays: [1, 4],
    pai: true,
  })
  return [ines, malo]
}

/** Separated parents: Léo lives with each in turn; each books, pays and sees only their own weeks. */
async function seedSeparated(c: Context, passwordHash: string): Promise<DemoChild[]> {
  const julie = await addAdult(c, {
    firstName: 'Julie',
    lastName: 'Lefebvre',
    email: 'julie.lefebvre@exemple.fr',
    passwordHash,
  })
  const marc = await addAdult(c, { firstName: 'Marc', lastName: 'Petit', email: 'marc.petit@exemple.fr', passwordHash })
  const first = await addHome(c, julie, { resident: true, quotient: 48_000 })
  const second = await addHome(c, marc, { resident: false, quotient: undefined })
  const leo = await addChild(c, first, { firstName: 'Léo', lastName: 'Petit-Lefebvre', age: 8, weekdays: [1, 2, 4, 5] })
  await c.tx.insert(householdMembers).values({
    householdId: second,
    personId: leo.id,
    role: 'child',
    confirmedAt: c.now,
    createdAt: c.now,
  })
  const firstWeek = mondayOn(schoolYearOf(c.today).from)
  await c.tx.insert(custodies).values({
    id: newId<'custody'>(),
    childId: leo.id,
    firstHouseholdId: first,
    secondHouseholdId: second,
    from: schoolYearOf(c.today).from,
    terms: { kind: 'alternating-weeks', firstWeek: firstWeek.toString() },
    createdAt: c.now,
  })
  const householdOf = (day: Temporal.PlainDate) =>
    Math.floor(firstWeek.until(day, { largestUnit: 'day' }).days / 7) % 2 === 0 ? first : second
  return [{ ...leo, householdOf }]
}

async function seedFamily(c: Context): Promise<DemoChild[]> {
  const { chance } = c
  const lastName = chance.one(familyNames)
  const firstName = chance.one(parentNames)
  // 18 of 100 have no Internet at home: the town writes to them on paper.
  const email = chance.happens(0.82) ? addressOf(firstName, lastName, chance.whole(1, 9999)) : undefined
  const parent = await addAdult(c, { firstName, lastName, ...(email ? { email } : {}) })
  const household = await addHome(c, parent, {
    resident: chance.happens(0.93),
    quotient: chance.happens(0.85) ? chance.whole(0, 180) * 1000 : undefined,
  })
  const seeded: DemoChild[] = []
  for (let n = chance.whole(1, 3); n > 0; n--) {
    const weekdays = chance.happens(0.6) ? [1, 2, 4, 5] : chance.one([[1, 4], [2, 5], [1, 2], [4]])
    const child = {
      firstName: chance.one(childNames),
      lastName,
      age: chance.whole(3, 10),
      weekdays,
      pai: chance.happens(0.03),
    }
    seeded.push(await addChild(c, household, child))
  }
  return seeded
}

type Adult = { firstName: string; lastName: string; email?: string; passwordHash?: string }

async function addAdult({ tx, now, chance }: Context, { passwordHash, email, ...names }: Adult): Promise<Id<'person'>> {
  const personId = await addPerson(tx, now, { ...names, ...(email ? { email } : {}), language: 'fr' })
  const phone = `+336${String(chance.whole(0, 99_999_999)).padStart(8, '0')}`
  await tx.update(persons).set({ phone }).where(eq(persons.id, personId))
  if (email && passwordHash) await addAccount(tx, now, { personId, email, passwordHash, emailVerifiedAt: now })
  return personId
}

async function addHome(c: Context, payerId: Id<'person'>, home: { resident: boolean; quotient: number | undefined }) {
  const { tx, now, chance } = c
  const householdId = await addHousehold(tx, now, payerId)
  const year = schoolYearOf(c.today)
  await tx.insert(householdAddresses).values({
    id: newId<'address'>(),
    householdId,
    from: year.from.subtract({ years: 1 }),
    lines: [`${chance.whole(1, 180)} ${chance.one(streets)}`],
    postcode: home.resident ? '59100' : '59170',
    city: home.resident ? 'Valmont' : 'Croix',
    resident: home.resident,
    createdAt: now,
  })
  if (home.quotient !== undefined) {
    await tx.insert(familyQuotients).values({
      id: newId<'family-quotient'>(),
      householdId,
      value: cents(home.quotient),
      from: year.from,
      to: year.to,
      state: 'confirmed',
      decidedAt: now,
      createdAt: now,
    })
  }
  return householdId
}

type GivenChild = { firstName: string; lastName: string; age: number; weekdays: readonly number[]; pai?: boolean }

async function addChild(c: Context, householdId: Id<'household'>, given: GivenChild): Promise<DemoChild> {
  const { tx, now, chance, places } = c
  const year = schoolYearOf(c.today)
  const birthDate = Temporal.PlainDate.from({
    year: year.from.year - given.age,
    month: chance.whole(1, 12),
    day: chance.whole(1, 28),
  })
  const { firstName, lastName } = given
  const id = await addPerson(tx, now, { firstName, lastName, birthDate, language: 'fr' })
  const mealType: MealType = given.pai
    ? 'pai-basket'
    : chance.one(['standard', 'standard', 'standard', 'no-pork', 'vegetarian'])
  await tx.insert(children).values({ personId: id, mealType, pai: given.pai ?? false })
  if (given.pai) {
    await tx
      .insert(childHealth)
      .values({ childId: id, paiDetails: 'Allergie à l’arachide. Trousse d’urgence dans la classe.', updatedAt: now })
  }
  await tx
    .insert(householdMembers)
    .values({ householdId, personId: id, role: 'child', confirmedAt: now, createdAt: now })
  const place = chance.one(places.filter(p => p.age === given.age))
  await tx.insert(schoolings).values({
    id: newId<'schooling'>(),
    childId: id,
    schoolId: place.schoolId,
    className: place.className,
    from: year.from,
  })
  await tx.insert(pickupPersons).values({
    id: newId<'pickup-person'>(),
    childId: id,
    householdId,
    name: `${chance.one(parentNames)} ${lastName}`,
    phone: '+33320000000',
    relationship: chance.one(['grand-parent', 'oncle ou tante', 'voisin']),
  })
  return { id, schoolId: place.schoolId, mealType, householdOf: () => householdId, weekdays: given.weekdays }
}

function addressOf(firstName: string, lastName: string, number: number): string {
  return `${searchKey(`${firstName} ${lastName}`).replaceAll(' ', '.')}.${number}@exemple.fr`
}

function mondayOn(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 })
}
