import { prepared, type Queries } from '../../db/database.ts'
import { and, between, eq, isNotNull, lte, sql } from '../../db/drizzle.ts'
import { householdMembers, persons } from '../../people/schema.ts'
import type { Town } from '../../town-context.ts'
import { inOrder, type Opening } from '../openings.ts'
import { leisureDraws, leisureGroups, leisureOpenings, leisurePeriods } from '../schema.ts'
import type { LeisurePeriod } from '../store.ts'

/** What of a period decides who may come in: from when, and the draw's secret when it has one. */
export type PeriodFacts = {
  openings: readonly Opening[]
  seed: string | undefined
  /** How many may come, known for good from the first opening on: see `householdsWithChildrenFor`. Zero without a draw. */
  households: number
}

const openingsOfPeriod = prepared(db =>
  db
    .select({ audience: leisureOpenings.audience, opensAt: leisureOpenings.opensAt })
    .from(leisureOpenings)
    .where(eq(leisureOpenings.periodId, sql.placeholder('periodId')))
    .prepare(),
)
const seedOfPeriod = prepared(db =>
  db
    .select({ seed: leisureDraws.seed })
    .from(leisureDraws)
    .where(eq(leisureDraws.periodId, sql.placeholder('periodId')))
    .prepare(),
)
const agesOfPeriod = prepared(db =>
  db
    .select({ minAge: leisureGroups.minAge, maxAge: leisureGroups.maxAge })
    .from(leisureGroups)
    .where(eq(leisureGroups.periodId, sql.placeholder('periodId')))
    .prepare(),
)

type Period = Pick<LeisurePeriod, 'id' | 'from' | 'to' | 'allocation' | 'revision'>
type Kept<T> = { value: T; at: Temporal.Instant }

const periodOfId = prepared(db =>
  db
    .select()
    .from(leisurePeriods)
    .where(eq(leisurePeriods.id, sql.placeholder('periodId')))
    .prepare(),
)

/** By town: several live in one process in tests. */
const keptFacts = new WeakMap<object, Map<string, Kept<PeriodFacts>>>()
const keptCounts = new WeakMap<object, Map<string, Kept<number>>>()
const keptPeriods = new WeakMap<object, Map<string, Kept<ReturnType<typeof read>>>>()

const ofTown = <T>(kept: WeakMap<object, Map<string, T>>, town: Town): Map<string, T> => {
  const known = kept.get(town.db) ?? new Map<string, T>()
  kept.set(town.db, known)
  return known
}

/**
 * What decides who may come in, kept in memory for a second of the town's clock, but never across an opening: what a clerk
 * saved before it counts at it. A change of the period, which every save of its openings is, is seen at once.
 */
export async function periodFacts(
  db: Queries,
  town: Town,
  period: Period,
  now: Temporal.Instant,
): Promise<PeriodFacts> {
  const kept = ofTown(keptFacts, town)
  const key = `${period.id} ${period.revision}`
  const known = kept.get(key)
  if (known && isFresh(known.at, known.value.openings, now)) return known.value
  const openings = inOrder(await openingsOfPeriod(db).execute({ periodId: period.id }))
  const draws = period.allocation === 'draw' ? await seedOfPeriod(db).execute({ periodId: period.id }) : []
  const seed = draws[0]?.seed
  const first = openings[0]?.opensAt
  const households = seed && first ? await countKept(db, town, period, { until: first, now }) : 0
  const value = { openings, seed, households }
  // Nothing said is not kept: the next request asks again.
  if (openings.length > 0) keep(kept, key, { value, at: now })
  return value
}

/** A period with its facts, for who waits in its room and asks every few seconds: a query a second, whoever asks. */
export async function livePeriod(
  town: Town,
  periodId: string,
  now: Temporal.Instant,
): Promise<{ period: LeisurePeriod; facts: PeriodFacts } | undefined> {
  const kept = ofTown(keptPeriods, town)
  const known = kept.get(periodId)
  if (known) {
    const found = await known.value
    if (found && isFresh(known.at, found.facts.openings, now)) return found
    // Somebody asked again meanwhile.
    const newer = kept.get(periodId)
    if (newer && newer !== known) return newer.value
  }
  const value = read(town, periodId, now)
  keep(kept, periodId, { value, at: now })
  value.catch(() => kept.delete(periodId))
  return value
}

async function read(town: Town, periodId: string, now: Temporal.Instant) {
  const [period] = await periodOfId(town.db.read).execute({ periodId })
  return period && { period, facts: await periodFacts(town.db.read, town, period, now) }
}

function keep<T>(kept: Map<string, T>, key: string, value: T): void {
  if (kept.size >= 100) kept.clear()
  kept.set(key, value)
}

const isFresh = (at: Temporal.Instant, openings: readonly Opening[], now: Temporal.Instant) =>
  within(at, now, 1) &&
  !openings.some(
    ({ opensAt }) => Temporal.Instant.compare(opensAt, at) > 0 && Temporal.Instant.compare(opensAt, now) <= 0,
  )

const within = (at: Temporal.Instant, now: Temporal.Instant, seconds: number) => {
  const age = now.epochMilliseconds - at.epochMilliseconds
  return age >= 0 && age < seconds * 1_000
}

async function countKept(
  db: Queries,
  town: Town,
  period: Period,
  { until, now }: { until: Temporal.Instant; now: Temporal.Instant },
): Promise<number> {
  const kept = ofTown(keptCounts, town)
  const key = `${period.id} ${until}`
  const known = kept.get(key)
  if (known && within(known.at, now, 60)) return known.value
  const value = await householdsWithChildrenFor(db, period, until)
  keep(kept, key, { value, at: now })
  return value
}

/**
 * How many households have a child of an age that a group of the period takes on one of its days. A child added later than
 * `until` is not counted, so that the number stands still from the opening on, in every process.
 */
export async function householdsWithChildrenFor(
  db: Queries,
  period: Pick<Period, 'id' | 'from' | 'to'>,
  until: Temporal.Instant,
): Promise<number> {
  const groups = await agesOfPeriod(db).execute({ periodId: period.id })
  if (groups.length === 0) return 0
  const youngest = period.to.subtract({ years: Math.min(...groups.map(({ minAge }) => minAge)) })
  const eldest = period.from.subtract({ years: Math.max(...groups.map(({ maxAge }) => maxAge)) + 1 }).add({ days: 1 })
  const [row] = await db
    .select({ count: sql<number>`count(distinct ${householdMembers.householdId})`.mapWith(Number) })
    .from(householdMembers)
    .innerJoin(persons, eq(persons.id, householdMembers.personId))
    .where(
      and(
        eq(householdMembers.role, 'child'),
        isNotNull(householdMembers.confirmedAt),
        lte(householdMembers.createdAt, until),
        between(persons.birthDate, eldest, youngest),
      ),
    )
  return row?.count ?? 0
}
