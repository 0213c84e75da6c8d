import { dayInParis } from '../../src/kernel/clock.ts'
import { schoolYearOf } from '../../src/kernel/days.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { newId } from '../../src/kernel/ids.ts'
import { FILE_PARTS } from '../../src/people/child-file-rules.ts'
import {
  childConsents,
  childDocuments,
  childFileParts,
  childHealthSheets,
  emergencyContacts,
} from '../../src/people/schema.ts'
import type { Family } from '../support/family.ts'
import type { TestTown } from '../support/town.ts'

/** Gives a child all that a centre asks for: everything allowed, unless said otherwise. */
export async function completeFile(
  t: TestTown,
  { household: householdId, personId }: Family,
  childId: Id<'person'>,
  allowed: { photo?: boolean; leaveAlone?: number } = {},
): Promise<void> {
  const now = t.town.clock.now()
  const year = schoolYearOf(dayInParis(now))
  const of = { childId, householdId, year: year.label }
  await t.town.db.transaction(async tx => {
    for (const part of FILE_PARTS)
      await tx.insert(childFileParts).values({ ...of, part, confirmedBy: personId, confirmedAt: now })
    await tx.insert(childHealthSheets).values({
      childId,
      year: year.label,
      allergies: '',
      treatment: '',
      advice: '',
      doctorName: 'Dr Martin',
      doctorPhone: null,
      swimming: 'yes',
      updatedAt: now,
    })
    await tx.insert(emergencyContacts).values({
      childId,
      householdId,
      rank: 0,
      name: 'Rose Petit',
      phone: '+33644444444',
      relationship: 'tante',
    })
    for (const consent of ['photo', 'outings', 'swimming', 'leave-alone'] as const) {
      const given =
        consent === 'leave-alone' ? allowed.leaveAlone !== undefined : consent !== 'photo' || allowed.photo !== false
      const fromAge = consent === 'leave-alone' ? (allowed.leaveAlone ?? null) : null
      await tx.insert(childConsents).values({ ...of, consent, given, fromAge, saidBy: personId, saidAt: now })
    }
    for (const kind of ['vaccination', 'insurance'] as const)
      await tx.insert(childDocuments).values({
        id: newId<'child-document'>(),
        childId,
        householdId,
        kind,
        fileId: newId<'file'>(),
        validUntil: year.to,
        state: 'accepted',
        keepUntil: year.to,
        createdAt: now,
      })
  })
}
