import { type Request, type Response, Router } from 'express'
import type { Clerk } from '../../kernel/actor.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { goOn, typed, wordsOf } from '../../web/form-page.ts'
import type { PageError } from '../../web/render.ts'
import { type Fields, fieldsOf, sentAnswer, typedFields } from '../asking/ask-fields.ts'
import { countriesIn } from '../asking/country-names.ts'
import { questions } from '../rules/questions.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { type Correctable, correctableIn, correctRequest } from './correct.ts'
import { acceptRequest, reopenRequest, resumeReview, withdrawalWays, withdrawForApplicant } from './decide.ts'
import { backTo, decide, goAfter, onlyFiles, seenIn, wayIn } from './file-answers.ts'
import { headOf, whatMayBeDone } from './file-view.ts'

type Req = Request<{ id: string }>
type Shown = { form: object; errors?: readonly PageError[]; status?: number }

/** What is decided without a letter that is seen before: each a button or a short form of its own. */
export function decisionPages(town: Town): Router {
  const router = onlyFiles(Router())
  const db = town.db.read
  const ours = (res: Response) => clerkOf(res, 'civil-registry')
  const address = '/guichet/etat-civil/:id'

  const atOnce: Record<string, (clerk: Clerk, req: Req) => Promise<CivilRequest>> = {
    accepter: (clerk, req) => acceptRequest(town, clerk, req.params.id, seenIn(req).version),
    reprendre: (clerk, req) => resumeReview(town, clerk, seenIn(req)),
  }
  for (const [path, deed] of Object.entries(atOnce)) {
    router.post(`${address}/${path}`, async (req: Req, res) => {
      const clerk = ours(res)
      const refusal = await decide(town, req, res, clerk, () => deed(clerk, req))
      if (!refusal) await goAfter(town, req, res, clerk, path)
    })
  }

  /** A short form: shown when the act makes sense from here, else back to the file, which says why. */
  const short = (
    path: 'arreter' | 'rouvrir' | 'corriger',
    may: (may: ReturnType<typeof whatMayBeDone>) => boolean,
    parts: {
      begin: (request: CivilRequest) => object
      typed: (req: Req, request: CivilRequest) => object
      view: (res: Response, request: CivilRequest) => Promise<object>
      deed: (clerk: Clerk, req: Req, request: CivilRequest) => Promise<CivilRequest>
    },
  ) => {
    const show = async (
      req: Req,
      res: Response,
      clerk: Clerk,
      request: CivilRequest,
      { status = 200, ...shown }: Shown,
    ) => {
      const { nameOf: _, ...head } = await headOf(town, wordsOf(town, res), clerk, request)
      const view = { ...head, ...(await parts.view(res, request)), ...wayIn(req), errors: [], ...shown }
      town.render.page(res, `civil-records/file-${path}`, view, status)
    }
    router.get(`${address}/${path}`, async (req: Req, res) => {
      const clerk = ours(res)
      const request = await requestForClerk(db, clerk, req.params.id)
      const words = wordsOf(town, res)
      const { mine } = await headOf(town, words, clerk, request)
      if (may(whatMayBeDone(request, mine, false)))
        return show(req, res, clerk, request, { form: parts.begin(request) })
      const text = words.t(mine || request.state === 'refused' ? 'civil-file:notNow' : 'civil-file:takeFirst')
      await goOn(req, res, backTo(req), { kind: 'notice', text })
    })
    router.post(`${address}/${path}`, async (req: Req, res) => {
      const clerk = ours(res)
      const request = await requestForClerk(db, clerk, req.params.id)
      const refusal = await decide(town, req, res, clerk, () => parts.deed(clerk, req, request))
      if (refusal === 'done') return
      if (!refusal) return goAfter(town, req, res, clerk, path)
      await show(req, res, clerk, request, { form: parts.typed(req, request), ...refusal })
    })
  }

  const noteOf = (req: Req) => typed(req.body, 'note')
  short('arreter', ({ withdraw }) => withdraw, {
    begin: () => ({ way: 'phone', note: '' }),
    typed: req => ({ way: typed(req.body, 'way'), note: noteOf(req) }),
    view: async res => ({
      ways: withdrawalWays.map(value => ({ value, text: wordsOf(town, res).t(`civil-file:withdraw.way.${value}`) })),
    }),
    deed: (clerk, req) =>
      withdrawForApplicant(town, clerk, seenIn(req), { way: typed(req.body, 'way'), note: noteOf(req) }),
  })
  short('rouvrir', ({ reopen }) => reopen, {
    begin: () => ({ note: '' }),
    typed: req => ({ note: noteOf(req) }),
    view: async () => ({}),
    deed: (clerk, req) => reopenRequest(town, clerk, seenIn(req), { note: noteOf(req) }),
  })
  short('corriger', ({ correct }) => correct, {
    begin: request => fieldsIn(request, key => fieldsOf(key, request.answers)),
    typed: (req, request) => fieldsIn(request, key => typedFields(key, req.body)),
    view: async (res, request) => {
      const { mostCopies } = await settingsOf(db)
      const { language } = wordsOf(town, res)
      return { keys: correctableIn(request), mostCopies, countries: countriesIn(language.intl), kind: request.kind }
    },
    deed: (clerk, req, request) => {
      const answers = correctableIn(request).map(key => [questions[key], sentAnswer(key, typedFields(key, req.body))])
      return correctRequest(town, clerk, seenIn(req), Object.fromEntries(answers))
    },
  })
  return router
}

const fieldsIn = (request: CivilRequest, of: (key: Correctable) => Fields): Fields =>
  Object.assign({}, ...correctableIn(request).map(of))
