import { instantText } from '../db/columns.ts'
import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, asc, between, eq, gte, lt, sql } from '../db/drizzle.ts'
import { forUpdate, inList, listOf } from '../db/lists.ts'
import { type Id, newId } from '../kernel/ids.ts'
import type { School } from '../schools/store.ts'
import { mealBookings, mealDays } from './schema.ts'

type SchoolId = Id<'school'>
type PersonId = Id<'person'>

/** A school's day of meals: the row whose places are counted. */
export type Slot = { schoolId: SchoolId; day: Temporal.PlainDate }
export type Places = { schoolId: SchoolId; day: Temporal.PlainDate; capacity: number; taken: number }
export type Booking = typeof mealBookings.$inferSelect

const ofSchoolAndDays = () => and(eq(mealDays.schoolId, sql.placeholder('schoolId')), inList(mealDays.day, 'days'))

const placesForUpdate = prepared(db =>
  forUpdate(
    db
      .select({ schoolId: mealDays.schoolId, day: mealDays.day, capacity: mealDays.capacity, taken: mealDays.taken })
      .from(mealDays)
      .where(ofSchoolAndDays())
      .orderBy(asc(mealDays.day)),
  ).prepare(),
)

/**
 * The places of a school on those ISO days, which nobody else changes until the transaction ends; a day without its row
 * gets one, with the school's capacity. For several schools, ask in the order of their ids: two families that lock the
 * same days in two orders would wait for each other.
 */
export async function lockPlaces(tx: Tx, school: School, days: ReadonlySet<string>): Promise<Places[]> {
  const asked = { schoolId: school.id, days: listOf(days) }
  const places = await placesForUpdate(tx).execute(asked)
  if (places.length === days.size) return places
  const known = new Set(places.map(({ day }) => day.toString()))
  await addMealDays(tx, school, [...days].filter(day => !known.has(day)).sort())
  return placesForUpdate(tx).execute(asked)
}

async function addMealDays(tx: Tx, { id: schoolId, mealCapacity: capacity }: School, days: readonly string[]) {
  const rows = days.map(day => ({
    id: newId<'meal-day'>(),
    schoolId,
    day: Temporal.PlainDate.from(day),
    capacity,
    taken: 0,
  }))
  await tx.insert(mealDays).values(rows).onConflictDoNothing()
}

const takeOneOfEach = prepared(db =>
  db
    .update(mealDays)
    .set({ taken: sql`${mealDays.taken} + 1` })
    .where(and(ofSchoolAndDays(), lt(mealDays.taken, mealDays.capacity)))
    .returning({ day: mealDays.day })
    .prepare(),
)

const freeOneOfEach = prepared(db =>
  db
    .update(mealDays)
    .set({ taken: sql`${mealDays.taken} - 1` })
    .where(ofSchoolAndDays())
    .returning({ day: mealDays.day })
    .prepare(),
)

/** Takes one place on each of those days; the days where one was left. */
export async function takePlaces(tx: Tx, schoolId: SchoolId, days: readonly Temporal.PlainDate[]) {
  const rows = await takeOneOfEach(tx).execute({ schoolId, days: listOf(days) })
  return rows.map(({ day }) => day)
}

/** Gives one place back on each of those days. Whoever waits for one is to be asked next: see `offerPlaces`. */
export async function freePlaces(tx: Tx, schoolId: SchoolId, days: readonly Temporal.PlainDate[]): Promise<void> {
  await freeOneOfEach(tx).execute({ schoolId, days: listOf(days) })
}

const fullDaysBetween = prepared(db =>
  db
    .select({ schoolId: mealDays.schoolId, day: mealDays.day })
    .from(mealDays)
    .where(
      and(
        inList(mealDays.schoolId, 'schools'),
        between(mealDays.day, sql.placeholder('from'), sql.placeholder('to')),
        gte(mealDays.taken, mealDays.capacity),
      ),
    )
    .prepare(),
)

