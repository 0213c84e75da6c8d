import { setImmediate as nextTurn } from 'node:timers/promises'
import { prepared, type Queries } from '../db/database.ts'
import { and, eq, isNotNull, notExists, sql } from '../db/drizzle.ts'
import { eachDay } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { householdOfDay } from '../people/custody.ts'
import { children, householdMembers, type MealType } from '../people/schema.ts'
import { childrenById } from '../people/store.ts'
import { schools } from '../schools/schema.ts'
import { situationOf } from './absences.ts'
import { absenceClaims, attendances, mealBookings } from './schema.ts'

/** Something a household is to be charged with. */
export type Consumption = {
  childId: Id<'person'>
  /** Who booked; of an unbooked meal, who has the child that day. A custody by percentage is for billing to divide. */
  householdId: Id<'household'>
  schoolId: Id<'school'>
  day: Temporal.PlainDate
  kind: 'meal' | 'unbooked-meal' | 'absence'
  mealType: MealType
  /** Stays the same for the same meal: `meal:<booking>`, be it eaten or missed, or `unbooked:<attendance>`. */
  source: string
}

const bookedColumns = {
  id: mealBookings.id,
  childId: mealBookings.childId,
  householdId: mealBookings.householdId,
  mealType: mealBookings.mealType,
  present: attendances.present,
  justification: attendances.justification,
  claim: absenceClaims.state,
}
const attendanceOfBooking = and(eq(attendances.childId, mealBookings.childId), eq(attendances.day, mealBookings.day))
const claimOfBooking = and(eq(absenceClaims.childId, mealBookings.childId), eq(absenceClaims.day, mealBookings.day))

const bookedAt = prepared(db =>
  db
    .select(bookedColumns)
    .from(mealBookings)
    .leftJoin(attendances, attendanceOfBooking)
    .leftJoin(absenceClaims, claimOfBooking)
    .where(
      and(
        eq(mealBookings.schoolId, sql.placeholder('schoolId')),
        eq(mealBookings.day, sql.placeholder('day')),
        eq(mealBookings.state, 'booked'),
      ),
    )
    .prepare(),
)

const unbookedAt = prepared(db =>
  db
    .select({ id: attendances.id, childId: attendances.childId, mealType: children.mealType })
    .from(attendances)
    .innerJoin(children, eq(children.personId, attendances.childId))
    .where(
      and(
        eq(attendances.schoolId, sql.placeholder('schoolId')),
        eq(attendances.day, sql.placeholder('day')),
        eq(attendances.present, true),
        notExists(
          db
            .select({ one: sql`1` })
            .from(mealBookings)
            .where(
              and(
                eq(mealBookings.childId, attendances.childId),
                eq(mealBookings.day, attendances.day),
                eq(mealBookings.state, 'booked'),
              ),
            ),
        ),
      ),
    )
    .prepare(),
)

/**
 * What was consumed at the canteens in a month: meals booked, but for excused absences; absences without excuse; meals
 * eaten without booking. A booked meal of which nobody wrote anything down counts as eaten.
 * Read a school's day at a time (some 2 ms), letting others be served in between.
 */
export async function consumptionOfMonth(db: Queries, month: Temporal.PlainYearMonth): Promise<Consumption[]> {
  const consumed: Consumption[] = []
  const all = await db.select({ id: schools.id }).from(schools)
  for (const day of eachDay(month.toPlainDate({ day: 1 }), month.toPlainDate({ day: month.daysInMonth }))) {
    if (day.dayOfWeek > 5) continue
    for (const { id: schoolId } of all) {
      const asked = { schoolId, day: day.toString() }
      for (const row of await bookedAt(db).execute(asked)) {
        const kind = kindOf(row)
        if (!kind) continue
        const { childId, householdId, mealType } = row
        consumed.push({ childId, householdId, schoolId, day, kind, mealType, source: `meal:${row.id}` })
      }
      const unbooked = await unbookedAt(db).execute(asked)
      const households = await householdsOnDay(
        db,
        unbooked.map(({ childId }) => childId),
        day,
      )
      for (const { id, childId, mealType } of unbooked) {
        const householdId = households.get(childId)
        if (!householdId) continue
        const meal = { childId, householdId, schoolId, day, mealType }
        consumed.push({ ...meal, kind: 'unbooked-meal', source: `unbooked:${id}` })
      }
      await nextTurn()
    }
  }
  return consumed
}

/** A certificate that the town accepted says that the child was away, ticked or not. */
function kindOf(row: { present: boolean | null; justification: string | null; claim: string | null }) {
  const away = row.claim === 'accepted'
  const situation = situationOf({
    booked: true,
    present: away ? false : (row.present ?? undefined),
    excused: away || row.justification !== null,
  })
  return situation === 'meal' || situation === 'absence' ? situation : undefined
}

/** The household that has each child on that day: the only one, or whose day it is. */
async function householdsOnDay(db: Queries, childIds: readonly Id<'person'>[], day: Temporal.PlainDate) {
  const found = new Map<Id<'person'>, Id<'household'>>()
  if (childIds.length === 0) return found
  for (const [id, { custody }] of await childrenById(db, childIds)) {
    const theirs = custody && (householdOfDay(custody, day) ?? custody.first)
    const householdId = theirs ?? (await onlyHousehold(db, id))
    if (householdId) found.set(id, householdId)
  }
  return found
}

async function onlyHousehold(db: Queries, childId: Id<'person'>): Promise<Id<'household'> | undefined> {
  const [row] = await db
    .select({ householdId: householdMembers.householdId })
    .from(householdMembers)
    .where(
      and(
        eq(householdMembers.personId, childId),
        eq(householdMembers.role, 'child'),
        isNotNull(householdMembers.confirmedAt),
      ),
    )
  return row?.householdId
}
