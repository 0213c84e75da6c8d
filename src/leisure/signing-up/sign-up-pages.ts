import { type Request, type Response, Router } from 'express'
import { Problem } from '../../kernel/problems.ts'
import { childrenOf, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { signedIn } from '../../web/asker.ts'
import { typed, wordsOf } from '../../web/form-page.ts'
import { pageErrors } from '../../web/forms.ts'
import { letInside } from '../../web/inside.ts'
import { gateFor } from '../opening/gate.ts'
import { ticketIn } from '../opening/room-cookie.ts'
import { gatePage } from './gate-page.ts'
import { holdChoices } from './hold.ts'
import type { Held } from './holding.ts'
import { keepRefusals, refusedInWords } from './outcome.ts'
import { readSignUpForm } from './sign-up-form.ts'
import { type CameBack, type SignUpAsked, signUpPage } from './sign-up-page.ts'
import { periodAsked } from './store.ts'

const BASKET = '/centres-de-loisirs/panier'

/** `/centres-de-loisirs/inscrire/:periodId`: all children of the household, all weeks of a period, one form. */
export function signUpPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get('/centres-de-loisirs/inscrire/:periodId', (req, res) => show(req, res, typed(req.query, 'centre')))

  router.post('/centres-de-loisirs/inscrire/:periodId', async (req, res) => {
    const form = readSignUpForm(req.body)
    const again = (back: Partial<CameBack>) => show(req, res, form.centreId, { form, errors: [], refused: [], ...back })
    if (form.choices.length === 0)
      return again({ errors: pageErrors(res, town.languages, [{ field: 'choose', code: 'nothing-chosen' }]) })
    const held = await holdChoices(town, signedIn(res), req.params.periodId, form.choices, {
      key: form.key,
      waitWhenFull: form.waitWhenFull,
      ticket: ticketIn(req, req.params.periodId),
    }).catch(atTheGate)
    // Shut since the page was shown.
    if (!held) return again({})
    const refused = held.refused.length > 0 ? await refusals(res, held) : []
    if (held.held.length + held.waiting.length + held.already.length === 0) return again({ refused })
    letInside(town, res)
    keepRefusals(req, refused)
    res.redirect(303, BASKET)
  })

  /** The form where the gate is open, else the page on which one waits or reads from when it is. */
  async function show(req: Request, res: Response, centreId: string, back?: CameBack): Promise<void> {
    const householdId = await householdOf(read, signedIn(res), 'leisure')
    const period = await periodAsked(read, String(req.params['periodId']))
    const asked: SignUpAsked = { householdId, period }
    const gate = await gateFor(read, town, { ...asked, now: town.clock.now(), ticket: ticketIn(req, period.id) })
    switch (gate.state) {
      case 'room':
        return res.redirect(303, `/centres-de-loisirs/salle/${period.id}`)
      case 'wishes':
      case 'wishes-closed':
        return res.redirect(303, `/centres-de-loisirs/souhaits/${period.id}`)
      case 'open': {
        letInside(town, res)
        const { template, view } = await signUpPage(town, wordsOf(town, res), asked, centreId, back)
        return town.render.page(res, template, view, back ? 422 : 200)
      }
      default:
        return gatePage(town, res, period, gate)
    }
  }

  async function refusals(res: Response, { refused }: Held): Promise<string[]> {
    const householdId = await householdOf(read, signedIn(res), 'leisure')
    return refusedInWords(wordsOf(town, res), refused, await childrenOf(read, householdId))
  }
  return router
}

/** A household that may not sign up now is led to where it can wait; anything else goes on. */
function atTheGate(error: unknown): undefined {
  if (error instanceof Problem && error.status === 409 && error.code.startsWith('leisure-')) return undefined
  throw error
}
