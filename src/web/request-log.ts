import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { type Logger, pino } from 'pino'
import { pinoHttp } from 'pino-http'

const LONGEST_MESSAGE = 1_000

/**
 * What the log keeps of an error: its kind, codes and place, not the values it was about. Drizzle writes the parameters of
 * a failed query behind it, PostgreSQL and mail servers quote addresses.
 */
function errorForLog(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  const stack = error.stack ?? ''
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...(code === undefined ? {} : { code }),
    ...(responseCode === undefined ? {} : { responseCode }),
    at: stack
      .split('\n')
      .filter(line => /^\s+at /.test(line))
      .map(line => line.trim()),
    ...(error.cause === undefined ? {} : { cause: errorForLog(error.cause) }),
  }
}

const withoutValues = (message: string) =>
  message
    .replace(/\nparams: [\s\S]*/, '')
    .replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…')
    .slice(0, LONGEST_MESSAGE)

/** How the log stays without cookies, keys, names or addresses, whatever it is handed. */
export const logOptions = {
  redact: { paths: ['req.headers', 'res.headers', 'email', 'password', '*.email', '*.password'], remove: true },
  serializers: { err: errorForLog },
}

/** The process's log: one JSON line each. */
export const openLog = (level: string): Logger => pino({ ...logOptions, level })

/** One line per request: method, path without its query (it may carry a secret link), status, time. */
export function requestLog(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: () => randomUUID(),
    quietReqLogger: true,
    autoLogging: {
      ignore: req => req.url === '/healthz' || req.url === '/readyz' || (req.url ?? '').startsWith('/public/'),
    },
    customLogLevel: (_req, res, error) => (error || isFault(res.statusCode) ? 'error' : 'info'),
    serializers: {
      err: errorForLog,
      req: (req: { id: string; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        path: pathOnly(req.url),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
  })
}

/** A 503 is said on purpose: crowded, under maintenance. */
const isFault = (status: number) => status >= 500 && status !== 503

/** Secret links have their secret in the path: it is not written down. */
const pathOnly = (url: string) => (url.split('?')[0] ?? '').replace(/[\w-]{30,}/g, '…')
