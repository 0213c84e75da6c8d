import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { and, asc, eq } from '../db/drizzle.ts'
import type { Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { once } from '../web/idempotency.ts'
import { siblings } from './children.ts'
import { nameField, phoneField } from './forms.ts'
import { servesChildren } from './health.ts'
import { addressForm, writeAddress } from './household.ts'
import { addHousehold, addPerson } from './persons.ts'
import { householdAddresses, householdMembers, households } from './schema.ts'
import { type Child, childrenOf, guardiansOf, payerOf } from './store.ts'

/** What another service shows of a family on the clerks' page: what it owes, what is booked. */
export type FamilySection = (asked: {
  town: Town
  clerk: Clerk
  householdId: Id<'household'>
  words: Translator
}) => Promise<{ title: string; lines: readonly string[]; links: readonly { text: string; href: string }[] } | undefined>

/**
 * All of a family that this clerk may see: what children eat and whether they have a health plan is for those who serve
 * them. The look is in the audit trail. Throws 404 for no household.
 */
export async function familyForClerk(town: Town, clerk: Clerk, id: string) {
  const householdId = id as Id<'household'>
  const db = town.db.read
  const guardians = await guardiansOf(db, householdId)
  if (guardians.length === 0) throw notFound()
  const payer = await payerOf(db, householdId)
  const all = await siblings(db, householdId)
  const checked = new Map((await childrenOf(db, householdId)).map(child => [child.id, child]))
  const addresses = await db
    .select()
    .from(householdAddresses)
    .where(eq(householdAddresses.householdId, householdId))
    .orderBy(asc(householdAddresses.from))
  await town.db.transaction(async tx => {
    await audit(tx, town.clock.now(), clerk, {
      action: 'family.viewed',
      subject: { kind: 'household', id: householdId },
    })
  })
  return {
    householdId,
    guardians,
    payerId: payer.id,
    addresses,
    children: all.map(child => ({ ...child, known: withoutHealth(checked.get(child.id), clerk) })),
  }
}

/** Meal types and health plans tell of health and belief: only those who serve the child see them. */
type SeenChild = Omit<Child, 'mealType' | 'pai'> & Partial<Pick<Child, 'mealType' | 'pai'>>

function withoutHealth(child: Child | undefined, clerk: Clerk): SeenChild | undefined {
  if (!child) return undefined
  if (servesChildren(clerk)) return child
  const { mealType: _, pai: __, ...rest } = child
  return rest
}

export const newFamilyForm = addressForm.omit({ from: true }).extend({
  firstName: nameField,
  lastName: nameField,
  phone: z.union([z.literal('').transform(() => null), phoneField]),
  email: z.union([z.literal('').transform(() => null), z.string().trim().max(254).pipe(z.email())]),
})

/**
 * A household for somebody who stands at the counter and need have no e-mail: letters are then printed.
 * The same `key` twice makes one.
 */
export async function createFamily(
  town: Town,
  clerk: Clerk,
  form: z.output<typeof newFamilyForm>,
  key?: string,
): Promise<{ householdId: Id<'household'> }> {
  const now = town.clock.now()
  return once({ db: town.db, now }, { scope: `family by ${clerk.accountId}`, key, content: form }, async tx => {
    const { firstName, lastName, phone, email, ...address } = form
    const personId = await addPerson(tx, now, { firstName, lastName, phone, email, language: 'fr' })
    const householdId = await addHousehold(tx, now, personId)
    await writeAddress(tx, town, clerk, householdId, { ...address, from: dayInParis(now) })
    const subject = { kind: 'household', id: householdId }
    await audit(tx, now, clerk, { action: 'household.created', subject, details: { personId } })
    return { householdId }
  })
}

/**
 * One adult leaves a household, after a separation: they get a household of their own, and the one they leave goes on
 * with the others. Children stay; a shared custody is entered for each. Throws 409 `last-adult` for the only one.
 */
export async function separateAdult(
  town: Town,
  clerk: Clerk,
  id: string,
  personId: string,
): Promise<{ householdId: Id<'household'> }> {
  const now = town.clock.now()
  const householdId = id as Id<'household'>
  return town.db.transaction(async tx => {
    const guardians = await guardiansOf(tx, householdId)
    const leaving = guardians.find(one => one.id === personId)
    if (!leaving) throw notFound()
    const staying = guardians.find(one => one.id !== personId)
    if (!staying) throw conflict('last-adult')
    await tx
      .delete(householdMembers)
      .where(and(eq(householdMembers.householdId, householdId), eq(householdMembers.personId, leaving.id)))
    await tx
      .update(households)
      .set({ payerId: staying.id })
      .where(and(eq(households.id, householdId), eq(households.payerId, leaving.id)))
    const own = await addHousehold(tx, now, leaving.id)
    await audit(tx, now, clerk, {
      action: 'adult.separated',
      subject: { kind: 'household', id: householdId },
      details: { personId: leaving.id, newHouseholdId: own },
    })
    return { householdId: own }
  })
}
