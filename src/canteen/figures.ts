import type { Queries } from '../db/database.ts'
import { and, gte, lt, sql } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Figures, lastMonths } from '../kernel/figures.ts'
import { mealDays } from './schema.ts'

/** Meals booked, by month. Read from the places taken, which are counted against the bookings (`doctor`). */
export async function canteenFigures(db: Queries, now: Temporal.Instant): Promise<Figures> {
  const today = dayInParis(now)
  const months = lastMonths(today, 12)
  const booked: number[] = []
  for (const month of months) {
    booked.push(await mealsBetween(db, month.toPlainDate({ day: 1 }), month.add({ months: 1 }).toPlainDate({ day: 1 })))
  }
  const monday = today.subtract({ days: today.dayOfWeek - 1 })
  return {
    keys: [
      { key: 'canteen.today', unit: 'count', value: await mealsBetween(db, today, today.add({ days: 1 })) },
      { key: 'canteen.thisWeek', unit: 'count', value: await mealsBetween(db, monday, monday.add({ days: 7 })) },
    ],
    monthly: [{ key: 'canteen.meals', unit: 'count', months, series: [{ name: 'meals', values: booked }] }],
  }
}

/** From the first day up to the last, which is not counted. */
async function mealsBetween(db: Queries, from: Temporal.PlainDate, to: Temporal.PlainDate): Promise<number> {
  const [row] = await db
    .select({ taken: sql<number>`sum(${mealDays.taken})` })
    .from(mealDays)
    .where(and(gte(mealDays.day, from), lt(mealDays.day, to)))
  return Number(row?.taken ?? 0)
}
