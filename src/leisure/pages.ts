import { Router } from 'express'
import { leisurePublicPages } from './finding/public-pages.ts'
import { centrePages } from './planning/centre-pages.ts'
import { copyPages } from './planning/copy-pages.ts'
import type { LeisureParts } from './planning/desk-parts.ts'
import { groupPages } from './planning/group-pages.ts'
import { openingPages } from './planning/opening-pages.ts'
import { periodPages } from './planning/period-pages.ts'
import { planPages } from './planning/plan-pages.ts'

/** Every page of the leisure centres: what the town sets, and what families find. */
export function leisurePages(parts: LeisureParts): Router {
  // The periods' own addresses before `/guichet/centres/:id`.
  return Router().use(
    periodPages(parts),
    copyPages(parts),
    openingPages(parts),
    centrePages(parts),
    planPages(parts),
    groupPages(parts),
    leisurePublicPages(parts.town),
  )
}
