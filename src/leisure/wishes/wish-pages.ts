import { type Request, type Response, Router } from 'express'
import type { Actor } from '../../kernel/actor.ts'
import { invalid, Problem } from '../../kernel/problems.ts'
import { type Child, childrenOf, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { signedIn } from '../../web/asker.ts'
import { goOn, typed, wordsOf } from '../../web/form-page.ts'
import type { PageError } from '../../web/render.ts'
import { openingsOf } from '../store.ts'
import { datesInWords } from '../words.ts'
import { workView } from '../work/work-view.ts'
import { criteriaOf } from './criteria.ts'
import { changeWishes, type WishChange, wishesGate } from './tell-wishes.ts'
import { type WishGround, wishGround } from './wish-ground.ts'
import { MOST_WISHES, wishesEnd, wishesOf, wishListOf } from './wish-lists.ts'
import { choiceOf, type When, wayKey, waysFor, whenKey, whensOf } from './wish-options.ts'
import { waitInWords, wayInWords, whenInWords, wishInWords } from './wish-words.ts'

const PATH = '/centres-de-loisirs/souhaits/:periodId'

/** What was typed for one child's next wish, with what was wrong with it. */
type Typed = { childId: string; way: string; when: string; errors: readonly PageError[]; status: number }

/** Where a family ranks its wishes for a period. */
export function wishPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get(PATH, async (req: Request<{ periodId: string }>, res) => show(res, req.params.periodId))

  router.post(PATH, async (req: Request<{ periodId: string }>, res) => {
    const asker = signedIn(res)
    const { periodId } = req.params
    const key = typed(req.body, 'idempotencyKey') || undefined
    const childId = typed(req.body, 'child')
    try {
      const change = await changeOf(asker, periodId, req.body)
      await changeWishes(town, asker, periodId, change, key)
    } catch (error) {
      if (!(error instanceof Problem) || error.errors.length === 0) throw error
      const way = typed(req.body, `way.${childId}`)
      const when = typed(req.body, `when.${childId}`)
      const errors = error.errors.map(fault => faultInWords(res, childId, fault))
      return show(res, periodId, { childId, way, when, errors, status: error.status })
    }
    const text = wordsOf(town, res).t('leisure-wishes:saved')
    await goOn(req, res, `/centres-de-loisirs/souhaits/${periodId}`, { kind: 'success', text })
  })

  /** What a form asks, as the rules take it. Throws 422 for an answer that is missing. */
  async function changeOf(asker: Actor, periodId: string, body: unknown): Promise<WishChange> {
    const [what = '', signupId = ''] = typed(body, 'do').split(' ')
    if (what === 'up' || what === 'down' || what === 'remove') return { do: what, signupId }
    const childId = typed(body, 'child')
    if (what === 'most') {
      const most = typed(body, `most.${childId}`)
      return { do: 'most', childId, most: /^[1-9]\d?$/.test(most) ? Number(most) : null }
    }
    const householdId = await householdOf(read, asker, 'leisure')
    const { period } = await wishesGate(read, town, { householdId, periodId })
    const child = (await childrenOf(read, householdId)).find(({ id }) => id === childId)
    if (!child) throw invalid([{ field: 'way', code: 'not-a-choice' }])
    const ground = await wishGround(read, { householdId, period, children: [child], now: town.clock.now() })
    const way = waysFor(ground, child).find(one => wayKey(one) === typed(body, `way.${childId}`))
    const when = whensOf(ground, period).find(one => whenKey(one) === typed(body, `when.${childId}`))
    const errors = [
      way ? [] : { field: 'way', code: 'required' },
      when ? [] : { field: 'when', code: 'required' },
    ].flat()
    if (!way || !when) throw invalid(errors)
    return { do: 'add', choice: choiceOf(ground, child, way, when) }
  }

  function faultInWords(
    res: Response,
    childId: string,
    { field, code, params }: { field: string; code: string; params?: Record<string, unknown> },
  ): PageError {
    const { t, f } = wordsOf(town, res)
    if (code !== 'wish-refused')
      return { field: `${field}.${childId}`, message: t(`problems:fields.${code}`, params ?? {}) }
    const days = (Array.isArray(params?.['days']) ? params['days'] : []).map(day =>
      f.dayNoYear(Temporal.PlainDate.from(String(day))),
    )
    const message = t(`leisure-wishes:refused.${String(params?.['reason'])}`, {
      days: f.list(days),
      count: days.length,
    })
    return { field: `${field}.${childId}`, message }
  }

  async function show(res: Response, periodId: string, again?: Typed) {
    const asker = signedIn(res)
    const householdId = await householdOf(read, asker, 'leisure')
    const { period, gate } = await wishesGate(read, town, { householdId, periodId })
    const now = town.clock.now()
    const words = wordsOf(town, res)
    const open = gate.state === 'wishes'
    const children = await childrenOf(read, householdId)
    const wishes = await wishesOf(read, householdId, period.id)
    const ground = await wishGround(read, { householdId, period, children: open ? children : [], now })
    const list = await wishListOf(read, householdId, period.id)
    const centres = new Map(ground.groups.map(({ centreId, centreName }) => [centreId as string, centreName]))
    const end = wishesEnd(period)
    const openings = (await openingsOf(read, [period.id])).get(period.id) ?? []
    const criteria = await criteriaOf(read)
    const matters = criteria.includes('working-parents') || openings.some(one => one.audience === 'working-parents')
    const view = {
      period: { id: period.id, name: period.name, dates: datesInWords(words, period) },
      state: gate.state,
      opensAt: gate.state === 'later' ? words.f.instant(gate.opensAt) : '',
      wait: gate.state === 'later' ? waitInWords(words, now, gate.opensAt) : waitInWords(words, now, end),
      until: words.f.instant(end),
      cancel: words.t('leisure:public.cancel', { count: period.cancelDays }),
      criteria: criteria.map(key => criterionView(res, key)),
      work: matters ? await workView(town, res, householdId) : null,
      children: children.map(child => {
        const own = wishes.filter(({ childId }) => childId === child.id)
        const typedHere = again?.childId === child.id ? again : undefined
        return {
          id: child.id,
          name: child.firstName,
          wishes: own.map((wish, i) => ({
            id: wish.id,
            rank: i + 1,
            text: wishInWords(words, wish, centres.get(wish.centreId) ?? ''),
            first: i === 0,
            last: i === own.length - 1,
          })),
          most: list?.most[child.id] ?? '',
          mostItems: Array.from({ length: own.length }, (_, i) => i + 1),
          ...(open ? optionsFor(res, ground, child, period) : { ways: [], whens: [] }),
          full: own.length >= MOST_WISHES,
          way: typedHere?.way ?? '',
          when: typedHere?.when ?? '',
        }
      }),
      errors: again?.errors ?? [],
    }
    town.render.page(res, 'leisure/wishes', view, again?.status ?? 200)
  }

  const criterionView = (res: Response, key: string) => {
    const { t } = wordsOf(town, res)
    return { name: t(`leisure-wishes:criteria.${key}.name`), hint: t(`leisure-wishes:criteria.${key}.hint`) }
  }

  function optionsFor(
    res: Response,
    ground: WishGround,
    child: Child,
    period: Parameters<typeof whensOf>[1],
  ): { ways: object[]; whens: object[] } {
    const words = wordsOf(town, res)
    const option = (when: When) => ({ value: whenKey(when), text: whenInWords(words, when, ground.days.length) })
    return {
      ways: waysFor(ground, child).map(way => ({
        value: wayKey(way),
        text: words.t('leisure-wishes:way.at', { centre: way.centreName, way: wayInWords(words, way) }),
      })),
      whens: whensOf(ground, period).map(option),
    }
  }
  return router
}
