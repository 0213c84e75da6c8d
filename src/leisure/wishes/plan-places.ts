import { bookingsOf } from '../../canteen/store.ts'
import type { Queries } from '../../db/database.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { eachDay, isOnOrBefore } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { mayBookOn } from '../../people/custody.ts'
import { type Child, childrenById } from '../../people/store.ts'
import type { LeisureCriterion } from '../../settings/settings.ts'
import { rankOfHousehold } from '../opening/draw.ts'
import { childDayKey, coversLunch } from '../signing-up/rules.ts'
import { childDaysOf } from '../signing-up/store.ts'
import type { Signup } from '../signups.ts'
import { groupsOf, type LeisurePeriod, sessionsOf } from '../store.ts'
import { sessionKey, sessionKeysOf } from '../taking.ts'
import { type Applicant, type AskedWish, allocate, type WishResult } from './allocate.ts'
import { criteriaMet } from './criteria.ts'
import { householdsOfChildren } from './households.ts'
import { wishesOfPeriod, wishListsOf } from './wish-lists.ts'

/** How the places of a period would be given, or will be: nothing of it is written. */
export type Plan = {
  criteria: readonly LeisureCriterion[]
  /** The places left of each half-day before the first is given, by `sessionKey`. */
  places: Readonly<Record<string, number>>
  wishes: ReadonlyMap<string, Signup>
  met: ReadonlyMap<Id<'household'>, readonly LeisureCriterion[]>
  results: readonly WishResult[]
}

/**
 * Gives the places of a period by the wishes told so far, on paper: by these criteria as households meet them now, by the
 * draw of that seed, and by the places that are left now.
 */
export async function planPlaces(
  db: Queries,
  period: LeisurePeriod,
  { criteria, seed, now }: { criteria: readonly LeisureCriterion[]; seed: string; now: Temporal.Instant },
): Promise<Plan> {
  const today = dayInParis(now)
  const sessions = await sessionsOf(db, await groupsOf(db, [period.id]))
  const places = Object.fromEntries(
    sessions
      // What begins today or before is past giving.
      .filter(({ day }) => !isOnOrBefore(day, today))
      .map(({ groupId, day, half, capacity, taken }) => [sessionKey(groupId, day, half), capacity - taken]),
  )
  const wishes: Signup[] = []
  for await (const some of wishesOfPeriod(db, period.id)) wishes.push(...some)
  const byChild = Map.groupBy(wishes, ({ householdId, childId }) => `${householdId} ${childId}`)
  const children = await childrenById(db, [...new Set(wishes.map(({ childId }) => childId))])
  const homes = await householdsOfChildren(db, [...children.keys()])
  const counts = new Map<Id<'household'>, number>()
  for (const [one] of byChild.values()) if (one) counts.set(one.householdId, (counts.get(one.householdId) ?? 0) + 1)
  const met = await criteriaMet(db, { criteria, periodId: period.id, children: counts, today })
  const most = await mostByChild(db, period.id, [...counts.keys()])
  const elsewhere = await daysElsewhere(db, period, [...children.keys()])

  const asked = (wish: Signup, child: Child | undefined): AskedWish => {
    const at = (days: ReadonlySet<string>) => wish.days.some(({ day }) => days.has(childDayKey(wish.childId, day)))
    return {
      id: wish.id,
      rank: wish.wishRank ?? 0,
      // Who left the household, or is at the other parent's on one of these days, cannot come any more.
      asks: child && mayStillCome(wish, child, homes) ? wish.days.flatMap(sessionKeysOf) : [],
      days: wish.days.map(({ day }) => day.toString()),
      busy: at(elsewhere.taken) || (coversLunch(wish) && at(elsewhere.canteen)),
    }
  }
  const applicants = [...byChild.values()].flatMap((own): Applicant[] => {
    const [first] = own
    if (!first) return []
    const { householdId, childId } = first
    const child = children.get(childId)
    const meets = met.get(householdId) ?? []
    return [
      {
        household: householdId,
        child: childId,
        // Days of age: the eldest of a household first, whenever it was entered.
        childOrder: child ? Temporal.PlainDate.from('1900-01-01').until(child.birthDate).days : 0,
        met: criteria.map(criterion => meets.includes(criterion)),
        draw: rankOfHousehold(seed, householdId).toString(16).padStart(16, '0'),
        most: most.get(`${householdId} ${childId}`) ?? null,
        wishes: own.map(wish => asked(wish, child)),
      },
    ]
  })
  return {
    criteria,
    places,
    wishes: new Map(wishes.map(wish => [wish.id, wish])),
    met,
    results: allocate(applicants, places),
  }
}

function mayStillCome(
  { householdId, childId, days }: Signup,
  { custody }: Child,
  homes: ReadonlyMap<Id<'person'>, readonly Id<'household'>[]>,
): boolean {
  if (!homes.get(childId)?.includes(householdId)) return false
  return !custody || days.every(({ day }) => mayBookOn(custody, householdId, day))
}

async function mostByChild(
  db: Queries,
  periodId: Id<'leisure-period'>,
  ids: readonly Id<'household'>[],
): Promise<Map<string, number>> {
  const most = new Map<string, number>()
  for (const batch of batches(ids)) {
    for (const list of await wishListsOf(db, periodId, batch))
      for (const [childId, count] of Object.entries(list.most)) most.set(`${list.householdId} ${childId}`, count)
  }
  return most
}

/** Days on which these children have a place at a centre, or a meal at the canteen, by `childDayKey`. */
async function daysElsewhere(
  db: Queries,
  { from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate },
  ids: readonly Id<'person'>[],
) {
  const taken = new Set<string>()
  const canteen = new Set<string>()
  const days = [...eachDay(from, to)]
  for (const batch of batches(ids)) {
    for (const one of await childDaysOf(db, batch, days))
      if (one.dayState === 'taken') taken.add(childDayKey(one.childId, one.day))
    for (const one of await bookingsOf(db, batch, from, to))
      if (one.state === 'booked') canteen.add(childDayKey(one.childId, one.day))
  }
  return { taken, canteen }
}

const AT_ONCE = 500

function* batches<T>(all: readonly T[]): Generator<readonly T[], void> {
  for (let n = 0; n < all.length; n += AT_ONCE) yield all.slice(n, n + AT_ONCE)
}
