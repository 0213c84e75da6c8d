import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { dayInParis } from '../kernel/clock.ts'
import { isoMonth, monthOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import { type FieldError, invalid, notFound } from '../kernel/problems.ts'
import { payerOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { sendCsv } from '../web/csv.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { askForDraft } from './draft.ts'
import { issueRun } from './issue.ts'
import { ofMonth } from './line-label.ts'
import { type BillingRun, oddityCounts, progressOf, runOf, runsOf } from './run-store.ts'
import { deliveryOf, draftHouseholds, draftLines, odditiesOfHousehold, runBefore, undeliveredOf } from './run-view.ts'
import { lineView } from './words.ts'

const PER_PAGE = 25
/** Ended months that are offered to be billed. */
const MONTHS_OFFERED = 4
const ODDITIES = ['no-tariff', 'no-quotient', 'zero', 'in-credit', 'unusually-high'] as const

const prepare = z.object({ month: z.string().max(7) })
const issue = z.object({ total: z.coerce.number().int(), checked: z.string().optional() })
const list = z.object({ cas: z.enum(ODDITIES).optional(), apres: z.string().max(60).optional() })

/** The month's billing as the cash office sees it: months, the draft with what is odd, issuing, and what became of it. */
export function billingMonthPages(town: Town): Router {
  const router = Router()
  const { db, render } = town
  const wordsOf = (res: Response) => town.languages.for(String(res.locals['language'] ?? 'fr'))
  const asked = async (req: Request<{ month: string }>, res: Response): Promise<BillingRun> => {
    clerkOf(res, 'cash-office')
    const month = isoMonth(req.params.month)
    const run = month && (await runOf(db.read, month))
    if (!run) throw notFound()
    return run
  }

  router.get('/guichet/facturation', async (_req, res) => {
    clerkOf(res, 'cash-office')
    await showMonths(res, [])
  })

  router.post('/guichet/facturation', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const faults = await faultsOf(async () => {
      const month = isoMonth(parse(prepare, req.body).month)
      if (!month) throw invalid([{ field: 'month', code: 'required' }])
      const run = await askForDraft(town, clerk, month)
      res.redirect(303, `/guichet/facturation/${run.period}`)
    })
    if (faults) await showMonths(res, faults)
  })

  router.get('/guichet/facturation/:month', async (req: Request<{ month: string }>, res) => {
    await showRun(res, await asked(req, res), [])
  })

  router.post('/guichet/facturation/:month/emettre', async (req: Request<{ month: string }>, res) => {
    const run = await asked(req, res)
    const clerk = clerkOf(res, 'cash-office')
    const faults = await faultsOf(async () => {
      const { total, checked } = parse(issue, req.body)
      if (checked === undefined) throw invalid([{ field: 'checked', code: 'tick-to-issue' }])
      await issueRun(town, clerk, run.id, { total: cents(total) })
    })
    if (faults) return showRun(res, run, faults)
    flash(req, { kind: 'success', text: wordsOf(res).t('billing:run.begun') })
    res.redirect(303, `/guichet/facturation/${run.period}`)
  })

  router.get('/guichet/facturation/:month/foyers', async (req: Request<{ month: string }>, res) => {
    const run = await asked(req, res)
    const { cas, apres } = parse(list, req.query)
    const found = await draftHouseholds(db.read, run.id, { code: cas, after: apres, most: PER_PAGE + 1 })
    const shown = found.slice(0, PER_PAGE)
    const next = new URLSearchParams({ ...(cas ? { cas } : {}), apres: shown.at(-1)?.householdId ?? '' })
    render.page(res, 'billing/desk-households', {
      period: run.period,
      month: monthOfRun(run),
      ofMonth: ofMonth(wordsOf(res), run.period),
      code: cas ?? null,
      households: shown,
      next: found.length > PER_PAGE ? `/guichet/facturation/${run.period}/foyers?${next.toString()}` : null,
    })
  })

  router.get('/guichet/facturation/:month/foyers.csv', async (req: Request<{ month: string }>, res) => {
    const run = await asked(req, res)
    const { t } = wordsOf(res)
    const all = await draftHouseholds(db.read, run.id, { most: Number.MAX_SAFE_INTEGER })
    const columns = ['household', 'name', 'state', 'charges', 'total', 'usual'].map(key => t(`billing:csv.${key}`))
    const rows = all.map(({ householdId, name, state, charges, total, usual }) => [
      householdId,
      name,
      t(`billing:runStates.${state}`),
      charges,
      { cents: total },
      usual === null ? null : { cents: usual },
    ])
    sendCsv(res, `facturation-${run.period}`, columns, rows)
  })

  router.get('/guichet/facturation/:month/foyers/:id', async (req: Request<{ month: string; id: string }>, res) => {
    const run = await asked(req, res)
    const householdId = req.params.id as Id<'household'>
    const payer = await payerOf(db.read, householdId)
    const words = wordsOf(res)
    const lines = await draftLines(db.read, run, householdId)
    const oddities = await odditiesOfHousehold(db.read, run.id, householdId)
    render.page(res, 'billing/desk-household', {
      period: run.period,
      month: monthOfRun(run),
      ofMonth: ofMonth(words, run.period),
      name: `${payer.firstName} ${payer.lastName}`,
      oddities,
      lines: lines.map(line => ({
        child: line.childName,
        ...lineView(words, line),
      })),
      total: lines.reduce((sum, line) => sum + line.amount, 0),
    })
  })

  async function showMonths(res: Response, errors: readonly FieldError[]) {
    const runs = await runsOf(db.read)
    const thisMonth = monthOf(dayInParis(town.clock.now()))
    const offered = Array.from({ length: MONTHS_OFFERED }, (_, ago) => thisMonth.subtract({ months: ago }))
    const known = new Set(runs.map(run => run.period))
    render.page(
      res,
      'billing/desk-months',
      {
        runs: runs.map(run => ({ ...run, month: monthOfRun(run) })),
        offered: offered
          .filter(month => !known.has(month.toString()))
          .map(month => ({ value: month.toString(), month })),
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }

  async function showRun(res: Response, run: BillingRun, errors: readonly FieldError[]) {
    const odd = await oddityCounts(db.read, run.id)
    const before = await runBefore(db.read, run.period)
    const delivery = await deliveryOf(db.read, run.id)
    const progress = await progressOf(db.read, run.id)
    const waiting = run.state === 'drafting' || run.state === 'issuing'
    const month = Temporal.PlainYearMonth.from(run.period)
    const lastDay = month.toPlainDate({ day: month.daysInMonth })
    render.page(
      res,
      'billing/desk-run',
      {
        run: {
          ...run,
          month: monthOfRun(run),
          ofMonth: ofMonth(wordsOf(res), run.period),
        },
        before: before
          ? {
              month: monthOfRun(before),
              households: before.households,
              total: before.total,
            }
          : null,
        oddities: ODDITIES.flatMap(code =>
          odd.has(code)
            ? [
                {
                  code,
                  count: odd.get(code),
                },
              ]
            : [],
        ),
        progress,
        delivery,
        undelivered: await undeliveredOf(db.read, run.id, PER_PAGE),
        over: Temporal.PlainDate.compare(dayInParis(town.clock.now()), lastDay) > 0,
        refresh: waiting || (run.state === 'issued' && (delivery.pdfs < progress.issued || delivery.mails.waiting > 0)),
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }
  return router
}

const monthOfRun = (run: BillingRun) => Temporal.PlainYearMonth.from(run.period)
