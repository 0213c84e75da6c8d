import { type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { quotientOn } from '../people/rules.ts'
import { childrenOf, householdOf, pricingFacts } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import type { Translator } from '../web/i18n.ts'
import { comingAfter, inTime, mapped } from './in-time.ts'
import { familyPrices } from './leisure-mine.ts'
import { LEISURE_SERVICES, type LeisureTariff } from './leisure-rules.ts'
import { leisureView } from './leisure-words.ts'
import { CANTEEN, quoterFor } from './quotes.ts'
import { tariffOn } from './rules.ts'
import { leisureTariffsOf, tariffsOf } from './store.ts'
import { priceSentences, tariffView } from './words.ts'

/** What meals and leisure centres cost: the town's prices for all to read, and a family's own with the reasons. */
export function tariffPages(town: Town): Router {
  const router = Router()
  const translator = (res: Response) => town.languages.for(String(res.locals['language'] ?? 'fr'))
  const today = () => dayInParis(town.clock.now())

  router.get('/tarifs', async (_req, res) => {
    const words = translator(res)
    const all = await tariffsOf(town.db.read, CANTEEN)
    const current = tariffOn(all, CANTEEN, today())
    town.render.page(res, 'tariffs/public', {
      books: booksOf(words, '/tarifs'),
      current: current ? tariffView(words, current) : null,
      coming: comingAfter(all, today()).map(tariff => tariffView(words, tariff)),
    })
  })

  router.get(LEISURE_PRICES, async (_req, res) => {
    const words = translator(res)
    const all = await leisureTariffsOf(town.db.read)
    const view = (tariff: LeisureTariff) => leisureView(words, tariff)
    const books = LEISURE_SERVICES.map(service => {
      const own = all.filter(tariff => tariff.service === service)
      return { service, ...mapped(inTime(own, service, today()), view) }
    })
    town.render.page(res, 'tariffs/public-leisure', {
      books: booksOf(words, LEISURE_PRICES),
      services: books.filter(({ current, coming }) => current || coming.length > 0),
    })
  })

  router.get('/mes-tarifs', async (_req, res) => {
    const words = translator(res)
    const db = town.db.read
    const householdId = await householdOf(db, signedIn(res))
    const children = await childrenOf(db, householdId)
    const quoter = await quoterFor(db, householdId)
    const all = await tariffsOf(db, CANTEEN)
    const from = tariffOn(all, CANTEEN, today()) ? today() : (comingAfter(all, today())[0]?.from ?? today())
    const next = comingAfter(all, from)[0]
    const facts = (await pricingFacts(db, [householdId])).get(householdId)
    const quotients = facts?.quotients ?? []
    town.render.page(res, 'tariffs/mine', {
      from,
      children: children.map(child => {
        const price = (kind: 'meal' | 'unbooked-meal', day: Temporal.PlainDate) =>
          quoter({ child, day, mealType: child.mealType, kind })
        const meal = price('meal', from)
        const later = next && price('meal', next.from)
        return {
          name: child.firstName,
          price: meal?.cents ?? null,
          why: meal ? priceSentences(words, meal.explanation) : [],
          unbooked: price('unbooked-meal', from)?.cents ?? null,
          later: next && later ? { from: next.from, price: later.cents } : null,
        }
      }),
      quotient: quotientView(words, quotients, from),
      leisure: familyPrices(words, await leisureTariffsOf(db), facts ?? { quotients: [], residency: [] }, today()),
      shared: children.some(({ custody }) => custody?.kind === 'percentage'),
    })
  })
  return router
}

const LEISURE_PRICES = '/tarifs/centres-de-loisirs'

/** The way from the prices of one service to those of the other. */
const booksOf = ({ t }: Translator, here: string) =>
  [
    { text: t('tariffs:books.canteen'), href: '/tarifs' },
    { text: t('tariffs:books.leisure'), href: LEISURE_PRICES },
  ].map(book => ({ ...book, current: book.href === here }))

type Quotients = Parameters<
  typeof quotientOn<{
    value: number
    from: Temporal.PlainDate
    to: Temporal.PlainDate
    state: 'to-check' | 'confirmed' | 'refused'
  }>
>[0]

/** Which quotient counts, and what becomes of the one that the town hall still has to check. */
function quotientView({ f }: Translator, quotients: Quotients, day: Temporal.PlainDate) {
  const counting = quotientOn(quotients, day)
  const toCheck = quotients.findLast(({ state }) => state === 'to-check')
  return {
    counting: counting ? { value: f.money(counting.value), until: counting.to } : null,
    toCheck: toCheck ? { value: f.money(toCheck.value), from: toCheck.from } : null,
  }
}
