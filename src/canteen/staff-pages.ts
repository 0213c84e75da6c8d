import { Router } from 'express'
import { clerkSchoolsPages } from '../schools/clerk-schools-pages.ts'
import { menusPages } from './menus-pages.ts'
import { attendancePages } from './staff-attendance-pages.ts'
import { childDayPages } from './staff-child-pages.ts'
import { claimsPages } from './staff-claims-pages.ts'
import { closurePages } from './staff-closure-pages.ts'
import { countsPages } from './staff-counts-pages.ts'
import { exportPages } from './staff-exports-pages.ts'
import { staffHomePages } from './staff-home-pages.ts'
import type { StaffParts } from './staff-page.ts'
import { schoolPages } from './staff-schools-pages.ts'

/** The canteen as its clerks see it. */
export function staffPages(parts: StaffParts): Router {
  const router = Router()
  router.use(staffHomePages(parts), countsPages(parts), attendancePages(parts), childDayPages(parts))
  router.use(closurePages(parts), claimsPages(parts), exportPages(parts), menusPages(parts))
  // « agents » before the schools' own pages, whose address would take it for a school.
  router.use(clerkSchoolsPages(parts.town), schoolPages(parts))
  return router
}
