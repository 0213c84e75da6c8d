import { Router } from 'express'
import type { Town } from '../town-context.ts'
import { clerkOf, signedIn } from '../web/asker.ts'
import { carePages } from './care-pages.ts'
import { childFilePages } from './child-file-pages.ts'
import { childFilePaperPages } from './child-file-paper-pages.ts'
import { childPages } from './child-pages.ts'
import { dashboardPages } from './dashboard-pages.ts'
import { deskCheckPages } from './desk-check-pages.ts'
import { deskChildFilePages } from './desk-child-file-pages.ts'
import { deskFamilyPages } from './desk-family-pages.ts'
import { deskPersonPages } from './desk-person-pages.ts'
import { COUNTER_SERVICES } from './desk-persons.ts'
import { deskQuotientPages } from './desk-quotient-pages.ts'
import { familyPages } from './family-pages.ts'
import type { PeopleParts } from './parts.ts'
import { quotientPages } from './quotient-pages.ts'
import { CHECKING_SERVICES, FAMILY_SERVICES } from './store.ts'

/** The families' pages, their own and the clerks'. */
export function peoplePages(town: Town, parts: PeopleParts): Router {
  const router = Router()
  // Shut by default: a page added tomorrow is, too.
  router.use(['/accueil', '/famille'], (_req, res, next) => {
    signedIn(res)
    next()
  })
  router.use('/guichet/familles', (_req, res, next) => {
    clerkOf(res, ...FAMILY_SERVICES)
    next()
  })
  router.use(['/guichet/quotients', '/guichet/verifications'], (_req, res, next) => {
    clerkOf(res, ...CHECKING_SERVICES)
    next()
  })
  router.use('/guichet/personnes', (_req, res, next) => {
    clerkOf(res, ...COUNTER_SERVICES)
    next()
  })
  router.use(dashboardPages(town, parts), familyPages(town, parts), childPages(town, parts), carePages(town, parts))
  router.use(childFilePages(town), childFilePaperPages(town), deskChildFilePages(town))
  router.use(quotientPages(town), deskFamilyPages(town, parts), deskQuotientPages(town))
  router.use(deskCheckPages(town), deskPersonPages(town, parts))
  return router
}
