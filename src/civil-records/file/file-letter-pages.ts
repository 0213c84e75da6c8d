import { type Request, type Response, Router } from 'express'
import type { Clerk } from '../../kernel/actor.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, typed, wordsOf } from '../../web/form-page.ts'
import type { PageError } from '../../web/render.ts'
import { actOf } from '../printing/act.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { backTo, decide, goAfter, onlyFiles, seenIn, wayIn } from './file-answers.ts'
import { headOf, whatMayBeDone } from './file-view.ts'
import { type LetterForm, letterForms } from './letter-forms.ts'

type Req = Request<{ id: string }>

/** Letters to the applicant, each seen as it will be read before it leaves: asking, telling, refusing. */
export function letterPages(town: Town): Router {
  const router = onlyFiles(Router())
  for (const form of letterForms) addLetter(town, router, form)
  return router
}

function addLetter(town: Town, router: Router, form: LetterForm): void {
  const db = town.db.read
  const address = `/guichet/etat-civil/:id/${form.path}`
  const ours = (res: Response) => clerkOf(res, 'civil-registry')

  const show = async (
    req: Req,
    res: Response,
    clerk: Clerk,
    request: CivilRequest,
    { fields, errors, status = 200 }: { fields: object; errors?: readonly PageError[]; status?: number },
  ) => {
    const words = wordsOf(town, res)
    const { nameOf: _, ...head } = await headOf(town, words, clerk, request)
    const choices = await form.choices(town, words, request)
    const view = { ...head, ...choices, ...wayIn(req), form: fields, errors: errors ?? [] }
    town.render.page(res, `civil-records/file-${form.path}`, view, status)
  }

  router.get(address, async (req: Req, res) => {
    const clerk = ours(res)
    const request = await requestForClerk(db, clerk, req.params.id)
    const words = wordsOf(town, res)
    const { mine } = await headOf(town, words, clerk, request)
    if (form.may(whatMayBeDone(request, mine, (await actOf(db, request.id)) !== undefined)))
      return show(req, res, clerk, request, { fields: await form.begin(town, request) })
    const text = words.t(mine ? 'civil-file:notNow' : 'civil-file:takeFirst')
    await goOn(req, res, backTo(req), { kind: 'notice', text })
  })

  router.post(address, async (req: Req, res) => {
    const clerk = ours(res)
    const step = typed(req.body, 'step')
    const fields = form.typed(req.body)
    const sent = form.sent(req.body)
    const request = await requestForClerk(db, clerk, req.params.id)
    if (step === 'edit') return show(req, res, clerk, request, { fields })
    if (step === 'send') {
      const refusal = await decide(town, req, res, clerk, () => form.send(town, clerk, seenIn(req), sent))
      if (refusal === 'done') return
      if (refusal) return show(req, res, clerk, request, { fields, ...refusal })
      return goAfter(town, req, res, clerk, form.path)
    }
    const refusal = await decide(town, req, res, clerk, () => preview(req, res, clerk, request, sent))
    if (refusal && refusal !== 'done') await show(req, res, clerk, request, { fields, ...refusal })
  })

  /** Nothing is sent yet: the letter in the applicant's words, with the French beside. */
  async function preview(req: Req, res: Response, clerk: Clerk, request: CivilRequest, sent: unknown) {
    const letters = await form.letters(town, db, request, sent)
    const { nameOf: _, ...head } = await headOf(town, wordsOf(town, res), clerk, request)
    // What was seen is what the form saw, not what it is by now.
    const { version } = seenIn(req)
    const typedTexts = Object.entries((req.body ?? {}) as Record<string, unknown>)
    const hidden = typedTexts.filter(
      ([name, value]) => typeof value === 'string' && !['step', 'onward', 'idempotencyKey'].includes(name),
    )
    const view = {
      ...head,
      ...wayIn(req),
      letter: form.path,
      letters,
      to: request.email,
      values: { ...Object.fromEntries(hidden), version },
    }
    town.render.page(res, 'civil-records/file-preview', view)
  }
}
