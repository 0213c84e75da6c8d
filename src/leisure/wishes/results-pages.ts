import { type Request, type Response, Router } from 'express'
import { childrenOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { sendCsv } from '../../web/csv.ts'
import { typed, wordsOf } from '../../web/form-page.ts'
import { centresOf, type LeisurePeriod, periodById } from '../store.ts'
import { maySignUp, ownHousehold } from '../who-reads.ts'
import { datesInWords } from '../words.ts'
import type { WishResultRow } from './give-places.ts'
import { drawRank, halfDayCode, type Published, publishedGroups, publishedOf, publishedResults } from './published.ts'
import { positionInWords, resultInWords, resultsOf, toldResults } from './wish-letters.ts'
import { wishInWords } from './wish-words.ts'

const PATH = '/centres-de-loisirs/souhaits/:periodId'
const HOUSEHOLDS_A_PAGE = 20
type OnePeriod = Request<{ periodId: string }>

/** Who got what, for everybody to check: by draw number, never by name. One's own first when signed in. */
export function resultsPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get(`${PATH}/resultats`, async (req: OnePeriod, res) => {
    const words = wordsOf(town, res)
    const period = await periodById(read, req.params.periodId)
    const published = await publishedOf(read, period)
    const last = Math.max(1, Math.ceil(published.households / HOUSEHOLDS_A_PAGE))
    const page = Math.min(Math.max(Number(typed(req.query, 'page')) || 1, 1), last)
    const from = (page - 1) * HOUSEHOLDS_A_PAGE + 1
    const to = page * HOUSEHOLDS_A_PAGE
    const centres = new Map<string, string>((await centresOf(read)).map(({ id, name }) => [id, name]))
    const rows = await publishedResults(read, period.id, from, to)
    const at = (n: number) => `/centres-de-loisirs/souhaits/${period.id}/resultats?page=${n}`
    const view = {
      period: { id: period.id, name: period.name, dates: datesInWords(words, period) },
      own: await ownResults(res, period),
      maySignUp: maySignUp(res),
      criteria: published.allocation.criteria.map(key => words.t(`leisure-wishes:criteria.${key}.name`)),
      households: published.households,
      seed: published.seed,
      from,
      list: [...Map.groupBy(rows, ({ position }) => position).values()].map(own => householdView(own)),
      pages: {
        previous: page > 1 ? at(page - 1) : '',
        next: page < last ? at(page + 1) : '',
        text: words.t('leisure-wishes:results.page', { page: page + 1, pages: last }),
      },
    }
    town.render.page(res, 'leisure/wish-results', view)

    function householdView(own: readonly WishResultRow[]) {
      const { t } = words
      const [first] = own
      const criteria = first ? criteriaCodes(published, first.criteria) : ''
      return {
        about: t(`leisure-wishes:results.${criteria ? 'household' : 'householdNone'}`, {
          number: first?.drawNumber ?? '',
          criteria,
        }),
        wishes: own.map(one => ({
          label: t('leisure-wishes:results.wish', { child: one.childNumber, rank: one.wishRank }),
          centre: centres.get(one.centreId) ?? '',
          days: publicDays(words, one.asks),
          outcome: t(`leisure-wishes:results.outcomes.${one.outcome}`),
          given: one.outcome === 'given',
        })),
      }
    }
  })

  router.get(`${PATH}/resultats.csv`, async (req: OnePeriod, res) => {
    const { t } = wordsOf(town, res)
    const period = await periodById(read, req.params.periodId)
    const published = await publishedOf(read, period)
    const column = (key: string) => t(`leisure-wishes:csv.${key}`)
    const columns = [
      'position',
      'number',
      'drawRank',
      'criteria',
      'child',
      'most',
      'wish',
      'halfDays',
      'result',
      'round',
    ]
    const rows = (await publishedResults(read, period.id, 1, published.households)).map(one => [
      one.position,
      one.drawNumber,
      drawRank(published.seed, one.drawNumber),
      criteriaCodes(published, one.criteria),
      one.childNumber,
      one.most,
      one.wishRank,
      one.asks.map(key => halfDayCode(published.codes, key)).join(' '),
      one.outcome,
      one.round,
    ])
    sendCsv(res, `souhaits-${period.from}`, columns.map(column), rows)
  })

  router.get(`${PATH}/places.csv`, async (req: OnePeriod, res) => {
    const { t } = wordsOf(town, res)
    const period = await periodById(read, req.params.periodId)
    const published = await publishedOf(read, period)
    const groups = new Map((await publishedGroups(read, period, published)).map(one => [one.code, one]))
    const columns = ['halfDay', 'centre', 'group', 'places'].map(key => t(`leisure-wishes:csv.${key}`))
    const rows = Object.entries(published.allocation.places)
      .map(([key, places]) => ({ code: halfDayCode(published.codes, key), places }))
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map(({ code, places }) => {
        const group = groups.get(code.split('-')[0] ?? '')
        return [code, group?.centre ?? '', group?.group ?? '', places]
      })
    sendCsv(res, `places-${period.from}`, columns, rows)
  })

  /** What became of the wishes of who reads, with the places in line. Null for who has none. */
  async function ownResults(res: Response, period: LeisurePeriod) {
    const words = wordsOf(town, res)
    const householdId = await ownHousehold(town, res)
    if (!householdId) return null
    const told = await toldResults(read, await resultsOf(read, period.id, [householdId]))
    const [first] = told
    if (!first) return null
    const names = new Map((await childrenOf(read, householdId)).map(({ id, firstName }) => [id, firstName]))
    const centres = new Map((await centresOf(read)).map(({ id, name }) => [id, name]))
    return {
      position: positionInWords(words, first.result),
      number: first.result.drawNumber,
      wishes: told.map(one => ({
        child: names.get(one.signup.childId) ?? '',
        rank: one.result.wishRank,
        text: wishInWords(words, one.signup, centres.get(one.signup.centreId) ?? ''),
        outcome: resultInWords(words, one),
        given: one.result.outcome === 'given',
      })),
    }
  }
  return router
}

/** The criteria met, by their numbers in the town's order: « 1, 3 ». */
const criteriaCodes = ({ allocation }: Published, met: readonly string[]): string =>
  allocation.criteria.flatMap((criterion, i) => (met.includes(criterion) ? [i + 1] : [])).join(', ')

/** The days that half-days are of: one, or the first and the last. */
function publicDays({ t, f }: ReturnType<typeof wordsOf>, asks: readonly string[]): string {
  const days = [...new Set(asks.map(key => key.split(' ')[1] ?? ''))].sort().map(day => Temporal.PlainDate.from(day))
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return ''
  if (days.length === 1) return f.shortDay(first)
  return t('leisure-wishes:results.days', { from: f.shortDay(first), to: f.shortDay(last), count: days.length })
}
