import { type Request, type Response, Router } from 'express'
import { audit } from '../../audit/audit.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { sendStoredFile, viewStoredFile } from '../../uploads/stored-files.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { sendDocument } from '../../web/pdf.ts'
import { type CivilFile, movesOf, ownFile } from '../following/follow.ts'
import { holdRequest, isHeld } from '../queue/holding.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { backTo, onlyFiles, wayIn } from './file-answers.ts'
import { decisionPages } from './file-decision-pages.ts'
import { letterPages } from './file-letter-pages.ts'
import { refusalDocument } from './file-store.ts'
import { fileView } from './file-view.ts'
import { addNote } from './notes.ts'

/** One request in the hands of a clerk: all that is known of it, its papers, and what can be decided. */
export function filePages(town: Town): Router {
  const router = onlyFiles(Router())
  const db = town.db.read
  const ours = (res: Response) => clerkOf(res, 'civil-registry')
  const address = '/guichet/etat-civil/:id'

  const page = async (
    req: Request<{ id: string }>,
    res: Response,
    clerk: Clerk,
    request: CivilRequest,
    refusal?: Refusal,
  ) => {
    const view = {
      ...(await fileView(town, wordsOf(town, res), clerk, request)),
      ...wayIn(req),
      form: { note: refusal ? typed(req.body, 'note') : '' },
      errors: refusal?.errors ?? [],
    }
    town.render.page(res, 'civil-records/file', view, refusal?.status ?? 200)
  }

  /** Looking changes nothing but that whoever has the file open keeps it, and that the look is written down. */
  router.get(address, async (req, res) => {
    const clerk = ours(res)
    const seen = await requestForClerk(db, clerk, req.params.id)
    const now = town.clock.now()
    const mine = isHeld(seen, now) && seen.heldBy === clerk.accountId
    const request = mine ? await holdRequest(town, clerk, seen.id) : seen
    await town.db.transaction(tx =>
      audit(tx, now, clerk, { action: 'civil-request.viewed', subject: { kind: 'civil-request', id: request.id } }),
    )
    await page(req, res, clerk, request)
  })

  router.post(`${address}/notes`, async (req, res) => {
    const clerk = ours(res)
    const request = await requestForClerk(db, clerk, req.params.id)
    const refusal = await refused(res, town, () => addNote(town, clerk, request.id, { note: typed(req.body, 'note') }))
    if (refusal) return page(req, res, clerk, request, refusal)
    const text = wordsOf(town, res).t('civil-file:done.noted')
    await goOn(req, res, `${backTo(req)}#notes`, { kind: 'success', text })
  })

  /** Each look at a paper is written down. */
  const look = async (
    res: Response,
    { id, file }: { id: string; file: string },
    page: number | 'all',
  ): Promise<CivilFile> => {
    const clerk = ours(res)
    const request = await requestForClerk(db, clerk, id)
    const paper = await ownFile(db, request.id, file)
    await town.db.transaction(tx =>
      audit(tx, town.clock.now(), clerk, {
        action: 'civil-paper.viewed',
        subject: { kind: 'civil-file', id: paper.id },
        details: { requestId: request.id, page },
      }),
    )
    return paper
  }
  router.get(`${address}/papiers/:file`, async (req, res) => {
    await sendStoredFile(town, res, await look(res, req.params, 'all'))
  })
  router.get(`${address}/papiers/:file/page/:page`, async (req, res) => {
    const number = Number(req.params.page)
    if (!Number.isInteger(number) || number < 1) throw notFound()
    await viewStoredFile(town, res, await look(res, req.params, number), number)
  })

  router.get(`${address}/refus.pdf`, async (req, res) => {
    const request = await requestForClerk(db, ours(res), req.params.id)
    const refusedBy = (await movesOf(db, request.id)).findLast(({ to }) => to === 'refused')
    if (!refusedBy) throw notFound()
    await sendDocument(town, res, await refusalDocument(db, refusedBy.id))
  })

  return router.use(letterPages(town), decisionPages(town))
}
