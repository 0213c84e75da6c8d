import type { RequestHandler } from 'express'
import { Problem } from '../kernel/problems.ts'

/** While the town works on the site, every page says so, until when, and whom to call. */
export function maintenance(words: string | undefined): RequestHandler {
  return (_req, _res, next) => {
    if (words) throw new Problem(503, 'maintenance', { words, retryAfterSeconds: 600 })
    next()
  }
}
