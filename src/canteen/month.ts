import type { Queries } from '../db/database.ts'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay, isOnOrBefore, mondayOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import { lunchesAtCentres } from '../leisure/lunches.ts'
import type { MealType } from '../people/schema.ts'
import { type Child, childrenOf } from '../people/store.ts'
import { schoolsById } from '../schools/store.ts'
import { quoterFor } from '../tariffs/quotes.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import { type ChildDayState, childDayState, type Ground, tableOn } from './child-days.ts'
import { type BookingRow, bookingsOf, fullDays, slotKey } from './store.ts'
import { type WaitingRow, waitingOf } from './waiting-store.ts'

/** A child's meal on a day, as its parent sees it. */
export type ChildMeal = {
  child: Child
  state: ChildDayState
  /** Of the booking row; 0 when the day was never booked. */
  revision: number
  booked: boolean
  mealType: MealType
}

export type DayOfMeals = { day: Temporal.PlainDate; children: readonly ChildMeal[] }

/** The weeks of a month, Monday to Friday, those days of the months beside it included. */
export type MonthOfMeals = {
  householdId: Id<'household'>
  month: Temporal.PlainYearMonth
  children: readonly Child[]
  weeks: readonly (readonly DayOfMeals[])[]
  /** What a meal of that child costs the household on that day; undefined where the town has no tariff. */
  price(child: Child, day: Temporal.PlainDate, mealType: MealType): Cents | undefined
  ground: Ground
}

/** The month of a household's meals at this moment. */
export async function monthOfMeals(
  town: Town,
  householdId: Id<'household'>,
  month: Temporal.PlainYearMonth,
): Promise<MonthOfMeals> {
  const { read } = town.db
  const weeks = weeksOf(month)
  const [from, to] = [weeks[0]![0]!, weeks.at(-1)!.at(-1)!]
  const children = await childrenOf(read, householdId)
  const days = await childrenDays(read, town, { householdId, children, from, to })
  const quoter = await quoterFor(read, householdId)
  return {
    householdId,
    month,
    children,
    weeks: weeks.map(week => week.map(day => ({ day, children: children.map(child => days.meal(child, day)) }))),
    price: (child, day, mealType) => quoter({ child, day, mealType, kind: 'meal' })?.cents,
    ground: days.ground,
  }
}

/** The school days of each week that has one in the month. */
function weeksOf(month: Temporal.PlainYearMonth): Temporal.PlainDate[][] {
  const [first, last] = [month.toPlainDate({ day: 1 }), month.toPlainDate({ day: month.daysInMonth })]
  const weeks: Temporal.PlainDate[][] = []
  for (let monday = mondayOf(first); isOnOrBefore(monday, last); monday = monday.add({ days: 7 })) {
    const week = [...eachDay(monday, monday.add({ days: 4 }))]
    if (week.some(day => day.month === month.month)) weeks.push(week)
  }
  return weeks
}

type Asked = {
  householdId: Id<'household'>
  children: readonly Child[]
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

/** What the household may do with each day of its children between two days. */
export async function childrenDays(db: Queries, town: Town, { householdId, children, from, to }: Asked) {
  const now = town.clock.now()
  const ids = children.map(({ id }) => id)
  const schoolIds = new Set(children.flatMap(({ schoolings }) => schoolings.map(({ schoolId }) => schoolId)))
  const schools = await schoolsById(db, schoolIds)
  const calendar = await canteenCalendar(db, town.config, now, from, to)
  const bookings = byChildAndDay<BookingRow>(await bookingsOf(db, ids, from, to))
  const waiting = byChildAndDay<WaitingRow>(await waitingOf(db, ids, from, to))
  const full = await fullDays(db, schoolIds, from, to)
  const atCentres = await lunchesAtCentres(db, ids, from, to)
  const ground: Ground = { householdId, now, schools, calendar, atCentres }
  return {
    ground,
    meal(child: Child, day: Temporal.PlainDate): ChildMeal {
      const key = `${child.id} ${day}`
      const booking = bookings.get(key)
      const table = tableOn(child, schools, day)
      const isFull = table !== undefined && full.has(slotKey({ schoolId: table.school.id, day }))
      // A day nobody booked yet has no row of places: then only a school without any place is full.
      const placesLeft = isFull || table?.school.mealCapacity === 0 ? 0 : 1
      const booked = booking?.state === 'booked' && booking.householdId === householdId
      return {
        child,
        state: childDayState(ground, child, day, { booking, waiting: waiting.get(key), placesLeft }),
        revision: booking?.revision ?? 0,
        booked,
        mealType: booked ? booking.mealType : child.mealType,
      }
    },
  }
}

function byChildAndDay<Row extends { childId: string; day: Temporal.PlainDate }>(rows: readonly Row[]) {
  return new Map(rows.map(row => [`${row.childId} ${row.day}`, row]))
}

/** The first day of school whose meal can still be changed; today when there is none in sight. */
export async function firstOpenDay(town: Town): Promise<Temporal.PlainDate> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const horizon = today.add({ days: 70 })
  const calendar = await canteenCalendar(town.db.read, town.config, now, today, horizon)
  for (const day of eachDay(today, horizon)) {
    const inHolidays = calendar.schoolHolidays.some(
      ({ from, until }) => isOnOrBefore(from, day) && !isOnOrBefore(until, day),
    )
    const stillOpen = Temporal.Instant.compare(now, calendar.deadline(day).toInstant()) <= 0
    if (calendar.workingDays.isWorkingDay(day) && !inHolidays && stillOpen) return day
  }
  return today
}
