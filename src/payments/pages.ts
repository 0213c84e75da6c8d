import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { owedOn } from '../billing/ledger.ts'
import { invoiceInShort } from '../billing/line-label.ts'
import type { DocumentPool } from '../documents/pool.ts'
import type { Id } from '../kernel/ids.ts'
import { cents, fromEuros, sum } from '../kernel/money.ts'
import { type FieldError, invalid, Problem } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { askerOf, flash, signedIn } from '../web/asker.ts'
import { pageErrors, parse } from '../web/forms.ts'
import { readReceipt } from './receipts.ts'
import { askStripeSoon } from './return.ts'
import { MOST_CASH } from './rules.ts'
import { startPayment } from './start.ts'
import type { Payment } from './states.ts'
import { disputesOf, invoicesToPay, partsOf, paymentOf, underWay } from './store.ts'
import { pageLanguage, wordsOf } from './views.ts'

const listed = z.preprocess(sent => (sent === undefined ? [] : [sent].flat()), z.array(z.uuid()).max(50))
const wish = z.object({ invoices: listed, amount: z.string().max(20).default('') })
const withId = z.object({ id: z.uuid() })
const turn = z.object({ essai: z.coerce.number().int().min(0).max(100).catch(0) })

/** The page of return asks again by itself that often, so many times. */
const REFRESH_SECONDS = 4
const MOST_REFRESHES = 8

/** What became of a payment, in words of its own. */
type Outcome =
  | 'paid'
  | 'confirming'
  | 'bank'
  | 'failed'
  | 'parked'
  | 'not-paid'
  | 'expired'
  | 'replaced'
  | 'already-paid'

