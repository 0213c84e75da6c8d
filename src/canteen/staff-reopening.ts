import { audit } from '../audit/audit.ts'
import { and, eq, gte, inArray } from '../db/drizzle.ts'
import { system } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { mayBookOn } from '../people/custody.ts'
import { childrenById } from '../people/store.ts'
import { type Declaration, declarationById, moveDeclaration } from '../schools/closures.ts'
import { schoolsById } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import { tableOn } from './child-days.ts'
import { mealBookings } from './schema.ts'
import { type DeclarationJob, lockSlots } from './staff-closing.ts'
import { writeReopeningLetters } from './staff-closure-letters.ts'
import { bookRows, takePlaces } from './store.ts'

type Booking = typeof mealBookings.$inferSelect

/**
 * After a closure was taken back: books again the meals it cancelled, of today and later, where places are left and the
 * child still eats there, and tells each household. A household at a time; run again, it goes on where it was.
 */
export async function reopenDays(town: Town, { declarationId }: DeclarationJob): Promise<void> {
  const declaration = await declarationById(town.db.read, declarationId)
  if (declaration.state !== 'reopening') return
  const meals = await town.db.read
    .selectDistinct({ householdId: mealBookings.householdId })
    .from(mealBookings)
    .where(cancelledBy(town, declaration))
  for (const householdId of meals.map(({ householdId }) => householdId).sort())
    await rebookForHousehold(town, declaration, householdId)
  await town.db.transaction(async tx => {
    await moveDeclaration(tx, declarationId, 'reopening', 'withdrawn')
  })
}

/** How many meals withdrawing would book again, for how many households. */
export async function mealsToRebook(town: Town, declaration: Declaration) {
  const rows = await town.db.read
    .select({ householdId: mealBookings.householdId })
    .from(mealBookings)
    .where(cancelledBy(town, declaration))
  return { meals: rows.length, households: new Set(rows.map(({ householdId }) => householdId)).size }
}

function cancelledBy(town: Town, { closures }: Declaration) {
  const ids = closures.map(({ id }) => id as string)
  return and(
    inArray(mealBookings.cancelledBy, ids),
    eq(mealBookings.state, 'cancelled'),
    gte(mealBookings.day, dayInParis(town.clock.now())),
  )
}

async function rebookForHousehold(town: Town, declaration: Declaration, householdId: Id<'household'>): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const meals = await tx
      .select()
      .from(mealBookings)
      .where(and(eq(mealBookings.householdId, householdId), cancelledBy(town, declaration)))
      .orderBy(mealBookings.day)
    const [first, last] = [meals[0], meals.at(-1)]
    if (!first || !last) return
    await lockSlots(tx, meals)
    const schools = await schoolsById(tx, new Set(meals.map(({ schoolId }) => schoolId)))
    const children = await childrenById(tx, [...new Set(meals.map(({ childId }) => childId))])
    const calendar = await canteenCalendar(tx, town.config, now, first.day, last.day)
    const rebooked: Booking[] = []
    const lost: Booking[] = []
    for (const meal of meals) {
      const child = children.get(meal.childId)
      const table = child && tableOn(child, schools, meal.day)
      // Who has changed schools since, or is closed by something else, is not told of a day that is not open.
      if (!child || table?.school.id !== meal.schoolId) continue
      if (!calendar.serving(table.school, table.className, meal.day).serves) continue
      if (child.custody && !mayBookOn(child.custody, householdId, meal.day)) continue
      if ((await takePlaces(tx, meal.schoolId, [meal.day])).length === 0) {
        lost.push(meal)
        continue
      }
      const { childId, schoolId, day, mealType } = meal
      await bookRows(tx, now, [{ childId, householdId, schoolId, day, mealType }])
      rebooked.push(meal)
    }
    await audit(tx, now, system('closures'), {
      action: 'meals.rebooked',
      subject: { kind: 'household', id: householdId },
      details: { closure: declaration.id, meals: rebooked.map(({ id }) => id), lost: lost.map(({ id }) => id) },
    })
    await writeReopeningLetters(tx, { town, now }, declaration, householdId, { rebooked, lost })
  })
}
