import { type Response, Router } from 'express'
import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { pagesOf, sendStoredFile, viewStoredFile } from '../uploads/stored-files.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { correctForm, correctQuotient } from './correct-quotient.ts'
import { describe } from './family-search.ts'
import { fileOf } from './files.ts'
import { typedDay, typedParts } from './forms.ts'
import {
  confirmForm,
  confirmQuotient,
  quotientById,
  quotientsToCheck,
  refuseForm,
  refuseQuotient,
} from './quotients.ts'
import { CHECKING_SERVICES } from './store.ts'

/** How many quotients wait for a clerk: for the clerks' first page. */
export const countQuotients = async (db: Queries): Promise<number> => (await quotientsToCheck(db)).length

/** The queue of quotients: read the proof, confirm the value or say why not, and on to the next. */
export function deskQuotientPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const ours = (res: Response) => clerkOf(res, ...CHECKING_SERVICES)

  router.get('/guichet/quotients', async (_req, res) => {
    ours(res)
    const { f } = wordsOf(town, res)
    const waiting = await quotientsToCheck(db)
    const families = new Map(
      (await describe(town, [...new Set(waiting.map(one => one.householdId))])).map(one => [one.householdId, one]),
    )
    render.page(res, 'people/desk-quotients', {
      waiting: waiting.map(one => ({
        href: `/guichet/quotients/${one.id}`,
        family:
          families
            .get(one.householdId)
            ?.adults.map(({ name }) => name)
            .join(', ') ?? '',
        value: f.money(one.value),
        since: f.day(dayInParis(one.createdAt)),
      })),
    })
  })

  const page = async (res: Response, id: string, view: object, status: number) => {
    ours(res)
    const quotient = await quotientById(db, id)
    const [family] = await describe(town, [quotient.householdId])
    const { f } = wordsOf(town, res)
    const euros = (quotient.value / 100).toFixed(2).replace('.', ',')
    const file = quotient.proofId ? await fileOf(db, quotient.householdId, quotient.proofId) : undefined
    const proof = file ? `/guichet/quotients/${quotient.id}/justificatif` : ''
    const pages = file ? await pagesOf(town, file) : 0
    const all = {
      id: quotient.id,
      state: quotient.state,
      family: family?.adults.map(({ name }) => name).join(', ') ?? '',
      familyHref: `/guichet/familles/${quotient.householdId}`,
      said: f.money(quotient.value),
      from: f.day(quotient.from),
      proof,
      pages: Array.from({ length: pages }, (_, i) => `${proof}/${i + 1}`),
      seen: quotient.value,
      form: { value: euros, to: quotient.to, refusal: quotient.refusal ?? '', correction: '' },
      ...view,
    }
    render.page(res, 'people/desk-quotient', all, status)
  }
  router.get('/guichet/quotients/:id', (req, res) => page(res, req.params.id, {}, 200))

  /** The proof, to be sent or shown: each look at it is in the audit trail. */
  async function lookedAt(res: Response, id: string) {
    const clerk = ours(res)
    const quotient = await quotientById(db, id)
    const file = await fileOf(db, quotient.householdId, quotient.proofId)
    await town.db.transaction(async tx => {
      const subject = { kind: 'file', id: file.id }
      await audit(tx, town.clock.now(), clerk, {
        action: 'proof.viewed',
        subject,
        details: { quotientId: quotient.id },
      })
    })
    return file
  }
  router.get('/guichet/quotients/:id/justificatif', async (req, res) => {
    await sendStoredFile(town, res, await lookedAt(res, req.params.id))
  })
  router.get('/guichet/quotients/:id/justificatif/:page', async (req, res) => {
    await viewStoredFile(town, res, await lookedAt(res, req.params.id), Number(req.params.page))
  })

  router.post('/guichet/quotients/:id/confirmer', async (req, res) => {
    const clerk = ours(res)
    const { id } = req.params
    const body = req.body ?? {}
    const refusal = await refused(res, town, () => {
      const decision = parse(confirmForm, { ...body, to: typedDay(body, 'to') })
      return confirmQuotient(town, clerk, id, decision)
    })
    if (!refusal) return next(req, res, 'people:quotients.confirmed')
    const form = { value: typed(body, 'value'), to: typedParts(body, 'to'), refusal: '' }
    await page(res, id, { form, errors: refusal.errors }, refusal.status)
  })
  router.post('/guichet/quotients/:id/refuser', async (req, res) => {
    const clerk = ours(res)
    const { id } = req.params
    const refusal = await refused(res, town, () => refuseQuotient(town, clerk, id, parse(refuseForm, req.body).refusal))
    if (!refusal) return next(req, res, 'people:quotients.refused')
    await page(res, id, { errors: refusal.errors }, refusal.status)
  })

  router.post('/guichet/quotients/:id/corriger', async (req, res) => {
    const clerk = ours(res)
    const { id } = req.params
    const body = req.body ?? {}
    const refusal = await refused(res, town, () =>
      correctQuotient(town, clerk, id, parse(correctForm, { ...body, to: typedDay(body, 'to') })),
    )
    if (!refusal) {
      const text = wordsOf(town, res).t('people:quotients.corrected')
      return goOn(req, res, `/guichet/quotients/${id}`, { kind: 'success', text })
    }
    const form = {
      value: typed(body, 'value'),
      to: typedParts(body, 'to'),
      refusal: '',
      correction: typed(body, 'correction'),
    }
    await page(res, id, { form, errors: refusal.errors }, refusal.status)
  })

  async function next(req: Parameters<typeof goOn>[0], res: Response, key: string) {
    const [following] = await quotientsToCheck(db)
    const path = following ? `/guichet/quotients/${following.id}` : '/guichet/quotients'
    await goOn(req, res, path, { kind: 'success', text: wordsOf(town, res).t(key) })
  }
  return router
}
