import { prepared, type Queries } from '../db/database.ts'
import { and, asc, eq, gte, inArray, isNotNull, isNull, lte, or, sql } from '../db/drizzle.ts'
import { type Actor, personAmong, type Service } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import { notFound, Problem, signInFirst } from '../kernel/problems.ts'
import { childrenFrom } from './child-rows.ts'
import type { Custody } from './custody.ts'
import {
  children,
  custodies,
  familyQuotients,
  householdAddresses,
  householdMembers,
  households,
  type MealType,
  persons,
  schoolings,
} from './schema.ts'

/** Where a child goes to school from a day on; `to` is the last day there, when known. */
export type Schooling = {
  schoolId: Id<'school'>
  className: string
  from: Temporal.PlainDate
  to: Temporal.PlainDate | null
}

/** A child as the services know it; what its health plan (PAI) says is kept apart, see `health.ts`. */
export type Child = {
  id: Id<'person'>
  firstName: string
  lastName: string
  birthDate: Temporal.PlainDate
  mealType: MealType
  pai: boolean
  /** By date. Use `schoolingOn` for the school of a day. */
  schoolings: readonly Schooling[]
  /** Only for a child of two households. Use `mayBookOn` and `sharesOfDay`. */
  custody?: Custody
}

/** An adult who books, pays and is written to for the household. */
export type Guardian = {
  id: Id<'person'>
  firstName: string
  lastName: string
  email: string | null
  phone: string | null
  language: string
}

/** What decides a household's prices: use `quotientOn` and `residentOn` for a day. */
export type PricingFacts = {
  quotients: readonly {
    value: Cents
    from: Temporal.PlainDate
    to: Temporal.PlainDate
    state: 'to-check' | 'confirmed' | 'refused'
  }[]
  residency: readonly Address[]
}

/** Where a household lives from a day on. */
export type Address = {
  from: Temporal.PlainDate
  lines: readonly string[]
  postcode: string
  city: string
  resident: boolean
}

/** What is asked in one query: engines take a limited number of parameters. */
const BATCH = 1_000

const householdOfPerson = prepared(db =>
  db
    .select({ householdId: householdMembers.householdId })
    .from(householdMembers)
    .where(and(eq(householdMembers.personId, sql.placeholder('personId')), eq(householdMembers.role, 'guardian')))
    .prepare(),
)

/** The services whose clerks see families: at their own desk, and in a resident's name. */
export const FAMILY_SERVICES = ['canteen', 'cash-office', 'leisure'] as const satisfies readonly Service[]

/** Of those, the services whose clerks look at the proofs that families send: prices and places follow from them. */
export const CHECKING_SERVICES = ['canteen', 'cash-office'] as const satisfies readonly Service[]

/**
 * The one household that a resident, or the resident a clerk of one of these services acts for, books and pays for.
 * Throws 401 for a visitor who is not signed in, 404 `no-household` for whoever has none, and for other clerks.
 */
export async function householdOf(
  db: Queries,
  actor: Actor,
  ...services: readonly Service[]
): Promise<Id<'household'>> {
  const personId = personAmong(actor, ...(services.length > 0 ? services : FAMILY_SERVICES))
  if (personId) {
    const [found] = await householdOfPerson(db).execute({ personId })
    if (found) return found.householdId
  }
  throw actor.kind === 'anonymous' ? signInFirst() : new Problem(404, 'no-household')
}

const childColumns = {
  id: persons.id,
  firstName: persons.firstName,
  lastName: persons.lastName,
  birthDate: persons.birthDate,
  mealType: children.mealType,
  pai: children.pai,
}
const schoolingColumns = {
  childId: schoolings.childId,
  schoolId: schoolings.schoolId,
  className: schoolings.className,
  from: schoolings.from,
  to: schoolings.to,
}
const custodyColumns = {
  childId: custodies.childId,
  first: custodies.firstHouseholdId,
  second: custodies.secondHouseholdId,
  from: custodies.from,
  terms: custodies.terms,
}

/** A child that the town has yet to check (it may be another household's) is nobody's to book for. */
const checkedMember = and(
  eq(householdMembers.householdId, sql.placeholder('householdId')),
  eq(householdMembers.role, 'child'),
  isNotNull(householdMembers.confirmedAt),
)

const childrenOfHousehold = prepared(db =>
  db
    .select(childColumns)
    .from(householdMembers)
    .innerJoin(persons, eq(persons.id, householdMembers.personId))
    .innerJoin(children, eq(children.personId, persons.id))
    .where(checkedMember)
    .orderBy(asc(persons.birthDate), asc(persons.firstName))
    .prepare(),
)
const schoolingsOfHousehold = prepared(db =>
  db
    .select(schoolingColumns)
    .from(schoolings)
    .innerJoin(householdMembers, eq(householdMembers.personId, schoolings.childId))
    .where(checkedMember)
    .orderBy(asc(schoolings.from))
    .prepare(),
)
const custodiesOfHousehold = prepared(db =>
  db
    .select(custodyColumns)
    .from(custodies)
    .innerJoin(householdMembers, eq(householdMembers.personId, custodies.childId))
    .where(checkedMember)
    .orderBy(asc(custodies.from))
    .prepare(),
)

/** The children a household may book for, eldest first. One the town has yet to check is not among them. */
export async function childrenOf(db: Queries, householdId: Id<'household'>): Promise<Child[]> {
  // One after the other: within a transaction there is but one connection.
  const found = await childrenOfHousehold(db).execute({ householdId })
  const theirSchoolings = await schoolingsOfHousehold(db).execute({ householdId })
  return childrenFrom(found, theirSchoolings, await custodiesOfHousehold(db).execute({ householdId }))
}

