import { prepared, type Queries } from '../db/database.ts'
import { and, between, eq, inArray, isNull, or, sql } from '../db/drizzle.ts'
import { eachDay, isWithin } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { schoolingOn } from '../people/rules.ts'
import { type Child, childrenById } from '../people/store.ts'
import type { ClosedPart } from '../schools/closures.ts'
import { type School, schoolsOf } from '../schools/store.ts'
import { attendances, mealBookings } from './schema.ts'
import type { Slot } from './store.ts'

/** Days without canteen, for those parts of the town. */
export type ClosedDays = { parts: readonly ClosedPart[]; from: Temporal.PlainDate; to: Temporal.PlainDate }

/** What a closure does to the meals that are booked. */
export type ClosureEffect = {
  meals: number
  households: ReadonlySet<Id<'household'>>
  /** By school, those without a meal left out. */
  bySchool: readonly { school: School; meals: number }[]
}

/** A meal that was ticked as eaten stays, even when its day is closed afterwards. */
export const notEaten = or(isNull(attendances.present), eq(attendances.present, false))

const mealsAt = prepared(db =>
  db
    .select({
      id: mealBookings.id,
      childId: mealBookings.childId,
      householdId: mealBookings.householdId,
    })
    .from(mealBookings)
    .leftJoin(attendances, and(eq(attendances.childId, mealBookings.childId), eq(attendances.day, mealBookings.day)))
    .where(
      and(
        eq(mealBookings.schoolId, sql.placeholder('schoolId')),
        eq(mealBookings.day, sql.placeholder('day')),
        eq(mealBookings.state, 'booked'),
        notEaten,
      ),
    )
    .prepare(),
)

/** Counts the meals and the households that a closure takes away from, as booked at this moment. */
export async function closureEffect(db: Queries, closed: ClosedDays): Promise<ClosureEffect> {
  const households = new Set<Id<'household'>>()
  const meals = new Map<School, number>()
  for (const { school, day } of await closedSlots(db, closed)) {
    const rows = await mealsAt(db).execute({ schoolId: school.id, day: day.toString() })
    const closing = await childrenClosed(db, closed.parts, { schoolId: school.id, day }, rows)
    for (const { childId, householdId } of rows) {
      if (!closing(childId)) continue
      households.add(householdId)
      meals.set(school, (meals.get(school) ?? 0) + 1)
    }
  }
  const bySchool = [...meals].map(([school, count]) => ({ school, meals: count }))
  return { meals: bySchool.reduce((all, { meals }) => all + meals, 0), households, bySchool }
}

/** The same figures by one question, where no class is looked at: short enough to be asked while others wait to write. */
export async function countClosed(db: Queries, closed: ClosedDays): Promise<{ meals: number; households: number }> {
  const { parts, from, to } = closed
  if (parts.some(({ className }) => className !== null)) {
    const { meals, households } = await closureEffect(db, closed)
    return { meals, households: households.size }
  }
  const schools = parts.flatMap(({ schoolId }) => schoolId ?? [])
  const [row] = await db
    .select({
      meals: sql<number>`count(*)`.mapWith(Number),
      households: sql<number>`count(distinct ${mealBookings.householdId})`.mapWith(Number),
    })
    .from(mealBookings)
    .leftJoin(attendances, and(eq(attendances.childId, mealBookings.childId), eq(attendances.day, mealBookings.day)))
    .where(
      and(
        between(mealBookings.day, from, to),
        eq(mealBookings.state, 'booked'),
        notEaten,
        schools.length > 0 ? inArray(mealBookings.schoolId, schools) : undefined,
      ),
    )
  return row ?? { meals: 0, households: 0 }
}

/** The days of meals of each school that is closed, wholly or for a class, by the schools' ids. */
export async function closedSlots(
  db: Queries,
  { parts, from, to }: ClosedDays,
): Promise<{ school: School; day: Temporal.PlainDate }[]> {
  const all = (await schoolsOf(db)).sort((a, b) => (a.id < b.id ? -1 : 1))
  const named = all.filter(
    school => school.canteen && parts.some(({ schoolId }) => schoolId === null || schoolId === school.id),
  )
  const days = [...eachDay(from, to)]
  return named.flatMap(school =>
    days.filter(day => school.mealWeekdays.includes(day.dayOfWeek)).map(day => ({ school, day })),
  )
}

/** Whether a closure concerns a child at that school's day: the whole school is closed, or the child's class. */
export function closesFor(part: ClosedPart, slot: Slot, child: Child | undefined): boolean {
  if (part.schoolId !== null && part.schoolId !== slot.schoolId) return false
  if (part.className === null) return true
  const schooling = child && schoolingOn(child.schoolings, slot.day)
  return schooling?.schoolId === slot.schoolId && schooling.className === part.className
}

/** Tells for each of those children whether the closure concerns it. Children are read only when a class is closed. */
async function childrenClosed(
  db: Queries,
  parts: readonly ClosedPart[],
  slot: Slot,
  rows: readonly { childId: Id<'person'> }[],
): Promise<(childId: Id<'person'>) => boolean> {
  const here = parts.filter(({ schoolId }) => schoolId === null || schoolId === slot.schoolId)
  if (here.some(({ className }) => className === null)) return () => true
  const children = await childrenById(
    db,
    rows.map(({ childId }) => childId),
  )
  return childId => here.some(part => closesFor(part, slot, children.get(childId)))
}

/** Whether a day is one of the closed ones. */
export const isClosedDay = (day: Temporal.PlainDate, { from, to }: ClosedDays) => isWithin(day, { from, to })
