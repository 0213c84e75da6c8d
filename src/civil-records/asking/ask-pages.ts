import { type Request, type Response, Router } from 'express'
import { notFound, Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { readUploads } from '../../uploads/form.ts'
import { askerOf } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { entitlementOf, nextQuestion, type QuestionKey } from '../rules/questions.ts'
import type { CivilRequest } from '../store.ts'
import { answerQuestion } from './answer-question.ts'
import { type Fields, fieldsOf, sentAnswer, textIn, typedFields } from './ask-fields.ts'
import { FIRST, nextPage, START, STOPPED, stepOf } from './ask-path.ts'
import { channelOf, draftOfBrowser } from './ask-session.ts'
import { stopView } from './ask-stop.ts'
import { pageOf, questionAt } from './ask-summary.ts'
import { questionView } from './ask-view.ts'
import { askingOf, draftOf, personAsking } from './draft.ts'
import { knownApplicant } from './known-applicant.ts'
import { addProofs, MOST_PROOFS, proofsOf, removeProof } from './papers.ts'
import { prefilled } from './prefilled.ts'
import { mayShowPapers } from './submit.ts'

/** Asking for a record, one question a page. What was answered is kept at each step. */
export function questionPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const from = (req: Request, res: Response) => ({
    address: req.ip ?? '',
    language: String(res.locals['language'] ?? 'fr'),
    channel: channelOf(req, res),
  })

  router.post('/etat-civil/demande', (req, res) => {
    delete req.session.civilDraft
    res.redirect(303, FIRST)
  })
  router.get('/etat-civil/demande', async (req, res) =>
    res.redirect(303, await nextPage(town, await draftOfBrowser(town, req, res))),
  )
  router.post('/etat-civil/demande/reprendre', async (req, res) => {
    const asker = askerOf(res)
    const wanted = typed(req.body, 'request')
    // One's own, any of them; who has no account goes on with the one of this browser.
    const mine = personAsking(asker) !== null || wanted === req.session.civilDraft
    const draft = mine ? await draftOf(db, asker, wanted) : undefined
    if (!draft) throw notFound()
    req.session.civilDraft = draft.id
    res.redirect(303, await nextPage(town, draft))
  })

  router.get(STOPPED, async (req, res) => {
    const draft = await draftOfBrowser(town, req, res)
    if (!draft) return res.redirect(303, START)
    const { today, context } = await askingOf(town, db, draft.personId)
    const next = nextQuestion(draft.answers, today, context)
    if (typeof next === 'string') return res.redirect(303, await nextPage(town, draft))
    render.page(res, 'civil-records/ask-stop', stopView(wordsOf(town, res), draft.answers, next, town.config.town))
  })

  /** The page of a question, or a redirect to the one that is open. */
  const show = async (
    res: Response,
    question: QuestionKey,
    draft: CivilRequest | undefined,
    shown: { fields?: Fields; errors: Refusal['errors']; status: number; abroad?: boolean },
  ) => {
    const asking = await askingOf(town, db, personAsking(askerOf(res)))
    const answers = draft?.answers ?? {}
    const step = stepOf(question, answers, asking)
    if (!step) return res.redirect(303, await nextPage(town, draft))
    const words = wordsOf(town, res)
    const known = await knownApplicant(town, db, draft?.personId ?? null)
    const frame = {
      ...step,
      step: words.t('civil-ask:step', { number: step.number, total: step.total }),
      later: draft && !draft.personId ? '/etat-civil/demande/plus-tard' : '',
      kept: Boolean(draft?.personId),
      action: pageOf(question),
      errors: shown.errors,
    }
    if (question === 'proof') {
      const view = { ...frame, ...(await proofView(res, draft)) }
      return render.page(res, 'civil-records/ask-proof', view, shown.status)
    }
    const fields = shown.fields ?? fieldsOf(question, prefilled(question, answers, known))
    const abroad = shown.abroad ?? !['', 'FR'].includes(textIn(fields, 'address.country'))
    const { shortName } = town.config.town
    const seen = { words, answers, today: asking.today, mostCopies: asking.context.mostCopies, shortName, abroad }
    const view = { ...frame, ...questionView(question, seen, fields, shown.errors) }
    render.page(res, 'civil-records/ask-question', { ...view, addressee: addresseeOf(question, draft) }, shown.status)
  }

  const proofView = async (res: Response, draft: CivilRequest | undefined) => {
    const { t } = wordsOf(town, res)
    const files = draft ? await proofsOf(db, draft.id) : []
    const { today } = await askingOf(town, db, draft?.personId ?? null)
    const decided = draft && entitlementOf(draft.answers, today)
    return {
      needed: decided?.allowed ? decided.proofs.map(kind => t(`civil-ask:proof.of.${kind}`)) : [],
      files: files.map(({ id, name }) => ({ id, name })),
      room: MOST_PROOFS - files.length,
      atCounter: draft ? mayShowPapers(draft.channel, draft.answers) : false,
    }
  }

  router.get('/etat-civil/demande/:slug', async (req, res) => {
    const question = questionAt(req.params.slug)
    if (!question) throw notFound()
    const draft = await draftOfBrowser(town, req, res)
    if (!draft && pageOf(question) !== FIRST) return res.redirect(303, START)
    const country = typed(req.query, 'pays')
    const abroad = country ? { abroad: country !== 'france' } : {}
    await show(res, question, draft, { errors: [], status: 200, ...abroad })
  })

  router.post('/etat-civil/demande/justificatifs/retirer', async (req, res) => {
    const draft = await draftOfBrowser(town, req, res)
    if (!draft) return res.redirect(303, START)
    await removeProof(town, askerOf(res), draft.id, typed(req.body, 'file'))
    const text = wordsOf(town, res).t('civil-ask:proof.removed')
    await goOn(req, res, pageOf('proof'), { kind: 'success', text })
  })

  router.post('/etat-civil/demande/justificatifs', async (req, res) => {
    const draft = await draftOfBrowser(town, req, res)
    const way = () => typed(req.body, 'proof')
    let added = 0
    const refusal = await refused(res, town, async () => {
      const uploads = await readUploads(req, res, { field: 'papers', most: MOST_PROOFS })
      if (!draft) return
      const sent = (await proofsOf(db, draft.id)).length > 0
      if (uploads.length === 0 && (sent || way() === 'at-counter')) {
        await answer(req, res, 'proof', sent ? 'sent' : 'at-counter')
      } else await addProofs(town, askerOf(res), draft.id, uploads, { address: req.ip ?? '' })
      added = uploads.length
    })
    if (!draft) return res.redirect(303, START)
    if (refusal) return show(res, 'proof', await draftOf(db, askerOf(res), draft.id), refusal)
    if (way() !== 'more') return res.redirect(303, await nextPage(town, await draftOf(db, askerOf(res), draft.id)))
    const text = wordsOf(town, res).t('civil-ask:proof.added', { count: added })
    await goOn(req, res, pageOf('proof'), added > 0 ? { kind: 'success', text } : undefined)
  })

  const answer = async (req: Request, res: Response, question: QuestionKey, sent: unknown) => {
    const asker = askerOf(res)
    const answered = await answerQuestion(town, asker, req.session.civilDraft, { question, sent }, from(req, res))
    if (answered) req.session.civilDraft = answered.id
    return answered
  }

  router.post('/etat-civil/demande/:slug', async (req, res, next) => {
    const question = questionAt(req.params.slug)
    if (!question) return next()
    const fields = typedFields(question, req.body)
    let answered: CivilRequest | undefined
    const refusal = await refused(res, town, async () => {
      try {
        answered = await answer(req, res, question, sentAnswer(question, fields))
      } catch (error) {
        throw withPageFields(error, question, fields)
      }
    })
    if (refusal) return show(res, question, await draftOfBrowser(town, req, res), { ...refusal, fields })
    res.redirect(303, answered ? await nextPage(town, answered) : START)
  })
  return router
}

/** Who will be written to at that address: whoever is called otherwise on their letter box says so. */
function addresseeOf(
  question: QuestionKey,
  draft: CivilRequest | undefined,
): { name: string; href: string } | undefined {
  const applicant = draft?.answers.applicant
  if (question !== 'address' || !applicant) return undefined
  return { name: `${applicant.firstName} ${applicant.lastName}`, href: pageOf('applicant') }
}

/** Where an answer has a field of its own on the page, its fault is shown there. */
function withPageFields(error: unknown, question: QuestionKey, fields: Fields): unknown {
  if (!(error instanceof Problem) || question !== 'died' || fields['died-known'] === 'yes') return error
  const errors = error.errors.map(fault => (fault.field === 'died' ? { ...fault, field: 'died-known' } : fault))
  return new Problem(error.status, error.code, error.params, errors)
}
