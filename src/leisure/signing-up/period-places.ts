import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { type SessionPlaces, sessionsAfter } from './ground.ts'
import { type NamedGroup, offeringGroups } from './store.ts'

/** The groups of a period with their half-days to come, as pages tell them: what is held goes by the tables themselves. */
export type PeriodPlaces = { groups: readonly NamedGroup[]; sessions: readonly SessionPlaces[] }

/** The same for every family: on an opening morning thousands read it within seconds. */
const KEPT_MS = 1_000
type Kept = { at: number; value: Promise<PeriodPlaces> }
const kept = new WeakMap<object, Map<string, Kept>>()

/** What a period offers after that day, kept for a second: « almost full » may be a second late. */
export function periodPlaces(
  town: Town,
  periodId: Id<'leisure-period'>,
  today: Temporal.PlainDate,
): Promise<PeriodPlaces> {
  const ofTown = kept.get(town.db) ?? new Map<string, Kept>()
  kept.set(town.db, ofTown)
  const key = `${periodId} ${today}`
  const known = ofTown.get(key)
  const at = performance.now()
  if (known && at - known.at < KEPT_MS) return known.value
  if (ofTown.size > 50) ofTown.clear()
  const value = load(town, periodId, today)
  ofTown.set(key, { at, value })
  // What failed is asked for again.
  value.catch(() => ofTown.delete(key))
  return value
}

async function load({ db }: Town, periodId: Id<'leisure-period'>, today: Temporal.PlainDate): Promise<PeriodPlaces> {
  const groups = await offeringGroups(db.read, periodId)
  return { groups, sessions: await sessionsAfter(db.read, groups, today) }
}
