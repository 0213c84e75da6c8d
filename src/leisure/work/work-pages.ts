import { type Response, Router } from 'express'
import { dayInParis } from '../../kernel/clock.ts'
import { notFound } from '../../kernel/problems.ts'
import { fileOf } from '../../people/files.ts'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { mustBeThere, readUpload } from '../../uploads/form.ts'
import { sendStoredFile } from '../../uploads/stored-files.ts'
import { signedIn } from '../../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../../web/form-page.ts'
import { sendWorkProof, workProofsOf } from './work-proofs.ts'
import { periodsForWorkers, workTold } from './work-view.ts'

const PATH = '/famille/travail'

/** The proof that all parents of a household work: where it stands, and sending one. */
export function workPages(town: Town): Router {
  const db = town.db.read
  const router = Router()

  router.get(PATH, (_req, res) => show(res))

  router.post(PATH, async (req, res) => {
    const asker = signedIn(res)
    await householdOf(db, asker, 'leisure')
    const refusal = await refused(res, town, async () => {
      const upload = await readUpload(req, res, 'proof')
      const key = typed(req.body, 'idempotencyKey') || undefined
      await sendWorkProof(town, asker, mustBeThere(upload, 'proof'), key)
    })
    if (refusal) return show(res, refusal.errors, refusal.status)
    await goOn(req, res, PATH, { kind: 'success', text: wordsOf(town, res).t('leisure-wishes:work.sent') })
  })

  router.get(`${PATH}/:id/justificatif`, async (req, res) => {
    const householdId = await householdOf(db, signedIn(res), 'leisure')
    const proof = (await workProofsOf(db, householdId)).find(({ id }) => id === req.params.id)
    if (!proof) throw notFound()
    await sendStoredFile(town, res, await fileOf(db, householdId, proof.fileId))
  })

  async function show(res: Response, errors: readonly object[] = [], status = 200) {
    const householdId = await householdOf(db, signedIn(res), 'leisure')
    const { f } = wordsOf(town, res)
    const today = dayInParis(town.clock.now())
    const { state, counts, waits, refused: no } = workTold(await workProofsOf(db, householdId), today)
    const view = {
      state,
      until: counts?.validUntil ? f.day(counts.validUntil) : '',
      waits: waits && { id: waits.id, day: f.day(dayInParis(waits.createdAt)) },
      refusal: no?.refusal ?? '',
      periods: f.list(await periodsForWorkers(db, today)),
      errors,
    }
    town.render.page(res, 'leisure/work', view, status)
  }
  return router
}
