import { prepared, type Queries } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { compareNames, schoolingOn, searchKey } from '../people/rules.ts'
import type { MealType } from '../people/schema.ts'
import { type Child, childrenAtSchool, childrenById } from '../people/store.ts'
import type { School } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import type { Serving } from './rules.ts'
import { attendances, mealBookings, mealDays } from './schema.ts'
import type { Seen } from './staff-attendance-rules.ts'
import type { Slot } from './store.ts'

/** A child of a school's list: booked, or there without having booked. */
export type ListedChild = {
  child: Child
  mealType: MealType
  booked: boolean
  seen: Seen
  revision: number
  justification: string | null
}

export type AttendanceList = {
  school: School
  day: Temporal.PlainDate
  serving: Serving
  classes: readonly { name: string; children: readonly ListedChild[] }[]
  booked: number
  present: number
  absent: number
  /** There without having booked: not counted in the places taken. */
  unbooked: number
  /** Places of that day; undefined when nobody ever booked one. */
  capacity: number
  /** On a day that is over, a change needs its reason. */
  past: boolean
}

const bookedAt = prepared(db =>
  db
    .select({ childId: mealBookings.childId, mealType: mealBookings.mealType })
    .from(mealBookings)
    .where(
      and(
        eq(mealBookings.schoolId, sql.placeholder('schoolId')),
        eq(mealBookings.day, sql.placeholder('day')),
        eq(mealBookings.state, 'booked'),
      ),
    )
    .prepare(),
)

const seenAt = prepared(db =>
  db
    .select({
      childId: attendances.childId,
      present: attendances.present,
      revision: attendances.revision,
      justification: attendances.justification,
    })
    .from(attendances)
    .where(and(eq(attendances.schoolId, sql.placeholder('schoolId')), eq(attendances.day, sql.placeholder('day'))))
    .prepare(),
)

/** Who eats at a school on a day, by class, with what was ticked so far. */
export async function attendanceList(town: Town, school: School, day: Temporal.PlainDate): Promise<AttendanceList> {
  const { read } = town.db
  const now = town.clock.now()
  const rows = await listedRows(read, { schoolId: school.id, day })
  const children = await childrenById(
    read,
    rows.map(({ childId }) => childId),
  )
  const listed = rows.flatMap(({ childId, ...row }) => {
    const child = children.get(childId)
    return child ? [{ ...row, child, mealType: row.mealType ?? child.mealType }] : []
  })
  const calendar = await canteenCalendar(read, town.config, now, day, day)
  const [places] = await read
    .select({ capacity: mealDays.capacity })
    .from(mealDays)
    .where(and(eq(mealDays.schoolId, school.id), eq(mealDays.day, day)))
  return {
    school,
    day,
    serving: calendar.serving(school, undefined, day),
    classes: byClass(listed, day),
    booked: listed.filter(({ booked }) => booked).length,
    present: listed.filter(({ seen }) => seen === 'present').length,
    absent: listed.filter(({ seen }) => seen === 'absent').length,
    unbooked: listed.filter(({ booked, seen }) => !booked && seen === 'present').length,
    capacity: places?.capacity ?? school.mealCapacity,
    past: Temporal.PlainDate.compare(day, dayInParis(now)) < 0,
  }
}

/** The rows of the list: booked children, and those who were there without. */
export async function listedRows(db: Queries, { schoolId, day }: Slot) {
  const asked = { schoolId, day: day.toString() }
  const booked = await bookedAt(db).execute(asked)
  const seen = new Map((await seenAt(db).execute(asked)).map(row => [row.childId, row]))
  const mark = (childId: Id<'person'>) => {
    const row = seen.get(childId)
    const state: Seen = row ? (row.present ? 'present' : 'absent') : 'none'
    return { seen: state, revision: row?.revision ?? 0, justification: row?.justification ?? null }
  }
  const ofBooked = booked.map(({ childId, mealType }) => ({ childId, mealType, booked: true, ...mark(childId) }))
  const known = new Set(booked.map(({ childId }) => childId))
  const others = [...seen.values()]
    .filter(({ childId, present }) => present && !known.has(childId))
    .map(({ childId }) => ({ childId, mealType: undefined, booked: false, ...mark(childId) }))
  return [...ofBooked, ...others]
}

function byClass(listed: readonly ListedChild[], day: Temporal.PlainDate) {
  const classOf = ({ child }: ListedChild) => schoolingOn(child.schoolings, day)?.className ?? ''
  return [...Map.groupBy(listed, classOf)]
    .map(([name, children]) => ({
      name,
      children: children.toSorted(
        (a, b) =>
          compareNames(a.child.lastName, b.child.lastName) || compareNames(a.child.firstName, b.child.firstName),
      ),
    }))
    .sort((a, b) => compareNames(a.name, b.name))
}

/** The children of a school that a search finds, whatever accents and order, who are not on the list yet. */
export async function childrenToAdd(town: Town, list: AttendanceList, typed: string): Promise<Child[]> {
  const words = searchKey(typed).split(' ').filter(Boolean)
  if (words.length === 0) return []
  const listed = new Set(list.classes.flatMap(({ children }) => children.map(({ child }) => child.id)))
  const all = await childrenAtSchool(town.db.read, list.school.id, list.day)
  return all
    .filter(child => {
      const key = searchKey(`${child.firstName} ${child.lastName}`)
      return !listed.has(child.id) && words.every(word => key.includes(word))
    })
    .sort((a, b) => compareNames(a.lastName, b.lastName) || compareNames(a.firstName, b.firstName))
    .slice(0, 20)
}
