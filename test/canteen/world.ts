import { type MealWish, saveMeals } from '../../src/canteen/save-meals.ts'
import { mealBookings, mealDays, mealWaiting } from '../../src/canteen/schema.ts'
import { and, asc, eq } from '../../src/db/drizzle.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { closures, schoolHolidays, schools } from '../../src/schools/schema.ts'
import { zoneB } from '../schools/zone-b.ts'
import type { Family } from '../support/family.ts'
import { type TestTown, testTown } from '../support/town.ts'

/** A town that knows its school holidays. It is Monday 23 November 2026, 9:00. */
export async function canteenTown(env: Record<string, string> = {}): Promise<TestTown> {
  const t = await testTown(env)
  await t.town.db.transaction(async tx => {
    await tx.insert(schoolHolidays).values(zoneB().map(row => ({ ...row, id: newId<'school-holiday'>() })))
  })
  return t
}

export const day = (iso: string) => Temporal.PlainDate.from(iso)

/** The wishes of a family for its first child, or for the one that is named. */
export const wishes = (
  family: Family,
  wish: MealWish['wish'],
  days: readonly string[],
  child = family.children[0]!.id,
): MealWish[] => days.map(iso => ({ childId: child, day: day(iso), wish }))

export const book = (t: TestTown, family: Family, ...days: string[]) =>
  saveMeals(t.town, family.actor, wishes(family, 'book', days))
export const cancel = (t: TestTown, family: Family, ...days: string[]) =>
  saveMeals(t.town, family.actor, wishes(family, 'cancel', days))
export const wait = (t: TestTown, family: Family, ...days: string[]) =>
  saveMeals(t.town, family.actor, wishes(family, 'wait', days))

/** The days booked for a child. */
export async function meals(t: TestTown, child: Id<'person'>): Promise<string[]> {
  const rows = await t.town.db.read
    .select({ day: mealBookings.day })
    .from(mealBookings)
    .where(and(eq(mealBookings.childId, child), eq(mealBookings.state, 'booked')))
    .orderBy(asc(mealBookings.day))
  return rows.map(row => row.day.toString())
}

export async function setCapacity(t: TestTown, schoolId: Id<'school'>, mealCapacity: number): Promise<void> {
  await t.town.db.transaction(async tx => {
    await tx.update(schools).set({ mealCapacity }).where(eq(schools.id, schoolId))
  })
}

export async function places(t: TestTown, schoolId: Id<'school'>, iso: string) {
  const [row] = await t.town.db.read
    .select({ capacity: mealDays.capacity, taken: mealDays.taken })
    .from(mealDays)
    .where(and(eq(mealDays.schoolId, schoolId), eq(mealDays.day, day(iso))))
  return row
}

export async function waitingState(t: TestTown, child: Id<'person'>, iso: string) {
  const [row] = await t.town.db.read
    .select()
    .from(mealWaiting)
    .where(and(eq(mealWaiting.childId, child), eq(mealWaiting.day, day(iso))))
  return row
}

export async function close(
  t: TestTown,
  closure: { school?: Id<'school'>; className?: string; from: string; to?: string; message?: string },
): Promise<void> {
  await t.town.db.transaction(async tx => {
    await tx.insert(closures).values({
      id: newId<'closure'>(),
      schoolId: closure.school ?? null,
      className: closure.className ?? null,
      from: day(closure.from),
      to: day(closure.to ?? closure.from),
      reason: 'strike',
      message: closure.message ?? 'Grève nationale',
      createdAt: t.town.clock.now(),
    })
  })
}
