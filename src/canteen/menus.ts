import type { Queries } from '../db/database.ts'
import { asc, between, max } from '../db/drizzle.ts'
import { searchKey } from '../people/rules.ts'
import { ALLERGENS, type Allergen, QUALITY_SIGNS } from './menus-open-data.ts'
import { type DishKind, menuDishes } from './schema.ts'

export type MenuDish = typeof menuDishes.$inferSelect

/** The kinds of dishes in the order of the meal, with how many of each a week's form offers. */
export const DISH_KINDS: readonly { kind: DishKind; rows: number }[] = [
  { kind: 'starter', rows: 1 },
  { kind: 'main', rows: 2 },
  { kind: 'side', rows: 2 },
  { kind: 'dairy', rows: 1 },
  { kind: 'dessert', rows: 1 },
  { kind: 'bread', rows: 1 },
  { kind: 'snack', rows: 1 },
]
const ORDER = DISH_KINDS.map(({ kind }) => kind)

/** The dishes between two days, in the order they are eaten. */
export async function dishesBetween(
  db: Queries,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Promise<MenuDish[]> {
  const rows = await db
    .select()
    .from(menuDishes)
    .where(between(menuDishes.day, from, to))
    .orderBy(asc(menuDishes.day), asc(menuDishes.position))
  return rows.sort(
    (a, b) =>
      Temporal.PlainDate.compare(a.day, b.day) ||
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      a.position - b.position,
  )
}

/** When a menu was changed last; undefined while there is none. */
export async function menusChangedAt(db: Queries): Promise<Temporal.Instant | undefined> {
  const [row] = await db.select({ at: max(menuDishes.updatedAt) }).from(menuDishes)
  // `max` gives the stored text back.
  return row?.at ? Temporal.Instant.from(String(row.at)) : undefined
}

/**
 * Whether a week with menus lacks its vegetarian one: no day has a vegetarian main dish. School canteens must offer one a
 * week (law « EGalim » of 30 October 2018; rural code, L230-5-6).
 */
export function lacksVegetarian(dishes: readonly Pick<MenuDish, 'kind' | 'vegetarian'>[]): boolean {
  const mains = dishes.filter(({ kind }) => kind === 'main')
  return mains.length > 0 && !mains.some(({ vegetarian }) => vegetarian)
}

/** Names people type for allergens, beside those of the form. */
const ALSO: Readonly<Record<string, Allergen>> = {
  ble: 'gluten',
  cereales: 'gluten',
  crustace: 'crustaceans',
  oeuf: 'eggs',
  poisson: 'fish',
  arachide: 'peanuts',
  cacahuete: 'peanuts',
  soy: 'soya',
  lactose: 'milk',
  noix: 'nuts',
  'fruits a coque': 'nuts',
  sulfite: 'sulphites',
  mollusque: 'molluscs',
}

/** Words typed between commas. */
export const parts = (typed: string): string[] =>
  typed
    .split(/[,;]/)
    .map(part => part.trim())
    .filter(Boolean)

/** The code of an allergen as a clerk typed it, in either language; undefined for none of the fourteen. */
export function allergenTyped(typed: string, named: (code: Allergen) => string): Allergen | undefined {
  const key = searchKey(typed)
  const codes = Object.keys(ALLERGENS) as Allergen[]
  const found = codes.find(code => [code, named(code), ALLERGENS[code]].some(name => searchKey(name) === key))
  return found ?? ALSO[key]
}

/** A label as it is kept: the code of an official sign, or the town's own words. */
export function labelTyped(typed: string, named: (code: string) => string): string {
  const key = searchKey(typed)
  const signs = Object.entries(QUALITY_SIGNS)
  const sign = signs.find(([code, name]) => [code, named(code), name].some(each => searchKey(each) === key))
  if (sign) return sign[0]
  return key === 'ab' || key === 'agriculture biologique' ? 'organic' : typed.slice(0, 60)
}
