import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { and, asc, eq } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { conflict, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { nameField, phoneField } from './forms.ts'
import { pickupPersons } from './schema.ts'
import { childOf, householdOf } from './store.ts'

const MOST = 12

export const pickupForm = z.object({
  name: nameField,
  phone: phoneField,
  relationship: z.string().trim().min(1).max(60),
})

export type PickupPerson = { id: Id<'pickup-person'>; name: string; phone: string; relationship: string }

/** Who may collect the child, as the asker's household says. The child's other household has its own list. */
export async function pickupPersonsOf(
  db: Queries,
  householdId: Id<'household'>,
  childId: Id<'person'>,
): Promise<PickupPerson[]> {
  const { id, name, phone, relationship } = pickupPersons
  return db
    .select({ id, name, phone, relationship })
    .from(pickupPersons)
    .where(and(eq(pickupPersons.childId, childId), eq(pickupPersons.householdId, householdId)))
    .orderBy(asc(pickupPersons.name))
}

/** Lets somebody collect the child. The same `key` twice adds one. Throws 409 `too-many-pickup` past twelve. */
export async function addPickupPerson(
  town: Town,
  actor: Actor,
  childId: string,
  person: z.output<typeof pickupForm>,
  key?: string,
): Promise<{ id: Id<'pickup-person'> }> {
  const now = town.clock.now()
  const householdId = await householdOf(town.db.read, actor)
  const content = { childId, person }
  return once({ db: town.db, now }, { scope: `pickup of ${householdId}`, key, content }, async tx => {
    const child = await childOf(tx, householdId, childId)
    if ((await pickupPersonsOf(tx, householdId, child.id)).length >= MOST)
      throw conflict('too-many-pickup', { most: MOST })
    const id = newId<'pickup-person'>()
    await tx.insert(pickupPersons).values({ id, childId: child.id, householdId, ...person })
    await audit(tx, now, actor, {
      action: 'pickup.added',
      subject: { kind: 'child', id: child.id },
      details: { pickupPersonId: id },
    })
    return { id }
  })
}

/** Takes somebody off the list. Throws 404 for one that is not on it. */
export async function removePickupPerson(town: Town, actor: Actor, childId: string, pickupId: string): Promise<void> {
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor)
    const child = await childOf(tx, householdId, childId)
    const removed = await tx
      .delete(pickupPersons)
      .where(
        and(
          eq(pickupPersons.id, pickupId as Id<'pickup-person'>),
          eq(pickupPersons.childId, child.id),
          eq(pickupPersons.householdId, householdId),
        ),
      )
      .returning({ id: pickupPersons.id })
    if (removed.length === 0) throw notFound()
    await audit(tx, town.clock.now(), actor, {
      action: 'pickup.removed',
      subject: { kind: 'child', id: child.id },
      details: { pickupPersonId: pickupId },
    })
  })
}
