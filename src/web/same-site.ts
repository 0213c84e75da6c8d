import type { RequestHandler } from 'express'
import { Problem } from '../kernel/problems.ts'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses writes that another site makes this browser send. Browsers say where a request comes from (`Sec-Fetch-Site`,
 * or `Origin` in older ones); a program that is no browser carries no visitor's cookie by accident, and must name us too.
 */
export function sameSiteOnly(baseUrl: string): RequestHandler {
  const ours = new URL(baseUrl).origin
  return (req, _res, next) => {
    if (READING.has(req.method)) return next()
    const site = req.get('sec-fetch-site')
    const origin = req.get('origin')
    const fromUs = site === undefined ? origin === ours : site === 'same-origin'
    if (!fromUs || (origin !== undefined && origin !== ours)) throw new Problem(403, 'cross-site')
    next()
  }
}
