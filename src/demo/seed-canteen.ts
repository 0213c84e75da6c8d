import { servingDay } from '../canteen/rules.ts'
import { attendances, mealBookings, mealDays, menuDishes } from '../canteen/schema.ts'
import { eachDay, mondayOf } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { schools } from '../schools/schema.ts'
import { servingFacts } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { type Chance, sameChance } from './chance.ts'
import { insertAll } from './insert-all.ts'
import { lunches } from './menus.ts'
import type { DemoChild } from './seed-families.ts'

/** Menus from last week to five weeks on. */
export async function seedMenus(town: Town, today: Temporal.PlainDate): Promise<void> {
  const updatedAt = town.clock.now()
  const first = mondayOf(today).subtract({ weeks: 1 })
  const rows = [...eachDay(first, first.add({ days: 41 }))]
    .filter(day => day.dayOfWeek <= 5)
    .flatMap(day => {
      const week = Math.floor(first.until(day, { largestUnit: 'day' }).days / 7)
      return (lunches[(week % 2) * 5 + day.dayOfWeek - 1] ?? []).map((dish, position) => ({
        id: newId<'menu-dish'>(),
        day,
        kind: dish.kind,
        position,
        name: dish.name,
        vegetarian: dish.vegetarian ?? false,
        allergens: dish.allergens ?? [],
        labels: dish.labels ?? [],
        updatedAt,
      }))
    })
  await town.db.transaction(tx => insertAll(rows, some => tx.insert(menuDishes).values(some)))
}

/**
 * Two months that were lived: what children usually eat is booked from the start of last month to five weeks on, and the
 * staff ticked who came. The first family, the one to sign in with, has days left to book.
 */
export async function seedMeals(town: Town, today: Temporal.PlainDate, children: readonly DemoChild[]): Promise<void> {
  const { db, config, clock } = town
  const chance = sameChance(7)
  const from = today.with({ day: 1 }).subtract({ months: 1 })
  const to = today.add({ weeks: 5 })
  const usual = today.add({ weeks: 3 })
  const toBook = new Set(children.slice(0, 2))
  const facts = await servingFacts(db.read, config.schoolZone, from, to)
  const bySchool = new Map((await db.read.select().from(schools)).map(school => [school.id, school]))
  const taken = new Map<string, { schoolId: Id<'school'>; day: Temporal.PlainDate; count: number }>()
  const bookings: (typeof mealBookings.$inferInsert)[] = []
  const present: (typeof attendances.$inferInsert)[] = []
  const now = clock.now()
  for (const day of eachDay(from, to)) {
    for (const child of children) {
      const school = bySchool.get(child.schoolId)
      if (!school || !child.weekdays.includes(day.dayOfWeek)) continue
      if (toBook.has(child) && Temporal.PlainDate.compare(day, usual) > 0) continue
      if (!servingDay(day, { mealWeekdays: school.mealWeekdays }, { ...facts, closures: [] }).serves) continue
      const place = taken.get(`${school.id} ${day}`) ?? { schoolId: school.id, day, count: 0 }
      if (place.count >= school.mealCapacity) continue
      taken.set(`${school.id} ${day}`, { ...place, count: place.count + 1 })
      bookings.push(bookingOf(child, day, now))
      if (Temporal.PlainDate.compare(day, today) < 0) present.push(attendanceOf(child, day, now, chance))
    }
  }
  await db.transaction(async tx => {
    await insertAll(bookings, some => tx.insert(mealBookings).values(some))
    await insertAll(present, some => tx.insert(attendances).values(some))
    const days = [...taken.values()].map(({ schoolId, day, count }) => {
      const capacity = bySchool.get(schoolId)!.mealCapacity
      return { id: newId<'meal-day'>(), schoolId, day, capacity, taken: count }
    })
    await insertAll(days, some => tx.insert(mealDays).values(some))
  })
}

function bookingOf(child: DemoChild, day: Temporal.PlainDate, now: Temporal.Instant) {
  return {
    id: newId<'meal-booking'>(),
    childId: child.id,
    householdId: child.householdOf(day),
    schoolId: child.schoolId,
    day,
    mealType: child.mealType,
    state: 'booked' as const,
    changedAt: now,
    createdAt: now,
  }
}

function attendanceOf(child: DemoChild, day: Temporal.PlainDate, now: Temporal.Instant, chance: Chance) {
  const absent = chance.happens(0.04)
  return {
    id: newId<'attendance'>(),
    childId: child.id,
    schoolId: child.schoolId,
    day,
    present: !absent,
    booked: true,
    justification: absent && chance.happens(0.5) ? 'certificate' : null,
    recordedBy: newId<'account'>(),
    recordedAt: now,
  }
}
