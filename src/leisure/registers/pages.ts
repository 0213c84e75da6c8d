import { Router } from 'express'
import type { LeisureParts } from '../planning/desk-parts.ts'
import { registerChildPages } from './child-pages.ts'
import { registerHomePages } from './home-pages.ts'
import { registerPrintPages } from './print-pages.ts'
import { registerPages } from './register-pages.ts'
import { signedUpPages } from './signed-up-pages.ts'
import { statisticsPages } from './statistics-pages.ts'

/** Who is at the centres: registers to tick, lists of who is signed up, and what the family-allowance office asks for. */
export function registersPages({ town, pdf }: LeisureParts): Router {
  return Router().use(
    registerHomePages(town),
    registerPrintPages(town, pdf),
    registerPages(town),
    registerChildPages(town),
    signedUpPages(town),
    statisticsPages(town),
  )
}
