import type { RequestHandler } from 'express'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

export const metrics = new Registry()
collectDefaultMetrics({ register: metrics })

const requests = new Histogram({
  name: 'guichet_http_request_seconds',
  help: 'Time to answer, by method, kind of page and status class',
  labelNames: ['method', 'kind', 'status'],
  buckets: [0.005, 0.02, 0.05, 0.15, 0.3, 1, 3, 10],
  registers: [metrics],
})

/** Webhooks that changed nothing: repeated, unknown or not ours. */
export const webhooksWithoutEffect = new Counter({
  name: 'guichet_webhooks_without_effect_total',
  help: 'Stripe events that had nothing to change, by reason',
  labelNames: ['reason'],
  registers: [metrics],
})

/** People sent away for some seconds because the process was crowded. */
export const refusals = new Counter({
  name: 'guichet_refusals_total',
  help: 'Requests refused early with 503 while the process was crowded, by kind of visitor',
  labelNames: ['kind'],
  registers: [metrics],
})

export const measureRequests: RequestHandler = (req, res, next) => {
  const end = requests.startTimer()
  res.once('finish', () => {
    const kind = req.originalUrl.startsWith('/api/') ? 'api' : 'page'
    end({ method: req.method, kind, status: `${Math.floor(res.statusCode / 100)}xx` })
  })
  next()
}
