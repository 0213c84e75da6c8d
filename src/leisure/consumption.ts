import { prepared, type Queries } from '../db/database.ts'
import { and, asc, between, eq, gte, inArray, isNotNull, lt, or, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { PARIS } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { leisureTariffOn } from '../tariffs/leisure-rules.ts'
import { leisureTariffsOf } from '../tariffs/store.ts'
import {
  leisureAttendances,
  leisureClaims,
  leisurePeriods,
  leisureSignupDays,
  leisureSignups,
  type SignupState,
} from './schema.ts'
import { isWholeWeek, type SignedStay } from './stays.ts'

/** A day of a confirmed sign-up that is to be paid, or would be but for an excuse or the town. */
export type ConfirmedStay = SignedStay & {
  signupId: Id<'leisure-signup'>
  confirmedAt: Temporal.Instant
  /** Stays the same whatever becomes of the day: `stay:<sign-up>:<day>`. */
  source: string
}

export const staySource = (signupId: Id<'leisure-signup'>, day: Temporal.PlainDate) => `stay:${signupId}:${day}`

/** The sign-up that a charge's source is of; undefined for one of something else. */
export function signupOfSource(source: string): Id<'leisure-signup'> | undefined {
  const [what, signupId] = source.split(':')
  return what === 'stay' ? (signupId as Id<'leisure-signup'>) : undefined
}

/** Sign-ups that were confirmed, whatever became of them since. */
const CONFIRMED: readonly SignupState[] = ['booked', 'cancelled']
const confirmed = and(inArray(leisureSignups.state, [...CONFIRMED]), isNotNull(leisureSignups.confirmedAt))

/**
 * What stays of a month are charged: days at centres, days missed without excuse, days cancelled too late. As the tariff
 * of each day says, in the month in which the day is, or in that in which the sign-up was confirmed (in Paris), all its
 * days then. A day of which nobody wrote anything down counts as spent there.
 */
export async function leisureConsumptionOfMonth(
  db: Queries,
  month: Temporal.PlainYearMonth,
): Promise<(ConfirmedStay & { chargedAt: 'sign-up' | 'attendance' })[]> {
  const ids = new Set([...(await signupsWithDaysIn(db, month)), ...(await signupsConfirmedIn(db, month))])
  const stays = await staysOfSignups(db, [...ids].sort())
  const tariffs = await leisureTariffsOf(db)
  return stays.flatMap(stay => {
    if (stay.situation === 'excused' || stay.situation === 'closed') return []
    const tariff = leisureTariffOn(tariffs, { day: stay.day, wednesday: stay.periodKind === 'wednesdays' })
    const chargedAt = tariff?.rule.chargedAt ?? 'attendance'
    const day = chargedAt === 'attendance' ? stay.day : stay.confirmedAt.toZonedDateTimeISO(PARIS).toPlainDate()
    return day.toPlainYearMonth().equals(month) ? [{ ...stay, chargedAt }] : []
  })
}

async function signupsWithDaysIn(db: Queries, month: Temporal.PlainYearMonth): Promise<Id<'leisure-signup'>[]> {
  const [first, last] = [month.toPlainDate({ day: 1 }), month.toPlainDate({ day: month.daysInMonth })]
  const rows = await db
    .selectDistinct({ id: leisureSignups.id })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(and(between(leisureSignupDays.day, first, last), confirmed))
  return rows.map(({ id }) => id)
}

async function signupsConfirmedIn(db: Queries, month: Temporal.PlainYearMonth): Promise<Id<'leisure-signup'>[]> {
  const start = (of: Temporal.PlainYearMonth) => of.toPlainDate({ day: 1 }).toZonedDateTime(PARIS).toInstant()
  const rows = await db
    .select({ id: leisureSignups.id })
    .from(leisureSignups)
    .where(
      and(
        gte(leisureSignups.confirmedAt, start(month)),
        lt(leisureSignups.confirmedAt, start(month.add({ months: 1 }))),
        inArray(leisureSignups.state, [...CONFIRMED]),
      ),
    )
  return rows.map(({ id }) => id)
}

const daysOfSignups = prepared(db =>
  db
    .select({
      signupId: leisureSignups.id,
      householdId: leisureSignups.householdId,
      childId: leisureSignups.childId,
      periodKind: leisurePeriods.kind,
      unit: leisureSignups.unit,
      meal: leisureSignups.meal,
      confirmedAt: leisureSignups.confirmedAt,
      day: leisureSignupDays.day,
      part: leisureSignupDays.part,
      state: leisureSignupDays.state,
      late: leisureSignupDays.late,
      excused: leisureSignupDays.excused,
      present: leisureAttendances.present,
    })
    .from(leisureSignups)
    .innerJoin(leisurePeriods, eq(leisurePeriods.id, leisureSignups.periodId))
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .leftJoin(
      leisureAttendances,
      and(eq(leisureAttendances.childId, leisureSignupDays.childId), eq(leisureAttendances.day, leisureSignupDays.day)),
    )
    .where(and(inList(leisureSignups.id, 'ids'), confirmed))
    .orderBy(asc(leisureSignups.id), asc(leisureSignupDays.day))
    .prepare(),
)

/** Sign-ups read at once. */
const SIGNUPS_AT_ONCE = 500

/** The days of these sign-ups that are to be paid, excused or closed; those given back in time are nothing to billing. */
export async function staysOfSignups(db: Queries, ids: readonly Id<'leisure-signup'>[]): Promise<ConfirmedStay[]> {
  const stays: ConfirmedStay[] = []
  for (let from = 0; from < ids.length; from += SIGNUPS_AT_ONCE) {
    const rows = await daysOfSignups(db).execute({ ids: listOf(ids.slice(from, from + SIGNUPS_AT_ONCE)) })
    for (const days of Map.groupBy(rows, row => row.signupId).values()) {
      const wholeWeek = isWholeWeek({ unit: days[0]?.unit ?? 'day', days })
      for (const row of days) {
        const situation = situationOf(row)
        if (!situation || !row.confirmedAt) continue
        const { signupId, householdId, childId, periodKind, unit, part, meal, day, confirmedAt } = row
        const stay = { childId, householdId, day, periodKind, unit, part, meal, wholeWeek, situation }
        stays.push({ ...stay, signupId, confirmedAt, source: staySource(signupId, day) })
      }
    }
  }
  return stays
}

function situationOf(row: {
  state: 'asked' | 'taken' | 'freed'
  late: boolean
  excused: boolean
  present: boolean | null
}): ConfirmedStay['situation'] | undefined {
  if (row.state === 'freed' && row.excused && !row.late) return 'closed'
  const due = row.state === 'taken' || (row.state === 'freed' && row.late)
  if (!due) return undefined
  if (row.excused) return 'excused'
  if (row.state === 'freed') return 'late-cancelled'
  return row.present === false ? 'absence' : 'stay'
}

/** What these households signed up for on days from one to another: brothers and sisters change each other's prices. */
export async function staysOfHouseholds(
  db: Queries,
  householdIds: readonly Id<'household'>[],
  { from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate },
): Promise<ConfirmedStay[]> {
  const rows = await signupsOf(db).execute({ ids: listOf(householdIds), from: from.toString(), to: to.toString() })
  return staysOfSignups(
    db,
    rows.map(({ id }) => id),
  )
}

const signupsOf = prepared(db =>
  db
    .selectDistinct({ id: leisureSignups.id })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .where(
      and(
        inList(leisureSignups.householdId, 'ids'),
        between(leisureSignupDays.day, sql.placeholder('from'), sql.placeholder('to')),
        confirmed,
      ),
    )
    .orderBy(asc(leisureSignups.id))
    .prepare(),
)

/** Households whose stays were confirmed, cancelled, excused, or written down on a register since. */
export async function householdsWithStaysChanged(db: Queries, since: Temporal.Instant): Promise<Id<'household'>[]> {
  const changed = await db
    .selectDistinct({ householdId: leisureSignups.householdId })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .leftJoin(
      leisureAttendances,
      and(eq(leisureAttendances.childId, leisureSignupDays.childId), eq(leisureAttendances.day, leisureSignupDays.day)),
    )
    .where(
      and(
        confirmed,
        or(
          gte(leisureSignups.confirmedAt, since),
          gte(leisureSignupDays.cancelledAt, since),
          gte(leisureAttendances.recordedAt, since),
        ),
      ),
    )
  const excused = await db
    .selectDistinct({ householdId: leisureClaims.householdId })
    .from(leisureClaims)
    .where(gte(leisureClaims.decidedAt, since))
  return [...new Set([...changed, ...excused].map(({ householdId }) => householdId))]
}
