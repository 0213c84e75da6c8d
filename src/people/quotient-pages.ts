import { type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { mustBeThere, readUpload } from '../uploads/form.ts'
import { sendStoredFile } from '../uploads/stored-files.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { fileOf } from './files.ts'
import { quotientForm, quotientsOf, sendQuotient } from './quotients.ts'
import { householdOf } from './store.ts'
import { quotientTold } from './told.ts'

/** The family quotient: what counts, what waits, and sending a new one with its proof. */
export function quotientPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()

  const page = async (res: Response, value: string, errors: readonly object[], status: number) => {
    const householdId = await householdOf(db, signedIn(res))
    const { f } = wordsOf(town, res)
    const quotients = await quotientsOf(db, householdId)
    const { counts, waits, refused: no } = quotientTold(quotients, town.clock.now())
    const view = {
      value,
      errors,
      counts: counts && { value: f.money(counts.value), from: f.day(counts.from), to: f.day(counts.to) },
      waits: waits && {
        id: waits.id,
        value: f.money(waits.value),
        day: f.day(dayInParis(waits.createdAt)),
        proof: waits.proofId !== null,
      },
      refusal: no?.refusal ?? '',
    }
    render.page(res, 'people/quotient', view, status)
  }
  router.get('/famille/quotient', (_req, res) => page(res, '', [], 200))
  router.post('/famille/quotient', async (req, res) => {
    const asker = signedIn(res)
    await householdOf(db, asker)
    const refusal = await refused(res, town, async () => {
      const upload = await readUpload(req, res, 'proof')
      const { value } = parse(quotientForm, req.body)
      const key = typed(req.body, 'idempotencyKey') || undefined
      await sendQuotient(town, asker, value, mustBeThere(upload, 'proof'), key)
    })
    if (refusal) return page(res, typed(req.body, 'value'), refusal.errors, refusal.status)
    await goOn(req, res, '/famille/quotient', { kind: 'success', text: wordsOf(town, res).t('people:quotient.sent') })
  })

  router.get('/famille/quotient/:id/justificatif', async (req, res) => {
    const householdId = await householdOf(db, signedIn(res))
    const quotient = (await quotientsOf(db, householdId)).find(({ id }) => id === req.params.id)
    if (!quotient) throw notFound()
    await sendStoredFile(town, res, await fileOf(db, householdId, quotient.proofId))
  })
  return router
}
