import { type RequestHandler, Router } from 'express'
import { pageBudget } from './page-budget.ts'
import type { Renderer } from './render.ts'

/** Something all families must know today: a strike, a canteen that is closed. */
export type HomeAlert = { title: string; text: string }

const PAGES = {
  '/aide': 'help',
  '/accessibilite': 'accessibility',
  '/mentions-legales': 'legal-notice',
  '/donnees-personnelles': 'personal-data',
  '/ecoconception': 'ecodesign',
}

/**
 * The home page, and the pages that tell about the service and ask nothing.
 * `alertsFor` gives what the home page says first, in the words of a language; none, and there is no box.
 */
export function informationPages(
  { render }: { render: Renderer },
  alertsFor: (language: string) => Promise<readonly HomeAlert[]> = async () => [],
): Router {
  const router = Router()
  router.get('/', async (_req, res) => {
    render.page(res, 'information/home', { alerts: await alertsFor(res.locals['language'] ?? 'fr') })
  })
  for (const [path, name] of Object.entries(PAGES)) router.get(path, show(render, name))
  return router
}

const show =
  (render: Renderer, name: string): RequestHandler =>
  (_req, res) =>
    render.page(res, `information/${name}`, { budget: pageBudget })
