import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { creditsOf, creditTotal } from '../billing/ledger.ts'
import { invoiceInShort } from '../billing/line-label.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isoDay } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { fromEuros } from '../kernel/money.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { sendCsv } from '../web/csv.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { alertsAbout, countOpenAlerts } from './alerts.ts'
import {
  type FoundPayment,
  findPayments,
  historyOf,
  namesOf,
  type PaymentSearch,
  paymentFilters,
} from './desk-store.ts'
import { payerOfPayment } from './letters.ts'
import { refundPayment } from './refunds.ts'
import { disputesOf, partsOf, paymentById, refundsOf } from './store.ts'
import { disputeInWords, failureInWords, stateTag, wordsOf } from './views.ts'

const PER_PAGE = 25
const MOST_EXPORTED = 20_000

const means = ['card', 'cash', 'cheque'] as const
const dayAsked = z
  .string()
  .max(10)
  .transform(text => isoDay(text))
  .catch(undefined)
  .optional()
const search = z.object({
  texte: z.string().max(100).default(''),
  etat: z.enum(paymentFilters).optional().catch(undefined),
  moyen: z.enum(means).optional().catch(undefined),
  du: dayAsked,
  au: dayAsked,
  avant: z.uuid().optional().catch(undefined),
})
const withId = z.object({ id: z.uuid() })
const refundForm = z.object({
  amount: z.string().max(20),
  reason: z.string().trim().min(1, 'required').max(500),
  idempotencyKey: z.uuid().optional(),
})

/** The tabs of the cash office's payments, with how many alerts wait. */
export async function deskTabs(town: Town, res: Response, current: string) {
  const { t } = wordsOf(town, res)
  const alerts = await countOpenAlerts(town.db.read)
  const tab = (key: string, href: string) => ({
    text: t(`payments:tabs.${key}`) + (key === 'alerts' && alerts > 0 ? ` (${alerts})` : ''),
    href,
    current: key === current,
  })
  return [
    tab('list', '/guichet/paiements'),
    tab('take', '/guichet/paiements/encaisser'),
    tab('alerts', '/guichet/paiements/alertes'),
    tab('payouts', '/guichet/paiements/virements'),
    tab('journal', '/guichet/paiements/journal'),
  ]
}

