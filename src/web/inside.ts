import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Response } from 'express'
import type { Clock } from '../kernel/clock.ts'
import { cookieIn, sessionCookieIn } from './cookies.ts'
import { sameText } from './same-text.ts'

const COOKIE = 'guichet-dedans'
/** As long as a basket keeps its places, and a little more; each page of the sign-up begins it anew. */
const MINUTES = 15

type Parts = { config: { secret: string; baseUrl: string }; clock: Clock }

/**
 * Notes in a signed cookie that this browser is in the middle of a sign-up that was open to it: for a quarter of an hour it
 * is not refused, however great the crowd. The note is worth nothing beside another session.
 */
export function letInside({ config, clock }: Parts, res: Response): void {
  const session = sessionCookieIn(res.req, config)
  if (!session) return
  const until = clock.now().add({ minutes: MINUTES }).epochMilliseconds
  res.cookie(COOKIE, `${until}.${signature(config.secret, until, session)}`, {
    maxAge: MINUTES * 60_000,
    httpOnly: true,
    sameSite: 'lax',
    secure: config.baseUrl.startsWith('https:'),
    path: '/',
  })
}

/** Whether the request comes from a browser that was let inside. Asks no database. */
export function isInside({ config, clock }: Parts, req: IncomingMessage): boolean {
  const [, until, given] = /^(\d{13,15})\.([\w-]{43})$/.exec(cookieIn(req, COOKIE) ?? '') ?? []
  if (!until || !given || Number(until) < clock.now().epochMilliseconds) return false
  const session = sessionCookieIn(req, config)
  return session !== undefined && sameText(given, signature(config.secret, Number(until), session))
}

const signature = (secret: string, until: number, session: string) =>
  createHmac('sha256', secret).update(`inside ${until} ${session}`).digest('base64url')
