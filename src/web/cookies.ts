import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { sameText } from './same-text.ts'

/** The value of a cookie as the browser sent it, without a parser before: the first of that name. */
export function cookieIn(req: IncomingMessage, name: string): string | undefined {
  const start = `${name}=`
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const pair = part.trim()
    if (pair.startsWith(start)) return pair.slice(start.length)
  }
  return undefined
}

/** The name of the session's cookie: over https one that browsers take from this very host only. */
export const sessionCookieName = (https: boolean) => (https ? '__Host-guichet' : 'guichet')

/**
 * The session's cookie of a request, if this town signed it, as express-session does. Costs a hash, no query: the session
 * may have ended since.
 */
export function sessionCookieIn(req: IncomingMessage, config: { secret: string; baseUrl: string }): string | undefined {
  const value = cookieIn(req, sessionCookieName(config.baseUrl.startsWith('https:')))
  const [, id, signature] = /^s%3A([\w-]{1,64})\.([\w%+/-]{1,80})$/.exec(value ?? '') ?? []
  if (!value || !id || !signature) return undefined
  const right = createHmac('sha256', config.secret).update(id).digest('base64').replace(/=+$/, '')
  return sameText(decoded(signature), right) ? value : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
