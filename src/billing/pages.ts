import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { documentOf } from '../documents/keep.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { FieldError } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { flash, signedIn } from '../web/asker.ts'
import { faultsOf, pageErrors, parse } from '../web/forms.ts'
import type { Translator } from '../web/i18n.ts'
import { sendDocument } from '../web/pdf.ts'
import { disputeInvoice, disputesOf } from './disputes.ts'
import { creditsOf, creditTotal } from './ledger.ts'
import { invoiceInShort, ofInvoice } from './line-label.ts'
import { disputeReasons } from './schema.ts'
import {
  creditNotesOf,
  type Invoice,
  type InvoiceLine,
  invoiceOf,
  invoicesOf,
  linesOfInvoice,
  movementsOf,
} from './store.ts'
import { type PaymentsUnderWay, type PaymentUnderWay, underWayView } from './under-way.ts'
import { lineView, movementView, stateTag } from './words.ts'

/** Invoices that are settled are shown so many at a time. */
const SETTLED_PER_PAGE = 12

const paging = z.object({ apres: z.string().max(60).optional() })
const objection = z.object({
  lines: z.preprocess(
    sent => (sent === undefined ? [] : [sent].flat()),
    z.array(z.coerce.number().int().min(0)).max(500),
  ),
  reason: z.enum(disputeReasons),
  text: z.string().max(2_000).default(''),
})

/** A family's invoices: what is to pay, each line explained, the papers, and the way to say that one does not agree. */
export function billingPages(town: Town, paymentsUnderWay: PaymentsUnderWay): Router {
  const router = Router()
  const { db, render } = town
  const wordsOf = (res: Response) => town.languages.for(String(res.locals['language'] ?? 'fr'))
  const today = () => dayInParis(town.clock.now())
  const own = async (req: Request<{ id: string }>, res: Response) => {
    const householdId = await householdOf(db.read, signedIn(res), 'cash-office')
    return invoiceOf(db.read, householdId, req.params.id, today())
  }

  router.get('/factures', async (req, res) => {
    const householdId = await householdOf(db.read, signedIn(res), 'cash-office')
    const { apres } = parse(paging, req.query)
    const all = await invoicesOf(db.read, householdId, today())
    const words = wordsOf(res)
    const settled = all.filter(invoice => invoice.owed <= 0 && (apres === undefined || invoice.number < apres))
    const shown = settled.slice(0, SETTLED_PER_PAGE)
    const credits = await creditsOf(db.read, [householdId])
    const open = all.filter(invoice => invoice.owed > 0)
    const ids = open.map(invoice => invoice.id)
    const underWay = await paymentsUnderWay(db.read, ids, town.clock.now())
    const due = open.map(invoice => row(words, invoice, underWay.get(invoice.id)))
    render.page(res, 'billing/invoices', {
      // What the bank is asked for cannot be paid a second time.
      atTheBank: due.filter(invoice => invoice.paying?.stage === 'bank'),
      due: due.filter(invoice => invoice.paying?.stage !== 'bank'),
      settled: shown.map(invoice => row(words, invoice)),
      next: settled.length > shown.length ? `/factures?apres=${shown.at(-1)?.number}` : null,
      credit: creditTotal(credits.get(householdId)),
    })
  })

  router.get('/factures/:id', async (req: Request<{ id: string }>, res) => {
    const invoice = await own(req, res)
    render.page(res, 'billing/invoice', await invoiceView(town, wordsOf(res), invoice, paymentsUnderWay))
  })

  router.get('/factures/:id/facture.pdf', async (req: Request<{ id: string }>, res) => {
    const invoice = await own(req, res)
    await sendDocument(town, res, await documentOf(db.read, 'invoice', invoice.id))
  })

  router.get('/factures/:id/avoirs/:number.pdf', async (req: Request<{ id: string; number: string }>, res) => {
    const invoice = await own(req, res)
    const notes = await creditNotesOf(db.read, invoice.id)
    const note = notes.find(each => each.number === req.params.number)
    await sendDocument(town, res, note && (await documentOf(db.read, 'credit-note', note.id)))
  })

  router.get('/factures/:id/contester', async (req: Request<{ id: string }>, res) => {
    await showObjection(res, await own(req, res), { lines: [], reason: '', text: '' }, [])
  })

  router.post('/factures/:id/contester', async (req: Request<{ id: string }>, res) => {
    const actor = signedIn(res)
    const invoice = await own(req, res)
    const faults = await faultsOf(async () => {
      await disputeInvoice(town, actor, invoice.id, parse(objection, req.body))
    })
    if (faults) {
      const { lines, reason, text } = req.body as Record<string, string | string[] | undefined>
      const typed = { lines: [lines ?? []].flat().map(String), reason: String(reason ?? ''), text: String(text ?? '') }
      return showObjection(res, invoice, typed, faults)
    }
    flash(req, { kind: 'success', text: wordsOf(res).t('billing:objection.sent') })
    res.redirect(303, `/factures/${invoice.id}`)
  })

  async function showObjection(
    res: Response,
    invoice: Invoice,
    typed: { lines: readonly string[]; reason: string; text: string },
    errors: readonly FieldError[],
  ) {
    const words = wordsOf(res)
    const lines = await linesOfInvoice(db.read, invoice.id)
    render.page(
      res,
      'billing/objection',
      {
        invoice: row(words, invoice),
        lines: lines.map(line => ({ position: line.position, child: line.childName, ...lineView(words, line) })),
        reasons: disputeReasons,
        typed,
        errors: pageErrors(res, town.languages, errors),
      },
      errors.length > 0 ? 422 : 200,
    )
  }
  return router
}

