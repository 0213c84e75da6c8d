import { Router } from 'express'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { refused, typed } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import {
  activateAccount,
  activating,
  activationForm,
  activationToConfirm,
  askToActivate,
  enterCode,
} from './activation.ts'
import { kept, openSession } from './session.ts'

declare module 'express-session' {
  interface SessionData {
    /** The printed code that was entered in this browser, by its hash. */
    activation?: string
  }
}

const ACCOUNT = '/activer/compte'

/** Opening an account at home with the code that the town hall printed: the code, an address and a password, a letter. */
export function activationPages(town: Town): Router {
  const { render } = town
  const router = Router()

  // The square on the paper leads here: the code stands behind « ? », which no log keeps.
  router.get('/activer', (req, res) => {
    render.page(res, 'access/activate', { code: typed(req.query, 'code').slice(0, 40) })
  })
  router.post('/activer', async (req, res) => {
    const refusal = await refused(res, town, async () => {
      req.session.activation = await enterCode(town, typed(req.body, 'code'), { address: req.ip ?? '' })
      await kept(req)
    })
    if (!refusal) return res.redirect(303, ACCOUNT)
    const view = { code: typed(req.body, 'code').slice(0, 40), errors: refusal.errors }
    render.page(res, 'access/activate', view, refusal.status)
  })

  router.get(ACCOUNT, async (req, res) => {
    const person = await activating(town, req.session.activation)
    if (!person) return res.redirect(303, '/activer')
    render.page(res, 'access/activate-account', { firstName: person.firstName, email: '' })
  })
  router.post(ACCOUNT, async (req, res) => {
    const codeHash = req.session.activation
    const person = await activating(town, codeHash)
    if (!person || !codeHash) return res.redirect(303, '/activer')
    const from = { address: req.ip ?? '', language: String(res.locals['language'] ?? 'fr') }
    const refusal = await refused(res, town, () => askToActivate(town, codeHash, parse(activationForm, req.body), from))
    const email = typed(req.body, 'email')
    if (!refusal) return render.page(res, 'access/activate-sent', { email: email.trim(), back: ACCOUNT })
    const view = { firstName: person.firstName, email, errors: refusal.errors }
    render.page(res, 'access/activate-account', view, refusal.status)
  })

  router.get('/activer/confirmer/:secret', async (req, res) => {
    try {
      const { codeHash } = await activationToConfirm(town, town.db.read, req.params.secret)
      render.page(res, 'access/confirm', { ask: codeHash !== req.session.activation })
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 410) throw error
      render.page(res, 'access/link-over', { retry: '/connexion' }, 410)
    }
  })
  router.post('/activer/confirmer/:secret', async (req, res) => {
    const { secret } = req.params
    try {
      let next = ''
      const proof = { codeHash: req.session.activation, password: typed(req.body, 'password') }
      const refusal = await refused(res, town, async () => {
        next = await openSession(req, await activateAccount(town, secret, proof))
      })
      if (!refusal) return res.redirect(303, next)
      render.page(res, 'access/confirm', { ask: true, errors: refusal.errors }, refusal.status)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 410) throw error
      res.redirect(303, `/activer/confirmer/${secret}`)
    }
  })
  return router
}
