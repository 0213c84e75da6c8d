import { createHash } from 'node:crypto'
import { Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { notFound } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, wordsOf } from '../web/form-page.ts'
import { type FeedDaysOf, feedOf, feedText, makeFeed, revokeFeed } from './calendar-feed.ts'

declare module 'express-session' {
  interface SessionData {
    /** The secret address just made, shown on the next page and then forgotten. */
    feedAddress?: string
  }
}

/** `/cantine/agenda`, where the household makes and deletes the secret address, and the address itself. */
export function feedPages(town: Town, others: readonly FeedDaysOf[]): Router {
  const router = Router()

  router.get('/cantine/agenda', async (req, res) => {
    const householdId = await householdOf(town.db.read, signedIn(res), 'canteen')
    const { f } = wordsOf(town, res)
    const since = await feedOf(town.db.read, householdId)
    const address = req.session.feedAddress
    delete req.session.feedAddress
    town.render.page(res, 'canteen/feed', {
      address: address ?? '',
      webcal: address?.replace(/^https?:/, 'webcal:') ?? '',
      since: since ? f.day(dayInParis(since)) : '',
    })
  })

  router.post('/cantine/agenda', async (req, res) => {
    req.session.feedAddress = `${town.config.baseUrl}/calendrier/${await makeFeed(town, signedIn(res))}.ics`
    await new Promise<void>((resolve, reject) => req.session.save(error => (error ? reject(error) : resolve())))
    res.redirect(303, '/cantine/agenda')
  })

  router.post('/cantine/agenda/supprimer', async (req, res) => {
    await revokeFeed(town, signedIn(res))
    const text = wordsOf(town, res).t('canteen:feed.revoked')
    await goOn(req, res, '/cantine/agenda', { kind: 'success', text })
  })

  router.get('/calendrier/:file', async (req, res) => {
    const [, token] = /^([\w-]{43})\.ics$/.exec(req.params.file) ?? []
    if (!token) throw notFound()
    const text = await feedText(town, token, others)
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
    res.setHeader('ETag', tag)
    res.setHeader('Cache-Control', 'private, no-cache')
    if (req.get('if-none-match')?.split(/,\s*/).includes(tag)) return void res.status(304).end()
    res.setHeader('Content-Type', 'text/calendar; charset=utf-8')
    res.end(text)
  })
  return router
}
