import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import { lunchesAtCentres } from '../leisure/lunches.ts'
import { householdOfDay } from '../people/custody.ts'
import { schoolingOn } from '../people/rules.ts'
import type { MealType } from '../people/schema.ts'
import { type Child, childrenById, householdsOfChild } from '../people/store.ts'
import { schoolForClerk } from '../schools/clerk-schools.ts'
import type { School } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import { promiseSummary } from './meals-mail.ts'
import { offerPlaces } from './offers.ts'
import type { Serving } from './rules.ts'
import { attendances, mealBookings, mealWaiting } from './schema.ts'
import { bookRows, cancelRows, freePlaces, lockPlaces, takePlaces } from './store.ts'
import { moveInLine, waitingOf } from './waiting-store.ts'

type Booking = typeof mealBookings.$inferSelect
type Attendance = typeof attendances.$inferSelect

/** Everything the canteen knows of a child's day, for whoever puts it right. */
export type ChildDay = {
  child: Child
  school: School
  className: string
  day: Temporal.PlainDate
  serving: Serving
  booking: Booking | undefined
  attendance: Attendance | undefined
  deadline: Temporal.ZonedDateTime
}

/** A child's day. Throws 404 for a child of a school that is not the clerk's. */
export async function childDay(
  town: Town,
  db: Queries,
  clerk: Clerk,
  childId: string,
  day: Temporal.PlainDate,
): Promise<ChildDay> {
  const child = (await childrenById(db, [childId as Id<'person'>])).get(childId as Id<'person'>)
  if (!child) throw notFound()
  const [booking] = await db
    .select()
    .from(mealBookings)
    .where(and(eq(mealBookings.childId, child.id), eq(mealBookings.day, day)))
  const [attendance] = await db
    .select()
    .from(attendances)
    .where(and(eq(attendances.childId, child.id), eq(attendances.day, day)))
  const schooling = schoolingOn(child.schoolings, day)
  // A meal stays with the school it was booked at, even when the child has left it since.
  const schoolId = booking?.state === 'booked' ? booking.schoolId : (schooling?.schoolId ?? booking?.schoolId)
  if (!schoolId) throw notFound()
  const school = await schoolForClerk(db, clerk, schoolId)
  const calendar = await canteenCalendar(db, town.config, town.clock.now(), day, day)
  const className = schooling?.className ?? ''
  return {
    child,
    school,
    className,
    day,
    serving: calendar.serving(school, className, day),
    booking,
    attendance,
    deadline: calendar.deadline(day),
  }
}

type Correction = { childId: string; day: Temporal.PlainDate; reason: string; revision: number }

/**
 * Books a meal for a child whatever the cut-off, for a reason that is kept. Throws 404 for a child of other schools, 409
 * `day-not-served`, `already-booked`, `at-leisure-centre`, `day-full` or `stale-page`, 422 without reason or for a day that is over.
 */
export async function bookForChild(
  town: Town,
  clerk: Clerk,
  { mealType, ...asked }: Correction & { mealType: MealType },
): Promise<void> {
  const now = town.clock.now()
  const reason = needReason(asked.reason)
  if (Temporal.PlainDate.compare(asked.day, dayInParis(now)) < 0)
    throw invalid([{ field: 'day', code: 'date-in-past' }])
  await town.db.transaction(async tx => {
    const found = await lockedChildDay(tx, town, clerk, asked)
    const { child, school, day, serving } = found
    if (!serving.serves) throw conflict('day-not-served')
    if (found.booking?.state === 'booked') throw conflict('already-booked')
    if ((await lunchesAtCentres(tx, [child.id], day, day)).size > 0) throw conflict('at-leisure-centre')
    const householdId = await payingHousehold(tx, child, day)
    const [waiting] = await waitingOf(tx, [child.id], day, day)
    const kept = waiting?.state === 'offered' && waiting.schoolId === school.id
    if (!kept && (await takePlaces(tx, school.id, [day])).length === 0) throw conflict('day-full')
    if (waiting?.state === 'offered' || waiting?.state === 'waiting') await moveInLine(tx, waiting, 'accepted')
    await bookRows(tx, now, [{ childId: child.id, householdId, schoolId: school.id, day, mealType }])
    await audit(tx, now, clerk, {
      action: 'meals.booked-by-clerk',
      subject: { kind: 'child', id: child.id },
      details: { day: day.toString(), mealType, reason },
    })
    await promiseSummary(tx, now, householdId)
  })
}

