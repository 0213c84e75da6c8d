import { createHash } from 'node:crypto'
import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import type { DocumentPool } from '../documents/pool.ts'
import { documents } from '../documents/schema.ts'
import type { DocumentRequest } from '../documents/views.ts'
import { type Id, newId } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { writeCreditNote, writeInvoice } from './letters.ts'
import { printedCreditNote, printedInvoice } from './printed.ts'
import { billingRuns, creditNotes, invoices } from './schema.ts'
import { documentOf, linesOfInvoice } from './store.ts'

/** Heavier PDFs are not joined to mails, which then only lead to them. */
const LARGEST_ATTACHMENT = 1_000_000

/** Draws an invoice's PDF and writes the mail that brings it. Done twice, it changes nothing. */
export async function makeInvoice(town: Town, pdf: DocumentPool, invoiceId: Id<'invoice'>): Promise<void> {
  if (await documentOf(town.db.read, 'invoice', invoiceId)) return
  const [found] = await town.db.read
    .select({ invoice: invoices, run: billingRuns.frozen })
    .from(invoices)
    .innerJoin(billingRuns, eq(billingRuns.id, invoices.runId))
    .where(eq(invoices.id, invoiceId))
  if (!found) return
  const { invoice, run } = found
  const request = printedInvoice(town.languages, invoice, await linesOfInvoice(town.db.read, invoiceId), run)
  await keep(town, pdf, { kind: 'invoice', subjectId: invoiceId, number: invoice.number, request }, (tx, attached) =>
    writeInvoice(town, tx, invoice, attached),
  )
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
  await keep(
    town,
    pdf,
    { kind: 'credit-note', subjectId: creditNoteId, number: note.number, request },
    (tx, attached) => writeCreditNote(town, tx, note, invoice, attached),
  )
}

type Made = { kind: 'invoice' | 'credit-note'; subjectId: string; number: string; request: DocumentRequest }

/** Draws and keeps a document, and tells of it in the same transaction. Of two workers at once, one keeps its own. */
async function keep(
  town: Town,
  pdf: DocumentPool,
  { kind, subjectId, number, request }: Made,
  tell: (tx: Tx, attached: readonly Id<'document'>[]) => Promise<void>,
): Promise<void> {
  const bytes = await pdf.render(request)
  const storedAs = await town.files.put(bytes)
  const id = newId<'document'>()
  const kept = await town.db.transaction(async tx => {
    const [row] = await tx
      .insert(documents)
      .values({
        id,
        kind,
        subjectId,
        storedAs,
        size: bytes.byteLength,
        createdAt: town.clock.now(),
        name: `${number}.pdf`,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })
      .onConflictDoNothing()
      .returning({ id: documents.id })
    if (row) await tell(tx, bytes.byteLength <= LARGEST_ATTACHMENT ? [id] : [])
    return row !== undefined
  })
  if (!kept) await town.files.remove(storedAs)
}