/** The days between two without a place left, by school: `<school> <day>`. */
export async function fullDays(
  db: Queries,
  schools: Iterable<SchoolId>,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Promise<ReadonlySet<string>> {
  const rows = await fullDaysBetween(db).execute({ schools: listOf(schools), from: from.toString(), to: to.toString() })
  return new Set(rows.map(slotKey))
}

export const slotKey = ({ schoolId, day }: Slot) => `${schoolId} ${day}`

const bookingsBetween = prepared(db =>
  db
    .select({
      id: mealBookings.id,
      childId: mealBookings.childId,
      householdId: mealBookings.householdId,
      schoolId: mealBookings.schoolId,
      day: mealBookings.day,
      state: mealBookings.state,
      mealType: mealBookings.mealType,
      revision: mealBookings.revision,
    })
    .from(mealBookings)
    .where(
      and(
        inList(mealBookings.childId, 'children'),
        between(mealBookings.day, sql.placeholder('from'), sql.placeholder('to')),
      ),
    )
    .prepare(),
)

export type BookingRow = Awaited<ReturnType<typeof bookingsOf>>[number]

/** What was booked for those children between two days, by whichever household, cancelled rows too. */
export async function bookingsOf(
  db: Queries,
  children: Iterable<PersonId>,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
) {
  return bookingsBetween(db).execute({ children: listOf(children), from: from.toString(), to: to.toString() })
}

type NewBooking = Pick<Booking, 'childId' | 'householdId' | 'schoolId' | 'day' | 'mealType'>

const upsert = (db: Queries, rows: (typeof mealBookings.$inferInsert)[]) =>
  db
    .insert(mealBookings)
    .values(rows)
    .onConflictDoUpdate({
      target: [mealBookings.childId, mealBookings.day],
      set: {
        state: 'booked',
        householdId: sql`excluded.household_id`,
        schoolId: sql`excluded.school_id`,
        mealType: sql`excluded.meal_type`,
        cancelledBy: null,
        revision: sql`${mealBookings.revision} + 1`,
        changedAt: sql`excluded.changed_at`,
      },
      setWhere: eq(mealBookings.state, 'cancelled'),
    })
    .returning({ id: mealBookings.id, childId: mealBookings.childId, day: mealBookings.day })

const upsertOne = prepared(db =>
  upsert(db, [
    {
      id: sql.placeholder('id') as never,
      childId: sql.placeholder('childId') as never,
      householdId: sql.placeholder('householdId') as never,
      schoolId: sql.placeholder('schoolId') as never,
      day: sql.placeholder('day') as never,
      mealType: sql.placeholder('mealType') as never,
      state: 'booked',
      changedAt: sql.placeholder('now') as never,
      createdAt: sql.placeholder('now') as never,
    },
  ]).prepare(),
)

/** Books those meals, a cancelled one anew; gives those that were not booked already. The places are taken apart. */
export async function bookRows(tx: Tx, now: Temporal.Instant, rows: readonly NewBooking[]) {
  const [first] = rows
  if (!first) return []
  if (rows.length === 1) return upsertOne(tx).execute({ ...first, id: newId<'meal-booking'>(), now })
  const added = rows.map(row => ({
    ...row,
    id: newId<'meal-booking'>(),
    state: 'booked' as const,
    changedAt: now,
    createdAt: now,
  }))
  return upsert(tx, added)
}

const cancel = prepared(db =>
  db
    .update(mealBookings)
    .set({
      state: 'cancelled',
      cancelledBy: sql`${sql.placeholder('by')}`,
      revision: sql`${mealBookings.revision} + 1`,
      changedAt: sql`${sql.placeholder('now')}`,
    })
    .where(
      and(
        eq(mealBookings.childId, sql.placeholder('childId')),
        eq(mealBookings.householdId, sql.placeholder('householdId')),
        eq(mealBookings.state, 'booked'),
        inList(mealBookings.day, 'days'),
      ),
    )
    .returning({ id: mealBookings.id, day: mealBookings.day, schoolId: mealBookings.schoolId })
    .prepare(),
)

/** Cancels the household's meals of a child on those days; gives those that were booked. The places are freed apart. */
export async function cancelRows(
  tx: Tx,
  now: Temporal.Instant,
  asked: { childId: PersonId; householdId: Id<'household'>; days: readonly Temporal.PlainDate[]; by: string },
) {
  return cancel(tx).execute({ ...asked, days: listOf(asked.days), now: instantText(now) })
}
