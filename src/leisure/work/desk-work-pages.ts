import { type Request, type Response, Router } from 'express'
import { audit } from '../../audit/audit.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { describe } from '../../people/family-search.ts'
import { fileOf } from '../../people/files.ts'
import { typedDay, typedParts } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import { pagesOf, sendStoredFile, viewStoredFile } from '../../uploads/stored-files.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import {
  acceptForm,
  acceptWorkProof,
  refuseForm,
  refuseWorkProof,
  usualEnd,
  workProofById,
  workProofsToCheck,
} from './work-proofs.ts'

const PATH = '/guichet/loisirs/travail'
type OneProof = Request<{ id: string }>

/** The queue of proofs that parents work: read the paper, accept it until a day or say why not, and on to the next. */
export function deskWorkPages(town: Town): Router {
  const db = town.db.read
  const router = Router()

  const familyOf = (adults: readonly { name: string }[] | undefined) =>
    (adults ?? []).map(({ name }) => name).join(', ')

  router.get(PATH, async (_req, res) => {
    clerkOf(res, 'leisure')
    const { f } = wordsOf(town, res)
    const waiting = await workProofsToCheck(db)
    const families = new Map(
      (await describe(town, [...new Set(waiting.map(one => one.householdId))])).map(one => [one.householdId, one]),
    )
    town.render.page(res, 'leisure/desk-work', {
      waiting: waiting.map(one => ({
        href: `${PATH}/${one.id}`,
        family: familyOf(families.get(one.householdId)?.adults),
        since: f.day(dayInParis(one.createdAt)),
      })),
    })
  })

  router.get(`${PATH}/:id`, (req: OneProof, res) => show(res, req.params.id))

  /** The paper, to be sent or shown: each look at it is in the audit trail. */
  async function lookedAt(res: Response, id: string) {
    const clerk = clerkOf(res, 'leisure')
    const proof = await workProofById(db, id)
    const file = await fileOf(db, proof.householdId, proof.fileId)
    await town.db.transaction(tx =>
      audit(tx, town.clock.now(), clerk, {
        action: 'proof.viewed',
        subject: { kind: 'file', id: file.id },
        details: { workProofId: proof.id },
      }),
    )
    return file
  }
  router.get(`${PATH}/:id/justificatif`, async (req: OneProof, res) => {
    await sendStoredFile(town, res, await lookedAt(res, req.params.id))
  })
  router.get(`${PATH}/:id/justificatif/:page`, async (req: Request<{ id: string; page: string }>, res) => {
    await viewStoredFile(town, res, await lookedAt(res, req.params.id), Number(req.params.page))
  })

  router.post(`${PATH}/:id/accepter`, async (req: OneProof, res) => {
    const clerk = clerkOf(res, 'leisure')
    const body = req.body ?? {}
    const refusal = await refused(res, town, () =>
      acceptWorkProof(town, clerk, req.params.id, parse(acceptForm, { validUntil: typedDay(body, 'validUntil') })),
    )
    if (!refusal) return next(req, res, 'leisure-wishes:deskWork.accepted')
    const form = { validUntil: typedParts(body, 'validUntil'), refusal: '' }
    await show(res, req.params.id, { form, errors: refusal.errors }, refusal.status)
  })

  router.post(`${PATH}/:id/refuser`, async (req: OneProof, res) => {
    const clerk = clerkOf(res, 'leisure')
    const refusal = await refused(res, town, () =>
      refuseWorkProof(town, clerk, req.params.id, parse(refuseForm, req.body).refusal),
    )
    if (!refusal) return next(req, res, 'leisure-wishes:deskWork.refused')
    const form = { validUntil: usualEnd(dayInParis(town.clock.now())), refusal: typed(req.body, 'refusal') }
    await show(res, req.params.id, { form, errors: refusal.errors }, refusal.status)
  })

  async function show(res: Response, id: string, more: object = {}, status = 200) {
    clerkOf(res, 'leisure')
    const proof = await workProofById(db, id)
    const [family] = await describe(town, [proof.householdId])
    const { f } = wordsOf(town, res)
    const file = proof.fileId ? await fileOf(db, proof.householdId, proof.fileId) : undefined
    const paper = file ? `${PATH}/${proof.id}/justificatif` : ''
    const pages = file ? await pagesOf(town, file) : 0
    const view = {
      id: proof.id,
      state: proof.state,
      family: familyOf(family?.adults),
      received: f.day(dayInParis(proof.createdAt)),
      until: proof.validUntil ? f.day(proof.validUntil) : '',
      refusal: proof.refusal ?? '',
      paper,
      pages: Array.from({ length: pages }, (_, i) => `${paper}/${i + 1}`),
      form: { validUntil: usualEnd(dayInParis(town.clock.now())), refusal: '' },
      errors: [],
      ...more,
    }
    town.render.page(res, 'leisure/desk-work-one', view, status)
  }

  async function next(req: Request, res: Response, key: string) {
    const [following] = await workProofsToCheck(db)
    const path = following ? `${PATH}/${following.id}` : PATH
    await goOn(req, res, path, { kind: 'success', text: wordsOf(town, res).t(key) })
  }
  return router
}
