import { Router } from 'express'
import type { Town } from '../town-context.ts'
import { monthPages } from './month-pages.ts'

/** The parents' pages of the canteen. */
export function canteenPages(town: Town): Router {
  return Router().use(monthPages(town))
}
