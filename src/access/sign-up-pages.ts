import { Router } from 'express'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { askerOf } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { accountOfLink, lookAtLink } from './links.ts'
import { kept, openSession } from './session.ts'
import { confirmEmail, isSameBrowser, sendConfirmationAgain, signUp, signUpForm } from './sign-up.ts'

/** Making an account: one page, one letter, one button. */
export function signUpPages(town: Town): Router {
  const { render } = town
  const router = Router()

  router.get('/inscription', (_req, res) => {
    if (askerOf(res).kind !== 'anonymous') return res.redirect(303, '/accueil')
    render.page(res, 'access/sign-up', { typed: { firstName: '', lastName: '', email: '' } })
  })
  router.post('/inscription', async (req, res) => {
    const refusal = await refused(res, town, async () => {
      const from = { address: req.ip ?? '', language: String(res.locals['language'] ?? 'fr') }
      req.session.signUp = await signUp(town, parse(signUpForm, req.body), from)
      await kept(req)
    })
    if (!refusal) return res.redirect(303, '/inscription/envoye')
    const { status, errors } = refusal
    render.page(res, 'access/sign-up', { typed: typedIn(req.body, ['firstName', 'lastName', 'email']), errors }, status)
  })
  router.get('/inscription/envoye', (req, res) => {
    const begun = req.session.signUp
    if (!begun) return res.redirect(303, '/inscription')
    render.page(res, 'access/sign-up-sent', { email: begun.email })
  })
  router.post('/inscription/renvoyer', async (req, res) => {
    const begun = req.session.signUp
    if (!begun) return res.redirect(303, '/inscription')
    const refusal = await refused(res, town, async () => {
      req.session.signUp = await sendConfirmationAgain(town, begun, req.ip ?? '')
    })
    if (refusal) {
      return render.page(res, 'access/sign-up-sent', { email: begun.email, errors: refusal.errors }, refusal.status)
    }
    await goOn(req, res, '/inscription/envoye', {
      kind: 'success',
      text: wordsOf(town, res).t('access:signUpSent.again'),
    })
  })

  router.get('/inscription/confirmer/:secret', async (req, res) => {
    const { secret } = req.params
    const link = await lookAtLink(town.db.read, town.clock.now(), secret, ['confirm-email'])
    if (link) return render.page(res, 'access/confirm', { ask: !isSameBrowser(req.session.signUp, secret) })
    const asker = askerOf(res)
    const owner = await accountOfLink(town.db.read, secret)
    // The button pressed twice: the first time did it.
    if (asker.kind === 'resident' && asker.accountId === owner) return res.redirect(303, '/famille')
    render.page(res, 'access/link-over', { retry: '/connexion' }, 410)
  })
  router.post('/inscription/confirmer/:secret', async (req, res) => {
    const { secret } = req.params
    const begun = req.session.signUp
    try {
      let next = ''
      const refusal = await refused(res, town, async () => {
        const account = await confirmEmail(town, secret, { begun, password: typed(req.body, 'password') })
        next = await openSession(req, account)
      })
      if (!refusal) return res.redirect(303, next === '/accueil' ? '/famille' : next)
      render.page(res, 'access/confirm', { ask: true, errors: refusal.errors }, refusal.status)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 410) throw error
      res.redirect(303, `/inscription/confirmer/${secret}`)
    }
  })
  return router
}