/** What lists show of an invoice. */
export function row(words: Translator, invoice: Invoice, paying?: PaymentUnderWay) {
  const { id, number, total, owed, issueDate, dueDate, state, disputed } = invoice
  const month = invoiceInShort(words, invoice)
  return {
    id,
    number,
    total,
    owed,
    issueDate,
    dueDate,
    state,
    disputed,
    month,
    /** The same with a capital, to begin a line with. */
    title: month.charAt(0).toUpperCase() + month.slice(1),
    ofMonth: ofInvoice(words, invoice),
    tag: stateTag(words, invoice, paying),
    paying: underWayView(words, paying),
  }
}

/** All that the page of an invoice shows, to the family and to the cash office. */
export async function invoiceView(town: Town, words: Translator, invoice: Invoice, paymentsUnderWay: PaymentsUnderWay) {
  const db = town.db.read
  const underWay = await paymentsUnderWay(db, [invoice.id], town.clock.now())
  const lines = await linesOfInvoice(db, invoice.id)
  const notes = await creditNotesOf(db, invoice.id)
  const disputes = await disputesOf(db, invoice.id)
  const movements = await movementsOf(db, invoice.id)
  const document = await documentOf(db, 'invoice', invoice.id)
  return {
    invoice: {
      ...row(words, invoice, underWay.get(invoice.id)),
      creditUsed: invoice.frozen.creditUsed,
      credited: invoice.credited,
    },
    payer: invoice.frozen.payer,
    children: invoice.frozen.children.map(child => childView(words, child, lines)),
    document: document ? { size: Math.ceil(document.size / 1000) } : null,
    notes: notes.map(({ number, amount, issueDate, reason }) => ({ number, amount, issueDate, reason })),
    disputes: disputes.map(({ state, text, answer, createdAt, reason }) => ({
      state,
      text,
      answer,
      createdAt,
      reason,
    })),
    movements: movements.map(movement => movementView(words, movement)),
  }
}

/** A child with all its lines, and these again service by service. */
function childView(
  words: Translator,
  child: { id: string; name: string; school: string },
  all: readonly InvoiceLine[],
) {
  const theirs = all.filter(line => line.childId === child.id)
  const shown = (lines: readonly InvoiceLine[]) =>
    lines.map(line => ({ position: line.position, ...lineView(words, line) }))
  return {
    ...child,
    lines: shown(theirs),
    services: [...Map.groupBy(theirs, line => line.service)].map(([service, lines]) => ({
      name: words.t(`billing:services.${service}`),
      lines: shown(lines),
    })),
  }
}
