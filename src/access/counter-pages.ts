import { Router } from 'express'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { guardiansOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { clerkOf } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { actForm, COUNTER_REASONS, startActing, stopActing } from './counter.ts'
import { openResidentAccount, residentAccountForm } from './resident-account.ts'
import { kept } from './session.ts'
import { accountOfPerson } from './store.ts'

/** At the counter: acting for a family, and opening an account for one of its adults. */
export function counterPages(town: Town): Router {
  const { render } = town
  const router = Router()
  const ours = (res: Parameters<typeof clerkOf>[0]) => clerkOf(res, 'canteen', 'cash-office')

  router.get('/guichet/familles/:householdId/agir', async (req, res) => {
    ours(res)
    await actPage(req.params.householdId, res, { personId: '', reason: '', errors: [] }, 200)
  })
  router.post('/guichet/familles/:householdId/agir', async (req, res) => {
    const clerk = ours(res)
    const refusal = await refused(res, town, () =>
      startActing(town, clerk, req, req.params.householdId, parse(actForm, req.body)),
    )
    if (refusal) {
      const view = { personId: typed(req.body, 'personId'), reason: typed(req.body, 'reason'), errors: refusal.errors }
      return actPage(req.params.householdId, res, view, refusal.status)
    }
    await kept(req)
    res.redirect(303, '/accueil')
  })
  router.post('/guichet/agir/fin', async (req, res) => {
    await stopActing(town, ours(res), req)
    await goOn(req, res, '/guichet/familles', { kind: 'success', text: wordsOf(town, res).t('access:act.ended') })
  })

  const accountPage = async (
    at: { householdId: string; personId: string },
    res: Parameters<typeof clerkOf>[0],
    view: { email?: string; errors?: readonly object[] },
    status: number,
  ) => {
    const adults = await guardiansOf(town.db.read, at.householdId as Id<'household'>)
    const adult = adults.find(({ id }) => id === at.personId)
    if (!adult) throw notFound()
    const account = await accountOfPerson(town.db.read, adult.id)
    const page = {
      name: `${adult.firstName} ${adult.lastName}`,
      back: `/guichet/familles/${at.householdId}`,
      used: Boolean(account?.passwordHash),
      waits: account !== undefined,
      email: account?.email ?? adult.email ?? '',
      errors: [],
      ...view,
    }
    render.page(res, 'access/resident-account', page, status)
  }
  router.get('/guichet/familles/:householdId/adultes/:personId/compte', async (req, res) => {
    ours(res)
    await accountPage(req.params, res, {}, 200)
  })
  router.post('/guichet/familles/:householdId/adultes/:personId/compte', async (req, res) => {
    const clerk = ours(res)
    const refusal = await refused(res, town, () =>
      openResidentAccount(town, clerk, req.params, parse(residentAccountForm, req.body).email),
    )
    if (refusal) {
      return accountPage(req.params, res, { email: typed(req.body, 'email'), errors: refusal.errors }, refusal.status)
    }
    const text = wordsOf(town, res).t('access:residentAccount.sent')
    await goOn(req, res, `/guichet/familles/${req.params.householdId}`, { kind: 'success', text })
  })

  async function actPage(
    householdId: string,
    res: Parameters<typeof clerkOf>[0],
    view: { personId: string; reason: string; errors: readonly object[] },
    status: number,
  ) {
    const adults = await guardiansOf(town.db.read, householdId as Id<'household'>)
    if (adults.length === 0) throw notFound()
    const { t } = wordsOf(town, res)
    const page = {
      ...view,
      householdId,
      personId: view.personId || (adults.length === 1 ? adults[0]?.id : ''),
      adults: adults.map(({ id, firstName, lastName }) => ({ value: id, text: `${firstName} ${lastName}` })),
      reasons: COUNTER_REASONS.map(reason => ({ value: reason, text: t(`access:act.reasons.${reason}`) })),
    }
    render.page(res, 'access/act', page, status)
  }
  return router
}
