import { audit } from '../../audit/audit.ts'
import { promiseDeposit } from '../../billing/deposits.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, eq, inArray, isNull } from '../../db/drizzle.ts'
import { rowInserter } from '../../db/insert-rows.ts'
import { outbox } from '../../jobs/outbox.ts'
import { type Clerk, system } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict, notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { drawNumber } from '../opening/draw.ts'
import { drawOf } from '../opening/draws.ts'
import { leisureAllocations, leisureSignups, leisureWishResults, type WishOutcome } from '../schema.ts'
import { childDayKey } from '../signing-up/rules.ts'
import { childDaysOf } from '../signing-up/store.ts'
import { type Signup, withDays } from '../signups.ts'
import { type LeisurePeriod, periodById } from '../store.ts'
import { lockPlaces, markTaken, type Places, sessionKeysOf, takeDays } from '../taking.ts'
import { inLine } from './allocate.ts'
import { allocationOf, type LeisureAllocation } from './allocations.ts'
import { criteriaOf } from './criteria.ts'
import { type Plan, planPlaces } from './plan-places.ts'
import { wishesEnd } from './wish-lists.ts'

export type WishResultRow = typeof leisureWishResults.$inferSelect

const GIVE = 'leisure.give-places'
const ALLOCATION = system('leisure-allocation')

/** How many households get their places in one transaction: nobody else who writes waits long. */
const HOUSEHOLDS_AT_ONCE = 20

const insertResults = rowInserter(leisureWishResults)

/** How the places would be given now. Throws 404 for a period not given by wishes, 409 when it has no draw yet. */
export async function previewPlaces(db: Queries, town: Town, period: LeisurePeriod): Promise<Plan> {
  if (period.allocation !== 'wishes') throw notFound()
  const draw = await drawOf(db, period.id)
  if (!draw) throw conflict('leisure-no-draw')
  return planPlaces(db, period, { criteria: await criteriaOf(db), seed: draw.seed, now: town.clock.now() })
}

/**
 * A clerk gives the places of a period by the wishes told: what everybody gets is decided and written here once and for all,
 * and a job does it. Asked twice, it is done once. Throws 404 for a period not given by wishes, 409 while wishes may still
 * be told.
 */
export async function startGiving(town: Town, clerk: Clerk, periodId: string): Promise<void> {
  const now = town.clock.now()
  const period = await periodById(town.db.read, periodId)
  if (await allocationOf(town.db.read, period.id)) return
  if (Temporal.Instant.compare(now, wishesEnd(period)) < 0) throw conflict('wishes-still-open')
  // Before the transaction: nobody can change wishes any more, and nobody else waits for this.
  const plan = await previewPlaces(town.db.read, town, period)
  await town.db.transaction(async tx => {
    const [begun] = await tx
      .insert(leisureAllocations)
      .values({
        periodId: period.id,
        criteria: plan.criteria,
        places: plan.places,
        allocatedBy: clerk.accountId,
        allocatedAt: now,
      })
      .onConflictDoNothing()
      .returning({ periodId: leisureAllocations.periodId })
    if (!begun) return
    await insertResults(tx, resultRows(period, plan, now))
    await audit(tx, now, clerk, {
      action: 'leisure-places.given',
      subject: { kind: 'leisure-period', id: period.id },
      details: { criteria: plan.criteria, wishes: plan.results.length, given: countGiven(plan) },
    })
    await outbox(tx, now, { topic: GIVE, payload: { periodId: period.id }, key: `${GIVE}:${period.id}` })
  })
}

const countGiven = ({ results }: Plan) => results.filter(({ outcome }) => outcome === 'given').length

function resultRows(period: LeisurePeriod, { results, wishes, met }: Plan, now: Temporal.Instant) {
  // A millisecond apart: what is in line keeps this order.
  const waits = new Map(inLine(results).map((result, i) => [result.wish, now.add({ milliseconds: i })]))
  const childNumbers = new Map<string, Map<string, number>>()
  return results.map((result, i): typeof leisureWishResults.$inferInsert => {
    const wish = wishes.get(result.wish)
    if (!wish) throw new Error(`a result of no wish: ${result.wish}`)
    const own = childNumbers.get(wish.householdId) ?? new Map<string, number>()
    childNumbers.set(wish.householdId, own)
    if (!own.has(wish.childId)) own.set(wish.childId, own.size + 1)
    return {
      signupId: wish.id,
      periodId: period.id,
      householdId: wish.householdId,
      line: i + 1,
      position: result.position,
      drawNumber: drawNumber(wish.householdId),
      criteria: met.get(wish.householdId) ?? [],
      childNumber: own.get(wish.childId) ?? 1,
      wishRank: wish.wishRank ?? 0,
      most: result.applicant.most,
      centreId: wish.centreId,
      unit: wish.unit,
      part: wish.part,
      asks: wish.days.flatMap(sessionKeysOf),
      outcome: result.outcome,
      round: result.round,
      waitsSince: waits.get(result.wish) ?? null,
      appliedAt: null,
    }
  })
}

/**
 * Gives what was decided, some households at a time, and then opens what is left to everybody. Ended halfway and begun again,
 * it ends the same. Nothing to do for a period whose places were given.
 */
