import { bookingsOf } from '../../canteen/store.ts'
import { prepared, type Queries } from '../../db/database.ts'
import { and, asc, gt, sql } from '../../db/drizzle.ts'
import { inList, listOf } from '../../db/lists.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Child } from '../../people/store.ts'
import { leisureSessions } from '../schema.ts'
import { sessionKey } from '../taking.ts'
import { type ChildDay, childDayKey, type Ground, type OfferingGroup } from './rules.ts'
import { childDaysOf } from './store.ts'

const sessionsToCome = prepared(db =>
  db
    .select({
      groupId: leisureSessions.groupId,
      day: leisureSessions.day,
      half: leisureSessions.half,
      capacity: leisureSessions.capacity,
      taken: leisureSessions.taken,
    })
    .from(leisureSessions)
    .where(and(inList(leisureSessions.groupId, 'groups'), gt(leisureSessions.day, sql.placeholder('today'))))
    .orderBy(asc(leisureSessions.day))
    .prepare(),
)

/** A half-day to come with its places. */
export type SessionPlaces = Awaited<ReturnType<typeof sessionsAfter>>[number]

/** The half-days of these groups after that day, by day. */
export const sessionsAfter = (db: Queries, groups: readonly { id: Id<'leisure-group'> }[], today: Temporal.PlainDate) =>
  sessionsToCome(db).execute({ groups: listOf(groups.map(({ id }) => id)), today: today.toString() })

/** What a page's choices are judged by, with the places of the days that can still be chosen. */
export type PageGround = Ground & {
  sessions: ReadonlyMap<string, SessionPlaces>
  /** The days on which one of the groups is there. */
  days: readonly Temporal.PlainDate[]
  childDays: ReadonlyMap<string, readonly ChildDay[]>
}

/** The ground of a page for these groups, their half-days to come and these children, in two queries. */
export async function pageGround(
  db: Queries,
  asked: {
    householdId: Id<'household'>
    groups: readonly OfferingGroup[]
    sessions: readonly SessionPlaces[]
    children: readonly Child[]
    today: Temporal.PlainDate
  },
): Promise<PageGround> {
  const { householdId, groups, sessions, children, today } = asked
  const days = [...new Map(sessions.map(({ day }) => [day.toString(), day])).values()]
  const [first, last] = [days[0], days.at(-1)]
  const ids = children.map(({ id }) => id)
  const known = await childDaysOf(db, ids, days)
  const meals = first && last ? await bookingsOf(db, ids, first, last) : []
  return {
    householdId,
    today,
    groups,
    days,
    sessions: new Map(sessions.map(row => [sessionKey(row.groupId, row.day, row.half), row])),
    childDays: Map.groupBy(known, ({ childId, day }) => childDayKey(childId, day)),
    canteen: new Set(
      meals.filter(({ state }) => state === 'booked').map(({ childId, day }) => childDayKey(childId, day)),
    ),
  }
}
