import { Router } from 'express'
import type { Town } from '../town-context.ts'
import { absencePages } from './absence-pages.ts'
import { feedPages } from './feed-pages.ts'
import { monthPages } from './month-pages.ts'
import { summaryPages } from './summary-pages.ts'
import { termPages } from './term-pages.ts'
import { waitingPages } from './waiting-pages.ts'
import { weekMenuPages } from './week-menu-pages.ts'

/** The canteen's pages for parents, and its menus for everybody. */
export function canteenPages(town: Town): Router {
  return Router().use(
    monthPages(town),
    termPages(town),
    waitingPages(town),
    absencePages(town),
    feedPages(town),
    weekMenuPages(town),
    summaryPages(town),
  )
}
