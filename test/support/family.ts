import { hashPassword } from '../../src/access/passwords.ts'
import { addAccount, addResident } from '../../src/access/store.ts'
import { eq } from '../../src/db/drizzle.ts'
import type { Actor, Service } from '../../src/kernel/actor.ts'
import { dayInParis } from '../../src/kernel/clock.ts'
import { schoolYearOf } from '../../src/kernel/days.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import { writeAddress } from '../../src/people/household.ts'
import { addPerson } from '../../src/people/persons.ts'
import {
  type CustodyTerms,
  childHealth,
  children,
  custodies,
  familyQuotients,
  householdMembers,
  type MealType,
  persons,
  schoolings,
} from '../../src/people/schema.ts'
import { schools } from '../../src/schools/schema.ts'
import type { TestTown, Visitor } from './town.ts'

const PASSWORD = 'quatre mots au hasard'

export type GivenChild = {
  firstName: string
  lastName?: string
  birthDate?: string
  school?: string
  className?: string
  mealType?: MealType
  /** What the health plan says: sets the PAI flag. */
  pai?: string
}

export type Family = {
  /** Signed in. */
  parent: Visitor
  email: string
  password: string
  household: Id<'household'>
  personId: Id<'person'>
  accountId: Id<'account'>
  /** To call use cases in the parent's name. */
  actor: Extract<Actor, { kind: 'resident' }>
  children: { id: Id<'person'>; firstName: string }[]
}

type FamilyGiven = {
  /** One child named Inès when nothing is said. */
  children?: readonly (string | GivenChild)[]
  firstName?: string
  lastName?: string
  email?: string
  phone?: string
  /** The school of children who have none of their own, by its name; made when the town has none of that name. */
  school?: string
  /** In cents, confirmed for the school year. */
  quotient?: number
  /** Lives in the town (the default) or elsewhere. */
  resident?: boolean
  city?: string
  language?: string
  /** Without: nobody signs in, which is quicker when the use cases are called directly. */
  signedIn?: boolean
}

let families = 0

/** A family that has signed up, confirmed its address and entered its children. */
export async function family(t: TestTown, given: FamilyGiven = {}): Promise<Family> {
  const number = ++families
  const { firstName = 'Awa', lastName = `Diallo${number}`, email = `parent${number}@exemple.fr` } = given
  const now = t.town.clock.now()
  const today = dayInParis(now)
  const passwordHash = await hashPassword('test', PASSWORD)
  const schoolIds = new Map<string, Id<'school'>>()
  const wanted = (given.children ?? ['Inès']).map(child => (typeof child === 'string' ? { firstName: child } : child))
  for (const child of wanted) {
    const name = child.school ?? given.school ?? 'École Jules-Guesde'
    if (!schoolIds.has(name)) schoolIds.set(name, await school(t, name))
  }
  const made = await t.town.db.transaction(async tx => {
    const resident = await addResident(tx, now, {
      firstName,
      lastName,
      contact: email,
      email: email.toLowerCase(),
      language: given.language ?? 'fr',
      passwordHash,
      emailVerifiedAt: now,
    })
    const actor = { kind: 'resident', accountId: resident.accountId, personId: resident.personId } as const
    const [postcode, city] = (given.resident ?? true) ? ['59100', 'Valmont'] : ['59800', given.city ?? 'Lille']
    await writeAddress(tx, t.town, actor, resident.householdId, {
      lines: [`${number} rue des Lilas`],
      postcode,
      city: given.city ?? city,
      from: today.subtract({ years: 1 }),
    })
    if (given.phone) {
      await tx.update(persons).set({ phone: given.phone }).where(eq(persons.id, resident.personId))
    }
    if (given.quotient !== undefined) {
      const year = schoolYearOf(today)
      await tx.insert(familyQuotients).values({
        id: newId<'family-quotient'>(),
        householdId: resident.householdId,
        value: cents(given.quotient),
        from: year.from,
        to: year.to,
        state: 'confirmed',
        createdAt: now,
        decidedAt: now,
      })
    }
    const added: Family['children'] = []
    for (const [i, child] of wanted.entries()) {
      const birthDate = Temporal.PlainDate.from(child.birthDate ?? `20${18 + (i % 4)}-03-${10 + i}`)
      const id = await addPerson(tx, now, {
        firstName: child.firstName,
        lastName: child.lastName ?? lastName,
        birthDate,
        language: 'fr',
      })
      await tx
        .insert(children)
        .values({ personId: id, mealType: child.mealType ?? 'standard', pai: child.pai !== undefined })
      if (child.pai !== undefined) {
        await tx.insert(childHealth).values({ childId: id, paiDetails: child.pai, updatedAt: now })
      }
      await tx.insert(householdMembers).values({
        householdId: resident.householdId,
        personId: id,
        role: 'child',
        confirmedAt: now,
        createdAt: now,
      })
      await tx.insert(schoolings).values({
        id: newId<'schooling'>(),
        childId: id,
        schoolId: schoolIds.get(child.school ?? given.school ?? 'École Jules-Guesde')!,
        className: child.className ?? 'CP',
        from: schoolYearOf(today).from,
      })
      added.push({ id, firstName: child.firstName })
    }
    return { ...resident, actor, added }
  })
  const parent = given.signedIn === false ? t.visitor() : await signedInVisitor(t, email)
  return {
    parent,
    email,
    password: PASSWORD,
    household: made.householdId,
    personId: made.personId,
    accountId: made.accountId,
    actor: made.actor,
    children: made.added,
  }
}

