import { type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import type { FieldError } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { copiedFrom, deskPath, deskView, typedForm, typedTexts } from './desk-parts.ts'
import { inTime, mapped } from './in-time.ts'
import {
  LIVES,
  leisureInputOf,
  leisureInputs,
  PRICED_PARTS,
  readLeisureTariff,
  typedFromLeisure,
} from './leisure-form.ts'
import { LEISURE_SERVICES, type LeisureService, type LeisureTariff } from './leisure-rules.ts'
import { stayTrial, TRIED_SITUATIONS, TRIED_STAYS, tryStay } from './leisure-trial.ts'
import { leisureView } from './leisure-words.ts'
import { createTariff } from './service.ts'
import { leisureTariffsOf, tariffById } from './store.ts'
import { BRACKET_ROWS, distinct, type TypedTariff } from './typed-fields.ts'

const ROWS = Array.from({ length: BRACKET_ROWS }, (_, row) => row)

/** The prices of leisure centres as clerks keep them: those of every day, and those of Wednesdays of term. */
export function leisureTariffDeskPages(town: Town): Router {
  const router = Router()
  for (const service of LEISURE_SERVICES) router.use(deskPagesOf(town, service))
  return router
}

function deskPagesOf(town: Town, service: LeisureService): Router {
  const router = Router()
  const path = deskPath(service)
  const wordsOf = (res: Response) => town.languages.for(String(res.locals['language'] ?? 'fr'))

  router.get(path, async (req, res) => {
    const clerk = clerkOf(res, 'cash-office', 'leisure')
    const words = wordsOf(res)
    const today = dayInParis(town.clock.now())
    const all = await leisureTariffsOf(town.db.read)
    const errors: FieldError[] = []
    const tried = 'day' in req.query ? tryStay(words, all, service === 'leisure-wednesdays', req.query, errors) : null
    const view = (tariff: LeisureTariff) => ({ id: tariff.id, ...leisureView(words, tariff) })
    const own = all.filter(tariff => tariff.service === service)
    town.render.page(
      res,
      'tariffs/desk-leisure',
      {
        ...deskView(words, clerk, service),
        ...mapped(inTime(own, service, today), view),
        trial: { ...stayTrial.parse({}), day: today.toString(), ...typedTexts(req.query) },
        tried,
        stays: TRIED_STAYS.filter(stay => stay !== 'week' || service === 'leisure'),
        situations: TRIED_SITUATIONS,
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  })

  router.get(`${path}/nouveau`, async (req, res) => {
    clerkOf(res, 'cash-office')
    const { copie } = parse(copiedFrom, req.query)
    const model = copie ? await tariffById(town.db.read, copie as Id<'tariff'>) : undefined
    const copied = model && 'halfDay' in model.rule ? typedFromLeisure(model.rule) : {}
    const usual = { kind: 'brackets', lunchOnDays: 'included', chargedAt: 'attendance', chargesAbsence: 'yes' }
    showForm(res, model ? copied : usual, [])
  })

  router.post(`${path}/nouveau`, async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const typed = parse(typedForm, req.body)
    const faults = await faultsOf(async () => {
      await createTariff(town, clerk, readLeisureTariff(service, typed))
    })
    if (faults) {
      const errors = faults.map(fault => ({ ...fault, field: leisureInputOf(fault.field, typed) }))
      return showForm(res, typed, distinct(errors), 422)
    }
    flash(req, { kind: 'success', text: wordsOf(res).t('tariffs:desk.created') })
    res.redirect(303, path)
  })

  function showForm(res: Response, typed: TypedTariff, errors: readonly FieldError[], status = 200) {
    town.render.page(
      res,
      'tariffs/desk-leisure-new',
      {
        back: path,
        service,
        typed: Object.fromEntries(leisureInputs(ROWS).map(name => [name, typed[name] ?? ''])),
        rows: ROWS,
        parts: PRICED_PARTS,
        lives: LIVES,
        errors: pageErrors(res, town.languages, errors),
      },
      status,
    )
  }
  return router
}
