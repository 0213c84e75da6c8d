import { Router } from 'express'
import { isoDay } from '../kernel/days.ts'
import { Problem } from '../kernel/problems.ts'
import { childrenOf, householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, typed, wordsOf } from '../web/form-page.ts'
import { keepRefusals, refusalsOnce, refusedInWords, savedInWords } from './outcome.ts'
import { type MealWish, saveMeals } from './save-meals.ts'
import { answerOffer, offerOfLink, waitingLists } from './waiting.ts'
import { rankInWords } from './words.ts'

const WISHES: Readonly<Record<string, MealWish['wish']>> = { accept: 'book', leave: 'leave', wait: 'wait' }

/** The waiting lists of a household, and the link by which an offered place is answered. */
export function waitingPages(town: Town): Router {
  const router = Router()

  router.get('/cantine/liste-d-attente', async (req, res) => {
    const words = wordsOf(town, res)
    const { t, f } = words
    const lists = await waitingLists(town, signedIn(res))
    town.render.page(res, 'canteen/waiting', {
      refused: refusalsOnce(req),
      lists: lists.map(({ child, day, state, rank, offeredUntil }) => ({
        childId: child.id,
        day: day.toString(),
        title: t('canteen:waiting.about', { name: child.firstName, day: f.dayNoYear(day) }),
        state,
        text:
          state === 'offered' && offeredUntil
            ? t('canteen:waiting.offered', { until: f.instant(offeredUntil) })
            : state === 'waiting'
              ? t('canteen:waiting.line', { rank: rankInWords(words, rank) })
              : t('canteen:waiting.expired'),
      })),
    })
  })

  router.post('/cantine/liste-d-attente', async (req, res) => {
    const asker = signedIn(res)
    const day = isoDay(typed(req.body, 'day'))
    const wish = WISHES[typed(req.body, 'wish')]
    if (!day || !wish) throw new Problem(400, 'bad-request')
    const saved = await saveMeals(town, asker, [{ childId: typed(req.body, 'childId'), day, wish }])
    const words = wordsOf(town, res)
    const children = await childrenOf(town.db.read, await householdOf(town.db.read, asker, 'canteen'))
    keepRefusals(req, refusedInWords(words, saved.refused, children))
    await goOn(req, res, '/cantine/liste-d-attente', savedInWords(words, saved))
  })

  router.get('/cantine/place/:token', async (req, res) => {
    const { firstName, day, until, state } = await offerOfLink(town, req.params.token)
    const { f } = wordsOf(town, res)
    town.render.page(res, 'canteen/offer', {
      action: `/cantine/place/${req.params.token}`,
      state,
      name: firstName,
      day: f.dayNoYear(day),
      until: f.instant(until),
      declined: false,
    })
  })

  router.post('/cantine/place/:token', async (req, res) => {
    const path = `/cantine/place/${req.params.token}`
    const answer = typed(req.body, 'answer') === 'decline' ? 'decline' : 'accept'
    try {
      await answerOffer(town, req.params.token, answer)
    } catch (error) {
      // Too late: the page itself says so, kindly.
      if (!(error instanceof Problem && error.code === 'offer-gone')) throw error
    }
    if (answer === 'accept') return res.redirect(303, path)
    await goOn(req, res, path, { kind: 'success', text: wordsOf(town, res).t('canteen:offer.declined') })
  })
  return router
}
