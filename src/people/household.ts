import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { type Actor, personAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { dayField, linesField, nameField, phoneField } from './forms.ts'
import { renamePerson } from './persons.ts'
import { isInTown } from './rules.ts'
import { householdAddresses, households, persons } from './schema.ts'
import { FAMILY_SERVICES, guardiansOf, householdOf } from './store.ts'

export const addressForm = z.object({
  /** Street, building, floor: one to four lines, as on an envelope. */
  lines: linesField(300).pipe(
    z
      .string()
      .min(1)
      .transform(text =>
        text
          .split('\n')
          .map(line => line.trim())
          .filter(Boolean),
      )
      .pipe(z.array(z.string().max(80)).max(4)),
  ),
  postcode: z
    .string()
    .trim()
    .regex(/^\d{5}$/, 'not-a-postcode'),
  city: nameField,
  from: dayField.optional(),
})
export type NewAddress = z.output<typeof addressForm>

/** How far back a parent may date a move: prices of months already billed do not change by a form. */
const EARLIEST = { days: 62 }

/**
 * Writes where the household lives from a day on (today when none is said). Whether that is in the town, and so the price,
 * is decided here; a clerk may correct it. Throws `invalid` for a day too far away.
 */
export async function changeAddress(town: Town, actor: Actor, address: NewAddress): Promise<{ resident: boolean }> {
  const today = dayInParis(town.clock.now())
  const from = address.from ?? today
  if (Temporal.PlainDate.compare(from, today.subtract(EARLIEST)) < 0)
    throw invalid([{ field: 'from', code: 'date-too-old' }])
  if (Temporal.PlainDate.compare(from, today.add({ years: 1 })) > 0)
    throw invalid([{ field: 'from', code: 'date-too-far' }])
  return town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor)
    return writeAddress(tx, town, actor, householdId, { ...address, from })
  })
}

/** A new address on a day replaces the one of that day. */
export async function writeAddress(
  tx: Tx,
  town: Town,
  actor: Actor,
  householdId: Id<'household'>,
  address: Omit<NewAddress, 'from'> & { from: Temporal.PlainDate },
): Promise<{ resident: boolean }> {
  const now = town.clock.now()
  const { lines, postcode, city, from } = address
  const resident = isInTown(town.config.town, address)
  const values = { lines, postcode, city, resident }
  await tx
    .insert(householdAddresses)
    .values({ id: newId<'address'>(), householdId, from, createdAt: now, ...values })
    .onConflictDoUpdate({ target: [householdAddresses.householdId, householdAddresses.from], set: values })
  await audit(tx, now, actor, {
    action: 'household.address-changed',
    subject: { kind: 'household', id: householdId },
    details: { from: from.toString(), resident },
  })
  return { resident }
}

/** A clerk's word on whether an address is in the town, from its day on. */
export async function correctResidency(
  tx: Tx,
  town: Town,
  actor: Actor,
  householdId: Id<'household'>,
  addressId: string,
  resident: boolean,
): Promise<void> {
  const [changed] = await tx
    .update(householdAddresses)
    .set({ resident })
    .where(and(eq(householdAddresses.id, addressId as Id<'address'>), eq(householdAddresses.householdId, householdId)))
    .returning({ from: householdAddresses.from })
  if (!changed) throw notFound()
  await audit(tx, town.clock.now(), actor, {
    action: 'household.residency-corrected',
    subject: { kind: 'household', id: householdId },
    details: { from: changed.from.toString(), resident },
  })
}

export const contactForm = z.object({
  firstName: nameField,
  lastName: nameField,
  phone: z.union([z.literal('').transform(() => null), phoneField]),
  language: z.string().min(2).max(8),
})

/** Changes one's own name, telephone and language. The e-mail address is the account's matter. */
export async function changeContact(town: Town, actor: Actor, contact: z.output<typeof contactForm>): Promise<void> {
  const personId = personAmong(actor, ...FAMILY_SERVICES)
  if (!personId) throw notFound()
  const { firstName, lastName, phone, language } = contact
  if (!town.languages.list.some(({ code }) => code === language)) {
    throw invalid([{ field: 'language', code: 'not-a-choice' }])
  }
  await town.db.transaction(async tx => {
    await renamePerson(tx, personId, { firstName, lastName })
    await tx.update(persons).set({ phone, language }).where(eq(persons.id, personId))
    const subject = { kind: 'person', id: personId }
    await audit(tx, town.clock.now(), actor, { action: 'person.contact-changed', subject })
  })
}

/** Says which adult of the household the invoices are addressed to, from the next one on. Throws `invalid` for another. */
export async function changePayer(town: Town, actor: Actor, payerId: string): Promise<void> {
  await town.db.transaction(async tx => writePayer(tx, town, actor, await householdOf(tx, actor), payerId))
}

export async function writePayer(
  tx: Tx,
  town: Town,
  actor: Actor,
  householdId: Id<'household'>,
  payerId: string,
): Promise<void> {
  const payer = (await guardiansOf(tx, householdId)).find(({ id }) => id === payerId)
  if (!payer) throw invalid([{ field: 'payerId', code: 'not-a-choice' }])
  await tx.update(households).set({ payerId: payer.id }).where(eq(households.id, householdId))
  const subject = { kind: 'household', id: householdId }
  await audit(tx, town.clock.now(), actor, { action: 'household.payer-changed', subject, details: { payerId } })
}
