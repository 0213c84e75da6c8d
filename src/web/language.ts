import type { RequestHandler } from 'express'
import type { Languages } from './i18n.ts'

const COOKIE = 'guichet-lang'
const ONE_YEAR_MS = 365 * 24 * 3600 * 1000

/** Chooses the language of the answer: asked for in the address, kept from before, or the browser's. */
export function chooseLanguage(languages: Languages): RequestHandler {
  return (req, res, next) => {
    const query = typeof req.query['lang'] === 'string' ? req.query['lang'] : undefined
    const cookie = /(?:^|;\s*)guichet-lang=([a-z-]{2,8})/.exec(req.get('cookie') ?? '')?.[1]
    const code = languages.choose({ query, cookie, acceptLanguage: req.get('accept-language') })
    res.locals['language'] = code
    if (query === code && query !== cookie) {
      res.cookie(COOKIE, code, { maxAge: ONE_YEAR_MS, sameSite: 'lax', httpOnly: true, secure: req.secure, path: '/' })
    }
    next()
  }
}
