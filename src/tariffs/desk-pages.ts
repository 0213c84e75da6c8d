import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import { isoDay } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { fromEuros } from '../kernel/money.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import type { MealType } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { askerOf, clerkOf, flash } from '../web/asker.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { copiedFrom, deskPath, deskView, typedForm, typedTexts } from './desk-parts.ts'
import { inTime, mapped } from './in-time.ts'
import { leisureTariffDeskPages } from './leisure-desk-pages.ts'
import { CANTEEN } from './quotes.ts'
import { priceOf, type Situation, type Tariff } from './rules.ts'
import { createTariff, withdrawTariff } from './service.ts'
import { tariffById, tariffsOf } from './store.ts'
import { inputOf, readTariff, typedFrom } from './tariff-form.ts'
import { BRACKET_ROWS, distinct, type TypedTariff } from './typed-fields.ts'
import { priceSentences, tariffView } from './words.ts'

const MEAL_TYPES = ['standard', 'no-pork', 'vegetarian', 'pai-basket'] as const satisfies readonly MealType[]
const SITUATIONS = ['meal', 'unbooked-meal', 'absence', 'excused-absence'] as const satisfies readonly Situation[]

const trial = z.object({
  day: z.string().max(10).optional(),
  quotient: z.string().max(20).default(''),
  resident: z.enum(['yes', 'no']).default('yes'),
  mealType: z.enum(MEAL_TYPES).default('standard'),
  kind: z.enum(SITUATIONS).default('meal'),
})
/** The prices as the cash office keeps them: what is in force, what comes, and a trial for any family. */
export function tariffDeskPages(town: Town): Router {
  const router = Router()
  const wordsOf = (res: Response) => town.languages.for(String(res.locals['language'] ?? 'fr'))

  router.get('/guichet/tarifs', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office', 'leisure')
    const today = dayInParis(town.clock.now())
    const all = await tariffsOf(town.db.read, CANTEEN)
    const errors: FieldError[] = []
    const asked = 'day' in req.query ? tryPrice(town, res, all, req.query, errors) : null
    const view = (tariff: Tariff) => ({ id: tariff.id, ...tariffView(wordsOf(res), tariff) })
    town.render.page(
      res,
      'tariffs/desk',
      {
        ...deskView(wordsOf(res), clerk, CANTEEN),
        ...mapped(inTime(all, CANTEEN, today), view),
        trial: { ...trial.parse({}), day: today.toString(), ...typedTexts(req.query) },
        priced: asked,
        mealTypes: MEAL_TYPES,
        situations: SITUATIONS,
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  })

  router.get('/guichet/tarifs/nouveau', async (req, res) => {
    clerkOf(res, 'cash-office')
    const { copie } = parse(copiedFrom, req.query)
    const model = copie ? await tariffById(town.db.read, copie as Id<'tariff'>) : undefined
    showForm(
      res,
      {
        kind: 'brackets',
        unbooked: 'same',
        chargesAbsence: 'yes',
        ...(model && 'mealTypes' in model.rule && typedFrom(model.rule)),
      },
      [],
    )
  })

  router.post('/guichet/tarifs/nouveau', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const typed = parse(typedForm, req.body)
    const faults = await faultsOf(async () => {
      await createTariff(town, clerk, readTariff(typed))
    })
    if (faults) {
      const errors = faults.map(fault => ({ ...fault, field: inputOf(fault.field, typed) }))
      return showForm(res, typed, distinct(errors), 422)
    }
    const { t } = wordsOf(res)
    flash(req, { kind: 'success', text: t('tariffs:desk.created') })
    res.redirect(303, '/guichet/tarifs')
  })

  router.post('/guichet/tarifs/:id/retirer', async (req: Request<{ id: string }>, res) => {
    const { service } = await withdrawTariff(town, askerOf(res), req.params.id as Id<'tariff'>)
    flash(req, { kind: 'success', text: wordsOf(res).t('tariffs:desk.withdrawn') })
    res.redirect(303, deskPath(service))
  })

  function showForm(res: Response, typed: TypedTariff, errors: readonly FieldError[], status = 200) {
    town.render.page(
      res,
      'tariffs/desk-new',
      {
        typed: withoutHoles(typed),
        rows: Array.from({ length: BRACKET_ROWS }, (_, row) => row),
        errors: pageErrors(res, town.languages, errors),
      },
      status,
    )
  }
  router.use(leisureTariffDeskPages(town))
  return router
}

/** Every input has a value, be it empty. */
function withoutHoles(typed: TypedTariff): TypedTariff {
  const names = ['from', 'to', 'kind', 'price', 'rate', 'floor', 'ceiling', 'nonResidentPrice', 'basket']
  const more = ['basketNonResidents', 'unbooked', 'unbookedAmount', 'unbookedPercent', 'chargesAbsence']
  const cells = Array.from({ length: BRACKET_ROWS }, (_, row) =>
    ['upTo', 'residents', 'nonResidents'].map(name => `brackets.${row}.${name}`),
  )
  return Object.fromEntries([...names, ...more, ...cells.flat()].map(name => [name, typed[name] ?? '']))
}

/** « Pour une famille QF 640 »: the price with its reasons; faults of what was typed go to `errors`. */
function tryPrice(town: Town, res: Response, all: readonly Tariff[], query: unknown, errors: FieldError[]) {
  const parsed = trial.safeParse(query)
  if (!parsed.success) throw invalid([{ field: '', code: 'not-understood' }])
  const { mealType, kind, resident, quotient: typed, day: typedDay } = parsed.data
  const day = isoDay(typedDay ?? '')
  const quotient = typed.trim() === '' ? undefined : fromEuros(typed)
  if (!day) errors.push({ field: 'day', code: 'not-a-date' })
  if (typed.trim() !== '' && quotient === undefined) errors.push({ field: 'quotient', code: 'not-an-amount' })
  if (!day || errors.length > 0) return null
  const priced = priceOf({
    service: CANTEEN,
    day,
    tariffs: all,
    quotient,
    resident: resident === 'yes',
    mealType,
    situation: kind,
  })
  const words = town.languages.for(String(res.locals['language'] ?? 'fr'))
  return priced ? { price: priced.cents, why: priceSentences(words, priced.explanation) } : { price: null, why: [] }
}
