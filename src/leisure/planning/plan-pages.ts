import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { type FieldError, invalid } from '../../kernel/problems.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { HALVES } from '../schema.ts'
import { datesInWords } from '../words.ts'
import type { LeisureParts } from './desk-parts.ts'
import { revisionField, wholeField } from './form-fields.ts'
import { type CentrePlan, type PlanChanges, placesField, planOf, savePlan } from './plan.ts'
import { type PlanTyped, planTable } from './plan-table.ts'
import { MOST_CHILDREN, ratioOf } from './staffing.ts'

const PATH = '/guichet/centres/:id/periodes/:period'
const MOST_EDUCATORS = 60
type InPlan = Request<{ id: string; period: string }>

/** A centre's places and staff in a period, day by day, on one page. */
export function planPages({ town }: LeisureParts): Router {
  const router = Router()
  const load = ({ params }: InPlan) =>
    planOf(
      town.db.read,
      town.config.schoolZone,
      { centreId: params.id, periodId: params.period },
      dayInParis(town.clock.now()),
    )

  router.get(PATH, async (req: InPlan, res) => {
    clerkOf(res, 'leisure')
    show(res, await load(req), () => undefined)
  })

  router.post(PATH, async (req: InPlan, res) => {
    const clerk = clerkOf(res, 'leisure')
    const plan = await load(req)
    const asked = { centreId: plan.centre.id, periodId: plan.period.id }
    if (typed(req.body, 'do') === 'fill') return show(res, plan, filled(req.body, plan))
    const refusal = await refused(res, town, async () => {
      const revision = revisionField.parse(typed(req.body, 'revision'))
      await savePlan(town, clerk, { ...asked, revision }, readPlan(req.body, plan))
    })
    if (refusal) return show(res, await load(req), sent(req.body), refusal)
    const text = wordsOf(town, res).t('leisure:plan.saved')
    await goOn(req, res, `/guichet/centres/${asked.centreId}/periodes/${asked.periodId}`, { kind: 'success', text })
  })

  function show(
    res: Response,
    plan: CentrePlan,
    values: PlanTyped,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const words = wordsOf(town, res)
    const ratio = ratioOf(plan.period)
    const view = {
      centre: { id: plan.centre.id, name: plan.centre.name, premises: plan.centre.premises },
      period: { id: plan.period.id, name: plan.period.name, dates: datesInWords(words, plan.period) },
      planPath: `/guichet/centres/${plan.centre.id}/periodes/${plan.period.id}`,
      revision: plan.revision,
      past: plan.past,
      ratio: words.t('leisure:ratio', { ...ratio }),
      source: words.t(`leisure:sources.${ratio.source}`),
      all: { educators: values('all.educators') ?? '', director: values('all.director') === 'yes' },
      ...planTable(words, plan, values, errors),
      errors,
    }
    town.render.page(res, 'leisure/desk-plan', view, status)
  }
  return router
}

/** What was sent. A box that is not ticked is not sent: it was there when its day was. */
const sent =
  (body: unknown): PlanTyped =>
  name => {
    const values = body && typeof body === 'object' ? (body as Record<string, unknown>) : {}
    const value = values[name]
    if (typeof value === 'string') return value
    const [kind, day] = name.split('.', 2)
    return kind === 'director' && typeof values[`educators.${day}`] === 'string' ? '' : undefined
  }

/** The same staff on every day, shown before anything is kept. */
function filled(body: unknown, { days }: CentrePlan): PlanTyped {
  const values = sent(body)
  const isoDays = new Set(days.map(String))
  return name => {
    const [kind, day] = name.split('.', 2)
    if (!day || !isoDays.has(day)) return values(name)
    if (kind === 'educators') return values('all.educators')
    return kind === 'director' ? (values('all.director') ?? '') : values(name)
  }
}

const placesTyped = wholeField(0, MOST_CHILDREN)
const educatorsTyped = wholeField(0, MOST_EDUCATORS)

/** What the table asks for; inputs that were not on it are left out. Throws 422 with every input that is no number. */
function readPlan(body: unknown, { groups, days }: CentrePlan): PlanChanges {
  const values = sent(body)
  const errors: FieldError[] = []
  const number = (field: typeof placesTyped, name: string): number | null | undefined => {
    const text = values(name)
    if (text === undefined) return undefined
    if (text.trim() === '') return null
    const parsed = field.safeParse(text)
    if (parsed.success) return parsed.data
    errors.push({ field: name, code: parsed.error.issues[0]?.message ?? 'not-a-whole-number' })
    return undefined
  }
  const places = new Map<string, number | null>()
  const staff = new Map<string, { educators: number; directorCounts: boolean } | null>()
  for (const day of days) {
    for (const group of groups)
      for (const half of HALVES) {
        const name = placesField(group.id, day, half)
        const asked = number(placesTyped, name)
        if (asked !== undefined) places.set(name, asked)
      }
    const educators = number(educatorsTyped, `educators.${day}`)
    if (educators !== undefined)
      staff.set(
        day.toString(),
        educators === null ? null : { educators, directorCounts: values(`director.${day}`) === 'yes' },
      )
  }
  if (errors.length > 0) throw invalid(errors)
  return { places, staff }
}
