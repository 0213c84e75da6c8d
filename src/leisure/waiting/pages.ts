import { Router } from 'express'
import type { Town } from '../../town-context.ts'
import { cancelPages } from './cancel-pages.ts'
import { claimPages } from './claim-pages.ts'
import { listsPages } from './lists-pages.ts'
import { offerPages } from './offer-pages.ts'
import { staffClaimPages } from './staff-claims-pages.ts'

/** Every page of waiting lists, offers, cancelling and doctors' papers. */
export const waitingPages = (town: Town): Router =>
  Router().use(offerPages(town), cancelPages(town), claimPages(town), staffClaimPages(town), listsPages(town))
