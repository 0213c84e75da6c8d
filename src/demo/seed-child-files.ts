import { and, eq, gte, inArray } from '../db/drizzle.ts'
import { type SchoolYear, schoolYearOf } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { leisureSignupDays, leisureSignups } from '../leisure/schema.ts'
import { FILE_PARTS } from '../people/child-file-rules.ts'
import {
  type Consent,
  childConsents,
  childDocuments,
  childFileParts,
  childHealthSheets,
  emergencyContacts,
  files,
  householdMembers,
} from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { type Chance, sameChance } from './chance.ts'
import { insertAll } from './insert-all.ts'
import { paper } from './paper.ts'

type Coming = { childId: Id<'person'>; householdId: Id<'household'>; parentId: Id<'person'> }

/**
 * This year's files of the children who come to the leisure centres: nearly all complete, the vaccinations of a few still to
 * send. The first family, the one to sign in with, has its files to fill.
 */
export async function seedChildFiles(town: Town, today: Temporal.PlainDate): Promise<void> {
  const chance = sameChance(27)
  const year = schoolYearOf(today)
  const coming = await childrenToCome(town, today)
  const scan = await paper('Vaccinations et assurance', 'Copie du carnet de santé et attestation d’assurance')
  const stored = await Promise.all(coming.map(() => town.files.put(scan)))
  const rows = coming.map((child, n) => fileOf(child, { year, now: town.clock.now(), chance }, scan, stored[n] ?? ''))
  await town.db.transaction(async tx => {
    await insertAll(
      rows.map(({ file }) => file),
      some => tx.insert(files).values(some),
    )
    await insertAll(
      rows.flatMap(({ parts }) => parts),
      some => tx.insert(childFileParts).values(some),
    )
    await insertAll(
      rows.map(({ sheet }) => sheet),
      some => tx.insert(childHealthSheets).values(some),
    )
    await insertAll(
      rows.map(({ contact }) => contact),
      some => tx.insert(emergencyContacts).values(some),
    )
    await insertAll(
      rows.flatMap(({ consents }) => consents),
      some => tx.insert(childConsents).values(some),
    )
    await insertAll(
      rows.flatMap(({ documents }) => documents),
      some => tx.insert(childDocuments).values(some),
    )
  })
}

/** Each child with days to come, with the household that signed it up and a parent of that. */
async function childrenToCome({ db }: Town, today: Temporal.PlainDate): Promise<Coming[]> {
  const days = await db.read
    .selectDistinct({ childId: leisureSignups.childId, householdId: leisureSignups.householdId })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .where(and(eq(leisureSignups.state, 'booked'), gte(leisureSignupDays.day, today)))
    .orderBy(leisureSignups.childId, leisureSignups.householdId)
  const households = [...new Set(days.map(({ householdId }) => householdId))]
  const parents = await db.read
    .select({ householdId: householdMembers.householdId, personId: householdMembers.personId })
    .from(householdMembers)
    .where(and(inArray(householdMembers.householdId, households), eq(householdMembers.role, 'guardian')))
  const parentOf = new Map(parents.map(({ householdId, personId }) => [householdId, personId]))
  return [...new Map(days.map(one => [one.childId, one])).values()].flatMap(one => {
    const parentId = parentOf.get(one.householdId)
    return parentId ? [{ ...one, parentId }] : []
  })
}

type When = { year: SchoolYear; now: Temporal.Instant; chance: Chance }

function fileOf(
  { childId, householdId, parentId }: Coming,
  { year, now, chance }: When,
  scan: Buffer,
  storedAs: string,
) {
  const file = {
    id: newId<'file'>(),
    householdId,
    purpose: 'child-file-vaccination',
    name: 'carnet-et-assurance.pdf',
    mediaType: 'application/pdf',
    size: scan.length,
    storedAs,
    createdAt: now,
  }
  const complete = chance.happens(0.93)
  const given = { childId, householdId, year: year.label }
  const document = (kind: 'vaccination' | 'insurance') => ({
    id: newId<'child-document'>(),
    childId,
    householdId,
    kind,
    fileId: file.id,
    validUntil: kind === 'insurance' ? year.to : null,
    state: 'accepted' as const,
    keepUntil: year.to,
    createdAt: now,
  })
  const consent = (name: Consent, likely: number) => ({
    ...given,
    consent: name,
    given: chance.happens(likely),
    saidBy: parentId,
    saidAt: now,
  })
  return {
    file,
    parts: FILE_PARTS.filter(part => complete || part !== 'vaccination').map(part => ({
      ...given,
      part,
      confirmedBy: parentId,
      confirmedAt: now,
    })),
    sheet: {
      childId,
      year: year.label,
      allergies: chance.happens(0.1) ? 'Fraises : boutons.' : '',
      treatment: '',
      advice: chance.happens(0.1) ? 'Porte des lunettes.' : '',
      doctorName: chance.one(['Dr Lemaire', 'Dr Haddad', 'Dr Wallaert']),
      doctorPhone: '+33320000020',
      swimming: chance.one(['no', 'with-aid', 'yes'] as const),
      updatedAt: now,
    },
    contact: { childId, householdId, rank: 1, name: 'Mamie', phone: '+33320000021', relationship: 'grand-parent' },
    consents: [
      consent('photo', 0.85),
      consent('outings', 0.97),
      consent('swimming', 0.95),
      consent('leave-alone', 0.05),
    ],
    documents: complete ? [document('vaccination'), document('insurance')] : [document('insurance')],
  }
}
