import { randomBytes } from 'node:crypto'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import type { Logger } from 'pino'
import { isBeyondStorage } from '../db/database.ts'
import { notFound, Problem } from '../kernel/problems.ts'
import type { Languages } from './i18n.ts'
import type { Renderer } from './render.ts'

/** What nothing answered does not exist. */
export const nothingHere: RequestHandler = () => {
  throw notFound()
}

/** Turns whatever went wrong into a page in the reader's words, or into problem+json (RFC 9457) for the API. */
export function problemHandler(parts: {
  log: Logger
  render: Renderer
  languages: Languages
  baseUrl: string
}): ErrorRequestHandler {
  const { log, render, languages, baseUrl } = parts
  return (error, req, res, _next) => {
    const problem = asProblem(error)
    const reference = randomBytes(4).toString('hex')
    if (problem.status >= 500)
      log.error({ err: error, reference, request: (req as { id?: unknown }).id }, 'request failed')
    // Too late for words. Express would print the error, with what it was about.
    if (res.headersSent) return void res.destroy()
    const retryAfter = problem.params['retryAfterSeconds']
    if (typeof retryAfter === 'number') res.setHeader('Retry-After', retryAfter)
    if (problem.code === 'sign-in-first' && !isApi(req)) {
      if (req.method === 'GET' && req.session) req.session.afterSignIn = req.originalUrl
      return res.redirect(303, '/connexion')
    }
    const { t, f } = languages.for(res.locals['language'] ?? 'fr')
    const told = Object.entries(problem.params).map(([name, value]) => [
      name,
      value instanceof Temporal.Instant ? f.time(value) : value,
    ])
    const title = t(`problems:${problem.code}.title`, Object.fromEntries(told))
    const detail = t(`problems:${problem.code}.detail`, Object.fromEntries(told))
    if (!isApi(req)) {
      return render.page(res, 'errors/error', { status: problem.status, title, detail, reference }, problem.status)
    }
    const { retryAfterSeconds: _, ...params } = problem.params
    res
      .status(problem.status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `${baseUrl}/api/problems/${problem.code}`,
          title,
          status: problem.status,
          detail,
          code: problem.code,
          instance: `urn:guichet:${reference}`,
          ...(Object.keys(params).length > 0 ? { params } : {}),
          ...(problem.errors.length > 0
            ? { errors: problem.errors.map(e => ({ ...e, message: t(`problems:fields.${e.code}`, e.params ?? {}) })) }
            : {}),
        }),
      )
  }
}

const isApi = (req: Request) => req.originalUrl.startsWith('/api/')

/** Faults that express's own parsers found have a status; everything else is ours, and is not told. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
  if (status === 413) return new Problem(413, 'too-large')
  if (status === 415) return new Problem(415, 'bad-request')
  if (status >= 400 && status < 500) return new Problem(400, 'bad-request')
  if (isBeyondStorage(error)) return new Problem(400, 'bad-request')
  return new Problem(500, 'internal')
}
