import { type Request, type Response, Router } from 'express'
import { audit } from '../../audit/audit.ts'
import type { Actor } from '../../kernel/actor.ts'
import { notFound, Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { readUploads } from '../../uploads/form.ts'
import { sendStoredFile } from '../../uploads/stored-files.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { type RequestState, requestStates } from '../states.ts'
import { type CivilRequest, requestById } from '../store.ts'
import { inGroups } from '../words.ts'
import { answerForm, answerTown, MOST_FILES } from './answer.ts'
import { applicantDocument, ownFile } from './follow.ts'
import { asTitle, requestView, stateTag } from './follow-view.ts'
import { mayWithdraw, withdrawRequest } from './withdraw.ts'

/** By which way an applicant came to their request: the same pages stand behind each. */
export type Door = {
  request: CivilRequest
  actor: Actor
  /** The address of the request's page there. */
  base: string
  /** The list it is in. */
  back: string | null
}

/** One request, for its applicant: where it stands, what was written, answering and stopping. */
export function ownRequestPages(
  town: Town,
  /** Finds the request, or answers that it cannot be reached. */
  enter: (req: Request, res: Response) => Promise<Door | undefined>,
): Router {
  const { render } = town
  const router = Router({ mergeParams: true })

  router.get('/', async (req, res) => {
    const door = await enter(req, res)
    if (door) await show(res, door)
  })

  router.post('/repondre', async (req, res) => {
    const door = await enter(req, res)
    if (!door) return
    const { request, actor, base } = door
    let asked = false
    const refusal = await refused(res, town, async () => {
      const files = await readUploads(req, res, { field: 'files', most: MOST_FILES })
      const { text, idempotencyKey } = parse(answerForm, req.body)
      asked = (await answerTown(town, actor, request, { text, files, key: idempotencyKey })).asked
    })
    if (refusal) return show(res, door, { ...refusal, text: typed(req.body, 'text') })
    const key = asked ? 'civil-follow:answer.done' : 'civil-follow:answer.messageDone'
    await goOn(req, res, base, { kind: 'success', text: wordsOf(town, res).t(key) })
  })

  router.get('/annuler', async (req, res) => {
    const door = await enter(req, res)
    if (door) withdrawPage(res, door, door.request, mayWithdraw(door.request.state) ? 200 : 409)
  })
  router.post('/annuler', async (req, res) => {
    const door = await enter(req, res)
    if (!door) return
    const { request, actor, base } = door
    try {
      await withdrawRequest(town, actor, request.id, stateTyped(req.body))
    } catch (error) {
      if (!(error instanceof Problem) || !['cannot-withdraw', 'state-changed'].includes(error.code)) throw error
      return withdrawPage(res, door, await requestById(town.db.read, request.id), 409)
    }
    await goOn(req, res, base, { kind: 'success', text: wordsOf(town, res).t('civil-follow:withdraw.done') })
  })

  router.get('/papiers/:file', async (req, res) => {
    const door = await enter(req, res)
    if (!door) return
    const { request, actor } = door
    const file = await ownFile(town.db.read, request.id, String(req.params['file']))
    if (actor.kind === 'on-behalf') {
      await town.db.transaction(tx =>
        audit(tx, town.clock.now(), actor, {
          action: 'civil-file.viewed',
          subject: { kind: 'civil-file', id: file.id },
          details: { requestId: request.id },
        }),
      )
    }
    await sendStoredFile(town, res, file)
  })

  for (const [path, which] of [
    ['/recepisse.pdf', 'acknowledgement'],
    ['/refus.pdf', 'refusal'],
  ] as const) {
    router.get(path, async (req, res) => {
      const door = await enter(req, res)
      if (!door) return
      const document = await applicantDocument(town.db.read, door.request, which)
      if (!document) throw notFound()
      await sendStoredFile(town, res, { ...document, mediaType: 'application/pdf' })
    })
  }
  return router

  async function show(res: Response, { request, base, back }: Door, again?: Refusal & { text: string }): Promise<void> {
    const view = {
      ...(await requestView(town, wordsOf(town, res), request)),
      base,
      back,
      mostFiles: MOST_FILES,
      text: again?.text ?? '',
      errors: again?.errors ?? [],
    }
    render.page(res, 'civil-records/follow-request', view, again?.status)
  }

  /** Asks whether to stop; or tells what happened meanwhile, and asks anew when it still can be. */
  function withdrawPage(res: Response, { base }: Door, request: CivilRequest, status: number): void {
    const words = wordsOf(town, res)
    const { state } = request
    const view = {
      base,
      state,
      what: asTitle(words, request),
      number: request.number ? inGroups(request.number) : '',
      stands: stateTag(words, state),
      changed: status === 409,
      happened: words.t(`civil-follow:withdraw.meanwhile.${state}`),
      possible: mayWithdraw(state),
      printed: ['signed', 'ready-for-collection'].includes(state),
    }
    render.page(res, 'civil-records/follow-withdraw', view, status)
  }
}

/** The state that the page showed; anything else was never seen, and nothing is stopped for it. */
function stateTyped(body: unknown): RequestState {
  const state = typed(body, 'state')
  return requestStates.find(one => one === state) ?? 'draft'
}
