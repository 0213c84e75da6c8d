import { Router } from 'express'
import { z } from 'zod'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'

/** Read by the script of the clerks' pages, hence open to it; it is this computer's, for keyboards differ more than clerks. */
const COOKIE = 'guichet-keys'
const ONE_YEAR_MS = 365 * 24 * 3600 * 1000
const PATH = '/guichet/raccourcis'

const choice = z.object({ keys: z.enum(['on', 'off']) })

/** The keys, and the words of what each does: `desk:shortcuts.<does>`. */
const shortcuts = [
  { key: 'j', does: 'j' },
  { key: 'k', does: 'k' },
  { key: undefined, does: 'enterDoes' },
  { key: 'a', does: 'a' },
  { key: 'x', does: 'x' },
  { key: 'n', does: 'n' },
  { key: '/', does: 'search' },
  { key: 'e', does: 'e' },
  { key: 'q', does: 'q' },
  { key: 'r', does: 'r' },
  { key: '?', does: 'help' },
]

/** What the keys of the keyboard do on clerks' pages, and the switch that turns them off (WCAG 2.1.4). */
export function shortcutPages(town: Town): Router {
  const router = Router()
  router.get(PATH, (req, res) => {
    clerkOf(res)
    const off = /(?:^|;\s*)guichet-keys=off/.test(req.get('cookie') ?? '')
    town.render.page(res, 'desk/shortcuts', { shortcuts, off })
  })
  router.post(PATH, async (req, res) => {
    clerkOf(res)
    const { keys } = parse(choice, req.body)
    res.cookie(COOKIE, keys, { maxAge: ONE_YEAR_MS, sameSite: 'lax', secure: req.secure, path: '/guichet' })
    await goOn(req, res, PATH, { kind: 'success', text: wordsOf(town, res).t('desk:shortcuts.saved') })
  })
  return router
}
