import type { Queries } from '../db/database.ts'
import { and, asc, between, desc, eq, inArray } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { compareNames } from '../people/rules.ts'
import { servingFacts } from '../schools/store.ts'
import { daysOfPeriod, type PeriodDays } from './days-of-period.ts'
import { inOrder, type Opening } from './openings.ts'
import {
  leisureCentres,
  leisureGroups,
  leisureOpenings,
  leisurePeriods,
  leisurePlans,
  leisureSessions,
  leisureStaff,
} from './schema.ts'

export type Centre = typeof leisureCentres.$inferSelect
export type LeisurePeriod = typeof leisurePeriods.$inferSelect
export type Group = typeof leisureGroups.$inferSelect
export type Session = typeof leisureSessions.$inferSelect
export type StaffDay = typeof leisureStaff.$inferSelect

/** The town's centres by name. */
export async function centresOf(db: Queries): Promise<Centre[]> {
  return (await db.select().from(leisureCentres)).sort((a, b) => compareNames(a.name, b.name))
}

/** Throws 404 for no centre. */
export async function centreById(db: Queries, id: string): Promise<Centre> {
  const [centre] = await db
    .select()
    .from(leisureCentres)
    .where(eq(leisureCentres.id, id as Id<'leisure-centre'>))
  if (!centre) throw notFound()
  return centre
}

/** All periods, the latest first. */
export async function periodsOf(db: Queries): Promise<LeisurePeriod[]> {
  return db.select().from(leisurePeriods).orderBy(desc(leisurePeriods.from), asc(leisurePeriods.id))
}

/** Throws 404 for no period. */
export async function periodById(db: Queries, id: string): Promise<LeisurePeriod> {
  const [period] = await db
    .select()
    .from(leisurePeriods)
    .where(eq(leisurePeriods.id, id as Id<'leisure-period'>))
  if (!period) throw notFound()
  return period
}

/** The groups of these periods, the youngest first. */
export async function groupsOf(db: Queries, periodIds: readonly Id<'leisure-period'>[]): Promise<Group[]> {
  if (periodIds.length === 0) return []
  return db
    .select()
    .from(leisureGroups)
    .where(inArray(leisureGroups.periodId, [...periodIds]))
    .orderBy(asc(leisureGroups.minAge), asc(leisureGroups.id))
}

/** The groups of a centre in a period, the youngest first. */
export async function groupsOfPlan(
  db: Queries,
  { centreId, periodId }: { centreId: Id<'leisure-centre'>; periodId: Id<'leisure-period'> },
): Promise<Group[]> {
  return (await groupsOf(db, [periodId])).filter(group => group.centreId === centreId)
}

/** The half-days of these groups by day. */
export async function sessionsOf(db: Queries, groups: readonly { id: Id<'leisure-group'> }[]): Promise<Session[]> {
  if (groups.length === 0) return []
  return db
    .select()
    .from(leisureSessions)
    .where(
      inArray(
        leisureSessions.groupId,
        groups.map(({ id }) => id),
      ),
    )
    .orderBy(asc(leisureSessions.day), asc(leisureSessions.half))
}

/** Which centres open in a period, with the revision of what is planned there. */
export async function plansOf(db: Queries, periodId: Id<'leisure-period'>) {
  return db.select().from(leisurePlans).where(eq(leisurePlans.periodId, periodId))
}

/** The staff planned at these centres between two days, both included. */
export async function staffOf(
  db: Queries,
  centreIds: readonly Id<'leisure-centre'>[],
  { from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate },
): Promise<StaffDay[]> {
  if (centreIds.length === 0) return []
  return db
    .select()
    .from(leisureStaff)
    .where(and(inArray(leisureStaff.centreId, [...centreIds]), between(leisureStaff.day, from, to)))
    .orderBy(asc(leisureStaff.day))
}

/** From when who may sign up, by period, the first audience first. */
export async function openingsOf(
  db: Queries,
  periodIds: readonly Id<'leisure-period'>[],
): Promise<ReadonlyMap<Id<'leisure-period'>, readonly Opening[]>> {
  if (periodIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(leisureOpenings)
    .where(inArray(leisureOpenings.periodId, [...periodIds]))
  const byPeriod = Map.groupBy(rows, ({ periodId }) => periodId)
  return new Map(
    [...byPeriod].map(([id, list]) => [id, inOrder(list.map(({ audience, opensAt }) => ({ audience, opensAt })))]),
  )
}

/** The days of a period by the town's school holidays and the public holidays. */
export async function daysOf(db: Queries, zone: string, period: PeriodDays): Promise<Temporal.PlainDate[]> {
  const { schoolHolidays } = await servingFacts(db, zone, period.from, period.to)
  return daysOfPeriod(period, schoolHolidays)
}
