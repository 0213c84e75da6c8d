import { Router } from 'express'
import type { Queries } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { administratorOf } from '../web/asker.ts'
import { settingsFormPages } from './form-pages.ts'
import { textPages } from './text-pages.ts'

export type SettingsParts = {
  /** Makes what was just saved seen by this process at once; the others follow within seconds. */
  refresh: () => Promise<void>
  /** The e-mail address of an account, for a trial letter. */
  emailOf: (db: Queries, accountId: Id<'account'>) => Promise<string | undefined>
}

/** What an administrator sets: the list of all of it, wherever its pages are, then the settings and the texts. */
export function settingsPages(town: Town, parts: SettingsParts): Router {
  const router = Router()
  router.get('/guichet/reglages', (_req, res) => {
    administratorOf(res)
    town.render.page(res, 'settings/index', { places: PLACES })
  })
  router.use(settingsFormPages(town, parts), textPages(town, parts))
  return router
}

/** The words are `settings:index.<key>` and `settings:index.<key>Text`. */
const PLACES = [
  { key: 'delays', href: '/guichet/reglages/horaires-et-delais' },
  { key: 'texts', href: '/guichet/reglages/textes' },
  { key: 'clerks', href: '/guichet/reglages/agents' },
  { key: 'schools', href: '/guichet/ecoles/agents' },
  { key: 'tariffs', href: '/guichet/tarifs' },
  { key: 'journal', href: '/guichet/journal' },
  { key: 'jobs', href: '/guichet/travaux' },
]