/** The list of payments and the file of each, with its refunds. */
export function paymentDeskPages(town: Town): Router {
  const router = Router()
  const { db, render } = town

  router.get('/guichet/paiements', async (req, res) => {
    clerkOf(res, 'cash-office')
    const asked = parse(search, req.query)
    const found = await findPayments(db.read, searchOf(asked), PER_PAGE + 1)
    const shown = found.slice(0, PER_PAGE)
    const filters = filtersInUrl(asked)
    const last = shown.at(-1)
    const more = found.length > shown.length && last
    render.page(res, 'payments/desk-list', {
      tabs: await deskTabs(town, res, 'list'),
      payments: shown.map(payment => rowOf(town, res, payment)),
      asked: { ...asked, etat: asked.etat ?? '', moyen: asked.moyen ?? '', du: text(asked.du), au: text(asked.au) },
      filtered: filters.size > 0,
      states: paymentFilters,
      means,
      next: more ? `/guichet/paiements?${withParam(filters, 'avant', last.id)}` : null,
      csv: `/guichet/paiements.csv${filters.size > 0 ? `?${filters.toString()}` : ''}`,
    })
  })

  router.get('/guichet/paiements.csv', async (req, res) => {
    clerkOf(res, 'cash-office')
    const found = await findPayments(db.read, searchOf(parse(search, req.query)), MOST_EXPORTED)
    const words = wordsOf(town, res)
    const columns = ['date', 'receipt', 'payer', 'invoices', 'means', 'amount', 'refunded', 'state', 'reference']
    sendCsv(
      res,
      'paiements',
      columns.map(column => words.t(`payments:desk.columns.${column}`)),
      found.map(payment => [
        dayInParis(payment.succeededAt ?? payment.createdAt),
        payment.receiptNumber,
        payment.payer,
        payment.invoices.join(' '),
        words.t(`payments:means.${payment.means}`),
        { cents: payment.amount },
        { cents: payment.refunded },
        stateTag(words, payment).text,
        payment.reference,
      ]),
    )
  })

  router.post('/guichet/paiements/:id/rembourser', async (req, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const paymentId = parse(withId, req.params).id as Id<'payment'>
    const typed = { amount: String(req.body?.amount ?? ''), reason: String(req.body?.reason ?? '') }
    let sent = ''
    const faults = await faultsOf(async () => {
      const { amount, reason, idempotencyKey: key } = parse(refundForm, req.body)
      const inCents = fromEuros(amount)
      if (inCents === undefined) throw invalid([{ field: 'amount', code: 'not-an-amount' }])
      await refundPayment(town, clerk, { paymentId, amount: inCents, reason, key })
      sent = wordsOf(town, res).f.money(inCents)
    })
    if (faults) return showFile(req, res, typed, faults)
    flash(req, { kind: 'success', text: wordsOf(town, res).t('payments:file.refundSent', { amount: sent }) })
    res.redirect(303, `/guichet/paiements/${paymentId}`)
  })

  router.get('/guichet/paiements/:id', async (req, res, next) => {
    if (!z.uuid().safeParse(req.params.id).success) return next()
    clerkOf(res, 'cash-office')
    await showFile(req, res, undefined, [])
  })

  async function showFile(
    req: Request,
    res: Response,
    typed: { amount: string; reason: string } | undefined,
    errors: readonly FieldError[],
  ) {
    const words = wordsOf(town, res)
    const payment = await paymentById(db.read, parse(withId, req.params).id)
    const payer = await payerOfPayment(db.read, payment)
    const refunds = await refundsOf(db.read, payment.id)
    const disputes = await disputesOf(db.read, payment.id)
    const names = await namesOf(db.read, [payment.takenBy, ...refunds.map(refund => refund.requestedBy)])
    const credits = await creditsOf(db.read, [payment.householdId])
    const left = payment.amount - payment.refunded
    const standing = disputes.find(dispute => dispute.state !== 'won')
    const refundable = payment.state === 'succeeded' && payment.means === 'card' && left > 0 && !standing
    const nameOf = (id: string | null) => names.get(id ?? '') ?? ''
    render.page(
      res,
      'payments/desk-payment',
      {
        tabs: await deskTabs(town, res, 'list'),
        payment: {
          ...payment,
          payer: `${payer.firstName} ${payer.lastName}`,
          tag: stateTag(words, { ...payment, dispute: standing?.state ?? null }),
          taken: nameOf(payment.takenBy),
          failureWords: payment.failure === null ? '' : failureInWords(words, payment.failure),
        },
        parts: (await partsOf(db.read, payment.id)).map(part => ({ ...part, month: invoiceInShort(words, part) })),
        refunds: refunds.map(refund => ({ ...refund, by: nameOf(refund.requestedBy) })),
        disputes: disputes.map(dispute => ({ ...dispute, words: disputeInWords(words, dispute.reason) })),
        alerts: (await alertsAbout(db.read, payment.id)).filter(alert => alert.resolvedAt === null),
        history: (await historyOf(db.read, payment.id)).map(entry => ({
          ...entry,
          what: words.t(`payments:file.actions.${entry.action.replace('.', '-')}`),
          who: entry.who ?? words.t(`payments:file.${entry.actorKind === 'system:stripe' ? 'stripeActor' : 'program'}`),
        })),
        left,
        refundable,
        byAccountant: payment.state === 'succeeded' && payment.means !== 'card',
        credit: creditTotal(credits.get(payment.householdId)),
        typed: typed ?? { amount: words.f.money(left).replace(/[^\d,.]/g, ''), reason: '' },
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }
  return router
}

type Asked = z.output<typeof search>

const text = (day: Temporal.PlainDate | undefined) => day?.toString() ?? ''

const searchOf = ({ texte, etat, moyen, du, au, avant }: Asked): PaymentSearch => ({
  text: texte,
  state: etat,
  means: moyen,
  from: du,
  to: au,
  before: avant as Id<'payment'> | undefined,
})

/** The filters as they stand in the address, without the place in the list. */
function filtersInUrl({ texte, etat, moyen, du, au }: Asked): URLSearchParams {
  const filters = new URLSearchParams()
  const all = { texte: texte.trim(), etat, moyen, du: text(du), au: text(au) }
  for (const [name, value] of Object.entries(all)) if (value) filters.set(name, value)
  return filters
}

function withParam(filters: URLSearchParams, name: string, value: string): string {
  const more = new URLSearchParams(filters)
  more.set(name, value)
  return more.toString()
}

/** What the list shows of a payment. */
export function rowOf(town: Town, res: Response, payment: FoundPayment) {
  const words = wordsOf(town, res)
  return {
    id: payment.id,
    at: payment.succeededAt ?? payment.createdAt,
    receipt: payment.receiptNumber,
    payer: payment.payer,
    invoices: payment.invoices,
    means: words.t(`payments:means.${payment.means}`),
    amount: payment.amount,
    refunded: payment.refunded,
    tag: stateTag(words, payment),
  }
}
