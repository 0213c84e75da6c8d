import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { eq, inArray } from '../db/drizzle.ts'
import type { Actor, Clerk } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { childHealth } from './schema.ts'
import { childOf, householdOf } from './store.ts'

/** Need to know: administrators and the cash office serve no meal and look after no child. */
export const servesChildren = (clerk: Clerk) => clerk.services.includes('canteen') || clerk.services.includes('leisure')

/** Parents, and clerks acting for them who serve children. */
export const mayReadHealth = (actor: Actor) => actor.kind !== 'on-behalf' || servesChildren(actor.clerk)

/**
 * What the health plan (PAI) of one of the asker's children says; null when nothing is written. Each look is in the audit
 * trail. Throws 404 for another child, 403 to a clerk who acts for the parent and does not serve children.
 */
export async function viewHealth(town: Town, actor: Actor, childId: string): Promise<string | null> {
  refuseOtherClerks(actor)
  return town.db.transaction(async tx => {
    const child = await childOf(tx, await householdOf(tx, actor), childId)
    const [row] = await tx.select().from(childHealth).where(eq(childHealth.childId, child.id))
    await audit(tx, town.clock.now(), actor, { action: 'health.viewed', subject: { kind: 'child', id: child.id } })
    return row?.paiDetails ?? null
  })
}

/**
 * The same for those who serve: the plans of the children asked for, by child; those without are left out. One entry of
 * the audit trail for each child looked at. Throws 403 to clerks who do not serve children.
 */
export async function viewHealthOf(
  town: Town,
  clerk: Clerk,
  childIds: readonly Id<'person'>[],
): Promise<ReadonlyMap<Id<'person'>, string>> {
  if (!servesChildren(clerk)) throw new Problem(403, 'forbidden')
  if (childIds.length === 0) return new Map()
  return town.db.transaction(async tx => {
    const rows = await tx
      .select()
      .from(childHealth)
      .where(inArray(childHealth.childId, [...childIds]))
    for (const { childId } of rows) {
      await audit(tx, town.clock.now(), clerk, { action: 'health.viewed', subject: { kind: 'child', id: childId } })
    }
    return new Map(rows.map(row => [row.childId, row.paiDetails]))
  })
}

/** Writes what the plan says. Throws 409 `no-pai` for a child said to have none. */
export async function writeHealth(town: Town, actor: Actor, childId: string, paiDetails: string): Promise<void> {
  refuseOtherClerks(actor)
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const child = await childOf(tx, await householdOf(tx, actor), childId)
    if (!child.pai) throw conflict('no-pai')
    const values = { paiDetails, updatedAt: now }
    await tx
      .insert(childHealth)
      .values({ childId: child.id, ...values })
      .onConflictDoUpdate({ target: childHealth.childId, set: values })
    await audit(tx, now, actor, { action: 'health.written', subject: { kind: 'child', id: child.id } })
  })
}

/** Whether something is written, without looking at it. */
export async function hasHealthText(db: Queries, childId: Id<'person'>): Promise<boolean> {
  const rows = await db
    .select({ childId: childHealth.childId })
    .from(childHealth)
    .where(eq(childHealth.childId, childId))
  return rows.length > 0
}

/** Throws 403 to a clerk who acts for a parent and serves no children. */
export function refuseOtherClerks(actor: Actor): void {
  if (!mayReadHealth(actor)) throw new Problem(403, 'forbidden')
}
