import { eq } from '../db/drizzle.ts'
import { documentOf, keepDocument } from '../documents/keep.ts'
import type { DocumentPool } from '../documents/pool.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { writeCreditNote, writeInvoice } from './letters.ts'
import { printedCreditNote, printedInvoice } from './printed.ts'
import { billingRuns, creditNotes, invoices } from './schema.ts'
import { linesOfInvoice } from './store.ts'

/** Draws an invoice's PDF and writes the mail that brings it. Done twice, it changes nothing. */
export async function makeInvoice(town: Town, pdf: DocumentPool, invoiceId: Id<'invoice'>): Promise<void> {
  if (await documentOf(town.db.read, 'invoice', invoiceId)) return
  const [found] = await town.db.read
    .select({ invoice: invoices, run: billingRuns.frozen })
    .from(invoices)
    .leftJoin(billingRuns, eq(billingRuns.id, invoices.runId))
    .where(eq(invoices.id, invoiceId))
  if (!found) return
  const { invoice } = found
  const issuer = invoice.frozen.issuer ?? found.run
  if (!issuer) throw new Error(`nobody issued the invoice ${invoice.number}`)
  const request = printedInvoice(town.languages, invoice, await linesOfInvoice(town.db.read, invoiceId), issuer)
  const made = { kind: 'invoice', subjectId: invoiceId, name: `${invoice.number}.pdf`, request } as const
  await keepDocument(town, pdf, made, (tx, attached) => writeInvoice(town, tx, invoice, attached))
}

/** As `makeInvoice`, for a credit note. */
export async function makeCreditNote(town: Town, pdf: DocumentPool, creditNoteId: Id<'credit-note'>): Promise<void> {
  if (await documentOf(town.db.read, 'credit-note', creditNoteId)) return
  const [found] = await town.db.read
    .select({ note: creditNotes, invoice: invoices })
    .from(creditNotes)
    .innerJoin(invoices, eq(invoices.id, creditNotes.invoiceId))
    .where(eq(creditNotes.id, creditNoteId))
  if (!found) return
  const { note, invoice } = found
  const request = printedCreditNote(note, invoice)
  const made = { kind: 'credit-note', subjectId: creditNoteId, name: `${note.number}.pdf`, request } as const
  await keepDocument(town, pdf, made, (tx, attached) => writeCreditNote(town, tx, note, invoice, attached))
}
