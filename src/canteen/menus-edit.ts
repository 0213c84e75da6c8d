import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { type Clerk, clerkAmong } from '../kernel/actor.ts'
import { isWithin } from '../kernel/days.ts'
import { newId } from '../kernel/ids.ts'
import { invalid } from '../kernel/problems.ts'
import { clerkOfWholeTown } from '../schools/clerk-schools.ts'
import type { Town } from '../town-context.ts'
import { dishesBetween, type MenuDish } from './menus.ts'
import { dishErrors } from './menus-open-data.ts'
import { menuDishes } from './schema.ts'

export type TypedDish = Pick<MenuDish, 'day' | 'kind' | 'position' | 'name' | 'vegetarian' | 'allergens' | 'labels'>

/** What a week's menus were when a page showed them: two clerks who write one week do not undo each other. */
export function menusVersion(dishes: readonly MenuDish[]): string {
  const last = Math.max(0, ...dishes.map(({ updatedAt }) => updatedAt.epochMilliseconds))
  return `${dishes.length}-${last}`
}

/**
 * Writes the menus of a week as they are on the form: dishes without a name are taken out, those that did not change keep
 * their date. Throws 422 by the field `<day>.<kind>.<position>.name|allergens|labels`, and `menus-changed` when a colleague
 * was there since the page was opened.
 */
export async function saveMenus(
  town: Town,
  asker: Clerk,
  monday: Temporal.PlainDate,
  { dishes, version }: { dishes: readonly TypedDish[]; version: string },
): Promise<void> {
  const clerk = clerkAmong(asker, 'canteen')
  const now = town.clock.now()
  const friday = monday.add({ days: 4 })
  const week = dishes.filter(({ day }) => isWithin(day, { from: monday, to: friday }))
  const named = week.filter(({ name }) => name.trim() !== '')
  const errors = named.flatMap(dish => dishErrors(fieldOf(dish), { ...dish, updatedAt: now }))
  if (errors.length > 0) throw invalid(errors)
  await town.db.transaction(async tx => {
    await clerkOfWholeTown(tx, clerk)
    const before = await dishesBetween(tx, monday, friday)
    if (menusVersion(before) !== version) throw invalid([{ field: '', code: 'menus-changed' }])
    const known = new Map(before.map(dish => [fieldOf(dish), dish]))
    let changed = 0
    for (const dish of week) changed += await saveDish(tx, now, known.get(fieldOf(dish)), dish)
    if (changed === 0) return
    await audit(tx, now, clerk, {
      action: 'menus.saved',
      subject: { kind: 'menus', id: monday.toString() },
      details: { dishes: named.length, changed },
    })
  })
}

export const fieldOf = ({ day, kind, position }: Pick<MenuDish, 'day' | 'kind' | 'position'>) =>
  `${day}.${kind}.${position}`

async function saveDish(tx: Tx, now: Temporal.Instant, before: MenuDish | undefined, dish: TypedDish): Promise<number> {
  const { day, kind, position, vegetarian, allergens, labels } = dish
  const name = dish.name.trim()
  const facts = { name, vegetarian, allergens, labels }
  if (before && sameFacts(before, facts)) return 0
  if (!before && name === '') return 0
  const place = and(eq(menuDishes.day, day), eq(menuDishes.kind, kind), eq(menuDishes.position, position))
  if (name === '') await tx.delete(menuDishes).where(place)
  else if (before)
    await tx
      .update(menuDishes)
      .set({ ...facts, updatedAt: now })
      .where(place)
  else await tx.insert(menuDishes).values({ id: newId<'menu-dish'>(), day, kind, position, ...facts, updatedAt: now })
  return 1
}

const sameFacts = (
  { name, vegetarian, allergens, labels }: MenuDish,
  facts: Pick<MenuDish, 'name' | 'vegetarian' | 'allergens' | 'labels'>,
) => JSON.stringify([name, vegetarian, allergens, labels]) === JSON.stringify(Object.values(facts))
