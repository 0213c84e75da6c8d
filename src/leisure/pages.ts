import { Router } from 'express'
import { leisurePublicPages } from './finding/public-pages.ts'
import { drawPages } from './opening/draw-pages.ts'
import { roomPages } from './opening/room-pages.ts'
import { leisurePapers } from './papers/pages.ts'
import { centrePages } from './planning/centre-pages.ts'
import { copyPages } from './planning/copy-pages.ts'
import type { LeisureParts } from './planning/desk-parts.ts'
import { groupPages } from './planning/group-pages.ts'
import { openingPages } from './planning/opening-pages.ts'
import { periodPages } from './planning/period-pages.ts'
import { planPages } from './planning/plan-pages.ts'
import { registersPages } from './registers/pages.ts'
import { signingUpPages } from './signing-up/pages.ts'
import { waitingPages } from './waiting/pages.ts'
import { deskWishPages } from './wishes/desk-wish-pages.ts'
import { resultsPages } from './wishes/results-pages.ts'
import { wishPages } from './wishes/wish-pages.ts'
import { deskWorkPages } from './work/desk-work-pages.ts'
import { workPages } from './work/work-pages.ts'

/** Every page of the leisure centres: what the town sets, and what families find. */
export function leisurePages(parts: LeisureParts): Router {
  // The periods' own addresses before `/guichet/centres/:id`.
  return Router().use(
    periodPages(parts),
    copyPages(parts),
    openingPages(parts),
    roomPages(parts.town),
    drawPages(parts.town),
    centrePages(parts),
    planPages(parts),
    groupPages(parts),
    leisurePapers(parts.town, parts.pdf),
    signingUpPages(parts.town),
    waitingPages(parts.town),
    wishPages(parts.town),
    resultsPages(parts.town),
    deskWishPages(parts.town),
    workPages(parts.town),
    deskWorkPages(parts.town),
    registersPages(parts),
    leisurePublicPages(parts.town),
  )
}
