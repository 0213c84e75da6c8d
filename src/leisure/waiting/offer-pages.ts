import { type Request, Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { signedIn } from '../../web/asker.ts'
import { goOn, typed, wordsOf } from '../../web/form-page.ts'
import { acceptOffer, answerByLink, leaveLine, offerOfLink } from './answers.ts'
import { cancelRule } from './cancel-rule.ts'
import { stayInWords } from './words.ts'

const MINE = '/centres-de-loisirs/inscriptions'

/** How a family answers when a place came free: by the mailed link, without signing in, or from its sign-ups. */
export function offerPages(town: Town): Router {
  const router = Router()

  router.get('/centres-de-loisirs/place/:token', async (req, res) => {
    const { signup, firstName, centre, period, until, state } = await offerOfLink(town, req.params.token)
    const words = wordsOf(town, res)
    const { f } = words
    const [first] = signup.days
    const rule = first && cancelRule(first.day, period.cancelDays, dayInParis(town.clock.now()))
    town.render.page(res, 'leisure/offer', {
      action: `/centres-de-loisirs/place/${req.params.token}`,
      state,
      name: firstName,
      centre: centre.name,
      address: centre.address,
      days: stayInWords(words, signup),
      until: f.instant(until),
      freeUntil: rule?.free ? f.day(rule.lastFreeDay) : '',
    })
  })

  router.post('/centres-de-loisirs/place/:token', async (req, res) => {
    const path = `/centres-de-loisirs/place/${req.params.token}`
    const answer = typed(req.body, 'answer') === 'decline' ? 'decline' : 'accept'
    const inTime = await orGone(() => answerByLink(town, req.params.token, answer))
    // Accepted or too late: the page itself says so, kindly.
    if (answer === 'accept' || !inTime) return res.redirect(303, path)
    await goOn(req, res, path, { kind: 'success', text: wordsOf(town, res).t('leisure-waiting:offer.declined') })
  })

  router.post(`${MINE}/:id/accepter`, async (req: Request<{ id: string }>, res) => {
    const asker = signedIn(res)
    const { t } = wordsOf(town, res)
    const inTime = await orGone(() => acceptOffer(town, asker, req.params.id))
    const text = t(inTime ? 'leisure-waiting:offer.acceptedShort' : 'leisure-waiting:offer.goneText')
    await goOn(req, res, MINE, { kind: inTime ? 'success' : 'notice', text })
  })

  router.post(`${MINE}/:id/quitter`, async (req: Request<{ id: string }>, res) => {
    const asker = signedIn(res)
    const { t } = wordsOf(town, res)
    const inTime = await orGone(() => leaveLine(town, asker, req.params.id))
    const text = t(inTime ? 'leisure-waiting:left' : 'leisure-waiting:notInLine')
    await goOn(req, res, MINE, { kind: inTime ? 'success' : 'notice', text })
  })
  return router
}

/** Whether the answer came in time. */
async function orGone(answer: () => Promise<void>): Promise<boolean> {
  try {
    await answer()
    return true
  } catch (error) {
    if (error instanceof Problem && error.code === 'offer-gone') return false
    throw error
  }
}
