import { type Request, type Response, Router } from 'express'
import { notFound } from '../../kernel/problems.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { UNITS } from '../schema.ts'
import { centreById, type Group, groupsOfPlan, periodById, plansOf } from '../store.ts'
import { datesInWords } from '../words.ts'
import { type LeisureParts, listTyped } from './desk-parts.ts'
import { revisionField } from './form-fields.ts'
import { groupForm, removeGroup, saveGroup } from './groups.ts'

const PLAN = '/guichet/centres/:id/periodes/:period'
const FIELDS = ['name', 'minAge', 'maxAge', 'opensAt', 'closesAt', 'places'] as const
type Typed = Record<(typeof FIELDS)[number], string> & { units: string[] }
type InPlan = Request<{ id: string; period: string; group?: string }>

/** The groups of a centre in a period: ages, hours, what they offer, usual places. */
export function groupPages({ town }: LeisureParts): Router {
  const { read } = town.db
  const router = Router()
  const planOf = ({ params }: InPlan) => ({ centreId: params.id, periodId: params.period })
  const pathOf = ({ params }: InPlan) => `/guichet/centres/${params.id}/periodes/${params.period}`

  router.get(`${PLAN}/groupes/nouveau`, async (req: InPlan, res) => {
    clerkOf(res, 'leisure')
    await show(req, res, undefined, { ...NEW, ...typedIn({}, ['name', 'minAge', 'maxAge', 'places']) })
  })

  router.post(`${PLAN}/groupes/nouveau`, async (req: InPlan, res) => {
    const clerk = clerkOf(res, 'leisure')
    const refusal = await refused(res, town, () => saveGroup(town, clerk, planOf(req), formOf(req.body)))
    if (refusal) return show(req, res, undefined, typedOf(req.body), refusal)
    await done(req, res, 'saved')
  })

  router.get(`${PLAN}/groupes/:group`, async (req: InPlan, res) => {
    clerkOf(res, 'leisure')
    const group = await groupOf(req)
    await show(req, res, group, typedFrom(group))
  })

  router.post(`${PLAN}/groupes/:group`, async (req: InPlan, res) => {
    const clerk = clerkOf(res, 'leisure')
    const group = await groupOf(req)
    const known = { id: group.id, revision: revisionField.parse(typed(req.body, 'revision')) }
    const refusal = await refused(res, town, () => saveGroup(town, clerk, planOf(req), formOf(req.body), known))
    if (refusal) return show(req, res, group, typedOf(req.body), refusal)
    await done(req, res, 'saved')
  })

  router.post(`${PLAN}/groupes/:group/retirer`, async (req: InPlan, res) => {
    const clerk = clerkOf(res, 'leisure')
    const group = await groupOf(req)
    const known = { id: group.id, revision: revisionField.parse(typed(req.body, 'revision')) }
    const refusal = await refused(res, town, () => removeGroup(town, clerk, planOf(req), known))
    if (refusal) return show(req, res, group, typedFrom(group), refusal)
    await done(req, res, 'removed')
  })

  const done = (req: InPlan, res: Response, what: 'saved' | 'removed') =>
    goOn(req, res, pathOf(req), { kind: 'success', text: wordsOf(town, res).t(`leisure:group.${what}`) })

  async function groupOf(req: InPlan): Promise<Group> {
    const centre = await centreById(read, req.params.id)
    const period = await periodById(read, req.params.period)
    const groups = await groupsOfPlan(read, { centreId: centre.id, periodId: period.id })
    const group = groups.find(({ id }) => id === req.params.group)
    if (!group) throw notFound()
    return group
  }

  async function show(
    req: InPlan,
    res: Response,
    group: Group | undefined,
    values: Typed,
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const centre = await centreById(read, req.params.id)
    const period = await periodById(read, req.params.period)
    const plan = (await plansOf(read, period.id)).find(({ centreId }) => centreId === centre.id)
    const view = {
      planPath: pathOf(req),
      centre: { name: centre.name, premises: centre.premises, meals: centre.meals },
      period: { name: period.name, dates: datesInWords(wordsOf(town, res), period) },
      group: group ? { id: group.id, name: group.name } : null,
      typed: values,
      revision: plan?.revision ?? 0,
      units: UNITS,
      errors,
    }
    town.render.page(res, 'leisure/desk-group', view, status)
  }
  return router
}

const NEW = { opensAt: '08:00', closesAt: '18:00', units: ['day'] }

const typedOf = (body: unknown): Typed => ({ ...typedIn(body, FIELDS), units: listTyped(body, 'units') })

const typedFrom = (group: Group): Typed => ({
  name: group.name,
  minAge: String(group.minAge),
  maxAge: String(group.maxAge),
  opensAt: group.opensAt,
  closesAt: group.closesAt,
  places: String(group.places),
  units: [...group.units],
})

const formOf = (body: unknown) => parse(groupForm, typedOf(body))
