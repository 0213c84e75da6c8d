import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { type Actor, personAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isOnOrBefore } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { dayLookedAt, openYears } from './child-file-rules.ts'
import { documentsOf, type FileOf } from './child-file-store.ts'
import { linesField, nameField, phoneField } from './forms.ts'
import { refuseOtherClerks } from './health.ts'
import {
  type Consent,
  childConsents,
  childFileParts,
  childHealthSheets,
  emergencyContacts,
  type FilePart,
} from './schema.ts'
import { childOf, FAMILY_SERVICES, householdOf } from './store.ts'

export const MOST_CONTACTS = 4
export const SWIMMING = ['no', 'with-aid', 'yes'] as const
export const CONSENTS = ['photo', 'outings', 'swimming', 'leave-alone'] as const satisfies readonly Consent[]

export const contactsForm = z.object({
  contacts: z
    .array(z.object({ name: nameField, phone: phoneField, relationship: z.string().trim().min(1).max(60) }))
    .min(1)
    .max(MOST_CONTACTS),
})

const words = linesField(2_000)
export const healthSheetForm = z.object({
  allergies: words,
  treatment: words,
  advice: words,
  doctorName: z.string().trim().max(80),
  doctorPhone: z.union([z.literal('').transform(() => null), phoneField]),
  swimming: z.enum(SWIMMING),
})

/** Six years: the first class of the elementary school. */
export const consentsForm = z
  .object({
    photo: z.boolean(),
    outings: z.boolean(),
    swimming: z.boolean(),
    leaveAlone: z.boolean(),
    fromAge: z.int().min(6).max(17).nullable().default(null),
  })
  .superRefine((said, context) => {
    if (said.leaveAlone && said.fromAge === null)
      context.addIssue({ code: 'custom', path: ['fromAge'], message: 'required' })
  })

/** The file of one of the asker's children. Throws 404 for another child, and for a year that cannot be filled now. */
export async function openFile(
  db: Parameters<typeof childOf>[0],
  town: Town,
  actor: Actor,
  childId: string,
  yearLabel?: string,
) {
  const householdId = await householdOf(db, actor)
  const child = await childOf(db, householdId, childId)
  const today = dayInParis(town.clock.now())
  const years = openYears(today)
  const year = yearLabel === undefined ? years[0] : years.find(({ label }) => label === yearLabel)
  if (!year) throw notFound()
  const of: FileOf = { childId: child.id, householdId, year }
  return { child, householdId, year, years, day: dayLookedAt(year, today), of }
}

/** Whose file, as a form or a program says it. */
type Asked = { childId: string; year?: string | undefined }

/** Writes whom to call in an emergency, in this order, in place of the household's list. */
export async function writeContacts(
  town: Town,
  actor: Actor,
  { childId, year }: Asked,
  { contacts }: z.output<typeof contactsForm>,
): Promise<void> {
  await town.db.transaction(async tx => {
    const { of } = await openFile(tx, town, actor, childId, year)
    await tx
      .delete(emergencyContacts)
      .where(and(eq(emergencyContacts.childId, of.childId), eq(emergencyContacts.householdId, of.householdId)))
    await tx.insert(emergencyContacts).values(
      contacts.map((contact, rank) => ({
        childId: of.childId,
        householdId: of.householdId,
        rank,
        ...contact,
      })),
    )
    await confirmPart(tx, town, actor, of, 'contacts')
  })
}

/** Says that the list of who may collect the child is right for the year. */
export async function confirmPickups(town: Town, actor: Actor, { childId, year }: Asked): Promise<void> {
  await town.db.transaction(async tx => {
    const { of } = await openFile(tx, town, actor, childId, year)
    await confirmPart(tx, town, actor, of, 'pickups')
  })
}

/** Writes the health sheet. Throws 403 to a clerk who acts for the parent and does not serve children. */
export async function writeHealthSheet(
  town: Town,
  actor: Actor,
  { childId, year }: Asked,
  sheet: z.output<typeof healthSheetForm>,
): Promise<void> {
  refuseOtherClerks(actor)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { of } = await openFile(tx, town, actor, childId, year)
    const values = { ...sheet, updatedAt: now }
    await tx
      .insert(childHealthSheets)
      .values({ childId: of.childId, year: of.year.label, ...values })
      .onConflictDoUpdate({ target: [childHealthSheets.childId, childHealthSheets.year], set: values })
    await audit(tx, now, actor, { action: 'health.written', subject: { kind: 'child', id: of.childId } })
    await confirmPart(tx, town, actor, of, 'health')
  })
}

/** Writes what the household allows this year. */
export async function writeConsents(
  town: Town,
  actor: Actor,
  { childId, year }: Asked,
  said: z.output<typeof consentsForm>,
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { of } = await openFile(tx, town, actor, childId, year)
    const saidBy = sayer(actor)
    const given = { photo: said.photo, outings: said.outings, swimming: said.swimming, 'leave-alone': said.leaveAlone }
    for (const consent of CONSENTS) {
      const fromAge = consent === 'leave-alone' && said.leaveAlone ? said.fromAge : null
      const values = { given: given[consent], fromAge, saidBy, saidAt: now }
      const { childId, householdId } = of
      await tx
        .insert(childConsents)
        .values({ childId, householdId, year: of.year.label, consent, ...values })
        .onConflictDoUpdate({
          target: [childConsents.childId, childConsents.householdId, childConsents.year, childConsents.consent],
          set: values,
        })
    }
    await confirmPart(tx, town, actor, of, 'consents')
  })
}

/** Says that a paper sent before is still the right one. Throws 404 when there is none to confirm. */
export async function confirmPaper(
  town: Town,
  actor: Actor,
  { childId, year }: Asked,
  part: 'vaccination' | 'insurance',
): Promise<void> {
  if (part === 'vaccination') refuseOtherClerks(actor)
  await town.db.transaction(async tx => {
    const { of } = await openFile(tx, town, actor, childId, year)
    const papers = (await documentsOf(tx, of.childId)).filter(({ kind, keepUntil, state }) => {
      const here = part === 'insurance' ? kind === 'insurance' : kind !== 'insurance'
      return here && state !== 'refused' && isOnOrBefore(of.year.to, keepUntil)
    })
    if (papers.length === 0) throw notFound()
    await confirmPart(tx, town, actor, of, part)
  })
}

/** Marks a part as right for the year, by the parent who says so. */
export async function confirmPart(tx: Tx, town: Town, actor: Actor, of: FileOf, part: FilePart): Promise<void> {
  const now = town.clock.now()
  const { childId, householdId, year } = of
  const values = { confirmedBy: sayer(actor), confirmedAt: now }
  await tx
    .insert(childFileParts)
    .values({ childId, householdId, year: year.label, part, ...values })
    .onConflictDoUpdate({
      target: [childFileParts.childId, childFileParts.householdId, childFileParts.year, childFileParts.part],
      set: values,
    })
  await audit(tx, now, actor, {
    action: 'child-file.part-confirmed',
    subject: { kind: 'child', id: childId },
    details: { part, year: year.label },
  })
}

/** The parent who speaks, or for whom a clerk acts. */
function sayer(actor: Actor): Id<'person'> {
  const personId = personAmong(actor, ...FAMILY_SERVICES)
  if (!personId) throw new Problem(403, 'forbidden')
  return personId
}