/** Paying invoices: what is to pay, the way to the hosted page and back, and the receipt. */
export function paymentPages(town: Town, pdf: DocumentPool): Router {
  const router = Router()
  const { db, render } = town

  router.get('/paiement', async (req, res) => {
    const { invoices } = parse(wish, req.query)
    if (invoices.length === 0) return chooseFirst(req, res)
    await showChoice(res, invoices as Id<'invoice'>[], '', [])
  })

  router.post('/paiement', async (req, res) => {
    const actor = signedIn(res)
    const sent = parse(wish, req.body)
    if (sent.invoices.length === 0) return chooseFirst(req, res)
    const invoiceIds = sent.invoices as Id<'invoice'>[]
    try {
      const amount = sent.amount.trim() === '' ? undefined : fromEuros(sent.amount)
      if (amount === undefined && sent.amount.trim() !== '') throw invalid([{ field: 'amount', code: 'not-an-amount' }])
      const { url } = await startPayment(town, actor, { invoiceIds, amount, language: pageLanguage(res) })
      res.redirect(303, url)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.code === 'payment-on-its-way')
        return res.redirect(303, `/paiement/${String(error.params['payment'])}/retour`)
      if (error.code === 'already-paid') return showAlreadyPaid(res)
      if (error.errors.length === 0) throw error
      await showChoice(res, invoiceIds, sent.amount, error.errors)
    }
  })

  router.get('/paiement/:id/retour', async (req, res) => {
    const { payment, unknown } = await askStripeSoon(town, await own(req, res))
    const { essai } = parse(turn, req.query)
    const outcome = unknown ? 'confirming' : outcomeOf(payment)
    const waits = outcome === 'confirming' || outcome === 'bank'
    const refreshes = outcome === 'confirming' && essai < MOST_REFRESHES
    // By a header rather than in the page: it is the same to a browser without script.
    if (refreshes) res.setHeader('Refresh', `${REFRESH_SECONDS}; url=/paiement/${payment.id}/retour?essai=${essai + 1}`)
    await showStatus(res, payment, outcome, { refreshes, again: waits })
  })

  router.get('/paiement/:id/annule', async (req, res) => {
    const payment = await own(req, res)
    if (payment.state === 'succeeded' || payment.state === 'processing')
      return res.redirect(303, `/paiement/${payment.id}/retour`)
    await showStatus(res, payment, outcomeOf(payment), { refreshes: false, again: false })
  })

  router.get('/recus/:id', async (req, res) => {
    signedIn(res)
    const { id } = parse(withId, req.params)
    const { name, bytes } = await readReceipt(town, pdf, askerOf(res), id as Id<'payment'>)
    res.setHeader('Cache-Control', 'private, no-store')
    res.setHeader('Content-Disposition', `inline; filename="${name}"`)
    res.type('application/pdf').send(bytes)
  })

  function chooseFirst(req: Request, res: Response) {
    signedIn(res)
    flash(req, { kind: 'notice', text: wordsOf(town, res).t('problems:fields.choose-an-invoice') })
    res.redirect(303, '/factures')
  }

  async function own(req: Request, res: Response): Promise<Payment> {
    const { id } = parse(withId, req.params)
    return paymentOf(db.read, await householdOf(db.read, signedIn(res), 'cash-office'), id)
  }

  async function showChoice(
    res: Response,
    invoiceIds: readonly Id<'invoice'>[],
    amount: string,
    errors: readonly FieldError[],
  ) {
    const words = wordsOf(town, res)
    const householdId = await householdOf(db.read, signedIn(res), 'cash-office')
    const wanted = await invoicesToPay(db.read, householdId, invoiceIds)
    const owed = await owedOn(
      db.read,
      wanted.map(invoice => invoice.id),
    )
    const open = wanted.flatMap(invoice => {
      const { id, number } = invoice
      const left = owed.get(id) ?? cents(0)
      return left > 0 ? [{ id, number, month: invoiceInShort(words, invoice), left }] : []
    })
    if (open.length === 0) return showAlreadyPaid(res)
    const ids = open.map(invoice => invoice.id)
    const [onItsWay] = await underWay(db.read, ids, ['processing'])
    if (onItsWay) return res.redirect(303, `/paiement/${onItsWay.id}/retour`)
    render.page(
      res,
      'payments/pay',
      {
        invoices: open,
        total: sum(open.map(invoice => invoice.left)),
        amount,
        partly: open.length === 1 && wanted.length === 1,
        counterMeans: counterMeansInWords(res),
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }

  function counterMeansInWords(res: Response): string {
    const { t, f } = wordsOf(town, res)
    const means = town.config.billing.counterMeans
    return f.list(means.map(one => t(`payments:pay.counterMeans.${one}`, { most: f.money(MOST_CASH) })))
  }

  function showAlreadyPaid(res: Response) {
    const view = {
      outcome: 'already-paid' satisfies Outcome,
      amount: cents(0),
      invoices: [],
      retry: null,
      receipt: null,
    }
    render.page(res, 'payments/status', { ...view, ...nothingMore }, 409)
  }

  async function showStatus(
    res: Response,
    payment: Payment,
    outcome: Outcome,
    { refreshes, again }: { refreshes: boolean; again: boolean },
  ) {
    const parts = await partsOf(db.read, payment.id)
    const paid = outcome === 'paid'
    const disputed = paid && (await disputesOf(db.read, payment.id)).some(dispute => dispute.state !== 'won')
    render.page(res, 'payments/status', {
      outcome,
      amount: payment.amount,
      invoices: parts.map(part => part.number),
      retry: RETRY.has(outcome) ? await anotherTry(parts) : null,
      receipt: paid ? { number: payment.receiptNumber, href: `/recus/${payment.id}` } : null,
      refunded: paid ? payment.refunded : 0,
      disputed,
      since: outcome === 'bank' ? payment.changedAt : null,
      refreshes,
      again: again ? `/paiement/${payment.id}/retour` : null,
    })
  }

  /** What a new try would pay: the same part of an invoice, or all that is owed now. Null when nothing is. */
  async function anotherTry(parts: Awaited<ReturnType<typeof partsOf>>) {
    const owed = await owedOn(
      db.read,
      parts.map(part => part.invoiceId),
    )
    const open = parts.flatMap(part => {
      const left = owed.get(part.invoiceId) ?? cents(0)
      return left > 0 ? [{ ...part, left }] : []
    })
    const [only] = open
    if (!only) return null
    const partly = parts.length === 1 && only.amount < only.left
    return {
      invoices: open.map(part => part.invoiceId),
      amount: partly ? (only.amount / 100).toFixed(2) : '',
      total: partly ? only.amount : sum(open.map(part => part.left)),
    }
  }
  return router
}

const nothingMore = { refunded: 0, disputed: false, since: null, refreshes: false, again: null }
const RETRY: ReadonlySet<Outcome> = new Set(['failed', 'not-paid', 'expired', 'replaced'])

function outcomeOf({ state, failure }: Payment): Outcome {
  switch (state) {
    case 'succeeded':
      return 'paid'
    case 'processing':
      return 'bank'
    case 'failed':
      return failure === 'parked' ? 'parked' : 'failed'
    case 'created':
    case 'open':
      return 'not-paid'
    case 'expired':
      return 'expired'
    case 'cancelled':
      return 'replaced'
  }
}
