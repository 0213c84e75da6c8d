import { type Request, type Response, Router } from 'express'
import { type Actor, clerkAmong } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { isoDay } from '../../kernel/days.ts'
import { childrenById } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { askerOf, signedIn } from '../../web/asker.ts'
import { goOn, type Refusal, refused, typed, wordsOf } from '../../web/form-page.ts'
import type { Translator } from '../../web/i18n.ts'
import type { FlashMessage } from '../../web/render.ts'
import { listTyped } from '../planning/desk-parts.ts'
import { quoteStays } from '../prices.ts'
import type { Signup } from '../signups.ts'
import { isWholeWeek } from '../stays.ts'
import { centreById, type LeisurePeriod, periodById } from '../store.ts'
import type { SignupDay } from '../taking.ts'
import { type CancelledDays, cancelDays, isCancellable, signupToCancel } from './cancel.ts'
import { cancelRule } from './cancel-rule.ts'
import { stayInWords } from './words.ts'

const FAMILY = '/centres-de-loisirs/inscriptions/:id/annuler'
const DESK = '/guichet/loisirs/inscriptions/:id/annuler'
type OfSignup = Request<{ id: string }>

/** The days of a sign-up, what cancelling each one costs, and the cancelling itself: for families, and for clerks. */
export function cancelPages(town: Town): Router {
  const { read } = town.db
  const router = Router()

  router.get(FAMILY, async (req: OfSignup, res) => show(res, signedIn(res), req.params.id, undefined))

  router.post(FAMILY, async (req: OfSignup, res) => {
    const asker = signedIn(res)
    const { id } = req.params
    await answer(req, res, FAMILY.replace(':id', id), asker, async days => {
      const key = typed(req.body, 'idempotencyKey').slice(0, 64) || undefined
      return cancelDays(town, asker, id, days, { key })
    })
  })

  router.get(DESK, async (req: OfSignup, res) => {
    const clerk = clerkAmong(askerOf(res), 'leisure')
    await show(res, clerk, req.params.id, { reason: '', forNothing: false })
  })

  router.post(DESK, async (req: OfSignup, res) => {
    const clerk = clerkAmong(askerOf(res), 'leisure')
    const { id } = req.params
    const byClerk = byClerkOf(req.body)
    await answer(req, res, DESK.replace(':id', id), clerk, async days => {
      const key = typed(req.body, 'idempotencyKey').slice(0, 64) || undefined
      return cancelDays(town, clerk, id, days, { key, byClerk })
    })
  })

  async function answer(
    req: OfSignup,
    res: Response,
    path: string,
    actor: Actor,
    cancel: (days: Temporal.PlainDate[]) => Promise<CancelledDays>,
  ) {
    const words = wordsOf(town, res)
    const chosen = listTyped(req.body, 'days')
    let done: CancelledDays | undefined
    const refusal = await refused(res, town, async () => {
      done = await cancel(chosen.flatMap(iso => isoDay(iso) ?? []))
    })
    const byClerk = actor.kind === 'clerk' ? byClerkOf(req.body) : undefined
    if (refusal) return show(res, actor, req.params.id, byClerk, chosen, refusal)
    await goOn(req, res, path, done && cancelledInWords(words, done))
  }

  async function show(
    res: Response,
    actor: Actor,
    id: string,
    byClerk: { reason: string; forNothing: boolean } | undefined,
    chosen: readonly string[] = [],
    { status, errors }: Refusal = { status: 200, errors: [] },
  ) {
    const words = wordsOf(town, res)
    const { t, f } = words
    const today = dayInParis(town.clock.now())
    const signup = await signupToCancel(read, actor, id, byClerk !== undefined)
    const period = await periodById(read, signup.periodId)
    const centre = await centreById(read, signup.centreId)
    const child = (await childrenById(read, [signup.childId])).get(signup.childId)
    const going = signup.days.filter(day => isCancellable(day, today, byClerk !== undefined))
    const prices = await pricesOf(signup, period, going)
    const view = {
      errors,
      chosen,
      action: (byClerk ? DESK : FAMILY).replace(':id', signup.id),
      name: byClerk ? `${child?.firstName ?? ''} ${child?.lastName ?? ''}` : (child?.firstName ?? ''),
      centre: centre.name,
      period: period.name,
      stay: stayInWords(words, signup),
      week: isWholeWeek(signup) && going.length > 1,
      days: going.map((day, i) => {
        const rule = cancelRule(day.day, period.cancelDays, today)
        return {
          value: day.day.toString(),
          text: f.dayNoYear(day.day),
          hint: rule.free
            ? t('leisure-waiting:cancel.freeUntil', { day: f.day(rule.lastFreeDay) })
            : lateInWords(words, prices[i], rule.lastFreeDay),
        }
      }),
      gone: signup.days.filter(({ state }) => state === 'freed').map(day => goneInWords(words, day)),
      byClerk,
    }
    town.render.page(res, byClerk ? 'leisure/desk-cancel' : 'leisure/cancel', view, status)
  }

  /** What each of these days costs when it is cancelled too late, in cents; undefined where the town has no price. */
  async function pricesOf(signup: Signup, period: LeisurePeriod, days: readonly SignupDay[]) {
    const { childId, unit, part, meal, householdId } = signup
    const stay = { childId, unit, part, meal, periodKind: period.kind, wholeWeek: isWholeWeek(signup) }
    const quotes = await quoteStays(
      read,
      householdId,
      days.map(({ day }) => ({ ...stay, day, situation: 'late-cancelled' as const })),
    )
    return quotes.map(quote => quote?.cents)
  }
  return router
}

const byClerkOf = (body: unknown) => ({
  reason: typed(body, 'reason').slice(0, 500),
  forNothing: typed(body, 'forNothing') === 'yes',
})

function lateInWords({ t, f }: Translator, price: number | undefined, lastFreeDay: Temporal.PlainDate): string {
  const day = f.day(lastFreeDay)
  return price === undefined
    ? t('leisure-waiting:cancel.late', { day })
    : t('leisure-waiting:cancel.lateFor', { day, price: f.money(price) })
}

function goneInWords({ t, f }: Translator, { day, late, excused }: SignupDay): string {
  const cost = late ? (excused ? 'excused' : 'late') : 'free'
  return t(`leisure-waiting:cancel.gone.${cost}`, { day: f.dayNoYear(day) })
}

/** « 2 jours annulés sans frais. 1 jour annulé trop tard : il est facturé, sauf certificat médical. » */
function cancelledInWords({ t }: Translator, { free, late }: CancelledDays): FlashMessage {
  const sentences = [
    ...(free.length > 0 ? [t('leisure-waiting:cancel.doneFree', { count: free.length })] : []),
    ...(late.length > 0 ? [t('leisure-waiting:cancel.doneLate', { count: late.length })] : []),
  ]
  if (sentences.length === 0) return { kind: 'notice', text: t('leisure-waiting:cancel.already') }
  return { kind: 'success', text: sentences.join(' ') }
}
