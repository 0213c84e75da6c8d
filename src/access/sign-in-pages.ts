import { Router } from 'express'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { askerOf, flash } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { accountToSet, askForReset, forgottenForm, newPasswordForm, setPasswordByLink } from './password-reset.ts'
import { closeSession, openSession } from './session.ts'
import { signIn, signInForm } from './sign-in.ts'

/** Signing in and out, and the forgotten password. */
export function signInPages(town: Town): Router {
  const { render } = town
  const router = Router()

  router.get('/connexion', (req, res) => {
    if (askerOf(res).kind !== 'anonymous') return res.redirect(303, '/accueil')
    render.page(res, 'access/sign-in', {
      email: '',
      invited: req.session.afterSignIn?.startsWith('/invitation/') ?? false,
    })
  })
  router.post('/connexion', async (req, res) => {
    let next = ''
    const refusal = await refused(res, town, async () => {
      const form = parse(signInForm, req.body)
      try {
        next = await openSession(req, await signIn(town, form, { address: req.ip ?? '' }))
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'email-not-confirmed') throw error
        req.session.signUp = { email: form.email, linkHash: '' }
        flash(req, { kind: 'notice', text: wordsOf(town, res).t('access:signUpSent.first') })
        next = '/inscription/envoye'
      }
    })
    if (!refusal) return res.redirect(303, next)
    const { status, errors } = refusal
    render.page(res, 'access/sign-in', { email: typed(req.body, 'email'), invited: false, errors }, status)
  })
  router.post('/deconnexion', async (req, res) => {
    await closeSession(req)
    res.redirect(303, '/')
  })

  router.get('/mot-de-passe', (_req, res) => render.page(res, 'access/forgotten', { email: '' }))
  router.post('/mot-de-passe', async (req, res) => {
    const refusal = await refused(res, town, async () => {
      const { email } = parse(forgottenForm, req.body)
      await askForReset(town, email, { address: req.ip ?? '' })
    })
    if (!refusal) return res.redirect(303, '/mot-de-passe/envoye')
    const { status, errors } = refusal
    render.page(res, 'access/forgotten', { email: typed(req.body, 'email'), errors }, status)
  })
  router.get('/mot-de-passe/envoye', (_req, res) => render.page(res, 'access/forgotten-sent', {}))

  router.get('/mot-de-passe/nouveau/:secret', async (req, res) => {
    try {
      const account = await accountToSet(town, req.params.secret)
      render.page(res, 'access/new-password', { email: account.email, first: account.passwordHash === null })
    } catch (error) {
      linkIsOver(res, error)
    }
  })
  router.post('/mot-de-passe/nouveau/:secret', async (req, res) => {
    try {
      const { secret } = req.params
      const refusal = await refused(res, town, async () => {
        const { password } = parse(newPasswordForm, req.body)
        await setPasswordByLink(town, secret, password)
      })
      if (!refusal) {
        const text = wordsOf(town, res).t('access:newPassword.done')
        return await goOn(req, res, '/connexion', { kind: 'success', text })
      }
      const { status, errors } = refusal
      const account = await accountToSet(town, secret)
      const view = { email: account.email, first: account.passwordHash === null, errors }
      render.page(res, 'access/new-password', view, status)
    } catch (error) {
      linkIsOver(res, error)
    }
  })

  function linkIsOver(res: Parameters<typeof render.page>[0], error: unknown): void {
    if (!(error instanceof Problem) || error.status !== 410) throw error
    render.page(res, 'access/link-over', { retry: '/mot-de-passe' }, 410)
  }
  return router
}
