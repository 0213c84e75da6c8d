import type { Queries } from '../../db/database.ts'
import { and, count, countDistinct, eq, isNotNull } from '../../db/drizzle.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { leisureSignups, leisureWishResults } from '../schema.ts'
import { type LeisurePeriod, openingsOf, periodsOf } from '../store.ts'
import { allocationOf, type LeisureAllocation } from './allocations.ts'
import { wishesEnd } from './wish-lists.ts'

/** Where the wishes of a period stand. `due`: nobody can tell any more, the clerk gives the places. */
export type WishesStage = 'not-said' | 'later' | 'open' | 'due' | 'giving' | 'given'

export type WishesPeriod = {
  period: LeisurePeriod
  stage: WishesStage
  allocation: LeisureAllocation | undefined
}

/** The periods given by wishes that are not over, the next first. */
export async function wishesPeriods(db: Queries, now: Temporal.Instant): Promise<WishesPeriod[]> {
  const today = dayInParis(now)
  const periods = (await periodsOf(db))
    .filter(({ allocation, to }) => allocation === 'wishes' && Temporal.PlainDate.compare(to, today) >= 0)
    .reverse()
  const found: WishesPeriod[] = []
  for (const period of periods) found.push(await wishesPeriod(db, period, now))
  return found
}

/** Where the wishes of one period stand. */
export async function wishesPeriod(db: Queries, period: LeisurePeriod, now: Temporal.Instant): Promise<WishesPeriod> {
  const allocation = await allocationOf(db, period.id)
  const openings = (await openingsOf(db, [period.id])).get(period.id) ?? []
  return { period, allocation, stage: stageOf(period, openings[0]?.opensAt, allocation, now) }
}

function stageOf(
  period: LeisurePeriod,
  opensAt: Temporal.Instant | undefined,
  allocation: LeisureAllocation | undefined,
  now: Temporal.Instant,
): WishesStage {
  if (allocation) return allocation.finishedAt ? 'given' : 'giving'
  if (!opensAt) return 'not-said'
  if (Temporal.Instant.compare(now, opensAt) < 0) return 'later'
  return Temporal.Instant.compare(now, wishesEnd(period)) < 0 ? 'open' : 'due'
}

/** How many periods wait for their places to be given: for the clerks' first page. */
export const countDue = async (db: Queries, now: Temporal.Instant): Promise<number> =>
  (await wishesPeriods(db, now)).filter(({ stage }) => stage === 'due').length

/** How many told wishes so far. */
export async function countWishes(db: Queries, periodId: Id<'leisure-period'>) {
  const [row] = await db
    .select({
      wishes: count(),
      children: countDistinct(leisureSignups.childId),
      households: countDistinct(leisureSignups.householdId),
    })
    .from(leisureSignups)
    .where(and(eq(leisureSignups.periodId, periodId), eq(leisureSignups.state, 'wished')))
  return row ?? { wishes: 0, children: 0, households: 0 }
}

/** What was given so far: wishes, those written on their sign-ups, and households with and without a place. */
export async function countResults(db: Queries, periodId: Id<'leisure-period'>) {
  const ofPeriod = eq(leisureWishResults.periodId, periodId)
  const [all] = await db
    .select({ wishes: count(), households: countDistinct(leisureWishResults.householdId) })
    .from(leisureWishResults)
    .where(ofPeriod)
  const [applied] = await db
    .select({ count: count() })
    .from(leisureWishResults)
    .where(and(ofPeriod, isNotNull(leisureWishResults.appliedAt)))
  const outcomes = await db
    .select({
      outcome: leisureWishResults.outcome,
      count: count(),
      households: countDistinct(leisureWishResults.householdId),
    })
    .from(leisureWishResults)
    .where(ofPeriod)
    .groupBy(leisureWishResults.outcome)
  const of = (outcome: string) => outcomes.find(one => one.outcome === outcome)
  return {
    wishes: all?.wishes ?? 0,
    applied: applied?.count ?? 0,
    given: of('given')?.count ?? 0,
    waiting: of('full')?.count ?? 0,
    households: all?.households ?? 0,
    withNothing: (all?.households ?? 0) - (of('given')?.households ?? 0),
  }
}
