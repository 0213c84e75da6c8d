import type { Queries } from '../../db/database.ts'
import { and, eq, gte, inArray, isNotNull } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict } from '../../kernel/problems.ts'
import { residentOn } from '../../people/rules.ts'
import { pricingFacts } from '../../people/store.ts'
import { writeSettings } from '../../settings/save-settings.ts'
import { type LeisureCriterion, settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { leisureAllocations, leisureSignups, leisureWorkProofs } from '../schema.ts'
import { openingsOf, periodsOf } from '../store.ts'

/** The town's criteria, the weightiest first. */
export const criteriaOf = async (db: Queries): Promise<readonly LeisureCriterion[]> =>
  (await settingsOf(db)).leisureCriteria

/**
 * Sets what decides who gets a place. Families were told the criteria: once the wishes of a period are open they stand until
 * its places are given, else 409 `criteria-promised`.
 */
export async function saveCriteria(town: Town, clerk: Clerk, criteria: readonly LeisureCriterion[]): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    if (await criteriaPromised(tx, now)) throw conflict('criteria-promised')
    await writeSettings(tx, now, clerk, { leisureCriteria: [...criteria] })
  })
}

/** Whether families tell wishes somewhere, or wait for the places to be given. */
export async function criteriaPromised(db: Queries, now: Temporal.Instant): Promise<boolean> {
  const today = dayInParis(now)
  const byWishes = (await periodsOf(db)).filter(
    ({ allocation, to }) => allocation === 'wishes' && Temporal.PlainDate.compare(to, today) >= 0,
  )
  const openings = await openingsOf(
    db,
    byWishes.map(({ id }) => id),
  )
  const open = byWishes.filter(({ id }) =>
    (openings.get(id) ?? []).some(({ opensAt }) => Temporal.Instant.compare(opensAt, now) <= 0),
  )
  if (open.length === 0) return false
  const done = await db
    .select({ periodId: leisureAllocations.periodId })
    .from(leisureAllocations)
    .where(
      and(
        inArray(
          leisureAllocations.periodId,
          open.map(({ id }) => id),
        ),
        isNotNull(leisureAllocations.finishedAt),
      ),
    )
  return done.length < open.length
}

const AT_ONCE = 500

/**
 * Which of the criteria each of these households meets on that day. Siblings: a child of the household is enrolled in the
 * period already, or several of its children have wishes there.
 */
export async function criteriaMet(
  db: Queries,
  asked: {
    criteria: readonly LeisureCriterion[]
    periodId: Id<'leisure-period'>
    /** How many children of each household have wishes. */
    children: ReadonlyMap<Id<'household'>, number>
    today: Temporal.PlainDate
  },
): Promise<Map<Id<'household'>, readonly LeisureCriterion[]>> {
  const { criteria, children, today } = asked
  const ids = [...children.keys()]
  const met = new Map<Id<'household'>, readonly LeisureCriterion[]>()
  for (let n = 0; n < ids.length; n += AT_ONCE) {
    const batch = ids.slice(n, n + AT_ONCE)
    const facts = await pricingFacts(db, batch)
    const enrolled = await enrolledAmong(db, asked.periodId, batch)
    const working = await workingAmong(db, batch, today)
    for (const id of batch) {
      const meets: Record<LeisureCriterion, boolean> = {
        residents: residentOn(facts.get(id)?.residency ?? [], today),
        siblings: enrolled.has(id) || (children.get(id) ?? 0) > 1,
        'working-parents': working.has(id),
      }
      met.set(
        id,
        criteria.filter(criterion => meets[criterion]),
      )
    }
  }
  return met
}

async function enrolledAmong(db: Queries, periodId: Id<'leisure-period'>, ids: readonly Id<'household'>[]) {
  const rows = await db
    .selectDistinct({ id: leisureSignups.householdId })
    .from(leisureSignups)
    .where(
      and(
        eq(leisureSignups.periodId, periodId),
        eq(leisureSignups.state, 'booked'),
        inArray(leisureSignups.householdId, [...ids]),
      ),
    )
  return new Set(rows.map(({ id }) => id))
}

async function workingAmong(db: Queries, ids: readonly Id<'household'>[], day: Temporal.PlainDate) {
  const rows = await db
    .selectDistinct({ id: leisureWorkProofs.householdId })
    .from(leisureWorkProofs)
    .where(
      and(
        eq(leisureWorkProofs.state, 'accepted'),
        gte(leisureWorkProofs.validUntil, day),
        inArray(leisureWorkProofs.householdId, [...ids]),
      ),
    )
  return new Set(rows.map(({ id }) => id))
}
