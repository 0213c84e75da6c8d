import { Router } from 'express'
import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { signedIn } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import {
  askForNewEmail,
  changeEmailForm,
  changePassword,
  changePasswordForm,
  confirmNewEmail,
  newEmailOf,
  ownAccount,
} from './change-account.ts'
import { type ClosingParts, closeAccount, closingOf } from './close-account.ts'
import { devicesOf, signOutDevice, signOutEverywhere } from './devices.ts'
import { closeSession } from './session.ts'

/** « Mon compte »: how one signs in, where one is signed in, and the end of it. */
export function accountPages(town: Town, closingParts: ClosingParts): Router {
  const { render } = town
  const router = Router()

  router.get('/compte', async (_req, res) => {
    const account = await ownAccount(town, signedIn(res))
    render.page(res, 'access/account', {
      name: `${account.firstName} ${account.lastName}`,
      email: account.contact ?? account.email,
      clerk: account.clerk,
    })
  })

  router.get('/compte/mot-de-passe', async (_req, res) => {
    const { email } = await ownAccount(town, signedIn(res))
    render.page(res, 'access/change-password', { email })
  })
  router.post('/compte/mot-de-passe', async (req, res) => {
    const asker = signedIn(res)
    const refusal = await refused(res, town, async () => {
      await changePassword(town, asker, parse(changePasswordForm, req.body), req.sessionID)
    })
    if (refusal) {
      const { email } = await ownAccount(town, asker)
      return render.page(res, 'access/change-password', { email, errors: refusal.errors }, refusal.status)
    }
    await goOn(req, res, '/compte', { kind: 'success', text: wordsOf(town, res).t('access:changePassword.done') })
  })

  router.get('/compte/e-mail', async (_req, res) => {
    const account = await ownAccount(town, signedIn(res))
    render.page(res, 'access/change-email', { current: account.contact ?? account.email, email: '' })
  })
  router.post('/compte/e-mail', async (req, res) => {
    const asker = signedIn(res)
    const account = await ownAccount(town, asker)
    const refusal = await refused(res, town, () => askForNewEmail(town, asker, parse(changeEmailForm, req.body)))
    const email = typed(req.body, 'email')
    if (!refusal) return render.page(res, 'access/change-email-sent', { email })
    const current = account.contact ?? account.email
    render.page(res, 'access/change-email', { current, email, errors: refusal.errors }, refusal.status)
  })
  router.get('/compte/e-mail/confirmer/:secret', async (req, res) => {
    try {
      const { contact } = await newEmailOf(town, req.params.secret)
      render.page(res, 'access/confirm-email', { email: contact })
    } catch (error) {
      linkIsOver(res, error)
    }
  })
  router.post('/compte/e-mail/confirmer/:secret', async (req, res) => {
    try {
      await confirmNewEmail(town, req.params.secret)
    } catch (error) {
      return linkIsOver(res, error)
    }
    await goOn(req, res, '/compte', { kind: 'success', text: wordsOf(town, res).t('access:changeEmail.done') })
  })

  router.get('/compte/appareils', async (req, res) => {
    const { t, f } = wordsOf(town, res)
    const devices = await devicesOf(town, signedIn(res), req.sessionID)
    render.page(res, 'access/devices', {
      devices: devices.map(({ id, name, lastSeenAt, current }) => ({
        id,
        name: name ?? t('access:devices.unknown'),
        seen: f.instant(lastSeenAt),
        current,
      })),
    })
  })
  router.post('/compte/appareils/deconnecter', async (req, res) => {
    await signOutDevice(town, signedIn(res), typed(req.body, 'device'))
    await goOn(req, res, '/compte/appareils', {
      kind: 'success',
      text: wordsOf(town, res).t('access:devices.signedOut'),
    })
  })
  router.post('/compte/deconnexion-partout', async (req, res) => {
    await signOutEverywhere(town, signedIn(res))
    await closeSession(req)
    res.redirect(303, '/connexion')
  })

  router.get('/compte/fermer', async (_req, res) => closePage(res, 200, []))
  router.post('/compte/fermer', async (req, res) => {
    try {
      const refusal = await refused(res, town, () =>
        closeAccount(town, closingParts, signedIn(res), typed(req.body, 'password')),
      )
      if (refusal) return await closePage(res, refusal.status, refusal.errors)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'account-held') throw error
      return await closePage(res, error.status, [])
    }
    await closeSession(req)
    res.locals['actor'] = undefined
    render.page(res, 'access/closed', {})
  })

  async function closePage(res: Parameters<typeof signedIn>[0], status: number, errors: readonly object[]) {
    const asker = signedIn(res)
    const { holds, successor, householdId, stays } = await closingOf(town, closingParts, asker)
    const { t } = wordsOf(town, res)
    const say = (blocks: boolean) =>
      holds.filter(hold => hold.blocks === blocks).map(({ words, params }) => t(words, params ?? {}))
    const view = {
      blocking: say(true),
      kept: [...say(false), ...stays.map(({ words, params }) => t(words, params))],
      family: householdId === undefined ? 'none' : successor ? 'goes-on' : 'ends',
      clerk: asker.kind === 'clerk',
      errors,
    }
    render.page(res, 'access/close', view, status)
  }

  function linkIsOver(res: Parameters<typeof signedIn>[0], error: unknown): void {
    if (!(error instanceof Problem) || error.status !== 410) throw error
    render.page(res, 'access/link-over', { retry: '/compte/e-mail' }, 410)
  }
  return router
}
