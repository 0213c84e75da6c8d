import { type Response, Router } from 'express'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { COUNTER_SERVICES } from '../people/desk-persons.ts'
import { householdOfAdult } from '../people/person-address.ts'
import { FAMILY_SERVICES, guardiansOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { askerOf, clerkOf } from '../web/asker.ts'
import { goOn, type Refusal, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { actForm, COUNTER_REASONS, chosenAdult, residentToServe, startActing, stopActing } from './counter.ts'
import { deedsFor } from './counter-deeds.ts'
import { kept } from './session.ts'

const TYPED = ['personId', 'reason', 'note'] as const

/** At the counter: beginning to act for a resident, what can then be done, and ending. */
export function counterPages(town: Town): Router {
  const { render } = town
  const db = town.db.read
  const router = Router()
  const ours = (res: Response) => clerkOf(res, ...COUNTER_SERVICES)
  const ofFamilies = (res: Response) => clerkOf(res, ...FAMILY_SERVICES)
  const name = ({ firstName, lastName }: { firstName: string; lastName: string }) => `${firstName} ${lastName}`

  type Shown = { adults: readonly { value: string; text: string }[]; who: string; back: string; body?: unknown }
  const actPage = (res: Response, { body, ...shown }: Shown, refusal?: Refusal) => {
    const { t } = wordsOf(town, res)
    const only = shown.adults.length === 1 ? (shown.adults[0]?.value ?? '') : ''
    const sent = typedIn(body, TYPED)
    const page = {
      ...shown,
      ...sent,
      personId: sent.personId || only,
      reasons: COUNTER_REASONS.map(reason => ({ value: reason, text: t(`access:act.reasons.${reason}`) })),
      errors: refusal?.errors ?? [],
    }
    render.page(res, 'access/act', page, refusal?.status)
  }

  /** One resident, or one adult of a family: the same page, and the same beginning. */
  const begin = async (req: Parameters<typeof kept>[0], res: Response, personId: () => Promise<string>) => {
    const clerk = ours(res)
    const refusal = await refused(res, town, async () =>
      startActing(town, clerk, req, await personId(), parse(actForm, req.body)),
    )
    if (refusal) return refusal
    await kept(req)
    res.redirect(303, '/guichet/agir')
    return undefined
  }

  const onePerson = async (res: Response, id: string) => {
    const person = await residentToServe(db, town, ours(res), id)
    return { adults: [], who: name(person), back: `/guichet/personnes/${person.id}` }
  }
  router.get('/guichet/personnes/:personId/agir', async (req, res) => {
    actPage(res, await onePerson(res, req.params.personId))
  })
  router.post('/guichet/personnes/:personId/agir', async (req, res) => {
    const { personId } = req.params
    const refusal = await begin(req, res, async () => personId)
    if (refusal) actPage(res, { ...(await onePerson(res, personId)), body: req.body }, refusal)
  })

  const oneFamily = async (householdId: string) => {
    const adults = await guardiansOf(db, householdId as Id<'household'>)
    if (adults.length === 0) throw notFound()
    const choices = adults.map(adult => ({ value: adult.id, text: name(adult) }))
    return { adults: choices, who: '', back: `/guichet/familles/${householdId}` }
  }
  router.get('/guichet/familles/:householdId/agir', async (req, res) => {
    ofFamilies(res)
    actPage(res, await oneFamily(req.params.householdId))
  })
  router.post('/guichet/familles/:householdId/agir', async (req, res) => {
    ofFamilies(res)
    const { householdId } = req.params
    const refusal = await begin(req, res, () => chosenAdult(db, householdId, typed(req.body, 'personId')))
    if (refusal) actPage(res, { ...(await oneFamily(householdId)), body: req.body }, refusal)
  })

  router.get('/guichet/agir', async (_req, res) => {
    const clerk = ours(res)
    const asker = askerOf(res)
    if (asker.kind !== 'on-behalf') return res.redirect(303, '/guichet/recherche')
    const person = await residentToServe(db, town, clerk, asker.personId)
    const hasFamily = (await householdOfAdult(db, person.id)) !== undefined
    render.page(res, 'access/acting', {
      name: name(person),
      personHref: `/guichet/personnes/${person.id}`,
      deeds: deedsFor(asker, hasFamily),
      paper: !person.email,
    })
  })
  router.post('/guichet/agir/fin', async (req, res) => {
    const personId = await stopActing(town, ours(res), req)
    const next = personId ? `/guichet/personnes/${personId}` : '/guichet'
    await goOn(req, res, next, { kind: 'success', text: wordsOf(town, res).t('access:act.ended') })
  })
  return router
}
