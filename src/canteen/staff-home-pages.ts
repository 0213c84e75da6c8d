import { Router } from 'express'
import type { Queries } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { canteenCalendar } from './calendar.ts'
import { attendances } from './schema.ts'
import { claimsToCheck } from './staff-claims.ts'
import { closuresForClerk } from './staff-closures.ts'
import { kitchenCounts, nextMealDay, totalOf } from './staff-counts.ts'
import { closedInWords, type StaffParts, staffOf, wordsOf } from './staff-page.ts'

/** Where canteen clerks begin: the next two days with meals, school by school, and what waits. */
export function staffHomePages({ town }: StaffParts): Router {
  const router = Router()
  router.get('/guichet/cantine', async (_req, res) => {
    const { clerk, schools, wholeTown } = await staffOf(town, res)
    const words = wordsOf(town, res)
    const now = town.clock.now()
    const today = dayInParis(now)
    const calendar = await canteenCalendar(town.db.read, town.config, now, today, today.add({ days: 90 }))
    const first = nextMealDay(calendar, schools, today)
    const days = schools.length > 0 ? [first, nextMealDay(calendar, schools, first.add({ days: 1 }))] : []
    const shown = []
    for (const day of days) {
      const present = await presentOn(town.db.read, day)
      const counts = await kitchenCounts(town, schools, day)
      shown.push({
        day,
        isToday: day.equals(today),
        countedAt: counts.find(({ countedAt }) => countedAt)?.countedAt ?? null,
        deadline: calendar.deadline(day),
        total: counts.reduce((all, { now }) => all + totalOf(now), 0),
        schools: counts.map(({ school, serving, now, taken, capacity }) => ({
          id: school.id,
          name: school.name,
          meals: totalOf(now),
          present: present.get(school.id) ?? 0,
          full: taken >= capacity,
          closed: closedInWords(words, serving),
        })),
      })
    }
    const closures = (await closuresForClerk(town, clerk)).filter(({ state }) => state !== 'withdrawn')
    town.render.page(res, 'canteen/staff-home', {
      days: shown,
      wholeTown,
      claims: (await claimsToCheck(town, clerk)).length,
      closing: closures.filter(({ state }) => state !== 'closed').length,
    })
  })
  return router
}

async function presentOn(db: Queries, day: Temporal.PlainDate): Promise<Map<string, number>> {
  const rows = await db
    .select({ schoolId: attendances.schoolId })
    .from(attendances)
    .where(and(eq(attendances.day, day), eq(attendances.present, true)))
  const found = new Map<string, number>()
  for (const { schoolId } of rows) found.set(schoolId, (found.get(schoolId) ?? 0) + 1)
  return found
}
