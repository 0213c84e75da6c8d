import type { CreditNoteView, DocumentRequest, InvoiceView } from '../documents/views.ts'
import { type Cents, cents, sum } from '../kernel/money.ts'
import type { PriceExplanation } from '../tariffs/rules.ts'
import { priceInShort } from '../tariffs/words.ts'
import type { Languages, Translator } from '../web/i18n.ts'
import { lineLabel } from './line-label.ts'
import type { FrozenCreditNote, FrozenInvoice, FrozenRun, invoices } from './schema.ts'
import type { CreditNote, InvoiceLine } from './store.ts'
import { daysShown } from './words.ts'

/** Where an invoice is seen and paid. */
export const invoicePage = (baseUrl: string, id: string) => `${baseUrl}/factures/${id}`

/** Documents are written in French or English; a reader of another language gets the French, which is the one that counts. */
const documentLanguage = (language: string) => (language === 'en' ? 'en' : 'fr')

/** The invoice as it is printed: from what was frozen when it was issued, and nothing else. */
export function printedInvoice(
  languages: Languages,
  invoice: typeof invoices.$inferSelect,
  lines: readonly InvoiceLine[],
  run: FrozenRun,
): DocumentRequest {
  const language = documentLanguage(invoice.frozen.payer.language)
  const words = languages.for(language)
  const creditUsed = cents(invoice.frozen.creditUsed)
  const amountDue = sum([invoice.total, cents(-creditUsed)])
  const view: InvoiceView = {
    number: invoice.number,
    issuedOn: invoice.issueDate.toString(),
    month: invoice.period,
    deposit: invoice.runId === null,
    dueOn: invoice.dueDate.toString(),
    payer: { name: invoice.frozen.payer.name, addressLines: invoice.frozen.payer.addressLines },
    children: invoice.frozen.children.map(child => childOf(words, child, lines)),
    total: invoice.total,
    creditUsed,
    amountDue,
    paymentPage: amountDue > 0 ? invoicePage(run.baseUrl, invoice.id) : null,
    counterMeans: run.counterMeans,
  }
  return { kind: 'invoice', town: run.town, language, view }
}

function childOf(
  words: Translator,
  child: FrozenInvoice['children'][number],
  lines: readonly InvoiceLine[],
): InvoiceView['children'][number] {
  const theirs = lines.filter(line => line.childId === child.id)
  const services = Map.groupBy(theirs, line => line.service)
  return {
    name: child.name,
    school: child.school,
    services: [...services].map(([service, some]) => ({
      name: words.t(`billing:services.${service}`),
      lines: some.map(line => printedLine(words, line)),
    })),
    subtotal: sum(theirs.map(line => line.amount)),
  }
}

function printedLine(
  words: Translator,
  line: InvoiceLine,
): InvoiceView['children'][number]['services'][number]['lines'][number] {
  const quotient = quotientOf(line.explanation)
  return {
    label: lineLabel(words, line),
    quantity: line.quantity,
    unitPrice: line.unit,
    amount: line.amount,
    days: daysShown(line),
    ...(quotient === undefined ? {} : { quotient }),
    reason: priceInShort(words, line.explanation),
  }
}

/** The quotient a price was reckoned with; null when none was confirmed, undefined when it did not matter. */
function quotientOf(steps: PriceExplanation): Cents | null | undefined {
  for (const step of steps) {
    if (step.code === 'no-quotient') return null
    if (step.code === 'bracket' || step.code === 'effort-rate') return step.quotient
  }
  return undefined
}

/** The credit note as it is printed. */
export function printedCreditNote(
  note: CreditNote,
  invoice: { number: string; issueDate: Temporal.PlainDate },
): DocumentRequest {
  const { payer, outcome, town }: FrozenCreditNote = note.frozen
  const view: CreditNoteView = {
    number: note.number,
    issuedOn: note.issueDate.toString(),
    invoice: { number: invoice.number, issuedOn: invoice.issueDate.toString() },
    payer: { name: payer.name, addressLines: payer.addressLines },
    reason: note.reason,
    lines: note.lines.map(({ label, amount }) => ({ label, amount })),
    total: note.amount,
    outcome,
  }
  return { kind: 'credit-note', town, language: documentLanguage(payer.language), view }
}
