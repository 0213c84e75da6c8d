import { Router } from 'express'
import type { HoldsOf } from '../people/holds.ts'
import type { Town } from '../town-context.ts'
import { accountPages } from './account-pages.ts'
import { counterPages } from './counter-pages.ts'
import { signInPages } from './sign-in-pages.ts'
import { signUpPages } from './sign-up-pages.ts'

/** Everything about accounts. `holdsOf` tells what must be settled before one is closed. */
export function accessPages(town: Town, holdsOf: HoldsOf): Router {
  const router = Router()
  router.use(signInPages(town), signUpPages(town), accountPages(town, holdsOf), counterPages(town))
  return router
}
