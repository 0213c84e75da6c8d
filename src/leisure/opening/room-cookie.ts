import type { IncomingMessage } from 'node:http'
import type { Response } from 'express'
import type { Town } from '../../town-context.ts'
import type { Crowd } from '../../web/admission.ts'
import { cookieIn, sessionCookieIn } from '../../web/cookies.ts'
import { readTicket, sessionMark, signTicket, type Ticket } from './ticket.ts'

/** As long as an opening morning. */
const HOURS = 6

/** The name of the cookie that holds the ticket of a period. */
const ticketCookie = (periodId: string) => `salle-${periodId}`

/** The ticket that a browser sent for a period, as its text: what `gateFor` takes. */
export const ticketIn = (req: IncomingMessage, periodId: string): string | undefined =>
  cookieIn(req, ticketCookie(periodId))

/** The mark of the session that sent the request; empty for who has none. */
export function sessionMarkIn(req: IncomingMessage, town: Pick<Town, 'config'>): string {
  const cookie = sessionCookieIn(req, town.config)
  return cookie ? sessionMark(cookie) : ''
}

/** The ticket of a browser, if it is of the very session that sends it: then nothing else needs to be asked. */
export function ticketOfSession(
  req: IncomingMessage,
  town: Pick<Town, 'config'>,
  periodId: string,
): Ticket | undefined {
  const ticket = readTicket(town.config.secret, periodId, ticketIn(req, periodId))
  return ticket && ticket.session !== '' && ticket.session === sessionMarkIn(req, town) ? ticket : undefined
}

/** Hands the browser its ticket. */
export function giveTicket(res: Response, { config }: Pick<Town, 'config'>, periodId: string, ticket: Ticket): void {
  res.cookie(ticketCookie(periodId), signTicket(config.secret, periodId, ticket), {
    maxAge: HOURS * 3_600_000,
    httpOnly: true,
    sameSite: 'lax',
    secure: config.baseUrl.startsWith('https:'),
    path: '/',
  })
}

const WHERE_TICKETS_COUNT = /^\/centres-de-loisirs\/(?:salle|inscrire)\/([\w-]{1,64})(?:\.json)?$/

/** Where many families come at once, and who of them has waited already. */
export const leisureCrowd = (town: Pick<Town, 'config'>): Crowd => ({
  paths: ['/centres-de-loisirs', '/api/v1/leisure'],
  hasTicket: req => hasTicket(req, town),
})

/** Whether the request is for a room, or the sign-up behind it, whose ticket it brings: a crowd must not turn it away. */
function hasTicket(req: IncomingMessage, town: Pick<Town, 'config'>): boolean {
  const [path = ''] = (req.url ?? '').split('?')
  const periodId = WHERE_TICKETS_COUNT.exec(path)?.[1]
  return periodId !== undefined && ticketOfSession(req, town, periodId) !== undefined
}
