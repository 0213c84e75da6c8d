import { Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { Problem } from '../../kernel/problems.ts'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { signedIn } from '../../web/asker.ts'
import { goOn, typed, wordsOf } from '../../web/form-page.ts'
import { letInside } from '../../web/inside.ts'
import { type Signup, signupsOfHousehold } from '../signups.ts'
import { rankOf } from '../waiting/ranks.ts'
import { rankInWords, stayInWords } from '../waiting/words.ts'
import { basketOf, confirmBasket, isOver, lapsedLately, removeFromBasket } from './basket.ts'
import { basketView } from './basket-view.ts'
import { fileGaps } from './file-gaps.ts'
import { periodViews } from './mine-view.ts'
import { type Names, namesOf } from './names.ts'
import { refusalsOnce } from './outcome.ts'

const BASKET = '/centres-de-loisirs/panier'
const MINE = '/centres-de-loisirs/inscriptions'

/** The basket, with prices, before it is confirmed; and the household's sign-ups. */
export function basketPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get(BASKET, async (req, res) => {
    const householdId = await householdOf(read, signedIn(res), 'leisure')
    const words = wordsOf(town, res)
    const now = town.clock.now()
    const found = await basketOf(read, householdId)
    const open = found && found.signups.length > 0 && !isOver(found, now) ? found : undefined
    const waiting = await signupsOfHousehold(read, householdId, ['waiting'])
    const lost = open ? [] : await lapsedLately(read, householdId, now)
    const held = open?.signups ?? []
    const names = await namesOf(read, [...held, ...waiting, ...lost])
    const ranks = await rankOf(
      read,
      waiting.map(({ id }) => id),
    )
    if (open) letInside(town, res)
    const all = [...held, ...waiting, ...lost]
    town.render.page(res, 'leisure/basket', {
      basket: open ? await basketView(read, words, householdId, open, names) : null,
      waiting: waiting.map(signup => ({
        id: signup.id,
        name: names.child(signup.childId),
        what: stayInWords(words, signup),
        centre: names.centre(signup.centreId),
        rank: rankInWords(words, ranks.get(signup.id) ?? 1),
      })),
      lost: lost.map(signup => ({
        name: names.child(signup.childId),
        what: stayInWords(words, signup),
        centre: names.centre(signup.centreId),
      })),
      gaps: await fileGaps(read, words, householdId, staysOf(held, names)),
      refused: refusalsOnce(req),
      periods: [...new Set(all.map(({ periodId }) => periodId))].map(id => ({
        name: names.periods.get(id)?.name ?? '',
        href: `/centres-de-loisirs/inscrire/${id}`,
      })),
    })
  })

  router.post(`${BASKET}/retirer`, async (req, res) => {
    await removeFromBasket(town, signedIn(res), typed(req.body, 'signup'))
    await goOn(req, res, BASKET, { kind: 'success', text: wordsOf(town, res).t('leisure-signup:basket.removed') })
  })

  router.post(`${BASKET}/confirmer`, async (req, res) => {
    const { t } = wordsOf(town, res)
    const key = typed(req.body, 'idempotencyKey')
    try {
      const { signupIds } = await confirmBasket(town, signedIn(res), typed(req.body, 'basket'), key || undefined)
      const text = t('leisure-signup:basket.confirmed', { count: signupIds.length })
      await goOn(req, res, MINE, { kind: 'success', text })
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      // Too late, or nothing left in it: the basket's page says what to do next.
      await goOn(req, res, BASKET, { kind: 'notice', text: t(`problems:${error.code}.detail`) })
    }
  })

  router.get(MINE, async (_req, res) => {
    const householdId = await householdOf(read, signedIn(res), 'leisure')
    const words = wordsOf(town, res)
    const now = town.clock.now()
    const today = dayInParis(now)
    const signups = await signupsOfHousehold(read, householdId)
    const names = await namesOf(read, signups)
    const ranks = await rankOf(read, idsOf(signups.filter(({ state }) => state === 'waiting')))
    const coming = signups.filter(
      ({ state, days }) =>
        (state === 'booked' || state === 'held' || state === 'offered') &&
        days.some(day => day.state === 'taken' && Temporal.PlainDate.compare(day.day, today) >= 0),
    )
    const views = periodViews(words, signups, names, ranks, { now, today })
    town.render.page(res, 'leisure/my-sign-ups', {
      periods: views.coming,
      past: views.past,
      gaps: await fileGaps(read, words, householdId, staysOf(coming, names)),
    })
  })
  return router
}

const idsOf = (signups: readonly Signup[]) => signups.map(({ id }) => id)

/** The days to come of each child, for which its file must be complete. */
function staysOf(signups: readonly Signup[], names: Names) {
  return [...Map.groupBy(signups, ({ childId }) => childId)].map(([childId, own]: [Id<'person'>, Signup[]]) => ({
    childId,
    firstName: names.child(childId),
    days: own.flatMap(({ days }) => days.filter(({ state }) => state === 'taken').map(({ day }) => day)),
  }))
}
