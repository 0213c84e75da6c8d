import { type Response, Router } from 'express'
import { z } from 'zod'
import type { Id } from '../kernel/ids.ts'
import { sum } from '../kernel/money.ts'
import type { FieldError } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { ALERTS_PER_PAGE, alertsOf, resolveAlert } from './alerts.ts'
import { deskTabs } from './desk-pages.ts'
import { namesOf } from './desk-store.ts'
import { explain, linesOfPayout, PAYOUTS_PER_PAGE, type Payout, payoutById, payoutsOf } from './payouts.ts'
import { wordsOf } from './views.ts'

const alertQuery = z.object({ tout: z.string().optional(), avant: z.uuid().optional().catch(undefined) })
const payoutQuery = z.object({ avant: z.string().max(100).optional() })
const withId = z.object({ id: z.uuid() })
const resolution = z.object({ resolution: z.string().trim().min(1, 'required').max(500) })

/** What a bank's line can be made of and has words of its own. */
const LINE_KINDS = ['charge', 'refund', 'refund_failure', 'dispute', 'dispute_reversal', 'fee']

/** What the cash office must look at, and the payouts explained to the cent. */
export function paymentFollowPages(town: Town): Router {
  const router = Router()
  const { db, render } = town

  router.get('/guichet/paiements/alertes', async (req, res) => {
    clerkOf(res, 'cash-office')
    const { tout, avant } = parse(alertQuery, req.query)
    await showAlerts(res, { all: tout !== undefined, before: avant as Id<'payment-alert'> | undefined }, undefined, [])
  })

  router.post('/guichet/paiements/alertes/:id/traiter', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const alertId = parse(withId, req.params).id as Id<'payment-alert'>
    const faults = await faultsOf(() => resolveAlert(town, clerk, { alertId, ...parse(resolution, req.body) }))
    if (faults) {
      const named = faults.map(fault => ({ ...fault, field: `resolution-${alertId}` }))
      return showAlerts(res, { all: false }, { id: alertId, text: String(req.body?.resolution ?? '') }, named)
    }
    flash(req, { kind: 'success', text: wordsOf(town, res).t('payments:alerts.resolved') })
    res.redirect(303, '/guichet/paiements/alertes')
  })

  async function showAlerts(
    res: Response,
    asked: { all: boolean; before?: Id<'payment-alert'> | undefined },
    typed: { id: string; text: string } | undefined,
    errors: readonly FieldError[],
  ) {
    const found = await alertsOf(db.read, { resolved: asked.all, before: asked.before })
    const shown = found.slice(0, ALERTS_PER_PAGE)
    const names = await namesOf(
      db.read,
      shown.map(alert => alert.resolvedBy),
    )
    const next = found.length > shown.length ? shown.at(-1)?.id : undefined
    render.page(
      res,
      'payments/desk-alerts',
      {
        tabs: await deskTabs(town, res, 'alerts'),
        all: asked.all,
        alerts: shown.map(alert => ({
          ...alert,
          payoutId: alert.details.stripeId?.startsWith('po_') ? alert.details.stripeId : null,
          resolvedName: names.get(alert.resolvedBy ?? '') ?? '',
          typed: typed?.id === alert.id ? typed.text : '',
        })),
        next: next ? `/guichet/paiements/alertes?${asked.all ? 'tout=1&' : ''}avant=${next}` : null,
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }

  router.get('/guichet/paiements/virements', async (req, res) => {
    clerkOf(res, 'cash-office')
    const { avant } = parse(payoutQuery, req.query)
    const found = await payoutsOf(db.read, avant ? await payoutById(db.read, avant) : undefined)
    const shown = found.slice(0, PAYOUTS_PER_PAGE)
    const last = shown.at(-1)
    render.page(res, 'payments/desk-payouts', {
      tabs: await deskTabs(town, res, 'payouts'),
      payouts: await Promise.all(shown.map(payout => payoutRow(town, payout))),
      next: found.length > shown.length && last ? `/guichet/paiements/virements?avant=${last.stripeId}` : null,
    })
  })

  router.get('/guichet/paiements/virements/:id', async (req, res) => {
    clerkOf(res, 'cash-office')
    const { t } = wordsOf(town, res)
    const payout = await payoutById(db.read, req.params.id)
    const lines = await linesOfPayout(db.read, payout.stripeId)
    const { kinds, unexplained, difference, unexplainedAmount } = explain(payout, lines)
    const kindInWords = (kind: string) => t(`payments:payouts.kinds.${LINE_KINDS.includes(kind) ? kind : 'other'}`)
    render.page(res, 'payments/desk-payout', {
      tabs: await deskTabs(town, res, 'payouts'),
      payout,
      kinds: kinds.map(one => ({ ...one, words: kindInWords(one.kind) })),
      totals: {
        count: sum0(kinds.map(one => one.count)),
        gross: sum(kinds.map(one => one.gross)),
        fee: sum(kinds.map(one => one.fee)),
        net: sum(kinds.map(one => one.net)),
      },
      unexplained: unexplained.map(line => ({ ...line, words: kindInWords(line.kind) })),
      difference,
      unexplainedAmount,
      lines: lines.map(line => ({ ...line, words: kindInWords(line.kind) })),
    })
  })
  return router
}

const sum0 = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

/** A payout in a list, with what of it is not yet explained; null until its lines were read. */
export async function payoutRow(town: Town, payout: Payout) {
  const { unexplainedAmount } = explain(payout, await linesOfPayout(town.db.read, payout.stripeId))
  return { ...payout, unexplained: payout.matchedAt === null ? null : unexplainedAmount }
}
