import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { emailField } from '../../access/sign-up.ts'
import { notFound, Problem, signInFirst } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { askerOf } from '../../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import { quiet } from '../following/follow-pages.ts'
import { entitlementOf, isQuestion, nextQuestion } from '../rules/questions.ts'
import type { CivilRequest } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { CHECK, nextPage, START } from './ask-path.ts'
import { draftOfBrowser } from './ask-session.ts'
import { pageOf, summaryRows } from './ask-summary.ts'
import {
  askToConfirm,
  confirmAndSend,
  draftToResume,
  emailToConfirm,
  keptUntil,
  requestToConfirm,
  sendResumeLink,
} from './confirm-email.ts'
import { adoptDraft, askingOf, personAsking, requestOfAsker } from './draft.ts'
import { proofsOf } from './papers.ts'
import { type Sent, submitRequest } from './submit.ts'

const SEND = '/etat-civil/demande/envoyer'
const EMAIL = '/etat-civil/demande/e-mail'
const LATER = '/etat-civil/demande/plus-tard'

const laterForm = z.object({ email: emailField })

/** Looking a request over and sending it; its e-mail address first, for who has no account; and going on with it later. */
export function sendingPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()

  // Half-told lives, and addresses that are secrets: kept by no cache, and told to no other site.
  router.use(['/etat-civil/demande', '/etat-civil/confirmer', '/etat-civil/reprendre'], quiet)

  const checkPage = async (res: Response, draft: CivilRequest, errors: readonly object[], status: number) => {
    const asking = await askingOf(town, db, draft.personId)
    if (nextQuestion(draft.answers, asking.today, asking.context) !== 'check')
      return res.redirect(303, await nextPage(town, draft))
    const papers = (await proofsOf(db, draft.id)).length
    const decided = entitlementOf(draft.answers, asking.today)
    const words = wordsOf(town, res)
    render.page(
      res,
      'civil-records/ask-check',
      {
        rows: summaryRows(words, draft.answers, asking, { shortName: town.config.town.shortName, papers }),
        information: Boolean(decided?.allowed && decided.information),
        version: draft.version,
        action: SEND,
        emailNext: emailToConfirm(draft) !== undefined,
        later: draft.personId ? '' : LATER,
        errors,
      },
      status,
    )
  }
  router.get(CHECK, async (req, res) => {
    const draft = await draftOfBrowser(town, req, res)
    if (!draft) return res.redirect(303, START)
    await checkPage(res, draft, [], 200)
  })

  /** Leads to the page that says it is sent, in this browser and in any other that has its address. */
  const sentPage = async (req: Request, res: Response, { request, secret }: Sent) => {
    delete req.session.civilDraft
    req.session.civilSent = request.id
    res.redirect(303, `/etat-civil/demande/envoyee/${secret ?? request.id}`)
  }
  router.post(SEND, async (req, res) => {
    const asker = askerOf(res)
    const request = await requestOfAsker(db, asker, req.session.civilDraft ?? req.session.civilSent)
    if (!request) return res.redirect(303, START)
    const seen = Number(typed(req.body, 'version')) || undefined
    const address = req.ip ?? ''
    let sent: Sent | undefined
    try {
      const refusal = await refused(res, town, async () => {
        if (request.state === 'draft' && emailToConfirm(request))
          await askToConfirm(town, request, { seen, address, key: typed(req.body, 'idempotencyKey') })
        else sent = await submitRequest(town, asker, request.id, { seen, address })
      })
      if (refusal) return checkPage(res, request, refusal.errors, refusal.status)
    } catch (error) {
      return turnBack(req, res, request, error)
    }
    if (sent) return sentPage(req, res, sent)
    res.redirect(303, EMAIL)
  })

  /** What stands in the way of sending is a page of its own: the open question, or why it cannot be had. */
  const turnBack = async (req: Request, res: Response, request: CivilRequest, error: unknown) => {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'request-changed') {
      const text = wordsOf(town, res).t('civil-ask:check.changed')
      return goOn(req, res, CHECK, { kind: 'notice', text })
    }
    if (!['request-incomplete', 'not-entitled', 'kept-elsewhere'].includes(error.code)) throw error
    const { question } = error.params
    const open = typeof question === 'string' && isQuestion(question)
    res.redirect(303, open ? pageOf(question) : await nextPage(town, request))
  }

  const emailPage = async (req: Request, res: Response, errors: readonly object[], status: number) => {
    const draft = await draftOfBrowser(town, req, res)
    const email = draft && emailToConfirm(draft)
    if (!email) return res.redirect(303, draft ? CHECK : START)
    render.page(res, 'civil-records/ask-email', { email, change: pageOf('contact'), action: EMAIL, errors }, status)
  }
  router.get(EMAIL, (req, res) => emailPage(req, res, [], 200))
  router.post(EMAIL, async (req, res) => {
    const draft = await draftOfBrowser(town, req, res)
    if (!draft) return res.redirect(303, START)
    try {
      const key = typed(req.body, 'idempotencyKey')
      const refusal = await refused(res, town, () => askToConfirm(town, draft, { address: req.ip ?? '', key }))
      if (refusal) return emailPage(req, res, refusal.errors, refusal.status)
    } catch (error) {
      return turnBack(req, res, draft, error)
    }
    await goOn(req, res, EMAIL, { kind: 'success', text: wordsOf(town, res).t('civil-ask:confirmEmail.againDone') })
  })

  // Opened from a mail. Looking changes nothing: mail programs open links too.
  const confirmPage = async (res: Response, secret: string, errors: readonly object[], status: number) => {
    const request = await requestToConfirm(town, db, secret)
    if (!request) return render.page(res, 'civil-records/ask-link-over', {}, 410)
    const { kind = null, form = null } = request.answers
    const what = whatWasAsked(wordsOf(town, res), { kind, form, answers: request.answers })
    const number = request.number ? inGroups(request.number) : ''
    render.page(res, 'civil-records/ask-confirm', { what, number, errors }, status)
  }
  router.get('/etat-civil/confirmer/:secret', (req, res) => confirmPage(res, req.params.secret, [], 200))
  router.post('/etat-civil/confirmer/:secret', async (req, res) => {
    let sent: Sent
    try {
      sent = await confirmAndSend(town, askerOf(res), req.params.secret)
    } catch (error) {
      if (!(error instanceof Problem) || ![409, 410, 422].includes(error.status)) throw error
      // Rules or settings changed since it was looked over: it is put right where it was written.
      const message = wordsOf(town, res).t('civil-ask:confirmEmail.incomplete')
      return confirmPage(res, req.params.secret, error.status === 410 ? [] : [{ field: '', message }], error.status)
    }
    await sentPage(req, res, sent)
  })

  const laterPage = async (
    res: Response,
    draft: CivilRequest,
    email: string,
    errors: readonly object[],
    status: number,
  ) => {
    const next = await nextPage(town, draft)
    render.page(
      res,
      'civil-records/ask-later',
      { email, until: wordsOf(town, res).f.day(keptUntil(draft)), action: LATER, next, errors },
      status,
    )
  }
  router.get(LATER, async (req, res) => {
    const draft = await draftOfBrowser(town, req, res)
    if (!draft || draft.personId) return res.redirect(303, START)
    await laterPage(res, draft, draft.answers.contact?.email ?? '', [], 200)
  })
  router.post(LATER, async (req, res) => {
    const draft = await draftOfBrowser(town, req, res)
    if (!draft || draft.personId) return res.redirect(303, START)
    const refusal = await refused(res, town, async () => {
      const { email } = parse(laterForm, req.body)
      await sendResumeLink(town, draft, email, { address: req.ip ?? '' })
    })
    if (refusal) return laterPage(res, draft, typed(req.body, 'email'), refusal.errors, refusal.status)
    const { t, f } = wordsOf(town, res)
    const day = f.day(keptUntil(draft))
    const text = t('civil-ask:laterPage.sent', { email: typed(req.body, 'email').trim(), day })
    await goOn(req, res, LATER, { kind: 'success', text })
  })
  router.get('/etat-civil/reprendre/:secret', async (req, res) => {
    const draft = await draftToResume(town, db, req.params.secret)
    if (!draft) return render.page(res, 'civil-records/ask-link-over', {}, 410)
    render.page(res, 'civil-records/ask-resume', {})
  })
  router.post('/etat-civil/reprendre/:secret', async (req, res) => {
    const asker = askerOf(res)
    const draft = await draftToResume(town, db, req.params.secret)
    if (!draft) return render.page(res, 'civil-records/ask-link-over', {}, 410)
    if (draft.personId && draft.personId !== personAsking(asker)) {
      if (asker.kind === 'anonymous') throw signInFirst()
      throw notFound()
    }
    await town.db.transaction(tx => adoptDraft(tx, town, asker, draft.id))
    req.session.civilDraft = draft.id
    res.redirect(303, await nextPage(town, draft))
  })
  return router
}