/**
 * The other parent's household of a child, confirmed by the town hall: by alternating weeks from a Monday at the first
 * household's on, unless other terms are given. `from` is today when nothing is said.
 */
export async function secondHousehold(
  t: TestTown,
  first: Family,
  given: Omit<FamilyGiven, 'children'> & { child?: Id<'person'>; terms?: CustodyTerms; from?: string } = {},
): Promise<Family> {
  const { child = first.children[0]!.id, terms, from, ...rest } = given
  const other = await family(t, { firstName: 'Karim', ...rest, children: [] })
  const now = t.town.clock.now()
  const today = dayInParis(now)
  await t.town.db.transaction(async tx => {
    await tx
      .insert(householdMembers)
      .values({ householdId: other.household, personId: child, role: 'child', confirmedAt: now, createdAt: now })
    await tx.insert(custodies).values({
      id: newId<'custody'>(),
      childId: child,
      firstHouseholdId: first.household,
      secondHouseholdId: other.household,
      from: from ? Temporal.PlainDate.from(from) : today,
      terms: terms ?? {
        kind: 'alternating-weeks',
        firstWeek: today.subtract({ days: today.dayOfWeek - 1 }).toString(),
      },
      createdAt: now,
    })
  })
  const shared = first.children.find(({ id }) => id === child)
  return { ...other, children: shared ? [shared] : [] }
}

/** A clerk of the town hall, signed in; an administrator when no service is named. */
export async function clerk(t: TestTown, ...services: Service[]): Promise<Visitor> {
  return (await clerkAccount(t, ...services)).clerk
}

/** As `clerk`, with what use cases need to be called in the clerk's name. */
export async function clerkAccount(t: TestTown, ...services: Service[]) {
  const number = ++families
  const now = t.town.clock.now()
  const email = `agent${number}@valmont.example`
  const administrator = services.length === 0
  const passwordHash = await hashPassword('test', PASSWORD)
  const { accountId, personId } = await t.town.db.transaction(async tx => {
    const personId = await addPerson(tx, now, {
      firstName: 'Claire',
      lastName: `Agent${number}`,
      email,
      language: 'fr',
    })
    const account = { personId, email, clerk: true, services, administrator, passwordHash, emailVerifiedAt: now }
    return { personId, accountId: await addAccount(tx, now, account) }
  })
  const actor = { kind: 'clerk', accountId, personId, services, administrator } as const satisfies Actor
  return { clerk: await signedInVisitor(t, email), actor, email, password: PASSWORD }
}

/** A school of the town by its name, made when there is none: serves on Monday, Tuesday, Thursday and Friday. */
export async function school(t: TestTown, name = 'École Jules-Guesde'): Promise<Id<'school'>> {
  const [known] = await t.town.db.read.select({ id: schools.id }).from(schools).where(eq(schools.name, name))
  if (known) return known.id
  const id = newId<'school'>()
  const number = ++families
  await t.town.db.transaction(async tx => {
    await tx.insert(schools).values({
      id,
      uai: `059${String(number).padStart(4, '0')}A`,
      name,
      kind: 'École élémentaire',
      address: `${number} rue de l’École`,
      postcode: '59100',
      city: 'Valmont',
      phone: null,
      canteen: true,
      mealWeekdays: [1, 2, 4, 5],
      mealCapacity: 100,
    })
  })
  return id
}

async function signedInVisitor(t: TestTown, email: string): Promise<Visitor> {
  const visitor = t.visitor()
  const answer = await visitor.post('/api/v1/sessions').send({ email, password: PASSWORD })
  if (answer.status !== 201) throw new Error(`${email} cannot sign in: ${answer.status} ${answer.text}`)
  return visitor
}
