import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { type Logger, pino } from 'pino'
import { pinoHttp } from 'pino-http'

/** The process's log: one JSON line each, without cookies, keys, names or addresses. */
export function openLog(level: string): Logger {
  return pino({
    level,
    redact: {
      paths: ['req.headers', 'res.headers', 'err.config', 'email', 'password', '*.email', '*.password'],
      remove: true,
    },
  })
}

/** One line per request: method, path without its query (it may carry a secret link), status, time. */
export function requestLog(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: () => randomUUID(),
    quietReqLogger: true,
    autoLogging: {
      ignore: req => req.url === '/healthz' || req.url === '/readyz' || (req.url ?? '').startsWith('/public/'),
    },
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'error' : 'info'),
    serializers: {
      req: (req: { id: string; method: string; url: string }) => ({
        id: req.id,
        method: req.method,
        path: pathOnly(req.url),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
  })
}

/** Secret links have their secret in the path: it is not written down. */
const pathOnly = (url: string) => (url.split('?')[0] ?? '').replace(/[\w-]{30,}/g, '…')