/**
 * Cancels a child's meal whatever the cut-off, for a reason that is kept; what was invoiced is credited, and the place is
 * offered to whoever waits. Throws as `bookForChild`, and 409 `not-booked-there` when there is no meal.
 */
export async function cancelForChild(town: Town, clerk: Clerk, asked: Correction): Promise<void> {
  const now = town.clock.now()
  const reason = needReason(asked.reason)
  await town.db.transaction(async tx => {
    const { child, school, day, booking } = await lockedChildDay(tx, town, clerk, asked)
    if (booking?.state !== 'booked') throw conflict('not-booked-there')
    const { householdId } = booking
    const [cancelled] = await cancelRows(tx, now, { childId: child.id, householdId, days: [day], by: 'clerk' })
    if (!cancelled) throw conflict('stale-page')
    await freePlaces(tx, school.id, [day])
    const calendar = await canteenCalendar(tx, town.config, now, day, day)
    await offerPlaces(tx, { town, now }, calendar, [{ schoolId: school.id, day }])
    const { t, f } = town.languages.for('fr')
    await outbox(tx, now, {
      topic: 'billing.credit',
      payload: {
        sources: [`meal:${booking.id}`],
        reason: t('canteen-staff:credit.correction', { day: f.day(day) }),
      },
      key: `billing.credit:cancelled:${booking.id}:${booking.revision}`,
    })
    await audit(tx, now, clerk, {
      action: 'meals.cancelled-by-clerk',
      subject: { kind: 'child', id: child.id },
      details: { day: day.toString(), reason },
    })
    await promiseSummary(tx, now, householdId)
  })
}

/** The child's day with its places locked, as it is then; the page must have shown it so. */
async function lockedChildDay(tx: Tx, town: Town, clerk: Clerk, asked: Correction): Promise<ChildDay> {
  const before = await childDay(town, tx, clerk, asked.childId, asked.day)
  if (!before.school.mealWeekdays.includes(asked.day.dayOfWeek) && before.booking?.state !== 'booked')
    throw conflict('day-not-served')
  await lockPlaces(tx, before.school, new Set([asked.day.toString()]))
  const found = await childDay(town, tx, clerk, asked.childId, asked.day)
  if ((found.booking?.revision ?? 0) !== asked.revision) throw conflict('stale-page')
  return found
}

function needReason(typed: string): string {
  const reason = typed.trim().slice(0, 300)
  if (reason === '') throw invalid([{ field: 'reason', code: 'reason-for-correction' }])
  return reason
}

/** Who pays for the child's meal on that day: the household whose day it is, else the first it belongs to. */
async function payingHousehold(tx: Tx, child: Child, day: Temporal.PlainDate): Promise<Id<'household'>> {
  const { custody } = child
  if (custody) return householdOfDay(custody, day) ?? custody.first
  const [only] = await householdsOfChild(tx, child.id)
  if (!only) throw notFound()
  return only
}

/** How many wait for a place at that school's day: said where places are changed. */
export async function waitingCount(db: Queries, schoolId: Id<'school'>, day: Temporal.PlainDate): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`count(*)`.mapWith(Number) })
    .from(mealWaiting)
    .where(and(eq(mealWaiting.schoolId, schoolId), eq(mealWaiting.day, day), eq(mealWaiting.state, 'waiting')))
  return row?.n ?? 0
}
