import { bookingsOf } from '../../canteen/store.ts'
import type { Queries } from '../../db/database.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { eachDay, isOnOrBefore } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Child } from '../../people/store.ts'
import { childDayKey, type Ground } from '../signing-up/rules.ts'
import { childDaysOf, type NamedGroup, offeringGroups } from '../signing-up/store.ts'
import { type LeisurePeriod, sessionsOf } from '../store.ts'
import { sessionKey } from '../taking.ts'

/** What wishes are judged by: as choices are, but another wish for the same day is no obstacle. */
export type WishGround = Omit<Ground, 'groups'> & {
  groups: readonly NamedGroup[]
  /** The days to come on which any centre opens. */
  days: readonly Temporal.PlainDate[]
}

/** What is known of a period for the wishes of these children of a household. */
export async function wishGround(
  db: Queries,
  asked: {
    householdId: Id<'household'>
    period: LeisurePeriod
    children: readonly Child[]
    now: Temporal.Instant
  },
): Promise<WishGround> {
  const { householdId, period, now } = asked
  const today = dayInParis(now)
  const groups = await offeringGroups(db, period.id)
  const sessions = await sessionsOf(db, groups)
  const ids = asked.children.map(({ id }) => id)
  const childDays = await childDaysOf(db, ids, eachDay(period.from, period.to))
  const meals = await bookingsOf(db, ids, period.from, period.to)
  const days = new Map(sessions.map(({ day }) => [day.toString(), day]))
  return {
    householdId,
    today,
    groups,
    sessions: new Set(sessions.map(({ groupId, day, half }) => sessionKey(groupId, day, half))),
    childDays: Map.groupBy(
      childDays.filter(({ dayState }) => dayState === 'taken'),
      ({ childId, day }) => childDayKey(childId, day),
    ),
    canteen: new Set(
      meals.filter(({ state }) => state === 'booked').map(({ childId, day }) => childDayKey(childId, day)),
    ),
    days: [...days.values()].filter(day => !isOnOrBefore(day, today)).sort(Temporal.PlainDate.compare),
  }
}
