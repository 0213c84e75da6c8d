import { type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { ageOn, schoolYearOf } from '../kernel/days.ts'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { pageErrors, parse } from '../web/forms.ts'
import { fileState } from './child-file-store.ts'
import { missingTold } from './child-file-told.ts'
import {
  addChild,
  anyChildOf,
  changeMeals,
  changeSchool,
  chooseClass,
  classesToChoose,
  identityForm,
  MEAL_TYPES,
  mealsForm,
  newChildForm,
  renameChild,
  schoolForm,
} from './children.ts'
import { lastDeclaration } from './custody-declarations.ts'
import { typedDay, typedParts } from './forms.ts'
import { hasHealthText } from './health.ts'
import type { PeopleParts } from './parts.ts'
import { pickupPersonsOf } from './pickup.ts'
import { LEVELS } from './schools.ts'
import { childOf, householdOf } from './store.ts'
import { custodyTold, schoolTold, termsOf } from './told.ts'

/** Adding a child, step by step, each kept; and what a family may change of it later. */
export function childPages(town: Town, parts: PeopleParts): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const sentIdentity = (body: Record<string, unknown> = {}) => ({ ...body, birthDate: typedDay(body, 'birthDate') })
  const ours = async (res: Response) => householdOf(db, signedIn(res))
  /** While a child is being added, each step leads to the next. */
  const inSteps = (query: unknown) => (query as Record<string, unknown>)['suite'] === '1'
  const again = (body: Record<string, unknown> = {}) => ({
    ...typedIn(body, ['firstName', 'lastName']),
    birthDate: typedParts(body, 'birthDate'),
  })

  router.get('/famille/enfants/ajouter', async (_req, res) => {
    await ours(res)
    render.page(res, 'people/child-identity', { form: { firstName: '', lastName: '' }, adding: true })
  })
  router.post('/famille/enfants/ajouter', async (req, res) => {
    let next = '/famille'
    let toCheck = false
    const refusal = await refusedHere(res, async () => {
      const child = parse(newChildForm, sentIdentity(req.body))
      const added = await addChild(town, signedIn(res), child, typed(req.body, 'idempotencyKey') || undefined)
      toCheck = added.toCheck
      if (!toCheck) next = `/famille/enfants/${added.id}/ecole?suite=1`
    })
    if (refusal) {
      const view = { form: again(req.body), adding: true, errors: refusal.errors }
      return render.page(res, 'people/child-identity', view, refusal.status)
    }
    const text = wordsOf(town, res).t('people:child.willBeChecked')
    await goOn(req, res, next, toCheck ? { kind: 'notice', text } : undefined)
  })

  router.get('/famille/enfants/:childId', async (req, res) => {
    const householdId = await ours(res)
    const words = wordsOf(town, res)
    const { t, f } = words
    const today = dayInParis(town.clock.now())
    const basic = await anyChildOf(db, householdId, req.params.childId)
    const page = {
      id: basic.id,
      name: `${basic.firstName} ${basic.lastName}`,
      firstName: basic.firstName,
      birthDate: f.day(basic.birthDate),
      age: ageOn(basic.birthDate, today),
    }
    if (!basic.confirmed) return render.page(res, 'people/child-waiting', page)
    const child = await childOf(db, householdId, basic.id)
    const schools = await parts.schools(db)
    const next = child.schoolings.find(({ from }) => Temporal.PlainDate.compare(from, today) > 0)
    const declared = await lastDeclaration(db, householdId, child.id)
    const pickups = await pickupPersonsOf(db, householdId, child.id)
    const file = await fileState(db, { childId: child.id, householdId, year: schoolYearOf(today) })
    render.page(res, 'people/child', {
      ...page,
      school: schoolTold(child.schoolings, schools, today) ?? t('people:child.noSchool'),
      nextSchool: next
        ? t('people:child.nextSchool', {
            school: schoolTold([next], schools, next.from) ?? '',
            day: f.day(next.from),
          })
        : '',
      mealType: t(`people:mealType.${child.mealType}`),
      pai: child.pai,
      paiWritten: child.pai && (await hasHealthText(db, child.id)),
      lacks: missingTold(words, file, today, child.firstName).length,
      pickups: f.list(pickups.map(({ name }) => name)),
      custody: child.custody
        ? custodyTold(words, termsOf(child.custody), child.custody.first === householdId ? 'first' : 'second')
        : '',
      declared: declared?.state === 'to-check',
      declarationRefused: declared?.state === 'refused' ? (declared.refusal ?? '') : '',
    })
  })

  router.get('/famille/enfants/:childId/modifier', async (req, res) => {
    const child = await childOf(db, await ours(res), req.params.childId)
    render.page(res, 'people/child-identity', { form: child, adding: false, back: `/famille/enfants/${child.id}` })
  })
  router.post('/famille/enfants/:childId/modifier', async (req, res) => {
    const { childId } = req.params
    const back = `/famille/enfants/${childId}`
    const refusal = await refusedHere(res, () =>
      renameChild(town, signedIn(res), childId, parse(identityForm, sentIdentity(req.body))),
    )
    if (refusal) {
      const view = { form: again(req.body), adding: false, back, errors: refusal.errors }
      return render.page(res, 'people/child-identity', view, refusal.status)
    }
    await goOn(req, res, back, saved(res))
  })

  router.get('/famille/enfants/:childId/ecole', async (req, res) => {
    await schoolPage(res, req.params.childId, inSteps(req.query), {}, 200)
  })
  router.post('/famille/enfants/:childId/ecole', async (req, res) => {
    const { childId } = req.params
    const steps = inSteps(req.query)
    const refusal = await refused(res, town, async () => {
      const sent = { ...req.body, from: typedDay(req.body ?? {}, 'from') || undefined, className: undefined }
      await changeSchool(town, parts.schools, signedIn(res), childId, parse(schoolForm, sent))
    })
    if (refusal) {
      const form = { ...typedIn(req.body, ['schoolId', 'level']), from: typedParts(req.body ?? {}, 'from') }
      return schoolPage(res, childId, steps, { form, errors: refusal.errors }, refusal.status)
    }
    const child = await childOf(db, await ours(res), childId)
    const suite = steps ? '?suite=1' : ''
    if (await classesToChoose(db, parts.schools, child)) {
      return res.redirect(303, `/famille/enfants/${childId}/classe${suite}`)
    }
    if (steps) return res.redirect(303, `/famille/enfants/${childId}/repas${suite}`)
    await goOn(req, res, `/famille/enfants/${childId}`, saved(res))
  })

  router.get('/famille/enfants/:childId/classe', async (req, res) => {
    await classPage(res, req.params.childId, [], 200)
  })
  router.post('/famille/enfants/:childId/classe', async (req, res) => {
    const { childId } = req.params
    const className = typed(req.body, 'className')
    const refusal = await refused(res, town, async () => {
      if (className !== 'unknown') await chooseClass(town, parts.schools, signedIn(res), childId, className)
    })
    if (refusal) return classPage(res, childId, refusal.errors, refusal.status)
    if (inSteps(req.query)) return res.redirect(303, `/famille/enfants/${childId}/repas?suite=1`)
    await goOn(req, res, `/famille/enfants/${childId}`, saved(res))
  })

  router.get('/famille/enfants/:childId/repas', async (req, res) => {
    const child = await childOf(db, await ours(res), req.params.childId)
    const known = !inSteps(req.query)
    const form = { mealType: known ? child.mealType : '', pai: known ? (child.pai ? 'yes' : 'no') : '' }
    mealsPage(res, child, form, [], 200)
  })
  router.post('/famille/enfants/:childId/repas', async (req, res) => {
    const { childId } = req.params
    const child = await childOf(db, await ours(res), childId)
    const pai = typed(req.body, 'pai')
    const refusal = await refused(res, town, () => {
      const sent = { ...req.body, pai: pai === 'yes' ? true : pai === 'no' ? false : undefined }
      return changeMeals(town, signedIn(res), childId, parse(mealsForm, sent))
    })
    if (refusal)
      return mealsPage(res, child, { mealType: typed(req.body, 'mealType'), pai }, refusal.errors, refusal.status)
    const steps = inSteps(req.query)
    if (pai === 'yes' && !child.pai) return res.redirect(303, `/famille/enfants/${childId}/sante`)
    if (!steps) return goOn(req, res, `/famille/enfants/${childId}`, saved(res))
    const text = wordsOf(town, res).t('people:child.added', { child: child.firstName })
    await goOn(req, res, '/famille', { kind: 'success', text })
  })

  async function schoolPage(res: Response, childId: string, steps: boolean, view: object, status: number) {
    const child = await childOf(db, await ours(res), childId)
    const schools = await parts.schools(db)
    const now = child.schoolings.at(-1)
    const first = child.schoolings.length === 0
    const form = {
      schoolId: now?.schoolId ?? '',
      level: LEVELS.find(level => level === now?.className) ?? '',
      from: dayInParis(town.clock.now()),
    }
    const page = {
      form,
      ...view,
      first,
      steps,
      back: first ? '/famille' : `/famille/enfants/${child.id}`,
      child: child.firstName,
      schools: schools.map(({ id, name }) => ({ value: id, text: name })),
      levels: LEVELS.map(level => ({ value: level, text: wordsOf(town, res).t(`people:level.${level}`) })),
    }
    render.page(res, 'people/child-school', page, status)
  }

  async function classPage(res: Response, childId: string, errors: readonly object[], status: number) {
    const child = await childOf(db, await ours(res), childId)
    const choice = await classesToChoose(db, parts.schools, child)
    if (!choice) return res.redirect(303, `/famille/enfants/${child.id}`)
    const items = choice.classes.map(name => ({ value: name, text: name }))
    const unknown = { value: 'unknown', text: wordsOf(town, res).t('people:class.unknown') }
    const view = { child: child.firstName, school: choice.school, items: [...items, unknown], errors }
    render.page(res, 'people/child-class', view, status)
  }

  function mealsPage(
    res: Response,
    child: { id: string; firstName: string },
    form: { mealType: string; pai: string },
    errors: readonly object[],
    status: number,
  ) {
    const { t } = wordsOf(town, res)
    const meals = MEAL_TYPES.map(type => ({
      value: type,
      text: t(`people:mealType.${type}`),
      hint: type === 'pai-basket' ? t('people:meals.basketHint') : undefined,
    }))
    const view = { child: child.firstName, back: `/famille/enfants/${child.id}`, form, meals, errors }
    render.page(res, 'people/child-meals', view, status)
  }

  const saved = (res: Response) => ({ kind: 'success' as const, text: wordsOf(town, res).t('people:saved') })

  /** What the town must look at first is said on the form too: nothing typed is lost. */
  async function refusedHere(res: Response, action: () => Promise<unknown>) {
    try {
      return await refused(res, town, action)
    } catch (error) {
      if (!(error instanceof Problem) || !['child-known', 'child-to-check'].includes(error.code)) throw error
      return { status: 409, errors: pageErrors(res, town.languages, [{ field: 'firstName', code: error.code }]) }
    }
  }
  return router
}
