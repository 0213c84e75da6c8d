import { type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { mondayOf } from '../kernel/days.ts'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { healthText } from './children.ts'
import { declareCustody } from './custody-declarations.ts'
import { custodyForm, custodyWish } from './custody-terms.ts'
import { typedDay, typedParts } from './forms.ts'
import { viewHealth, writeHealth } from './health.ts'
import type { PeopleParts } from './parts.ts'
import { addPickupPerson, pickupForm, pickupPersonsOf, removePickupPerson } from './pickup.ts'
import { removalHolds, removeChild } from './remove-child.ts'
import { shownPhone } from './rules.ts'
import { childOf, householdOf } from './store.ts'
import { weekdayName } from './told.ts'

/** Health, who may collect, two homes, and the child's leaving: what families share with few. */
export function carePages(town: Town, parts: PeopleParts): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const childHere = async (res: Response, childId: string) => {
    const householdId = await householdOf(db, signedIn(res))
    const child = await childOf(db, householdId, childId)
    return { householdId, child, back: `/famille/enfants/${child.id}` }
  }
  const done = (res: Response, key: string, params = {}) => ({
    kind: 'success' as const,
    text: wordsOf(town, res).t(key, params),
  })

  router.get('/famille/enfants/:childId/sante', async (req, res) => {
    const { child, back } = await childHere(res, req.params.childId)
    if (!child.pai) return res.redirect(303, `${back}/repas`)
    const text = (await viewHealth(town, signedIn(res), child.id)) ?? ''
    render.page(res, 'people/child-health', { child: child.firstName, back, text })
  })
  router.post('/famille/enfants/:childId/sante', async (req, res) => {
    const { child, back } = await childHere(res, req.params.childId)
    const refusal = await refused(res, town, async () => {
      const text = parse(healthText, typed(req.body, 'paiDetails'))
      await writeHealth(town, signedIn(res), child.id, text)
    })
    if (refusal) {
      const errors = refusal.errors.map(error => ({ ...error, field: 'paiDetails' }))
      const view = { child: child.firstName, back, text: typed(req.body, 'paiDetails'), errors }
      return render.page(res, 'people/child-health', view, refusal.status)
    }
    await goOn(req, res, back, done(res, 'people:saved'))
  })

  const pickupPage = async (
    res: Response,
    childId: string,
    form: object,
    errors: readonly object[],
    status: number,
  ) => {
    const { householdId, child, back } = await childHere(res, childId)
    const list = (await pickupPersonsOf(db, householdId, child.id)).map(one => ({
      ...one,
      phone: shownPhone(one.phone),
    }))
    render.page(res, 'people/child-pickup', { child: child.firstName, back, list, form, errors }, status)
  }
  router.get('/famille/enfants/:childId/personnes', (req, res) =>
    pickupPage(res, req.params.childId, { name: '', phone: '', relationship: '' }, [], 200),
  )
  router.post('/famille/enfants/:childId/personnes', async (req, res) => {
    const { childId } = req.params
    const refusal = await refused(res, town, async () => {
      const key = typed(req.body, 'idempotencyKey') || undefined
      await addPickupPerson(town, signedIn(res), childId, parse(pickupForm, req.body), key)
    })
    if (refusal) {
      const form = typedIn(req.body, ['name', 'phone', 'relationship'])
      return pickupPage(res, childId, form, refusal.errors, refusal.status)
    }
    await goOn(req, res, `/famille/enfants/${childId}/personnes`, done(res, 'people:pickup.added'))
  })
  router.post('/famille/enfants/:childId/personnes/retirer', async (req, res) => {
    const { childId } = req.params
    await removePickupPerson(town, signedIn(res), childId, typed(req.body, 'person'))
    await goOn(req, res, `/famille/enfants/${childId}/personnes`, done(res, 'people:pickup.removed'))
  })

  const custodyPage = async (
    res: Response,
    childId: string,
    form: object,
    errors: readonly object[],
    status: number,
  ) => {
    const { child, back } = await childHere(res, childId)
    const { f } = wordsOf(town, res)
    const weekdays = [1, 2, 3, 4, 5, 6, 7].map(day => ({ value: String(day), text: weekdayName(f, day) }))
    render.page(res, 'people/child-custody', { child: child.firstName, back, form, weekdays, errors }, status)
  }
  router.get('/famille/enfants/:childId/garde', (req, res) => {
    const today = dayInParis(town.clock.now())
    const firstWeek = mondayOf(today)
    const asked = custodyForm.shape.kind.safeParse(req.query['kind'])
    const form = { kind: asked.data ?? '', firstWeek, weeks: '', changeOver: '1', percent: '', from: today }
    return custodyPage(res, req.params.childId, form, [], 200)
  })
  router.post('/famille/enfants/:childId/garde', async (req, res) => {
    const { childId } = req.params
    const body = req.body ?? {}
    const refusal = await refused(res, town, async () => {
      const sent = { ...body, firstWeek: typedDay(body, 'firstWeek'), from: typedDay(body, 'from') }
      await declareCustody(town, signedIn(res), childId, custodyWish(parse(custodyForm, sent)))
    })
    if (refusal) {
      const form = {
        ...typedIn(body, ['weeks', 'changeOver', 'percent']),
        kind: custodyForm.shape.kind.safeParse(typed(body, 'kind')).data ?? '',
        firstWeek: typedParts(body, 'firstWeek'),
        from: typedParts(body, 'from'),
      }
      return custodyPage(res, childId, form, refusal.errors, refusal.status)
    }
    await goOn(req, res, `/famille/enfants/${childId}`, done(res, 'people:custody.declared'))
  })

  const removalPage = async (res: Response, childId: string, status: number) => {
    const { shared, holds } = await removalHolds(town, parts.holdsOf, signedIn(res), childId)
    const { t } = wordsOf(town, res)
    const say = (blocks: boolean) =>
      holds.filter(hold => hold.blocks === blocks).map(({ words, params }) => t(words, params ?? {}))
    const view = { back: `/famille/enfants/${childId}`, shared, blocking: say(true), kept: say(false) }
    render.page(res, 'people/child-remove', view, status)
  }
  router.get('/famille/enfants/:childId/retirer', (req, res) => removalPage(res, req.params.childId, 200))
  router.post('/famille/enfants/:childId/retirer', async (req, res) => {
    const { childId } = req.params
    try {
      await removeChild(town, parts.holdsOf, signedIn(res), childId)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      return removalPage(res, childId, 409)
    }
    await goOn(req, res, '/famille', done(res, 'people:remove.done'))
  })
  return router
}