export async function givePlaces(town: Town, periodId: Id<'leisure-period'>): Promise<void> {
  const allocation = await allocationOf(town.db.read, periodId)
  if (!allocation || allocation.finishedAt) return
  while (await giveSome(town, allocation)) {
    // One transaction after the other: others write in between.
  }
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const [finished] = await tx
      .update(leisureAllocations)
      .set({ finishedAt: now })
      .where(and(eq(leisureAllocations.periodId, periodId), isNull(leisureAllocations.finishedAt)))
      .returning({ periodId: leisureAllocations.periodId })
    if (!finished) return
    await outbox(tx, now, {
      topic: 'leisure.wish-results',
      payload: { periodId },
      key: `leisure.wish-results:${periodId}`,
    })
  })
}

/** Gives the next households theirs. Whether there were any. */
async function giveSome(town: Town, { periodId, allocatedAt }: LeisureAllocation): Promise<boolean> {
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const results = await nextResults(tx, periodId)
    if (results.length === 0) return false
    const signups = await stillWished(
      tx,
      results.map(({ signupId }) => signupId),
    )
    const days = [...signups.values()].flatMap(signup => signup.days)
    const places = await lockPlaces(tx, days)
    const busy = await takenDaysOf(tx, signups)
    for (const own of Map.groupBy(results, ({ householdId }) => householdId).values()) {
      const booked: Id<'leisure-signup'>[] = []
      for (const result of own) {
        const signup = signups.get(result.signupId)
        // The family forgot the child meanwhile: nothing to give, and nothing more to say.
        const outcome = signup ? await give(tx, { signup, result, places, busy, now, allocatedAt }) : result.outcome
        await tx
          .update(leisureWishResults)
          .set({ appliedAt: now, outcome })
          .where(eq(leisureWishResults.signupId, result.signupId))
        if (signup && outcome === 'given') booked.push(signup.id)
      }
      if (booked.length > 0) await confirm(tx, now, own[0] as WishResultRow, booked)
    }
    return true
  })
}

/** The results of the next households, in the order of the list. */
async function nextResults(tx: Tx, periodId: Id<'leisure-period'>): Promise<WishResultRow[]> {
  const open = and(eq(leisureWishResults.periodId, periodId), isNull(leisureWishResults.appliedAt))
  const positions = await tx
    .selectDistinct({ position: leisureWishResults.position })
    .from(leisureWishResults)
    .where(open)
    .orderBy(asc(leisureWishResults.position))
    .limit(HOUSEHOLDS_AT_ONCE)
  if (positions.length === 0) return []
  return tx
    .select()
    .from(leisureWishResults)
    .where(
      and(
        open,
        inArray(
          leisureWishResults.position,
          positions.map(({ position }) => position),
        ),
      ),
    )
    .orderBy(asc(leisureWishResults.line))
}

async function stillWished(tx: Tx, ids: readonly Id<'leisure-signup'>[]): Promise<Map<string, Signup>> {
  const rows = await tx
    .select()
    .from(leisureSignups)
    .where(and(inArray(leisureSignups.id, [...ids]), eq(leisureSignups.state, 'wished')))
  return new Map((await withDays(tx, rows)).map(signup => [signup.id, signup]))
}

/** The days on which these children have a place, by `childDayKey`; filled as places are given. */
async function takenDaysOf(tx: Tx, signups: ReadonlyMap<string, Signup>): Promise<Set<string>> {
  const all = [...signups.values()]
  const known = await childDaysOf(
    tx,
    new Set(all.map(({ childId }) => childId)),
    all.flatMap(({ days }) => days.map(({ day }) => day)),
  )
  return new Set(
    known.filter(({ dayState }) => dayState === 'taken').map(({ childId, day }) => childDayKey(childId, day)),
  )
}

/** Writes on a wish what was decided, or what is still possible of it: a place that was closed since is waited for. */
async function give(
  tx: Tx,
  {
    signup,
    result,
    places,
    busy,
    now,
    allocatedAt,
  }: {
    signup: Signup
    result: WishResultRow
    places: ReadonlyMap<string, Places>
    busy: Set<string>
    now: Temporal.Instant
    allocatedAt: Temporal.Instant
  },
): Promise<WishOutcome> {
  const set = (values: Partial<typeof leisureSignups.$inferInsert>) =>
    tx.update(leisureSignups).set(values).where(eq(leisureSignups.id, signup.id))
  const wait = async (since: Temporal.Instant) => {
    await set({ state: 'waiting', since })
    return 'full' as const
  }
  const leave = async (outcome: WishOutcome) => {
    await set({ state: 'left' })
    return outcome
  }
  if (result.outcome === 'full') return wait(result.waitsSince ?? allocatedAt)
  if (result.outcome !== 'given') return leave(result.outcome)
  const keys = signup.days.map(({ day }) => childDayKey(signup.childId, day))
  if (keys.some(key => busy.has(key))) return leave('busy')
  if ((await takeDays(tx, places, signup.days)).length > 0) return wait(allocatedAt)
  await markTaken(tx, signup.id, signup.days)
  for (const key of keys) busy.add(key)
  await set({ state: 'booked', confirmedAt: now })
  return 'given'
}

/** As a basket's confirmation: the family is written to, and the deposit asked for where the town wants one. */
async function confirm(
  tx: Tx,
  now: Temporal.Instant,
  { householdId, periodId }: WishResultRow,
  signupIds: readonly Id<'leisure-signup'>[],
): Promise<void> {
  const key = `wishes:${periodId}:${householdId}`
  await promiseDeposit(tx, now, { householdId, signupIds, key })
  await outbox(tx, now, {
    topic: 'leisure.confirmed',
    payload: { householdId, signupIds },
    key: `leisure.confirmed:${key}`,
  })
  await audit(tx, now, ALLOCATION, {
    action: 'leisure-signup.confirmed',
    subject: { kind: 'household', id: householdId },
    details: { periodId, signupIds },
  })
}
