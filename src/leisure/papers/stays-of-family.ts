import type { Queries } from '../../db/database.ts'
import { and, asc, between, eq, inArray } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { leisureCentres, leisureGroups, leisurePeriods, leisureSignupDays, leisureSignups } from '../schema.ts'

/** A day for which a child of the family has a confirmed place. */
export type FamilyStay = Awaited<ReturnType<typeof staysOfFamilies>>[number]

const columns = {
  signupId: leisureSignups.id,
  householdId: leisureSignups.householdId,
  childId: leisureSignups.childId,
  periodId: leisureSignups.periodId,
  period: leisurePeriods.name,
  centreId: leisureSignups.centreId,
  centre: leisureCentres.name,
  address: leisureCentres.address,
  group: leisureGroups.name,
  opensAt: leisureGroups.opensAt,
  closesAt: leisureGroups.closesAt,
  day: leisureSignupDays.day,
  part: leisureSignupDays.part,
  meal: leisureSignups.meal,
  confirmedAt: leisureSignups.confirmedAt,
}

/** The confirmed stays between two days, both included, of these households only when some are named; by day. */
export async function staysOfFamilies(
  db: Queries,
  asked: { from: Temporal.PlainDate; to: Temporal.PlainDate; households?: readonly Id<'household'>[] },
) {
  return db
    .select(columns)
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .innerJoin(leisureGroups, eq(leisureGroups.id, leisureSignupDays.groupId))
    .innerJoin(leisureCentres, eq(leisureCentres.id, leisureSignups.centreId))
    .innerJoin(leisurePeriods, eq(leisurePeriods.id, leisureSignups.periodId))
    .where(
      and(
        eq(leisureSignups.state, 'booked'),
        eq(leisureSignupDays.state, 'taken'),
        between(leisureSignupDays.day, asked.from, asked.to),
        asked.households ? inArray(leisureSignups.householdId, [...asked.households]) : undefined,
      ),
    )
    .orderBy(asc(leisureSignupDays.day), asc(leisureSignups.id))
}

/** The confirmed stays of a household in a period, by day. */
export async function staysInPeriod(
  db: Queries,
  householdId: Id<'household'>,
  period: { id: Id<'leisure-period'>; from: Temporal.PlainDate; to: Temporal.PlainDate },
): Promise<FamilyStay[]> {
  const stays = await staysOfFamilies(db, { from: period.from, to: period.to, households: [householdId] })
  return stays.filter(({ periodId }) => periodId === period.id)
}