/** One of the household's children. Throws 404 for any other child. */
export async function childOf(db: Queries, householdId: Id<'household'>, childId: string): Promise<Child> {
  const child = (await childrenOf(db, householdId)).find(({ id }) => id === childId)
  if (!child) throw notFound()
  return child
}

/** Children by their ids, whoever they live with: for lists of those who serve them. Ids of no child are left out. */
export async function childrenById(
  db: Queries,
  ids: readonly Id<'person'>[],
): Promise<ReadonlyMap<Id<'person'>, Child>> {
  const found: Child[] = []
  for (const batch of batches(ids)) {
    const rows = await db
      .select(childColumns)
      .from(persons)
      .innerJoin(children, eq(children.personId, persons.id))
      .where(inArray(persons.id, batch))
    const theirSchoolings = await db
      .select(schoolingColumns)
      .from(schoolings)
      .where(inArray(schoolings.childId, batch))
      .orderBy(asc(schoolings.from))
    const theirCustodies = await db
      .select(custodyColumns)
      .from(custodies)
      .where(inArray(custodies.childId, batch))
      .orderBy(asc(custodies.from))
    found.push(...childrenFrom(rows, theirSchoolings, theirCustodies))
  }
  return new Map(found.map(child => [child.id, child]))
}

/** The checked children who go to that school on that day. */
export async function childrenAtSchool(db: Queries, schoolId: Id<'school'>, day: Temporal.PlainDate): Promise<Child[]> {
  const there = await db
    .selectDistinct({ childId: schoolings.childId })
    .from(schoolings)
    .innerJoin(
      householdMembers,
      and(eq(householdMembers.personId, schoolings.childId), isNotNull(householdMembers.confirmedAt)),
    )
    .where(
      and(
        eq(schoolings.schoolId, schoolId),
        lte(schoolings.from, day),
        or(isNull(schoolings.to), gte(schoolings.to, day)),
      ),
    )
  const found = await childrenById(
    db,
    there.map(({ childId }) => childId),
  )
  // A schooling lasts until the next one begins: who has changed schools since is not there any more.
  return [...found.values()].filter(child => {
    const begun = child.schoolings.filter(({ from }) => Temporal.PlainDate.compare(from, day) <= 0)
    return begun.at(-1)?.schoolId === schoolId
  })
}

/** The households a child belongs to and is checked in: one, or two when custody is shared. */
export async function householdsOfChild(db: Queries, childId: Id<'person'>): Promise<Id<'household'>[]> {
  const rows = await db
    .select({ householdId: householdMembers.householdId })
    .from(householdMembers)
    .where(
      and(
        eq(householdMembers.personId, childId),
        eq(householdMembers.role, 'child'),
        isNotNull(householdMembers.confirmedAt),
      ),
    )
  return rows.map(({ householdId }) => householdId)
}

const guardianColumns = {
  id: persons.id,
  firstName: persons.firstName,
  lastName: persons.lastName,
  email: persons.email,
  phone: persons.phone,
  language: persons.language,
}

/** The adults of the household, in the order they came. */
export async function guardiansOf(db: Queries, householdId: Id<'household'>): Promise<Guardian[]> {
  return db
    .select(guardianColumns)
    .from(householdMembers)
    .innerJoin(persons, eq(persons.id, householdMembers.personId))
    .where(and(eq(householdMembers.householdId, householdId), eq(householdMembers.role, 'guardian')))
    .orderBy(asc(householdMembers.createdAt), asc(persons.id))
}

/** Whom the household's invoices are addressed to. Throws 404 for no household. */
export async function payerOf(db: Queries, householdId: Id<'household'>): Promise<Guardian> {
  const [payer] = await db
    .select(guardianColumns)
    .from(households)
    .innerJoin(persons, eq(persons.id, households.payerId))
    .where(eq(households.id, householdId))
  if (!payer) throw notFound()
  return payer
}

/** Whom letters to the household go to: each guardian with an e-mail; when none has one, the payer, on paper. */
export async function mailRecipients(
  db: Queries,
  householdId: Id<'household'>,
): Promise<{ personId: Id<'person'>; email: string | null; language: string }[]> {
  const reachable = (await guardiansOf(db, householdId)).filter(({ email }) => email !== null)
  const recipients = reachable.length > 0 ? reachable : [await payerOf(db, householdId)]
  return recipients.map(({ id, email, language }) => ({ personId: id, email, language }))
}

/** Quotients and addresses of many households at once; a household without any has empty lists. */
export async function pricingFacts(
  db: Queries,
  householdIds: readonly Id<'household'>[],
): Promise<Map<Id<'household'>, PricingFacts>> {
  const facts = new Map(
    householdIds.map(id => [id, { quotients: [] as PricingFacts['quotients'][number][], residency: [] as Address[] }]),
  )
  for (const batch of batches(householdIds)) {
    const quotients = await db
      .select({
        householdId: familyQuotients.householdId,
        value: familyQuotients.value,
        from: familyQuotients.from,
        to: familyQuotients.to,
        state: familyQuotients.state,
      })
      .from(familyQuotients)
      .where(inArray(familyQuotients.householdId, batch))
      .orderBy(asc(familyQuotients.from), asc(familyQuotients.createdAt))
    const addresses = await db
      .select()
      .from(householdAddresses)
      .where(inArray(householdAddresses.householdId, batch))
      .orderBy(asc(householdAddresses.from))
    for (const { householdId, ...quotient } of quotients) facts.get(householdId)?.quotients.push(quotient)
    for (const { householdId, from, lines, postcode, city, resident } of addresses)
      facts.get(householdId)?.residency.push({ from, lines, postcode, city, resident })
  }
  return facts
}

function* batches<T>(all: readonly T[]): Generator<T[]> {
  for (let start = 0; start < all.length; start += BATCH) yield all.slice(start, start + BATCH)
}
