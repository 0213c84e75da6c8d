import type { Queries } from '../db/database.ts'
import { count, eq } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { mealBookings, mealDays, mealWaiting } from './schema.ts'
import { slotKey } from './store.ts'

/** A day whose count of places taken is not the number of meals booked and places offered. */
export type WrongCounter = { schoolId: Id<'school'>; day: string; taken: number; counted: number }

/** Checks the places counted against the rows they stand for, day by day: there should be nothing to tell. For `doctor`. */
export async function checkMealCounters(db: Queries): Promise<WrongCounter[]> {
  const booked = await db
    .select({ schoolId: mealBookings.schoolId, day: mealBookings.day, n: count() })
    .from(mealBookings)
    .where(eq(mealBookings.state, 'booked'))
    .groupBy(mealBookings.schoolId, mealBookings.day)
  const offered = await db
    .select({ schoolId: mealWaiting.schoolId, day: mealWaiting.day, n: count() })
    .from(mealWaiting)
    .where(eq(mealWaiting.state, 'offered'))
    .groupBy(mealWaiting.schoolId, mealWaiting.day)
  const days = await db.select({ schoolId: mealDays.schoolId, day: mealDays.day, taken: mealDays.taken }).from(mealDays)

  const found = new Map<string, WrongCounter>()
  const of = ({ schoolId, day }: { schoolId: Id<'school'>; day: Temporal.PlainDate }) => {
    const key = slotKey({ schoolId, day })
    const known = found.get(key) ?? { schoolId, day: day.toString(), taken: 0, counted: 0 }
    found.set(key, known)
    return known
  }
  for (const row of [...booked, ...offered]) of(row).counted += row.n
  for (const row of days) of(row).taken = row.taken
  return [...found.values()].filter(({ taken, counted }) => taken !== counted)
}

/** The same in words. */
export async function placesAreCounted(db: Queries): Promise<readonly string[]> {
  const wrong = await checkMealCounters(db)
  return wrong.map(
    ({ schoolId, day, taken, counted }) => `${day} at school ${schoolId}: ${taken} taken, ${counted} counted`,
  )
}
