import type { Queries } from '../db/database.ts'
import { and, asc, desc, eq } from '../db/drizzle.ts'
import { isOnOrBefore, type SchoolYear } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { type FileState, yearBefore } from './child-file-rules.ts'
import { pickupPersonsOf } from './pickup.ts'
import {
  type Consent,
  childConsents,
  childDocuments,
  childFileParts,
  childHealthSheets,
  emergencyContacts,
  type FilePart,
  households,
} from './schema.ts'

export type FileDocument = typeof childDocuments.$inferSelect
export type HealthSheet = typeof childHealthSheets.$inferSelect
export type EmergencyContact = { name: string; phone: string; relationship: string }
export type Answer = { consent: Consent; given: boolean; fromAge: number | null; saidAt: Temporal.Instant }

/** Whose file, of which year, seen from which household. */
export type FileOf = { childId: Id<'person'>; householdId: Id<'household'>; year: SchoolYear }

/** What is about the child is confirmed for both households by either; the rest by each for itself. */
export const SHARED_PARTS: readonly FilePart[] = ['health', 'vaccination', 'insurance']

/** Where the file stands, without a word of what is in it. */
export async function fileState(db: Queries, { childId, householdId, year }: FileOf): Promise<FileState> {
  const rows = await db
    .select({ part: childFileParts.part, householdId: childFileParts.householdId })
    .from(childFileParts)
    .where(and(eq(childFileParts.childId, childId), eq(childFileParts.year, year.label)))
  const counting = rows.filter(row => row.householdId === householdId || SHARED_PARTS.includes(row.part))
  const filled = new Set<FilePart>()
  const sheets = await db
    .select({ year: childHealthSheets.year })
    .from(childHealthSheets)
    .where(and(eq(childHealthSheets.childId, childId), eq(childHealthSheets.year, year.label)))
  if (sheets.length > 0) filled.add('health')
  if ((await contactsOf(db, householdId, childId)).length > 0) filled.add('contacts')
  if ((await pickupPersonsOf(db, householdId, childId)).length > 0) filled.add('pickups')
  if ((await lastConsents(db, { childId, householdId, year })).length > 0) filled.add('consents')
  // A paper kept for an earlier year only is not of this file, unless it is taken over.
  const papers = (await documentsOf(db, childId)).filter(({ keepUntil }) => isOnOrBefore(year.to, keepUntil))
  return { year, confirmed: new Set(counting.map(({ part }) => part)), filled, papers }
}

/** The papers of a child, newest first, whoever sent them. */
export async function documentsOf(db: Queries, childId: Id<'person'>): Promise<FileDocument[]> {
  return db
    .select()
    .from(childDocuments)
    .where(eq(childDocuments.childId, childId))
    .orderBy(desc(childDocuments.createdAt), desc(childDocuments.id))
}

/** Whom to call, in order, as one household says. */
export async function contactsOf(
  db: Queries,
  householdId: Id<'household'>,
  childId: Id<'person'>,
): Promise<EmergencyContact[]> {
  const { name, phone, relationship } = emergencyContacts
  return db
    .select({ name, phone, relationship })
    .from(emergencyContacts)
    .where(and(eq(emergencyContacts.childId, childId), eq(emergencyContacts.householdId, householdId)))
    .orderBy(asc(emergencyContacts.rank))
}

/** What a household allowed that year. */
export async function consentsOf(db: Queries, of: FileOf): Promise<Answer[]> {
  const { consent, given, fromAge, saidAt } = childConsents
  return db
    .select({ consent, given, fromAge, saidAt })
    .from(childConsents)
    .where(
      and(
        eq(childConsents.childId, of.childId),
        eq(childConsents.householdId, of.householdId),
        eq(childConsents.year, of.year.label),
      ),
    )
}

/** The same, or what it allowed the year before: to be said again, never to count by itself. */
export async function lastConsents(db: Queries, of: FileOf): Promise<Answer[]> {
  const these = await consentsOf(db, of)
  return these.length > 0 ? these : consentsOf(db, { ...of, year: yearBefore(of.year) })
}

/** What all households of a child said of that year. */
export async function allConsents(
  db: Queries,
  childId: Id<'person'>,
  year: SchoolYear,
): Promise<(Answer & { householdId: Id<'household'> })[]> {
  const { consent, given, fromAge, saidAt, householdId } = childConsents
  return db
    .select({ consent, given, fromAge, saidAt, householdId })
    .from(childConsents)
    .where(and(eq(childConsents.childId, childId), eq(childConsents.year, year.label)))
}

/** The health sheet of a year: health data, for those who may read it (`child-file-health.ts`). */
export async function sheetOf(db: Queries, childId: Id<'person'>, year: SchoolYear): Promise<HealthSheet | undefined> {
  const [sheet] = await db
    .select()
    .from(childHealthSheets)
    .where(and(eq(childHealthSheets.childId, childId), eq(childHealthSheets.year, year.label)))
  return sheet
}

/** The households that have confirmed a part of some child's file in a year, with those children. */
export async function filesOfYear(db: Queries, year: SchoolYear): Promise<Map<Id<'household'>, Id<'person'>[]>> {
  const rows = await db
    .selectDistinct({ householdId: childFileParts.householdId, childId: childFileParts.childId })
    .from(childFileParts)
    .innerJoin(households, eq(households.id, childFileParts.householdId))
    .where(eq(childFileParts.year, year.label))
  const found = new Map<Id<'household'>, Id<'person'>[]>()
  for (const { householdId, childId } of rows) found.set(householdId, [...(found.get(householdId) ?? []), childId])
  return found
}

/** The papers that wait for a clerk, oldest first. */
export async function documentsToCheck(db: Queries): Promise<FileDocument[]> {
  return db
    .select()
    .from(childDocuments)
    .where(eq(childDocuments.state, 'to-check'))
    .orderBy(asc(childDocuments.createdAt), asc(childDocuments.id))
}
