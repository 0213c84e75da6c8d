import type { Request, Response } from 'express'
import type { Town } from '../../town-context.ts'
import { wordsOf } from '../../web/form-page.ts'
import { drawPath } from './draw-words.ts'
import type { Standing } from './room.ts'
import { earlyNews, newsOf, type RoomNews } from './room-words.ts'

/** The addresses of a room: for people, and for its script. */
export const ROOM_PATH = '/centres-de-loisirs/salle/:periodId'
export const ROOM_POLL_PATH = `${ROOM_PATH}.json`
export const roomPath = (periodId: string) => `/centres-de-loisirs/salle/${periodId}`

/** A page left alone and a page with a script ask at moments of their own. */
const chance = () => Math.random()

type Told = { period: { id: string; name: string }; opensAt: Temporal.Instant; now: Temporal.Instant }

/** Answers who is in the room: whose turn has come is led on. */
export function answerRoom(town: Town, req: Request, res: Response, told: Told & { standing: Standing }): void {
  const words = wordsOf(town, res)
  answer(town, req, res, told, newsOf(words, { ...told, periodId: told.period.id, chance: chance() }))
}

/** Answers who comes before the room is there. */
export function answerEarly(town: Town, req: Request, res: Response, told: Told): void {
  answer(town, req, res, told, earlyNews(wordsOf(town, res), { ...told, chance: chance() }))
}

/** Leads on to another page. */
export function leadOn(req: Request, res: Response, to: string): void {
  res.setHeader('Cache-Control', 'private, no-store')
  if (isPoll(req)) res.json({ state: 'go', say: '', more: '', wait: 0, to } satisfies RoomNews)
  // Without a body, as all our redirects: this one may be sent before the session is read.
  else res.status(303).location(to).end()
}

function answer(town: Town, req: Request, res: Response, { period }: Told, news: RoomNews): void {
  // Small and asked for by thousands: not worth compressing.
  res.setHeader('Cache-Control', 'private, no-store, no-transform')
  if (isPoll(req)) return void res.json(news)
  if (news.to) {
    leadOn(req, res, news.to)
    return
  }
  allowOwnPoll(res)
  town.render.page(res, 'leisure/room', {
    name: period.name,
    news,
    poll: `${roomPath(period.id)}.json`,
    again: Math.ceil(news.wait),
    draw: drawPath(period.id),
  })
}

const isPoll = (req: Request) => req.path.endsWith('.json')

/** The policy of pages lets no script speak to anybody; this page's asks us. */
function allowOwnPoll(res: Response): void {
  const policy = res.getHeader('Content-Security-Policy')
  if (typeof policy === 'string') res.setHeader('Content-Security-Policy', `${policy};connect-src 'self'`)
}
