import type { RequestHandler } from 'express'

/** Hands the messages kept for the next page to it, once. Forms posted in between leave them. */
export const showFlash: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' && req.session.flash?.length && req.accepts('html') && !req.path.startsWith('/api/')) {
    res.locals['flash'] = req.session.flash
    delete req.session.flash
  }
  next()
}
