import type { Tx } from '../../db/database.ts'
import { and, eq, sql } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { conflict } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { mustHold } from '../queue/holding.ts'
import { civilRequests } from '../schema.ts'
import { type CivilRequest, civilClerk, requestForClerk } from '../store.ts'

/** A request as a clerk saw it: what they decide is about that version of it, and no later one. */
export type Seen = { id: string; version: number }

type Deed<Done> = (tx: Tx, request: CivilRequest, now: Temporal.Instant, clerk: Clerk) => Promise<Done>

/**
 * Lets a clerk of the civil registry act on a request that they hold, in one transaction: nothing is half done.
 * Throws 404, 409 `request-changed` when it is not as they saw it any more, 409 `held-by-other` or `not-held`.
 */
export async function actOn<Done>(town: Town, asker: Clerk, { id, version }: Seen, deed: Deed<Done>): Promise<Done> {
  const clerk = civilClerk(asker)
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const request = await requestForClerk(tx, clerk, id)
    if (request.version !== version) throw conflict('request-changed')
    await mustHold(tx, now, clerk, request)
    return deed(tx, request, now, clerk)
  })
}

/** Changes columns of a request that stays in its state. Throws 409 `request-changed` when somebody was quicker. */
export async function changeRequest(
  tx: Tx,
  now: Temporal.Instant,
  { id, version }: CivilRequest,
  set: Partial<typeof civilRequests.$inferInsert>,
): Promise<CivilRequest> {
  const [changed] = await tx
    .update(civilRequests)
    .set({ ...set, version: sql`${civilRequests.version} + 1`, updatedAt: now })
    .where(and(eq(civilRequests.id, id), eq(civilRequests.version, version)))
    .returning()
  if (!changed) throw conflict('request-changed')
  return changed
}
