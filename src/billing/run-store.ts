import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, desc, eq, lt, ne, sql } from '../db/drizzle.ts'
import { forUpdate, inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents } from '../kernel/money.ts'
import { notFound } from '../kernel/problems.ts'
import type { Oddity } from './rules.ts'
import { billingOddities, billingRunHouseholds, billingRuns } from './schema.ts'

export type BillingRun = typeof billingRuns.$inferSelect

/** The runs, the latest month first. */
export async function runsOf(db: Queries): Promise<BillingRun[]> {
  return db.select().from(billingRuns).orderBy(desc(billingRuns.period))
}

/** Throws 404 when there is none. */
export async function runById(db: Queries, id: Id<'billing-run'>): Promise<BillingRun> {
  const [run] = await db.select().from(billingRuns).where(eq(billingRuns.id, id))
  if (!run) throw notFound()
  return run
}

export async function runOf(db: Queries, month: Temporal.PlainYearMonth): Promise<BillingRun | undefined> {
  const [run] = await db.select().from(billingRuns).where(eq(billingRuns.period, month.toString()))
  return run
}

/** The latest month before that one that is drafted or being issued, and not done. */
export async function openRunBefore(db: Queries, period: string): Promise<BillingRun | undefined> {
  const [run] = await db
    .select()
    .from(billingRuns)
    .where(and(lt(billingRuns.period, period), ne(billingRuns.state, 'issued')))
    .orderBy(desc(billingRuns.period))
    .limit(1)
  return run
}

/** Months issued before that one, the latest first. */
export async function issuedBefore(db: Queries, period: string, most: number): Promise<BillingRun[]> {
  return db
    .select()
    .from(billingRuns)
    .where(and(lt(billingRuns.period, period), eq(billingRuns.state, 'issued')))
    .orderBy(desc(billingRuns.period))
    .limit(most)
}

const holdRun = prepared(db =>
  db
    .update(billingRuns)
    .set({ state: sql`${billingRuns.state}` })
    .where(and(eq(billingRuns.id, sql.placeholder('id')), eq(billingRuns.state, sql.placeholder('state'))))
    .returning({ id: billingRuns.id })
    .prepare(),
)

/** Holds the run until the transaction ends; false when it is not in that state (any more). */
export async function holdRunIn(tx: Tx, id: Id<'billing-run'>, state: BillingRun['state']): Promise<boolean> {
  const held = await holdRun(tx).execute({ id, state })
  return held.length === 1
}

/** How far a run is, in households. */
export type RunProgress = { toIssue: number; issued: number; blocked: number }

export async function progressOf(db: Queries, runId: Id<'billing-run'>): Promise<RunProgress> {
  const rows = await db
    .select({ state: billingRunHouseholds.state, count: sql<number>`count(*)` })
    .from(billingRunHouseholds)
    .where(eq(billingRunHouseholds.runId, runId))
    .groupBy(billingRunHouseholds.state)
  const of = (state: string) => Number(rows.find(row => row.state === state)?.count ?? 0)
  return { toIssue: of('to-issue'), issued: of('issued'), blocked: of('blocked') }
}

/** Counts anew what the run will invoice, after its households changed. */
export async function recount(tx: Tx, runId: Id<'billing-run'>): Promise<{ households: number; total: Cents }> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)`, total: sql<number>`coalesce(sum(${billingRunHouseholds.total}), 0)` })
    .from(billingRunHouseholds)
    .where(and(eq(billingRunHouseholds.runId, runId), ne(billingRunHouseholds.state, 'blocked')))
  const counted = { households: Number(row?.count), total: cents(Number(row?.total)) }
  await tx.update(billingRuns).set(counted).where(eq(billingRuns.id, runId))
  return counted
}

/** How many households have each oddity. */
export async function oddityCounts(db: Queries, runId: Id<'billing-run'>): Promise<Map<Oddity['code'], number>> {
  const rows = await db
    .select({ code: billingOddities.code, count: sql<number>`count(*)` })
    .from(billingOddities)
    .where(eq(billingOddities.runId, runId))
    .groupBy(billingOddities.code)
  return new Map(rows.map(({ code, count }) => [code, Number(count)]))
}

const clearHouseholds = prepared(db =>
  db
    .delete(billingRunHouseholds)
    .where(
      and(eq(billingRunHouseholds.runId, sql.placeholder('runId')), inList(billingRunHouseholds.householdId, 'ids')),
    )
    .prepare(),
)

const clearOddities = prepared(db =>
  db
    .delete(billingOddities)
    .where(and(eq(billingOddities.runId, sql.placeholder('runId')), inList(billingOddities.householdId, 'ids')))
    .prepare(),
)

/** Forgets what a draft said of these households. */
export async function clearDraft(
  tx: Tx,
  runId: Id<'billing-run'>,
  householdIds: readonly Id<'household'>[],
): Promise<void> {
  const asked = { runId, ids: listOf(householdIds) }
  await clearHouseholds(tx).execute(asked)
  await clearOddities(tx).execute(asked)
}

/** Keeps the months that are drafted or being issued from others until the transaction ends. */
export async function lockOpenRuns(tx: Tx): Promise<BillingRun[]> {
  return forUpdate(tx.select().from(billingRuns).where(ne(billingRuns.state, 'issued')).orderBy(billingRuns.id))
}
