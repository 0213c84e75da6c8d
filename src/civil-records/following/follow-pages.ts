import { type Request, type RequestHandler, type Response, Router } from 'express'
import { anonymous } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { notFound, Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { signedIn } from '../../web/asker.ts'
import { goOn, refused, typedIn, wordsOf } from '../../web/form-page.ts'
import { parse } from '../../web/forms.ts'
import type { Translator } from '../../web/i18n.ts'
import { isClosed } from '../states.ts'
import { type CivilRequest, requestById } from '../store.ts'
import { inGroups } from '../words.ts'
import {
  applicantOf,
  findRequest,
  followForm,
  movesOf,
  PAGE_SIZE,
  pageOfRequests,
  requestBehind,
  sendFullLink,
  sentRequestOf,
} from './follow.ts'
import { type Door, ownRequestPages } from './follow-request-pages.ts'
import { asTitle, standingOf, stateTag } from './follow-view.ts'

declare module 'express-session' {
  interface SessionData {
    /** A request whose number and birth year were typed here: where it stands may be looked at, no more. */
    civilStanding?: { requestId: Id<'civil-request'>; until: string }
  }
}

/** A telephone may be handed on: the number is asked for again after a while. */
const LOOK = Temporal.Duration.from({ minutes: 30 })
const FORM = '/etat-civil/suivi'

/** The applicant's side of a request that was sent: by its number, by the link of our letters, or from the account. */
export function followPages(town: Town): Router {
  const { render } = town
  const router = Router()

  router.get(FORM, (_req, res) => render.page(res, 'civil-records/follow-form', { number: '', birthYear: '' }))
  router.post(FORM, async (req, res) => {
    const refusal = await refused(res, town, async () => {
      const requestId = await findRequest(town, parse(followForm, req.body), { address: req.ip ?? '' })
      req.session.civilStanding = { requestId, until: town.clock.now().add(LOOK).toString() }
    })
    if (!refusal) return res.redirect(303, `${FORM}/demande`)
    const shown = typedIn(req.body, ['number', 'birthYear'])
    render.page(res, 'civil-records/follow-form', { ...shown, errors: refusal.errors }, refusal.status)
  })

  router.get(`${FORM}/demande`, async (req, res) => {
    const requestId = looksAt(req)
    if (!requestId) return res.redirect(303, FORM)
    const request = await requestById(town.db.read, requestId)
    // Forgotten meanwhile: nothing is left to look at.
    if (!request.number) return res.redirect(303, FORM)
    const moves = await movesOf(town.db.read, requestId)
    const standing = await standingOf(town, town.db.read, wordsOf(town, res), request, moves)
    render.page(res, 'civil-records/follow-limited', { standing })
  })
  router.post(`${FORM}/lien`, async (req, res) => {
    const requestId = looksAt(req)
    if (!requestId) return res.redirect(303, FORM)
    await sendFullLink(town, requestId)
    const text = wordsOf(town, res).t('civil-follow:limited.linkSent')
    await goOn(req, res, `${FORM}/demande`, { kind: 'success', text })
  })

  router.use(`${FORM}/:secret`, quiet, ownRequestPages(town, byLink))
  router.use('/etat-civil/mes-demandes/:id', ownRequestPages(town, byAccount))

  router.get('/etat-civil/mes-demandes', async (req, res) => {
    const personId = applicantOf(signedIn(res))
    const wanted = Number(req.query['page'] ?? 1)
    if (!Number.isSafeInteger(wanted) || wanted < 1) throw notFound()
    const words = wordsOf(town, res)
    const { rows, all } = await pageOfRequests(town.db.read, personId, wanted)
    if (rows.length === 0 && wanted > 1) throw notFound()
    const first = (wanted - 1) * PAGE_SIZE
    const requests = rows.map(request => ({
      id: request.id,
      draft: request.state === 'draft',
      closed: isClosed(request.state),
      what: titleOf(words, request),
      number: request.number ? inGroups(request.number) : '',
      date: words.f.day(dayInParis(request.submittedAt ?? request.createdAt)),
      tag: stateTag(words, request.state),
    }))
    render.page(res, 'civil-records/follow-list', {
      drafts: requests.filter(({ draft }) => draft),
      open: requests.filter(({ draft, closed }) => !draft && !closed),
      ended: requests.filter(({ closed }) => closed),
      page: {
        previous: wanted > 1 ? `?page=${wanted - 1}` : null,
        next: first + rows.length < all ? `?page=${wanted + 1}` : null,
        text: words.t('civil-follow:list.range', { from: first + 1, to: first + rows.length, all }),
      },
    })
  })
  return router

  function looksAt(req: Request): Id<'civil-request'> | undefined {
    const looked = req.session.civilStanding
    if (!looked || Temporal.Instant.compare(town.clock.now(), Temporal.Instant.from(looked.until)) > 0) return undefined
    return looked.requestId
  }

  /** Whoever holds the link is the applicant, signed in or not. A link that ended says so, and how to get another. */
  async function byLink(req: Request, res: Response) {
    const secret = String(req.params['secret'])
    try {
      const request = await requestBehind(town.db.read, town.clock.now(), secret)
      return { request, actor: anonymous, base: `${FORM}/${secret}`, back: null } satisfies Door
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'gone') throw error
      render.page(res, 'civil-records/follow-link-over', {}, 410)
      return undefined
    }
  }

  async function byAccount(req: Request, res: Response) {
    const actor = signedIn(res)
    const request = await sentRequestOf(town.db.read, actor, String(req.params['id']))
    const back = '/etat-civil/mes-demandes'
    return { request, actor, base: `${back}/${request.id}`, back } satisfies Door
  }
}

/** What a request asks for; of a draft, as far as it is known. */
function titleOf(words: Translator, request: CivilRequest): string {
  if (request.state !== 'draft') return asTitle(words, request)
  const { kind, form, subject } = request.answers
  return kind && form && subject ? asTitle(words, { ...request, kind, form }) : words.t('civil-follow:list.draft')
}

/**
 * A page whose address is a secret: kept by no cache, found by no search engine. That its address is told to no other site
 * is so of every page (`security-headers.ts`).
 */
export const quiet: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'private, no-store')
  res.setHeader('X-Robots-Tag', 'noindex, nofollow')
  next()
}
