import { prepared, type Queries, type Tx } from '../../db/database.ts'
import { eq, sql } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { leisureDraws } from '../schema.ts'
import { fingerprintOf, newSeed } from './draw.ts'

export type Draw = typeof leisureDraws.$inferSelect

const drawOfPeriod = prepared(db =>
  db
    .select()
    .from(leisureDraws)
    .where(eq(leisureDraws.periodId, sql.placeholder('periodId')))
    .prepare(),
)

/** The draw of a period with its secret: see `publicFrom` before showing that. */
export async function drawOf(db: Queries, periodId: Id<'leisure-period'>): Promise<Draw | undefined> {
  return (await drawOfPeriod(db).execute({ periodId }))[0]
}

/** The draw of a period, made now when it has none yet: once for all, whatever is saved later. */
export async function makeDraw(tx: Tx, periodId: Id<'leisure-period'>, now: Temporal.Instant): Promise<Draw> {
  const known = await drawOf(tx, periodId)
  if (known) return known
  const seed = newSeed()
  const made: Draw = { periodId, seed, fingerprint: fingerprintOf(seed), createdAt: now }
  await tx.insert(leisureDraws).values(made)
  return made
}
