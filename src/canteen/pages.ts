import { Router } from 'express'
import type { Town } from '../town-context.ts'
import { absencePages } from './absence-pages.ts'
import type { FeedDaysOf } from './calendar-feed.ts'
import { feedPages } from './feed-pages.ts'
import { monthPages } from './month-pages.ts'
import { summaryPages } from './summary-pages.ts'
import { termPages } from './term-pages.ts'
import { waitingPages } from './waiting-pages.ts'
import { weekMenuPages } from './week-menu-pages.ts'

/** The canteen's pages for parents, its menus for everybody, and the family's calendar, to which other services add. */
export function canteenPages(town: Town, { calendars }: { calendars: readonly FeedDaysOf[] }): Router {
  return Router().use(
    monthPages(town),
    termPages(town),
    waitingPages(town),
    absencePages(town),
    feedPages(town, calendars),
    weekMenuPages(town),
    summaryPages(town),
  )
}
