import { randomInt } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler } from 'express'
import type { Config } from '../config.ts'
import type { Clock } from '../kernel/clock.ts'
import { sessionCookieIn } from './cookies.ts'
import type { Languages, Translator } from './i18n.ts'
import { isInside } from './inside.ts'
import type { LoadMeter } from './load.ts'
import { refusals } from './metrics.ts'

/** What a service says of its own crowd. */
export type Crowd = {
  /** Where everybody goes at once: their addresses begin so. */
  paths: readonly string[]
  /** Who has waited in line already. Decided without the database. */
  hasTicket: (req: IncomingMessage) => boolean
}

/** In the order in which they are refused: first who has not begun anything. */
export const KINDS = ['newcomer', 'crowd', 'signed-in'] as const
export type Kind = (typeof KINDS)[number]

/**
 * Whether a request of that kind is refused at that load (1 is crowded). Who comes anew is refused first, then those of
 * the crowd who are not inside yet; who is signed in elsewhere (payments, civil records, the desk) only when the process
 * could not answer anybody any more.
 */
export const refusedAt = (kind: Kind, load: number): boolean => load >= REFUSED_FROM[kind]
const REFUSED_FROM: Record<Kind, number> = { newcomer: 1, crowd: 2, 'signed-in': 4 }

/** Where people come back to from the bank: never refused. */
const PAYMENT = '/paiement'
const SIGNING_IN = ['/connexion', '/inscription', '/mot-de-passe', '/api/v1/sessions']

/**
 * Keeps the process able to answer: while it is crowded, newcomers get a tiny page at once, before anything is parsed,
 * read or rendered, that tries again by itself. Never refused: who is in the middle of a sign-up, who has a ticket, who
 * comes back from the bank. Static files, health checks and the Stripe webhook stand before it.
 */
export function admission(parts: {
  config: Config
  clock: Clock
  languages: Languages
  meter: LoadMeter
  crowds: readonly Crowd[]
}): RequestHandler {
  const { config, crowds, meter } = parts
  const refuse = refusal(parts)
  return (req, res, next) => {
    const load = meter.load()
    const kind = load < 1 ? undefined : kindOf(req)
    if (kind && refusedAt(kind, load)) return refuse(kind, req, res, next)
    const takeInHand = () => {
      if (!res.writableEnded && !res.closed) res.once('close', meter.take())
    }
    // Whoever sends a form drop by drop is in nobody's way: it counts when it is here.
    if (isWhole(req)) takeInHand()
    else req.once('end', takeInHand)
    next()
  }

  /** Nothing for who is never refused. */
  function kindOf(req: Request): Kind | undefined {
    const begins = (paths: readonly string[]) => paths.some(path => req.path.startsWith(path))
    if (begins([PAYMENT]) || isInside(parts, req) || crowds.some(({ hasTicket }) => hasTicket(req))) return undefined
    if (begins(SIGNING_IN) || sessionCookieIn(req, config) === undefined) return 'newcomer'
    return crowds.some(({ paths }) => begins(paths)) ? 'crowd' : 'signed-in'
  }
}

/** Whether all of a request has come with its head: it has no body. */
const isWhole = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'

/** Between these, whoever is refused is told to come back: the later, the more are refused. In seconds. */
const FEWEST_SECONDS = 3
const MOST_SECONDS = 30
/** As many may come back in a second: more would cost more than they bring. */
const BACK_PER_SECOND = 150
const WINDOW_MS = 5_000

/** Within how many seconds those who are refused now should come back, so that they do not crowd in again together. */
function comeBackWithin(): () => number {
  let begun = performance.now()
  let [before, now] = [0, 0]
  return () => {
    const elapsed = performance.now() - begun
    if (elapsed >= WINDOW_MS) {
      before = elapsed < 2 * WINDOW_MS ? now : 0
      now = 0
      begun += elapsed
    }
    now++
    const seconds = Math.ceil(Math.max(before, now) / BACK_PER_SECOND)
    return Math.min(Math.max(seconds, FEWEST_SECONDS), MOST_SECONDS)
  }
}

function refusal({ config, languages }: { config: Config; languages: Languages }) {
  // Made once: a refusal must cost next to nothing.
  const waits = Array.from({ length: MOST_SECONDS }, (_, n) => n + 1)
  const pages = new Map(waits.map(seconds => [seconds, page(languages, seconds)]))
  const form = page(languages, undefined)
  const problems = new Map(languages.list.map(({ code }) => [code, problem(config, languages.for(code))]))
  const within = comeBackWithin()
  return (kind: Kind, ...[req, res]: Parameters<RequestHandler>) => {
    refusals.inc({ kind })
    const seconds = randomInt(1, within() + 1)
    const api = req.path.startsWith('/api/')
    const reading = req.method === 'GET' || req.method === 'HEAD'
    res.writeHead(503, {
      'Retry-After': seconds,
      'Cache-Control': 'no-store',
      'Content-Type': api ? 'application/problem+json' : 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
    })
    const language = languages.choose({ acceptLanguage: req.get('accept-language') })
    res.end(api ? problems.get(language) : reading ? pages.get(seconds) : form)
  }
}

const problem = ({ baseUrl }: Config, { t }: Translator): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: `${baseUrl}/api/problems/busy`,
      title: t('problems:busy.title'),
      status: 503,
      detail: t('problems:busy.detail'),
      code: 'busy',
    }),
  )

/**
 * The page of a refusal, in every language at once: which one to choose is not worth a look now. It loads itself again
 * after some seconds, unless it answers a form: that would lose what was typed.
 */
function page(languages: Languages, seconds: number | undefined): Buffer {
  const [first] = languages.list
  const said = ({ t, language: { code, dir } }: Translator, heading: string) =>
    `<div lang="${code}" dir="${dir}"><${heading}>${t('common:crowded.title')}</${heading}>` +
    `<p>${t(seconds === undefined ? 'common:crowded.reload' : 'common:crowded.again')}</p></div>`
  const texts = languages.list.map((language, i) => said(languages.for(language.code), i === 0 ? 'h1' : 'h2'))
  return Buffer.from(
    `<!DOCTYPE html><html lang="${first?.code ?? 'fr'}"><head><meta charset="utf-8">` +
      (seconds === undefined ? '' : `<meta http-equiv="refresh" content="${seconds}">`) +
      '<meta name="viewport" content="width=device-width, initial-scale=1">' +
      `<title>${languages.for('fr').t('common:crowded.title')}</title></head><body><main>${texts.join('')}</main></body></html>`,
  )
}
