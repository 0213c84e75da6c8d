import { Router } from 'express'
import type { Town } from '../town-context.ts'
import { accountPages } from './account-pages.ts'
import { activationPages } from './activation-pages.ts'
import { clerkPages } from './clerk-pages.ts'
import type { ClosingParts } from './close-account.ts'
import { counterPages } from './counter-pages.ts'
import { residentAccountPages } from './resident-account-pages.ts'
import { signInPages } from './sign-in-pages.ts'
import { signUpPages } from './sign-up-pages.ts'

/** Everything about accounts. `closingParts` tells what must be settled before one is closed, and what goes on. */
export function accessPages(town: Town, closingParts: ClosingParts): Router {
  const router = Router()
  router.use(signInPages(town), signUpPages(town), activationPages(town), accountPages(town, closingParts))
  router.use(counterPages(town), residentAccountPages(town), clerkPages(town))
  return router
}
