import { type Response, Router } from 'express'
import { isoDay } from '../kernel/days.ts'
import { childrenOf, householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { mustBeThere, readUpload } from '../uploads/form.ts'
import { sendStoredFile } from '../uploads/stored-files.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { claimAbsence, claimsOf, missedMeals, paperOf } from './absence-claims.ts'
import { absenceRuleOf } from './settings.ts'

/** `/cantine/absence`: « my child was ill », with the doctor's paper, and what the town answered. */
export function absencePages(town: Town): Router {
  const db = town.db.read
  const router = Router()

  const page = async (res: Response, chosen: readonly string[], errors: readonly object[], status: number) => {
    const householdId = await householdOf(db, signedIn(res), 'canteen')
    const { t, f } = wordsOf(town, res)
    const rule = absenceRuleOf(town.config)
    const missed = await missedMeals(db, town, householdId)
    const children = await childrenOf(db, householdId)
    const nameOf = (id: string) => children.find(child => child.id === id)?.firstName ?? ''
    const view = {
      errors,
      delay: t('canteen:absence.delay', { count: rule.certificateWithinDays }),
      firstDay: rule.firstDayCharged,
      chosen,
      days: missed.map(({ child, day, until }) => ({
        value: `${child.id}.${day}`,
        text: t('canteen:absence.day', { name: child.firstName, day: f.dayNoYear(day) }),
        hint: t('canteen:absence.until', { day: f.dayNoYear(until) }),
      })),
      claims: (await claimsOf(db, town, householdId)).map(({ id, childId, day, state, refusal }) => ({
        title: t('canteen:absence.day', { name: nameOf(childId), day: f.dayNoYear(day) }),
        state: t(`canteen:absence.state.${state}`, { why: refusal ?? '' }),
        paper: `/cantine/absence/${id}/papier`,
      })),
    }
    town.render.page(res, 'canteen/absence', view, status)
  }

  router.get('/cantine/absence', (_req, res) => page(res, [], [], 200))

  router.post('/cantine/absence', async (req, res) => {
    const asker = signedIn(res)
    await householdOf(db, asker, 'canteen')
    const refusal = await refused(res, town, async () => {
      const upload = await readUpload(req, res, 'paper')
      const days = chosenDays(req.body).flatMap(value => {
        const [childId = '', iso = ''] = value.split('.')
        const day = isoDay(iso)
        return day ? [{ childId, day }] : []
      })
      const key = typed(req.body, 'idempotencyKey').slice(0, 64) || undefined
      await claimAbsence(town, asker, { days, paper: mustBeThere(upload, 'paper') }, key)
    })
    if (refusal) return page(res, chosenDays(req.body), refusal.errors, refusal.status)
    const text = wordsOf(town, res).t('canteen:absence.sent')
    await goOn(req, res, '/cantine/absence', { kind: 'success', text })
  })

  router.get('/cantine/absence/:id/papier', async (req, res) => {
    const householdId = await householdOf(db, signedIn(res), 'canteen')
    await sendStoredFile(town, res, await paperOf(db, householdId, req.params.id))
  })
  return router
}

function chosenDays(body: unknown): string[] {
  const sent = body && typeof body === 'object' ? (body as Record<string, unknown>)['days'] : undefined
  const all = Array.isArray(sent) ? sent : [sent]
  return all.filter((one): one is string => typeof one === 'string' && one.length <= 80).slice(0, 100)
}
