import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, gte, sql } from '../db/drizzle.ts'
import { system } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import type { MealType } from '../people/schema.ts'
import { type Child, childrenById } from '../people/store.ts'
import { type School, schoolsById } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import { tableOn } from './child-days.ts'
import { isInTime } from './cut-off.ts'
import { promiseSummary } from './meals-mail.ts'
import { offerPlaces } from './offers.ts'
import { mealBookings } from './schema.ts'
import { bookingsOf, freePlaces, lockPlaces, type Slot, slotKey, takePlaces } from './store.ts'

/** `mealTypeBefore` when it is what the child eats that has changed. */
export type ChildChanged = { childId: Id<'person'>; mealTypeBefore?: MealType }

const A_YEAR = Temporal.Duration.from({ months: 13 })
const actor = system('child-changed')

/**
 * A child has another school or eats otherwise: the meals to come follow, as far as there are places, and the household is
 * told. Meals of days past stay as they were eaten. Done twice, it changes nothing more.
 */
export async function followChild(town: Town, { childId, mealTypeBefore }: ChildChanged): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  await town.db.transaction(async tx => {
    const child = (await childrenById(tx, [childId])).get(childId)
    if (!child) return
    if (mealTypeBefore && mealTypeBefore !== child.mealType) await changeMealType(tx, town, child, mealTypeBefore)
    const booked = await bookingsOf(tx, [childId], today, today.add(A_YEAR))
    const schools = await schoolsById(tx, new Set([...child.schoolings, ...booked].map(({ schoolId }) => schoolId)))
    const strayed = booked.filter(
      row => row.state === 'booked' && tableOn(child, schools, row.day)?.school.id !== row.schoolId,
    )
    if (strayed.length > 0) await moveMeals(tx, town, child, schools, strayed)
  })
}

/** What can still be changed is cooked as the child eats now; a meal of a type chosen for itself stays. */
async function changeMealType(tx: Tx, town: Town, child: Child, before: MealType): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  const calendar = await canteenCalendar(tx, town.config, now, today, today.add({ days: 40 }))
  let first = today
  while (!isInTime(now, calendar.deadline(first))) first = first.add({ days: 1 })
  const changed = await tx
    .update(mealBookings)
    .set({ mealType: child.mealType })
    .where(and(eq(mealBookings.childId, child.id), gte(mealBookings.day, first), eq(mealBookings.mealType, before)))
    .returning({ id: mealBookings.id })
  const details = { meals: changed.length, from: first.toString() }
  await audit(tx, now, actor, { action: 'meals.type-changed', subject: { kind: 'child', id: child.id }, details })
}

type Strayed = Awaited<ReturnType<typeof bookingsOf>>[number]

/** Each meal goes to the school of its day when there is a place, and is cancelled when there is none. */
async function moveMeals(
  tx: Tx,
  town: Town,
  child: Child,
  schools: ReadonlyMap<Id<'school'>, School>,
  strayed: readonly Strayed[],
): Promise<void> {
  const now = town.clock.now()
  const left = await lockBoth(tx, child, schools, strayed)
  const days = strayed.map(({ day }) => day).sort(Temporal.PlainDate.compare)
  const calendar = await canteenCalendar(tx, town.config, now, days[0]!, days.at(-1)!)
  const moved: Id<'meal-booking'>[] = []
  const cancelled: Id<'meal-booking'>[] = []
  const freed: Slot[] = []
  for (const row of strayed) {
    const table = tableOn(child, schools, row.day)
    const slot = table && { schoolId: table.school.id, day: row.day }
    const served = table && calendar.serving(table.school, table.className, row.day).serves
    const goes = slot && served && (left.get(slotKey(slot)) ?? 0) > 0
    const where = and(
      eq(mealBookings.id, row.id),
      eq(mealBookings.state, 'booked'),
      eq(mealBookings.schoolId, row.schoolId),
    )
    const revised = { revision: sql`${mealBookings.revision} + 1`, changedAt: now }
    const [done] = await tx
      .update(mealBookings)
      .set(goes ? { ...revised, schoolId: slot.schoolId } : { ...revised, state: 'cancelled', cancelledBy: 'school' })
      .where(where)
      .returning({ id: mealBookings.id })
    if (!done) continue
    await freePlaces(tx, row.schoolId, [row.day])
    freed.push(row)
    if (goes && (await takePlaces(tx, slot.schoolId, [row.day])).length === 0) throw new Error('the place was counted')
    ;(goes ? moved : cancelled).push(row.id)
  }
  await offerPlaces(tx, { town, now }, calendar, freed)
  const details = { moved: moved.length, cancelled: cancelled.length }
  await audit(tx, now, actor, { action: 'meals.moved', subject: { kind: 'child', id: child.id }, details })
  for (const householdId of new Set(strayed.map(row => row.householdId))) await promiseSummary(tx, now, householdId)
}

/** Locks the days at the old school and at the new one; the places left, by slot. */
async function lockBoth(
  tx: Tx,
  child: Child,
  schools: ReadonlyMap<Id<'school'>, School>,
  strayed: readonly Strayed[],
): Promise<ReadonlyMap<string, number>> {
  const daysOf = new Map<School, Set<string>>()
  for (const { schoolId, day } of strayed)
    for (const school of [schools.get(schoolId), tableOn(child, schools, day)?.school])
      if (school) daysOf.set(school, (daysOf.get(school) ?? new Set()).add(day.toString()))
  const left = new Map<string, number>()
  for (const [school, days] of [...daysOf].sort(([a], [b]) => (a.id < b.id ? -1 : 1)))
    for (const slot of await lockPlaces(tx, school, days)) left.set(slotKey(slot), slot.capacity - slot.taken)
  return left
}
