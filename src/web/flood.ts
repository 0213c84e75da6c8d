import type { RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { Problem } from '../kernel/problems.ts'

const WINDOW_SECONDS = 60

/**
 * Stops one address from flooding the pages. Counted by each process for itself and generous: a whole school or the town
 * hall may come from one address. Guessing passwords and numbers is slowed elsewhere, per account and in the database.
 */
export function noFlood(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_SECONDS * 1000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: req => ipKeyGenerator(req.ip ?? ''),
    handler: () => {
      throw new Problem(429, 'too-many-requests', { retryAfterSeconds: WINDOW_SECONDS })
    },
  })
}
