import type { Request, Response, Router } from 'express'
import type { Clerk } from '../../kernel/actor.ts'
import { Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import { movesOf } from '../following/follow.ts'
import { takeNext } from '../queue/holding.ts'
import { filterFrom, narrows, queryOf } from '../queue/queue-filter.ts'
import { fileAddress, queueAddress } from '../queue/queue-view.ts'
import { requestForClerk } from '../store.ts'
import { headOf, pageOf } from './file-view.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whatever else stands below /guichet/etat-civil is another page's: only ids are requests. */
export function onlyFiles(router: Router): Router {
  router.param('id', (_req, _res, next, id) => (UUID.test(String(id)) ? next() : next('route')))
  return router
}

/** The version of the request that a form was about. */
export const seenIn = (req: Request<{ id: string }>): { id: string; version: number } => ({
  id: req.params.id,
  version: Number(typed(req.body, 'version')),
})

/** The queue that the clerk came from, as it goes on from page to page: its filter, and the addresses that keep it. */
export function wayIn(req: Request): { query: string; suffix: string; queue: string } {
  const sent = typed(req.body, 'filtre') || typed(req.query, 'filtre')
  const query = queryOf(filterFrom(sent))
  const suffix = query ? `?filtre=${encodeURIComponent(query)}` : ''
  return { query, suffix, queue: queueAddress(filterFrom(query)) }
}

/** Back to the request's own page. */
export const backTo = (req: Request<{ id: string }>): string => `${pageOf(req.params.id)}${wayIn(req).suffix}`

/**
 * Does what a form decides. Its own faults come back, for the form to be shown again; when the request is not what it was
 * any more, a page says where it stands now, with what was typed, and `done` comes back.
 */
export async function decide(
  town: Town,
  req: Request<{ id: string }>,
  res: Response,
  clerk: Clerk,
  action: () => Promise<unknown>,
): Promise<Refusal | 'done' | undefined> {
  try {
    return await refused(res, town, action)
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 409) throw error
    await conflictPage(town, req, res, clerk, error)
    return 'done'
  }
}

/** What clerks type at length: never lost, whatever happened meanwhile. */
const typedAtLength = ['words', 'translated', 'facts', 'law', 'note'] as const

async function conflictPage(town: Town, req: Request<{ id: string }>, res: Response, clerk: Clerk, problem: Problem) {
  const words = wordsOf(town, res)
  const { t, f } = words
  const request = await requestForClerk(town.db.read, clerk, req.params.id)
  const { nameOf, ...head } = await headOf(town, words, clerk, request)
  const last = (await movesOf(town.db.read, request.id)).at(-1)
  const { since, ...params } = problem.params
  const shown = { ...params, since: since instanceof Temporal.Instant ? f.time(since) : since }
  const view = {
    ...head,
    ...wayIn(req),
    title: t(`problems:${problem.code}.title`, shown),
    detail: t(`problems:${problem.code}.detail`, shown),
    last: last
      ? t('civil-file:conflict.last', {
          state: t(`civil-records:state.${last.to}`),
          at: f.instant(last.at),
          who:
            last.by === 'clerk'
              ? nameOf(last.accountId)
              : t(`civil-file:by.${last.by.startsWith('system') ? 'system' : 'applicant'}`),
        })
      : '',
    typed: typedAtLength.map(name => typed(req.body, name)).filter(Boolean),
  }
  town.render.page(res, 'civil-records/file-conflict', view, 409)
}

/** After a decision: on to the next file of the queue when that was asked for, else back to this one. */
export async function goAfter(
  town: Town,
  req: Request<{ id: string }>,
  res: Response,
  clerk: Clerk,
  key: string,
): Promise<void> {
  const { t } = wordsOf(town, res)
  const text = t(`civil-file:done.${key}`)
  if (typed(req.body, 'onward') !== 'next') return goOn(req, res, backTo(req), { kind: 'success', text })
  const filter = filterFrom(wayIn(req).query)
  const next = await takeNext(town, clerk, filter)
  if (next) return goOn(req, res, fileAddress(next, filter), { kind: 'success', text })
  const none = t(narrows(filter) ? 'civil-desk:noneFits' : 'civil-desk:noneLeft')
  await goOn(req, res, queueAddress(filter), { kind: 'success', text: `${text} ${none}` })
}
