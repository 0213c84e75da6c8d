import { Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { askerOf } from '../../web/asker.ts'
import { wordsOf } from '../../web/form-page.ts'
import { requestsOfPerson } from '../store.ts'
import { draftOfBrowser } from './ask-session.ts'
import { personAsking } from './draft.ts'

/** Drafts that are offered to go on with. */
const MOST_DRAFTS = 3

/** « Demander un acte »: what one gets, that it is free, what is needed, and the ways in. */
export function startPages(town: Town): Router {
  const db = town.db.read
  const router = Router()
  router.get('/etat-civil', async (req, res) => {
    const { f } = wordsOf(town, res)
    const personId = personAsking(askerOf(res))
    const inBrowser = await draftOfBrowser(town, req, res)
    const drafts = personId
      ? (await requestsOfPerson(db, personId)).filter(({ state }) => state === 'draft').slice(0, MOST_DRAFTS)
      : inBrowser
        ? [inBrowser]
        : []
    const { delays } = await settingsOf(db)
    town.render.page(res, 'civil-records/ask-start', {
      days: Math.max(...Object.values(delays)),
      drafts: drafts.map(({ id, createdAt }) => ({ id, day: f.dayNoYear(dayInParis(createdAt)) })),
      follow: personId ? '/etat-civil/mes-demandes' : '/etat-civil/suivi',
      account: personId !== null,
    })
  })
  return router
}
