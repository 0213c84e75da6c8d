import { prepared, type Queries } from '../../db/database.ts'
import { and, eq, inArray, isNotNull, sql } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { leisureAllocations } from '../schema.ts'

export type LeisureAllocation = typeof leisureAllocations.$inferSelect

const done = prepared(db =>
  db
    .select({ periodId: leisureAllocations.periodId })
    .from(leisureAllocations)
    .where(and(eq(leisureAllocations.periodId, sql.placeholder('periodId')), isNotNull(leisureAllocations.finishedAt)))
    .prepare(),
)

/** Whether the places of a period by wishes were given: what is left then is first come, first served. */
export async function allocationDone(db: Queries, periodId: Id<'leisure-period'>): Promise<boolean> {
  return (await done(db).execute({ periodId })).length > 0
}

/** Those of these periods whose places by wishes were given. */
export async function allocationsDone(
  db: Queries,
  periodIds: readonly Id<'leisure-period'>[],
): Promise<ReadonlySet<Id<'leisure-period'>>> {
  if (periodIds.length === 0) return new Set()
  const rows = await db
    .select({ periodId: leisureAllocations.periodId })
    .from(leisureAllocations)
    .where(and(inArray(leisureAllocations.periodId, [...periodIds]), isNotNull(leisureAllocations.finishedAt)))
  return new Set(rows.map(({ periodId }) => periodId))
}

/** The giving of places by wishes in a period, under way or done. */
export async function allocationOf(
  db: Queries,
  periodId: Id<'leisure-period'>,
): Promise<LeisureAllocation | undefined> {
  const [row] = await db.select().from(leisureAllocations).where(eq(leisureAllocations.periodId, periodId))
  return row
}
