import type { Queries } from '../db/database.ts'
import { and, asc, eq, inArray, isNotNull, ne, or } from '../db/drizzle.ts'
import { isOnOrBefore, type SchoolYear } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { type FileState, yearBefore } from './child-file-rules.ts'
import { type Answer, type EmergencyContact, SHARED_PARTS } from './child-file-store.ts'
import type { PickupPerson } from './pickup.ts'
import {
  childConsents,
  childDocuments,
  childFileParts,
  childHealthSheets,
  emergencyContacts,
  type FilePart,
  householdMembers,
  persons,
  pickupPersons,
} from './schema.ts'

// The same as `child-file-store.ts`, for a list of children at once: a register shows them all.

/** A child as one household sees its file. */
export type ChildOf = { childId: Id<'person'>; householdId: Id<'household'> }

export const fileKey = ({ childId, householdId }: ChildOf) => `${childId} ${householdId}`

/** Where the files of these children stand, by `fileKey`, without a word of what is in them. */
export async function fileStates(
  db: Queries,
  asked: readonly ChildOf[],
  year: SchoolYear,
): Promise<ReadonlyMap<string, FileState>> {
  if (asked.length === 0) return new Map()
  const ids = [...new Set(asked.map(({ childId }) => childId))]
  const parts = await db
    .select({ childId: childFileParts.childId, householdId: childFileParts.householdId, part: childFileParts.part })
    .from(childFileParts)
    .where(and(inArray(childFileParts.childId, ids), eq(childFileParts.year, year.label)))
  const sheets = await db
    .select({ childId: childHealthSheets.childId })
    .from(childHealthSheets)
    .where(and(inArray(childHealthSheets.childId, ids), eq(childHealthSheets.year, year.label)))
  const papers = await db.select().from(childDocuments).where(inArray(childDocuments.childId, ids))
  const contacts = await contactsOfChildren(db, ids)
  const pickups = await pickupsOfChildren(db, ids)
  // Last year's answers are there to be said again.
  const consents = [
    ...(await consentsOfChildren(db, ids, year)),
    ...(await consentsOfChildren(db, ids, yearBefore(year))),
  ]
  const withSheet = new Set(sheets.map(({ childId }) => childId))
  return new Map(
    asked.map(of => {
      const own = <T extends ChildOf>(rows: readonly T[]) =>
        rows.some(row => row.childId === of.childId && row.householdId === of.householdId)
      const filled = new Set<FilePart>()
      if (withSheet.has(of.childId)) filled.add('health')
      if (own(contacts)) filled.add('contacts')
      if (own(pickups)) filled.add('pickups')
      if (own(consents)) filled.add('consents')
      const counting = parts.filter(
        row => row.childId === of.childId && (row.householdId === of.householdId || SHARED_PARTS.includes(row.part)),
      )
      const state: FileState = {
        year,
        confirmed: new Set(counting.map(({ part }) => part)),
        filled,
        papers: papers
          .filter(({ childId, keepUntil }) => childId === of.childId && isOnOrBefore(year.to, keepUntil))
          .sort((a, b) => Temporal.Instant.compare(b.createdAt, a.createdAt) || (a.id < b.id ? 1 : -1)),
      }
      return [fileKey(of), state] as const
    }),
  )
}

/** What all households of these children said of a year. */
export async function consentsOfChildren(
  db: Queries,
  childIds: readonly Id<'person'>[],
  year: SchoolYear,
): Promise<(Omit<Answer, 'saidAt'> & ChildOf)[]> {
  if (childIds.length === 0) return []
  const { childId, householdId, consent, given, fromAge } = childConsents
  return db
    .select({ childId, householdId, consent, given, fromAge })
    .from(childConsents)
    .where(and(inArray(childConsents.childId, [...childIds]), eq(childConsents.year, year.label)))
}

/** Whom to call for these children, in order, as each household says. */
export async function contactsOfChildren(
  db: Queries,
  childIds: readonly Id<'person'>[],
): Promise<(EmergencyContact & ChildOf)[]> {
  if (childIds.length === 0) return []
  const { childId, householdId, name, phone, relationship } = emergencyContacts
  return db
    .select({ childId, householdId, name, phone, relationship })
    .from(emergencyContacts)
    .where(inArray(emergencyContacts.childId, [...childIds]))
    .orderBy(asc(emergencyContacts.rank))
}

/** Who may collect these children, as each household says. */
export async function pickupsOfChildren(
  db: Queries,
  childIds: readonly Id<'person'>[],
): Promise<(PickupPerson & ChildOf)[]> {
  if (childIds.length === 0) return []
  const { id, childId, householdId, name, phone, relationship } = pickupPersons
  return db
    .select({ id, childId, householdId, name, phone, relationship })
    .from(pickupPersons)
    .where(inArray(pickupPersons.childId, [...childIds]))
    .orderBy(asc(pickupPersons.name))
}

/** A parent as those who look after the child need them: no e-mail, which one parent may not learn from the other's papers. */
export type ParentOf = ChildOf & { id: Id<'person'>; name: string; phone: string | null }

/** The parents of these children, in all their checked households. */
export async function parentsOfChildren(db: Queries, childIds: readonly Id<'person'>[]): Promise<ParentOf[]> {
  if (childIds.length === 0) return []
  const homes = await db
    .select({ childId: householdMembers.personId, householdId: householdMembers.householdId })
    .from(householdMembers)
    .where(
      and(
        inArray(householdMembers.personId, [...childIds]),
        eq(householdMembers.role, 'child'),
        isNotNull(householdMembers.confirmedAt),
      ),
    )
  if (homes.length === 0) return []
  const adults = await db
    .select({
      householdId: householdMembers.householdId,
      id: persons.id,
      firstName: persons.firstName,
      lastName: persons.lastName,
      phone: persons.phone,
    })
    .from(householdMembers)
    .innerJoin(persons, eq(persons.id, householdMembers.personId))
    .where(
      and(
        inArray(householdMembers.householdId, [...new Set(homes.map(({ householdId }) => householdId))]),
        eq(householdMembers.role, 'guardian'),
      ),
    )
    .orderBy(asc(householdMembers.createdAt), asc(persons.id))
  return homes.flatMap(({ childId, householdId }) =>
    adults
      .filter(adult => adult.householdId === householdId)
      .map(({ id, firstName, lastName, phone }) => ({
        childId,
        householdId,
        id,
        name: `${firstName} ${lastName}`,
        phone,
      })),
  )
}

/**
 * Of which of these children something is written that matters for their care: whoever serves them then looks at the
 * sheet itself, and each look is in the audit trail. For those who may read it only (`mayReadHealth`).
 */
export async function childrenWithCare(
  db: Queries,
  childIds: readonly Id<'person'>[],
  year: SchoolYear,
): Promise<ReadonlySet<Id<'person'>>> {
  if (childIds.length === 0) return new Set()
  const { childId, allergies, treatment, advice } = childHealthSheets
  const rows = await db
    .select({ childId })
    .from(childHealthSheets)
    .where(
      and(
        inArray(childId, [...childIds]),
        eq(childHealthSheets.year, year.label),
        or(ne(allergies, ''), ne(treatment, ''), ne(advice, '')),
      ),
    )
  return new Set(rows.map(row => row.childId))
}
