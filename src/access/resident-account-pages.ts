import { type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import { COUNTER_SERVICES } from '../people/desk-persons.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { qrPath } from '../web/qr-path.ts'
import { openCode, printActivationCode, revokeActivationCode } from './activation.ts'
import { residentToServe } from './counter.ts'
import { openResidentAccount, residentAccountForm } from './resident-account.ts'
import { accountOfPerson } from './store.ts'

/** An account for a resident at the counter: by a link that is mailed, or by a code on paper for who has no e-mail there. */
export function residentAccountPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const ours = (res: Response) => clerkOf(res, ...COUNTER_SERVICES)

  const page = async (res: Response, personId: string, view: object, status = 200) => {
    const person = await residentToServe(db, town, ours(res), personId)
    const account = await accountOfPerson(db, person.id)
    const code = await openCode(db, town.clock.now(), person.id)
    const { f } = wordsOf(town, res)
    const shown = {
      name: `${person.firstName} ${person.lastName}`,
      back: `/guichet/personnes/${person.id}`,
      used: Boolean(account?.passwordHash),
      waits: account !== undefined,
      email: account?.email ?? person.email ?? '',
      code: code && { printed: f.day(dayInParis(code.createdAt)), until: f.day(dayInParis(code.expiresAt)) },
      errors: [],
      ...view,
    }
    render.page(res, 'access/resident-account', shown, status)
  }
  router.get('/guichet/personnes/:personId/compte', (req, res) => page(res, req.params.personId, {}))
  router.post('/guichet/personnes/:personId/compte', async (req, res) => {
    const clerk = ours(res)
    const { personId } = req.params
    const refusal = await refused(res, town, () =>
      openResidentAccount(town, clerk, personId, parse(residentAccountForm, req.body).email),
    )
    if (refusal) return page(res, personId, { email: typed(req.body, 'email'), errors: refusal.errors }, refusal.status)
    const text = wordsOf(town, res).t('access:residentAccount.sent')
    await goOn(req, res, `/guichet/personnes/${personId}`, { kind: 'success', text })
  })

  // The code is on this page alone, once: what is kept of it opens nothing.
  router.post('/guichet/personnes/:personId/code', async (req, res) => {
    const clerk = ours(res)
    const person = await residentToServe(db, town, clerk, req.params.personId)
    const { code, expiresAt } = await printActivationCode(town, clerk, person.id)
    const address = `${town.config.baseUrl}/activer`
    render.page(res, 'access/activation-print', {
      printedAt: town.clock.now(),
      name: `${person.firstName} ${person.lastName}`,
      code: code.replace(/(.{4})(?=.)/g, '$1 '),
      address: address.replace(/^https?:\/\//, ''),
      qr: qrPath(`${address}?code=${code}`),
      until: wordsOf(town, res).f.day(dayInParis(expiresAt)),
      back: `/guichet/personnes/${person.id}`,
    })
  })
  router.post('/guichet/personnes/:personId/code/annuler', async (req, res) => {
    const { personId } = req.params
    await revokeActivationCode(town, ours(res), personId)
    const text = wordsOf(town, res).t('access:activation.revoked')
    await goOn(req, res, `/guichet/personnes/${personId}/compte`, { kind: 'success', text })
  })
  return router
}
