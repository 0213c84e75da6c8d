import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { PERIOD_KINDS } from '../days-of-period.ts'
import { centresOf, daysOf, type LeisurePeriod, periodById, periodsOf, plansOf } from '../store.ts'
import { datesInWords } from '../words.ts'
import { type LeisureParts, listTyped } from './desk-parts.ts'
import { revisionField } from './form-fields.ts'
import { periodForm, savePeriod } from './periods.ts'
import { careOf, ratioOf } from './staffing.ts'

const HOME = '/guichet/centres/periodes'
const FIELDS = ['name', 'kind', 'from', 'to', 'pedt', 'hours', 'cancelDays', 'revision'] as const
type Typed = Record<(typeof FIELDS)[number], string> & { weekdays: string[] }

/** The periods in which centres open. Before `/guichet/centres/:id`. */
export function periodPages({ town }: LeisureParts): Router {
  const { read } = town.db
  const router = Router()

  router.get(HOME, async (_req, res) => {
    clerkOf(res, 'leisure')
    const words = wordsOf(town, res)
    const today = dayInParis(town.clock.now())
    const periods = (await periodsOf(read)).map(period => ({
      id: period.id,
      name: period.name,
      dates: datesInWords(words, period),
      over: Temporal.PlainDate.compare(period.to, today) < 0,
    }))
    town.render.page(res, 'leisure/desk-periods', {
      coming: periods.filter(({ over }) => !over).reverse(),
      past: periods.filter(({ over }) => over),
    })
  })

  router.get(`${HOME}/nouvelle`, (_req, res) => {
    clerkOf(res, 'leisure')
    show(res, null, { ...typedIn({}, FIELDS), kind: 'holidays', hours: '10', cancelDays: '7', weekdays: WORKING_WEEK })
  })

  router.post(`${HOME}/nouvelle`, async (req, res) => {
    const clerk = clerkOf(res, 'leisure')
    let path = HOME
    const refusal = await refused(res, town, async () => {
      path = `${HOME}/${await savePeriod(town, clerk, formOf(req.body))}`
    })
    if (refusal) return show(res, null, typedOf(req.body), refusal)
    await goOn(req, res, path, { kind: 'success', text: wordsOf(town, res).t('leisure:period.saved') })
  })

  router.get(`${HOME}/:period`, async (req: Request<{ period: string }>, res) => {
    clerkOf(res, 'leisure')
    const period = await periodById(read, req.params.period)
    await showPeriod(res, period, typedFrom(period))
  })

  router.post(`${HOME}/:period`, async (req: Request<{ period: string }>, res) => {
    const clerk = clerkOf(res, 'leisure')
    const { id } = await periodById(read, req.params.period)
    const refusal = await refused(res, town, async () => {
      const revision = revisionField.parse(typed(req.body, 'revision'))
      await savePeriod(town, clerk, formOf(req.body), { id, revision })
    })
    if (refusal) return showPeriod(res, await periodById(read, id), typedOf(req.body), refusal)
    await goOn(req, res, `${HOME}/${id}`, { kind: 'success', text: wordsOf(town, res).t('leisure:period.saved') })
  })

  async function showPeriod(res: Response, period: LeisurePeriod, values: Typed, refusal?: Refusal) {
    const words = wordsOf(town, res)
    const planned = new Set((await plansOf(read, period.id)).map(({ centreId }) => centreId))
    const ratio = ratioOf(period)
    const view = {
      id: period.id,
      name: period.name,
      dates: datesInWords(words, period),
      days: (await daysOf(read, town.config.schoolZone, period)).length,
      care: words.t(`leisure:care.${careOf(period.kind)}`),
      ratio: words.t('leisure:ratio', { ...ratio }),
      source: words.t(`leisure:sources.${ratio.source}`),
      centres: (await centresOf(read)).map(({ id, name }) => ({
        name,
        href: `/guichet/centres/${id}/periodes/${period.id}`,
        planned: planned.has(id),
      })),
    }
    show(res, view, { ...values, revision: String(period.revision) }, refusal)
  }

  function show(res: Response, period: object | null, values: Typed, refusal: Refusal = { status: 200, errors: [] }) {
    const { status, errors } = refusal
    const { t } = wordsOf(town, res)
    const weekdays = [1, 2, 3, 4, 5, 6].map(day => ({ value: String(day), text: t(`leisure:weekdays.${day}`) }))
    town.render.page(
      res,
      'leisure/desk-period',
      { period, typed: values, kinds: PERIOD_KINDS, weekdays, errors },
      status,
    )
  }
  return router
}

const WORKING_WEEK = ['1', '2', '3', '4', '5']

const typedOf = (body: unknown): Typed => ({ ...typedIn(body, FIELDS), weekdays: listTyped(body, 'weekdays') })

const typedFrom = (period: LeisurePeriod): Typed => ({
  name: period.name,
  kind: period.kind,
  from: period.from.toString(),
  to: period.to.toString(),
  weekdays: period.weekdays.map(String),
  pedt: period.pedt ? 'yes' : '',
  hours: String(period.minutesADay / 60).replace('.', ','),
  cancelDays: String(period.cancelDays),
  revision: String(period.revision),
})

const formOf = (body: unknown) => {
  const { pedt, revision: _, ...rest } = typedOf(body)
  return parse(periodForm, { ...rest, pedt: pedt === 'yes' })
}
