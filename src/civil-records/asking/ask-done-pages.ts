import { type Response, Router } from 'express'
import { documentOf } from '../../documents/keep.ts'
import { Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { sendStoredFile } from '../../uploads/stored-files.ts'
import { askerOf } from '../../web/asker.ts'
import { wordsOf } from '../../web/form-page.ts'
import { qrPath } from '../../web/qr-path.ts'
import { requestBehind } from '../following/follow.ts'
import { silenceRefusesOn } from '../rules/delays.ts'
import type { CivilRequest } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { acknowledgementKind } from './acknowledge.ts'
import { personAsking, requestOfAsker } from './draft.ts'

/**
 * The page after sending, for the screen and for paper: the number, until when an answer comes, how to follow. Its address
 * ends in the request's id for its person, in a secret for who has no account: whoever has neither finds nothing.
 */
export function donePages(town: Town): Router {
  const { render, config } = town
  const db = town.db.read
  const router = Router()

  const sentRequest = async (res: Response, key: string): Promise<CivilRequest> => {
    const actor = askerOf(res)
    const own = personAsking(actor) ? await requestOfAsker(db, actor, key) : undefined
    if (own && own.state !== 'draft') return own
    return requestBehind(db, town.clock.now(), key)
  }

  const view = async (res: Response, key: string) => {
    const request = await sentRequest(res, key)
    const { number, dueOn, submittedAt, answers, personId, email } = request
    // Only a request that was sent has its number and its days.
    if (!number || !dueOn || !submittedAt) throw new Problem(410, 'gone')
    const words = wordsOf(town, res)
    const here = `/etat-civil/demande/envoyee/${key}`
    return {
      request,
      number: inGroups(number),
      what: whatWasAsked(words, request),
      copies: words.t('civil-ask:summary.copiesOf', { count: request.copies ?? 1 }),
      answerBefore: words.f.day(dueOn),
      silenceOn: words.f.day(silenceRefusesOn(submittedAt)),
      email: email ?? '',
      byPost: answers.address !== undefined,
      delivery: answers.delivery,
      proofAtCounter: answers.proof === 'at-counter',
      paper: `${here}/imprimer`,
      receipt: `/guichet/etat-civil/${request.id}/recepisse`,
      here,
      follow: personId ? `/etat-civil/mes-demandes/${request.id}` : `/etat-civil/suivi/${key}`,
      account: personId !== null,
    }
  }

  router.get('/etat-civil/demande/envoyee/:key', async (req, res) => {
    const { request, ...shown } = await view(res, req.params.key)
    const ready = (await documentOf(db, acknowledgementKind, request.id)) !== undefined
    render.page(res, 'civil-records/ask-done', { ...shown, pdf: ready ? `${shown.here}/accuse-de-reception.pdf` : '' })
  })
  router.get('/etat-civil/demande/envoyee/:key/imprimer', async (req, res) => {
    const { request: _, ...shown } = await view(res, req.params.key)
    const link = `${config.baseUrl}${shown.follow}`
    render.page(res, 'civil-records/ask-print', { ...shown, link, qr: qrPath(link), printedAt: town.clock.now() })
  })
  router.get('/etat-civil/demande/envoyee/:key/accuse-de-reception.pdf', async (req, res) => {
    const { id } = await sentRequest(res, req.params.key)
    const document = await documentOf(db, acknowledgementKind, id)
    if (!document) throw new Problem(404, 'document-not-ready')
    await sendStoredFile(town, res, { ...document, mediaType: 'application/pdf' })
  })
  return router
}
