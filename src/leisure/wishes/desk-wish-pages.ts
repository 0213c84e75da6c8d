import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { invalid } from '../../kernel/problems.ts'
import { type LeisureCriterion, leisureCriterionKeys } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import type { Translator } from '../../web/i18n.ts'
import type { Signup } from '../signups.ts'
import { centresOf, groupsOf, type LeisurePeriod, periodById, sessionsOf } from '../store.ts'
import { datesInWords } from '../words.ts'
import { criteriaOf, criteriaPromised, saveCriteria } from './criteria.ts'
import { demandOf } from './demand.ts'
import { previewPlaces, startGiving } from './give-places.ts'
import { countResults, countWishes, wishesPeriod, wishesPeriods } from './overview.ts'
import { wishesEnd, wishesOfPeriod } from './wish-lists.ts'

const PATH = '/guichet/loisirs/souhaits'
type OnePeriod = Request<{ periodId: string }>

const RANKS = ['first', 'second', 'third'] as const
const criterionField = z.union([z.literal(''), z.enum(leisureCriterionKeys)], 'not-a-choice')
const criteriaForm = z.object({ first: criterionField, second: criterionField, third: criterionField })

/** What families wish for, the criteria, and the giving of places. */
export function deskWishPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get(PATH, async (_req, res) => {
    clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const periods = await wishesPeriods(read, town.clock.now())
    town.render.page(res, 'leisure/desk-wishes', {
      periods: periods.map(({ period, stage }) => ({
        href: `${PATH}/${period.id}`,
        name: period.name,
        until: words.f.instant(wishesEnd(period)),
        stage: words.t(`leisure-wishes:desk.stage.${stage}`),
      })),
    })
  })

  router.get(`${PATH}/:periodId`, (req: OnePeriod, res) => show(res, req.params.periodId))

  router.post(`${PATH}/:periodId/criteres`, async (req: OnePeriod, res) => {
    const clerk = clerkOf(res, 'leisure')
    const refusal = await refused(res, town, async () => {
      const ranked = parse(criteriaForm, Object.fromEntries(RANKS.map(rank => [rank, typed(req.body, rank)])))
      await saveCriteria(town, clerk, ordered(ranked))
    })
    const typedCriteria = RANKS.map(rank => typed(req.body, rank))
    if (refusal) return show(res, req.params.periodId, { ...refusal, criteria: typedCriteria })
    await back(req, res, 'leisure-wishes:desk.criteriaSaved')
  })

  router.post(`${PATH}/:periodId/donner`, async (req: OnePeriod, res) => {
    await startGiving(town, clerkOf(res, 'leisure'), req.params.periodId)
    await back(req, res, 'leisure-wishes:desk.started')
  })

  const back = (req: OnePeriod, res: Response, key: string) =>
    goOn(req, res, `${PATH}/${req.params.periodId}`, { kind: 'success', text: wordsOf(town, res).t(key) })

  async function show(res: Response, periodId: string, again?: Refusal & { criteria: readonly string[] }) {
    clerkOf(res, 'leisure')
    const now = town.clock.now()
    const words = wordsOf(town, res)
    const period = await periodById(read, periodId)
    const { stage, allocation } = await wishesPeriod(read, period, now)
    const criteria = allocation?.criteria ?? (await criteriaOf(read))
    const view = {
      period: { id: period.id, name: period.name, dates: datesInWords(words, period) },
      byWishes: period.allocation === 'wishes',
      stage,
      stageText: words.t(`leisure-wishes:desk.stage.${stage}`),
      until: words.f.instant(wishesEnd(period)),
      counts: await countWishes(read, period.id),
      results: allocation ? await countResults(read, period.id) : null,
      criteria: criteria.map(key => words.t(`leisure-wishes:criteria.${key}.name`)),
      promised: await criteriaPromised(read, now),
      typed: RANKS.map((rank, i) => ({ name: rank, value: again?.criteria[i] ?? criteria[i] ?? '' })),
      choices: leisureCriterionKeys.map(key => ({ value: key, text: words.t(`leisure-wishes:criteria.${key}.name`) })),
      ...(allocation ? { demand: [], preview: null } : await demandView(words, period, stage === 'due')),
      errors: again?.errors ?? [],
    }
    town.render.page(res, 'leisure/desk-wish-period', view, again?.status ?? 200)
  }

  async function demandView(words: Translator, period: LeisurePeriod, due: boolean) {
    const { t, f } = words
    const wishes: Signup[] = []
    for await (const some of wishesOfPeriod(read, period.id)) wishes.push(...some)
    const groups = await groupsOf(read, [period.id])
    const centres = new Map((await centresOf(read)).map(({ id, name }) => [id, name]))
    const demand = demandOf(groups, await sessionsOf(read, groups), wishes)
    return {
      demand: demand.map(({ group, monday, wished, first, places }) => ({
        group: t('leisure-wishes:desk.group', { centre: centres.get(group.centreId) ?? '', group: group.name }),
        week: t('leisure:week', { day: f.dayNoYear(monday) }),
        wished,
        first,
        places,
        scarce: wished > places,
      })),
      preview: due ? await preview(period) : null,
    }
  }

  async function preview(period: LeisurePeriod) {
    const { results } = await previewPlaces(read, town, period)
    const of = (outcome: string) => results.filter(result => result.outcome === outcome)
    const households = new Set(results.map(({ applicant }) => applicant.household))
    const served = new Set(of('given').map(({ applicant }) => applicant.household))
    return {
      given: of('given').length,
      waiting: of('full').length,
      households: households.size,
      withNothing: households.size - served.size,
    }
  }
  return router
}

/** The criteria in their order, gaps left out. Throws 422 for one chosen twice. */
function ordered(ranked: z.output<typeof criteriaForm>): LeisureCriterion[] {
  const chosen = RANKS.flatMap(rank => {
    const criterion = ranked[rank]
    return criterion === '' ? [] : [{ rank, criterion }]
  })
  const twice = chosen.find(({ criterion }, i) => chosen.findIndex(one => one.criterion === criterion) < i)
  if (twice) throw invalid([{ field: twice.rank, code: 'criterion-twice' }])
  return chosen.map(({ criterion }) => criterion)
}
