import type { Queries } from '../db/database.ts'
import { eachDay, isoDay, mondayOf } from '../kernel/days.ts'
import { dishesBetween, type MenuDish } from './menus.ts'

export type Dish = Pick<MenuDish, 'kind' | 'name' | 'vegetarian' | 'allergens' | 'labels'>
export type MenuOfDay = { day: Temporal.PlainDate; dishes: readonly Dish[] }

/** The Monday of the week written 2026-W49 (ISO 8601), from 1900 to 2100; undefined for all else, week 53 of most years too. */
export function isoWeek(text: string): Temporal.PlainDate | undefined {
  const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(text) ?? []
  const fourth = year && isoDay(`${year}-01-04`) // always in week 1
  if (!fourth || week === '00') return undefined
  const monday = mondayOf(fourth).add({ days: 7 * (Number(week) - 1) })
  return weekText(monday) === text ? monday : undefined
}

/** The week of a day, written 2026-W49. */
export function weekText(day: Temporal.PlainDate): string {
  return `${day.yearOfWeek}-W${String(day.weekOfYear).padStart(2, '0')}`
}

/** The menus published for a week, Monday to Friday; a day without any has no dishes. */
export async function menuOfWeek(db: Queries, monday: Temporal.PlainDate): Promise<MenuOfDay[]> {
  const friday = monday.add({ days: 4 })
  const dishes = await dishesBetween(db, monday, friday)
  return [...eachDay(monday, friday)].map(day => ({
    day,
    dishes: dishes
      .filter(dish => dish.day.equals(day))
      .map(({ kind, name, vegetarian, allergens, labels }) => ({ kind, name, vegetarian, allergens, labels })),
  }))
}
