import { prepared, type Queries } from '../../db/database.ts'
import { and, asc, between, desc, eq, gt, inArray, lt, or, sql } from '../../db/drizzle.ts'
import { inList, listOf } from '../../db/lists.ts'
import type { Id } from '../../kernel/ids.ts'
import { notFound } from '../../kernel/problems.ts'
import {
  leisureAttendances,
  leisureCentres,
  leisureGroups,
  leisurePeriods,
  leisureSessions,
  leisureSignupDays,
  leisureSignups,
} from '../schema.ts'
import type { Centre, Group, LeisurePeriod } from '../store.ts'

/** A group with the centre and the period it belongs to. */
export type GroupPlace = { group: Group; centre: Centre; period: LeisurePeriod }

const places = (db: Queries) =>
  db
    .select({ group: leisureGroups, centre: leisureCentres, period: leisurePeriods })
    .from(leisureGroups)
    .innerJoin(leisureCentres, eq(leisureCentres.id, leisureGroups.centreId))
    .innerJoin(leisurePeriods, eq(leisurePeriods.id, leisureGroups.periodId))

/** Throws 404 for no group. */
export async function groupPlace(db: Queries, groupId: string): Promise<GroupPlace> {
  const [found] = await places(db).where(eq(leisureGroups.id, groupId as Id<'leisure-group'>))
  if (!found) throw notFound()
  return found
}

/** The groups of a centre that are open on a day, or have somebody noted on it; the youngest first. */
export async function groupsOpenOn(
  db: Queries,
  centreId: Id<'leisure-centre'>,
  day: Temporal.PlainDate,
): Promise<GroupPlace[]> {
  const open = db.select({ id: leisureSessions.groupId }).from(leisureSessions).where(eq(leisureSessions.day, day))
  const noted = db
    .select({ id: leisureAttendances.groupId })
    .from(leisureAttendances)
    .where(eq(leisureAttendances.day, day))
  return places(db)
    .where(
      and(eq(leisureGroups.centreId, centreId), or(inArray(leisureGroups.id, open), inArray(leisureGroups.id, noted))),
    )
    .orderBy(asc(leisureGroups.minAge), asc(leisureGroups.id))
}

/** The days beside one on which a centre opens. */
export async function openDaysBeside(db: Queries, centreId: Id<'leisure-centre'>, day: Temporal.PlainDate) {
  const days = () =>
    db
      .select({ day: leisureSessions.day })
      .from(leisureSessions)
      .innerJoin(leisureGroups, eq(leisureGroups.id, leisureSessions.groupId))
  const here = eq(leisureGroups.centreId, centreId)
  const [before] = await days()
    .where(and(here, lt(leisureSessions.day, day)))
    .orderBy(desc(leisureSessions.day))
    .limit(1)
  const [next] = await days()
    .where(and(here, gt(leisureSessions.day, day)))
    .orderBy(asc(leisureSessions.day))
    .limit(1)
  return { previous: before?.day, next: next?.day }
}

/** Whether a centre is open on a day. */
export async function isOpenOn(db: Queries, centreId: Id<'leisure-centre'>, day: Temporal.PlainDate): Promise<boolean> {
  const [found] = await db
    .select({ id: leisureSessions.id })
    .from(leisureSessions)
    .innerJoin(leisureGroups, eq(leisureGroups.id, leisureSessions.groupId))
    .where(and(eq(leisureGroups.centreId, centreId), eq(leisureSessions.day, day)))
    .limit(1)
  return found !== undefined
}

const signedUpAt = prepared(db =>
  db
    .select({
      signupId: leisureSignups.id,
      householdId: leisureSignups.householdId,
      childId: leisureSignupDays.childId,
      groupId: leisureSignupDays.groupId,
      day: leisureSignupDays.day,
      part: leisureSignupDays.part,
      meal: leisureSignups.meal,
    })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        inList(leisureSignupDays.groupId, 'groups'),
        eq(leisureSignupDays.day, sql.placeholder('day')),
        eq(leisureSignupDays.state, 'taken'),
        eq(leisureSignups.state, 'booked'),
      ),
    )
    .prepare(),
)

/** Who is signed up for these groups on a day, by a confirmed sign-up with its place. */
export const signedUpOn = (db: Queries, groupIds: readonly Id<'leisure-group'>[], day: Temporal.PlainDate) =>
  signedUpAt(db).execute({ groups: listOf(groupIds), day: day.toString() })

const notedAt = prepared(db =>
  db
    .select()
    .from(leisureAttendances)
    .where(
      and(
        eq(leisureAttendances.day, sql.placeholder('day')),
        or(inList(leisureAttendances.groupId, 'groups'), inList(leisureAttendances.childId, 'children')),
      ),
    )
    .prepare(),
)

/** What is noted on a day of these groups, and of these children wherever they were. */
export const notedOn = (
  db: Queries,
  groupIds: readonly Id<'leisure-group'>[],
  childIds: readonly Id<'person'>[],
  day: Temporal.PlainDate,
) => notedAt(db).execute({ groups: listOf(groupIds), children: listOf(childIds), day: day.toString() })

/** The registers (a group on a day) between two days, both included, on which somebody signed up is not noted yet. */
export async function registersToComplete(db: Queries, from: Temporal.PlainDate, to: Temporal.PlainDate) {
  const noted = db
    .select({ one: sql`1` })
    .from(leisureAttendances)
    .where(
      and(eq(leisureAttendances.childId, leisureSignupDays.childId), eq(leisureAttendances.day, leisureSignupDays.day)),
    )
  return db
    .selectDistinct({
      groupId: leisureSignupDays.groupId,
      day: leisureSignupDays.day,
      centreId: leisureGroups.centreId,
      centre: leisureCentres.name,
      group: leisureGroups.name,
    })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .innerJoin(leisureGroups, eq(leisureGroups.id, leisureSignupDays.groupId))
    .innerJoin(leisureCentres, eq(leisureCentres.id, leisureGroups.centreId))
    .where(
      and(
        between(leisureSignupDays.day, from, to),
        eq(leisureSignupDays.state, 'taken'),
        eq(leisureSignups.state, 'booked'),
        sql`not exists ${noted}`,
      ),
    )
    .orderBy(asc(leisureSignupDays.day), asc(leisureCentres.name), asc(leisureGroups.name))
}
