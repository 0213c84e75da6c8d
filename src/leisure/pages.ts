import { Router } from 'express'
import { centrePages } from './centre-pages.ts'
import { copyPages } from './copy-pages.ts'
import type { LeisureParts } from './desk-parts.ts'
import { groupPages } from './group-pages.ts'
import { openingPages } from './opening-pages.ts'
import { periodPages } from './period-pages.ts'
import { planPages } from './plan-pages.ts'
import { leisurePublicPages } from './public-pages.ts'

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
