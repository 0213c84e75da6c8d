import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { documentOf } from '../documents/keep.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, fromEuros } from '../kernel/money.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { clerkOf, flash } from '../web/asker.ts'
import { sendCsv } from '../web/csv.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import { sendDocument } from '../web/pdf.ts'
import { creditable, issueCreditNote } from './credit.ts'
import { answerDispute, DISPUTES_PER_PAGE, disputeById, openDisputes } from './disputes.ts'
import { findInvoices, invoiceFilters } from './find-invoices.ts'
import { invoiceView, row } from './pages.ts'
import { creditNotesOf, type Invoice, invoiceById, linesOfInvoice } from './store.ts'
import type { PaymentsUnderWay } from './under-way.ts'

const PER_PAGE = 25
const MOST_EXPORTED = 100_000

const search = z.object({
  etat: z.enum(invoiceFilters).default('all'),
  mois: z.string().max(7).default(''),
  q: z.string().max(60).default(''),
  apres: z.string().max(60).optional(),
})
const typedCredit = z.record(z.string().max(60), z.string().max(2_000))
const paging = z.object({ apres: z.string().max(60).optional() })

/** Issued invoices for the cash office: found, looked at with all that happened, credited; and the disputes to answer. */
export function billingInvoicePages(town: Town, paymentsUnderWay: PaymentsUnderWay): Router {
  const router = Router()
  const { db, render } = town
  const wordsOf = (res: Response) => town.languages.for(String(res.locals['language'] ?? 'fr'))
  const today = () => dayInParis(town.clock.now())
  const underWayOf = (found: readonly Invoice[]) =>
    paymentsUnderWay(
      db.read,
      found.filter(invoice => invoice.owed > 0).map(invoice => invoice.id),
      town.clock.now(),
    )

  router.get('/guichet/facturation/factures', async (req, res) => {
    clerkOf(res, 'cash-office')
    const asked = parse(search, req.query)
    const found = await findInvoices(db.read, searchOf(asked), today(), PER_PAGE + 1)
    const shown = found.slice(0, PER_PAGE)
    const underWay = await underWayOf(shown)
    const { apres: _, ...same } = asked
    const next = new URLSearchParams({ ...same, apres: shown.at(-1)?.number ?? '' })
    render.page(res, 'billing/desk-invoices', {
      asked,
      filters: invoiceFilters,
      query: new URLSearchParams(same).toString(),
      invoices: shown.map(invoice => ({
        ...row(wordsOf(res), invoice, underWay.get(invoice.id)),
        payer: invoice.payerName,
      })),
      next: found.length > PER_PAGE ? `/guichet/facturation/factures?${next.toString()}` : null,
    })
  })

  router.get('/guichet/facturation/factures.csv', async (req, res) => {
    clerkOf(res, 'cash-office')
    const asked = parse(search, req.query)
    const words = wordsOf(res)
    const found = await findInvoices(db.read, searchOf(asked), today(), MOST_EXPORTED)
    const underWay = await underWayOf(found)
    const columns = ['number', 'name', 'month', 'kind', 'issued', 'due', 'total', 'left', 'state']
    const rows = found.map(invoice => [
      invoice.number,
      invoice.payerName,
      invoice.period,
      words.t(`billing:csvKinds.${invoice.runId === null ? 'deposit' : 'month'}`),
      invoice.issueDate,
      invoice.dueDate,
      { cents: invoice.total },
      { cents: invoice.owed },
      row(words, invoice, underWay.get(invoice.id)).tag.text,
    ])
    sendCsv(
      res,
      'factures',
      columns.map(key => words.t(`billing:csv.${key}`)),
      rows,
    )
  })

  router.get('/guichet/facturation/factures/:id', async (req: Request<{ id: string }>, res) => {
    clerkOf(res, 'cash-office')
    await showInvoice(res, await invoiceById(db.read, req.params.id, today()), {}, [])
  })

  router.get('/guichet/facturation/factures/:id/facture.pdf', async (req: Request<{ id: string }>, res) => {
    clerkOf(res, 'cash-office')
    await sendDocument(town, res, await documentOf(db.read, 'invoice', req.params.id))
  })

  router.post('/guichet/facturation/factures/:id/avoir', async (req: Request<{ id: string }>, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const invoice = await invoiceById(db.read, req.params.id, today())
    const typed = parse(typedCredit, req.body)
    const faults = await faultsOf(async () => {
      const lines = amountsOf(typed)
      const reason = (typed['reason'] ?? '').trim()
      if (reason === '') throw invalid([{ field: 'reason', code: 'required' }])
      // The same page sent twice makes one credit note.
      const key = `clerk:${typed['idempotencyKey'] ?? ''}`
      await issueCreditNote(town, clerk, { invoiceId: invoice.id, lines, reason, key })
    })
    if (faults) return showInvoice(res, invoice, typed, faults)
    flash(req, { kind: 'success', text: wordsOf(res).t('billing:credit.done') })
    res.redirect(303, `/guichet/facturation/factures/${invoice.id}`)
  })

  router.get('/guichet/facturation/contestations', async (req, res) => {
    clerkOf(res, 'cash-office')
    const { apres } = parse(paging, req.query)
    const found = await openDisputes(db.read, apres as Id<'invoice-dispute'> | undefined)
    const shown = found.slice(0, DISPUTES_PER_PAGE)
    render.page(res, 'billing/desk-disputes', {
      disputes: shown.map(({ dispute, invoice }) => ({
        id: dispute.id,
        reason: dispute.reason,
        createdAt: dispute.createdAt,
        number: invoice.number,
        payer: invoice.frozen.payer.name,
        total: invoice.total,
      })),
      next:
        found.length > DISPUTES_PER_PAGE
          ? `/guichet/facturation/contestations?apres=${shown.at(-1)?.dispute.id}`
          : null,
    })
  })

  router.get('/guichet/facturation/contestations/:id', async (req: Request<{ id: string }>, res) => {
    clerkOf(res, 'cash-office')
    await showDispute(res, req.params.id as Id<'invoice-dispute'>, {}, [])
  })

  router.post('/guichet/facturation/contestations/:id', async (req: Request<{ id: string }>, res) => {
    const clerk = clerkOf(res, 'cash-office')
    const id = req.params.id as Id<'invoice-dispute'>
    const typed = parse(typedCredit, req.body)
    const faults = await faultsOf(() =>
      answerDispute(town, clerk, id, { text: typed['text'] ?? '', amounts: amountsOf(typed) }),
    )
    if (faults) return showDispute(res, id, typed, faults)
    flash(req, { kind: 'success', text: wordsOf(res).t('billing:dispute.answered') })
    res.redirect(303, '/guichet/facturation/contestations')
  })

  async function showInvoice(
    res: Response,
    invoice: Invoice,
    typed: Readonly<Record<string, string>>,
    errors: readonly FieldError[],
  ) {
    const view = await invoiceView(town, wordsOf(res), invoice, paymentsUnderWay)
    render.page(
      res,
      'billing/desk-invoice',
      {
        ...view,
        ...(await creditForm(invoice, typed)),
        householdId: invoice.householdId,
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }

  async function showDispute(
    res: Response,
    id: Id<'invoice-dispute'>,
    typed: Readonly<Record<string, string>>,
    errors: readonly FieldError[],
  ) {
    const dispute = await disputeById(db.read, id)
    const invoice = await invoiceById(db.read, dispute.invoiceId, today())
    const view = await invoiceView(town, wordsOf(res), invoice, paymentsUnderWay)
    render.page(
      res,
      'billing/desk-dispute',
      {
        ...view,
        ...(await creditForm(invoice, typed)),
        dispute,
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }

  /** What can still be given back of each line, and what was typed. */
  async function creditForm(invoice: Invoice, typed: Readonly<Record<string, string>>) {
    const lines = await linesOfInvoice(db.read, invoice.id)
    const left = creditable(invoice, lines, await creditNotesOf(db.read, invoice.id))
    return {
      creditable: left.ofInvoice,
      leftOf: Object.fromEntries(left.ofLine),
      typedAmounts: Object.fromEntries(lines.map(({ position }) => [position, typed[`amounts.${position}`] ?? ''])),
      typed: { reason: typed['reason'] ?? '', text: typed['text'] ?? '' },
    }
  }
  return router
}

const searchOf = ({ etat, mois, q, apres }: z.output<typeof search>) => ({
  state: etat,
  period: mois === '' ? undefined : mois,
  text: q,
  after: apres,
})

/** The amounts typed beside lines, `amounts.<position>`. Throws 422 for what is no amount. */
function amountsOf(typed: Readonly<Record<string, string>>): { position: number; amount: Cents }[] {
  const errors: FieldError[] = []
  const amounts = Object.entries(typed).flatMap(([field, text]) => {
    const position = /^amounts\.(\d{1,4})$/.exec(field)?.[1]
    if (position === undefined || text.trim() === '') return []
    const amount = fromEuros(text)
    if (amount === undefined) errors.push({ field, code: 'not-an-amount' })
    return [{ position: Number(position), amount: amount ?? (0 as Cents) }]
  })
  if (errors.length > 0) throw invalid(errors)
  return amounts
}
