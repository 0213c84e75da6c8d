import { type Response, Router } from 'express'
import { isoDay } from '../../kernel/days.ts'
import { childrenOf, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { mustBeThere, readUpload } from '../../uploads/form.ts'
import { sendStoredFile } from '../../uploads/stored-files.ts'
import { signedIn } from '../../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../../web/form-page.ts'
import { listTyped } from '../planning/desk-parts.ts'
import { missedDays } from './claimable.ts'
import { claimDays, claimsOf, paperOf } from './claims.ts'
import { daysInWords } from './words.ts'

const PATH = '/centres-de-loisirs/justificatifs'
const MOST_DAYS = 100

/** « My child was ill »: days cancelled late or missed, the doctor's paper, and what the town answered. */
export function claimPages(town: Town): Router {
  const db = town.db.read
  const router = Router()

  const page = async (res: Response, chosen: readonly string[], errors: readonly object[], status: number) => {
    const householdId = await householdOf(db, signedIn(res), 'leisure')
    const words = wordsOf(town, res)
    const { t, f } = words
    const children = await childrenOf(db, householdId)
    const nameOf = (id: string) => children.find(child => child.id === id)?.firstName ?? ''
    const view = {
      errors,
      chosen,
      delay: t('leisure-waiting:claims.delay', { count: town.config.leisure.certificateDays }),
      days: (await missedDays(db, town, householdId)).map(({ child, day, why, until }) => ({
        value: `${child.id}.${day}`,
        text: t('leisure-waiting:claims.day', { name: child.firstName, day: f.dayNoYear(day) }),
        hint: t(`leisure-waiting:claims.${why}`, { day: f.dayNoYear(until) }),
      })),
      claims: (await claimsOf(db, town, householdId)).map(({ id, childId, from, to, state, refusal, fileId }) => ({
        title: t('leisure-waiting:claims.day', {
          name: nameOf(childId),
          day: from.equals(to) ? f.dayNoYear(from) : daysBetween(from, to),
        }),
        state: t(`leisure-waiting:claims.state.${state === 'accepted' && refusal ? 'partly' : state}`, {
          why: refusal ?? '',
        }),
        paper: fileId ? `${PATH}/${id}/papier` : '',
      })),
    }
    town.render.page(res, 'leisure/claims', view, status)

    function daysBetween(from: Temporal.PlainDate, to: Temporal.PlainDate) {
      const next = from.add({ days: 1 }).equals(to)
      return next
        ? daysInWords(words, [from, to])
        : t('leisure-waiting:claims.fromTo', { from: f.dayNoYear(from), to: f.dayNoYear(to) })
    }
  }

  router.get(PATH, (_req, res) => page(res, [], [], 200))

  router.post(PATH, async (req, res) => {
    const asker = signedIn(res)
    await householdOf(db, asker, 'leisure')
    const refusal = await refused(res, town, async () => {
      const upload = await readUpload(req, res, 'paper')
      const days = listTyped(req.body, 'days')
        .slice(0, MOST_DAYS)
        .flatMap(value => {
          const [childId = '', iso = ''] = value.slice(0, 80).split('.')
          const day = isoDay(iso)
          return day ? [{ childId, day }] : []
        })
      const key = typed(req.body, 'idempotencyKey').slice(0, 64) || undefined
      await claimDays(town, asker, { days, paper: mustBeThere(upload, 'paper') }, key)
    })
    if (refusal) return page(res, listTyped(req.body, 'days').slice(0, MOST_DAYS), refusal.errors, refusal.status)
    const text = wordsOf(town, res).t('leisure-waiting:claims.sent')
    await goOn(req, res, PATH, { kind: 'success', text })
  })

  router.get(`${PATH}/:id/papier`, async (req, res) => {
    const householdId = await householdOf(db, signedIn(res), 'leisure')
    await sendStoredFile(town, res, await paperOf(db, householdId, req.params.id))
  })
  return router
}
