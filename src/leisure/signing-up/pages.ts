import { Router } from 'express'
import type { Town } from '../../town-context.ts'
import { basketPages } from './basket-pages.ts'
import { signUpPages } from './sign-up-pages.ts'

/** Signing children up: the choice, the basket, and what a household has. */
export const signingUpPages = (town: Town): Router => Router().use(signUpPages(town), basketPages(town))
