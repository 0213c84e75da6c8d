import type { Tx } from '../db/database.ts'
import { and, eq, inArray, ne } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { removeLater } from '../uploads/remove-later.ts'
import { forgetDocuments } from './child-file-documents.ts'
import {
  childConsents,
  childDocuments,
  childFileParts,
  childHealth,
  childHealthSheets,
  children,
  custodies,
  custodyDeclarations,
  emergencyContacts,
  familyQuotients,
  files,
  householdAddresses,
  householdInvitations,
  householdMembers,
  households,
  persons,
  pickupPersons,
  schoolings,
} from './schema.ts'

/** Takes a child out of a household; one that no other household has is forgotten, but for the name when that is kept. */
export async function forgetChild(
  tx: Tx,
  now: Temporal.Instant,
  householdId: Id<'household'>,
  childId: Id<'person'>,
  keepName: boolean,
): Promise<void> {
  const here = and(eq(householdMembers.householdId, householdId), eq(householdMembers.personId, childId))
  await tx.delete(householdMembers).where(here)
  await tx
    .delete(pickupPersons)
    .where(and(eq(pickupPersons.childId, childId), eq(pickupPersons.householdId, householdId)))
  await tx
    .delete(custodyDeclarations)
    .where(and(eq(custodyDeclarations.childId, childId), eq(custodyDeclarations.householdId, householdId)))
  await forgetFileOf(tx, now, householdId, childId)
  const [elsewhere] = await tx
    .select({ householdId: householdMembers.householdId })
    .from(householdMembers)
    .where(and(eq(householdMembers.personId, childId), ne(householdMembers.householdId, householdId)))
  if (elsewhere) return
  await tx.delete(childHealth).where(eq(childHealth.childId, childId))
  await tx.delete(childHealthSheets).where(eq(childHealthSheets.childId, childId))
  if (keepName) return
  await tx.delete(custodies).where(eq(custodies.childId, childId))
  await tx.delete(schoolings).where(eq(schoolings.childId, childId))
  await tx.delete(children).where(eq(children.personId, childId))
  await tx.delete(persons).where(eq(persons.id, childId))
}

/** What a household said and sent for a child's file. */
async function forgetFileOf(
  tx: Tx,
  now: Temporal.Instant,
  householdId: Id<'household'>,
  childId: Id<'person'>,
): Promise<void> {
  const of = (t: typeof childConsents | typeof childFileParts | typeof emergencyContacts | typeof childDocuments) =>
    and(eq(t.childId, childId), eq(t.householdId, householdId))
  await tx.delete(childConsents).where(of(childConsents))
  await tx.delete(childFileParts).where(of(childFileParts))
  await tx.delete(emergencyContacts).where(of(emergencyContacts))
  await forgetDocuments(tx, now, of(childDocuments))
}

/**
 * Forgets a household. With `keepAccounts`, what its invoices rest on stays for the ten years the accounts must be kept
 * (public accounting: 10 years): the payer's and children's names, the addresses and the quotients, without their proofs.
 */
export async function forgetHousehold(
  tx: Tx,
  now: Temporal.Instant,
  householdId: Id<'household'>,
  keepAccounts: boolean,
): Promise<void> {
  const members = await tx.select().from(householdMembers).where(eq(householdMembers.householdId, householdId))
  for (const { personId, role } of members)
    if (role === 'child') await forgetChild(tx, now, householdId, personId, keepAccounts)
  await tx.delete(householdInvitations).where(eq(householdInvitations.householdId, householdId))
  await forgetFiles(tx, now, householdId)
  if (keepAccounts) return
  await tx.delete(householdAddresses).where(eq(householdAddresses.householdId, householdId))
  await tx.delete(familyQuotients).where(eq(familyQuotients.householdId, householdId))
  await tx.delete(householdMembers).where(eq(householdMembers.householdId, householdId))
  await tx.delete(households).where(eq(households.id, householdId))
}

/** Forgets the files of a household; their bytes are removed once that is certain. */
async function forgetFiles(tx: Tx, now: Temporal.Instant, householdId: Id<'household'>): Promise<void> {
  const sent = await tx.select().from(files).where(eq(files.householdId, householdId))
  if (sent.length === 0) return
  await tx.update(familyQuotients).set({ proofId: null }).where(eq(familyQuotients.householdId, householdId))
  await tx.delete(files).where(
    inArray(
      files.id,
      sent.map(({ id }) => id),
    ),
  )
  for (const { storedAs } of sent) {
    await removeLater(tx, now, storedAs)
  }
}
