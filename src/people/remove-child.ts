import { audit } from '../audit/audit.ts'
import type { Actor } from '../kernel/actor.ts'
import { conflict, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { anyChildOf } from './children.ts'
import { forgetChild } from './forget.ts'
import type { Hold, HoldsOf } from './holds.ts'
import { householdOf, householdsOfChild } from './store.ts'

/** Why the child cannot leave the household now: empty when it can. A child the town has not checked always can. */
export async function removalHolds(
  town: Town,
  holdsOf: HoldsOf,
  actor: Actor,
  childId: string,
): Promise<{ shared: boolean; holds: readonly Hold[] }> {
  const householdId = await householdOf(town.db.read, actor)
  const child = await anyChildOf(town.db.read, householdId, childId)
  if (!child.confirmed) return { shared: false, holds: [] }
  const holds = await holdsOf(town.db.read, { householdId, childId: child.id }, town.clock.now())
  return { shared: (await householdsOfChild(town.db.read, child.id)).length > 1, holds }
}

/**
 * Takes a child out of the asker's household, and forgets it. Throws 409 `child-shared` when it has another household (who
 * then books which days is for a clerk to settle), 409 `child-held` when something must be settled first. A name that
 * stands on invoices stays with them.
 */
export async function removeChild(town: Town, holdsOf: HoldsOf, actor: Actor, childId: string): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor)
    const child = await anyChildOf(tx, householdId, childId)
    let keepName = false
    if (child.confirmed) {
      if ((await householdsOfChild(tx, child.id)).length > 1) throw conflict('child-shared')
      const holds = await holdsOf(tx, { householdId, childId: child.id }, now)
      if (holds.some(({ blocks }) => blocks)) throw new Problem(409, 'child-held')
      keepName = holds.length > 0
    }
    await forgetChild(tx, now, householdId, child.id, keepName)
    await audit(tx, now, actor, {
      action: 'child.removed',
      subject: { kind: 'child', id: child.id },
      details: { householdId, keepName },
    })
  })
}
