import type { Tx } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents } from '../kernel/money.ts'
import type { LetterContent } from '../mail/mailer.ts'
import { mailRecipients } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { ofInvoice } from './line-label.ts'
import { invoicePage } from './printed.ts'
import { type invoiceDisputes, invoiceNotices, type invoices } from './schema.ts'
import type { CreditNote } from './store.ts'

type InvoiceRow = typeof invoices.$inferSelect

/** Letters to all who pay for the household, each in the reader's language, with a key of its own. */
async function writeToHousehold(
  town: Town,
  tx: Tx,
  letter: { householdId: Id<'household'>; key: string; kind: string; documents?: readonly Id<'document'>[] },
  content: (words: Translator) => LetterContent,
): Promise<string[]> {
  const keys: string[] = []
  for (const to of await mailRecipients(tx, letter.householdId)) {
    const key = `${letter.key}:${to.personId}`
    keys.push(key)
    await town.mailer.write(tx, town.clock.now(), {
      key,
      kind: letter.kind,
      to,
      documents: letter.documents ?? [],
      content: content(town.languages.for(to.language)),
    })
  }
  return keys
}

const pageOf = (town: Town, invoice: { id: string }) => invoicePage(town.config.baseUrl, invoice.id)
const monthOf = (words: Translator, invoice: InvoiceRow) => ({ ofMonth: ofInvoice(words, invoice) })

/** Brings a new invoice: what there is to pay, until when, and how. */
export async function writeInvoice(
  town: Town,
  tx: Tx,
  invoice: InvoiceRow,
  documents: readonly Id<'document'>[],
): Promise<void> {
  const due = cents(invoice.total - invoice.frozen.creditUsed)
  const letter = { householdId: invoice.householdId, key: `invoice:${invoice.id}`, kind: 'invoice', documents }
  const keys = await writeToHousehold(town, tx, letter, words => {
    const { t, f } = words
    const outcome = due > 0 ? 'due' : due === 0 ? 'nothing' : 'favour'
    return {
      subject: t('billing:mail.invoice.subject', monthOf(words, invoice)),
      paragraphs: [t(`billing:mail.invoice.${outcome}`, monthOf(words, invoice))],
      facts: [
        { label: t('billing:number'), value: invoice.number },
        { label: t(`billing:mail.invoice.amount.${outcome}`), value: f.money(Math.abs(due)) },
        ...(due > 0 ? [{ label: t('billing:dueOn'), value: f.day(invoice.dueDate) }] : []),
      ],
      action: { label: t(`billing:mail.invoice.action.${due > 0 ? 'pay' : 'see'}`), url: pageOf(town, invoice) },
      after: [t('billing:mail.invoice.wrong')],
    }
  })
  await noteMails(tx, invoice.id, 'issued', keys)
}

/** Says that an invoice is late, twice at most; the second time it says what comes then. */
export async function writeReminder(
  town: Town,
  tx: Tx,
  invoice: InvoiceRow,
  owed: Cents,
  kind: 'first-reminder' | 'last-reminder',
  documents: readonly Id<'document'>[],
): Promise<void> {
  const letter = {
    householdId: invoice.householdId,
    key: `invoice-${kind}:${invoice.id}`,
    kind: `invoice-${kind}`,
    documents,
  }
  const keys = await writeToHousehold(town, tx, letter, words => {
    const { t, f } = words
    return {
      subject: t(`billing:mail.${kind}.subject`, monthOf(words, invoice)),
      paragraphs: [
        t('billing:mail.reminder.late', { ...monthOf(words, invoice), day: f.day(invoice.dueDate) }),
        t(`billing:mail.${kind}.then`),
      ],
      facts: [
        { label: t('billing:number'), value: invoice.number },
        { label: t('billing:left'), value: f.money(owed) },
      ],
      action: { label: t('billing:mail.invoice.action.pay'), url: pageOf(town, invoice) },
      after: [t('billing:mail.reminder.paid'), t('billing:mail.reminder.trouble', { phone: town.config.town.phone })],
    }
  })
  await noteMails(tx, invoice.id, kind, keys)
}

/** Brings a credit note, and says what becomes of the money. */
export async function writeCreditNote(
  town: Town,
  tx: Tx,
  note: CreditNote,
  invoice: InvoiceRow,
  documents: readonly Id<'document'>[],
): Promise<void> {
  const letter = { householdId: note.householdId, key: `credit-note:${note.id}`, kind: 'credit-note', documents }
  await writeToHousehold(town, tx, letter, words => {
    const { t, f } = words
    return {
      subject: t('billing:mail.credit.subject', monthOf(words, invoice)),
      paragraphs: [
        t('billing:mail.credit.text', { amount: f.money(note.amount), number: invoice.number }),
        t(`billing:mail.credit.${note.frozen.outcome}`),
        t('billing:mail.credit.why', { reason: note.reason }),
      ],
      action: { label: t('billing:mail.invoice.action.see'), url: pageOf(town, invoice) },
    }
  })
}

type Dispute = typeof invoiceDisputes.$inferSelect

/** Tells the family that its message is with the town hall. */
export async function writeDisputeReceived(town: Town, tx: Tx, dispute: Dispute, invoice: InvoiceRow): Promise<void> {
  const letter = { householdId: dispute.householdId, key: `dispute:${dispute.id}`, kind: 'dispute-received' }
  await writeToHousehold(town, tx, letter, words => ({
    subject: words.t('billing:mail.dispute.subject', monthOf(words, invoice)),
    paragraphs: [
      words.t('billing:mail.dispute.received', { number: invoice.number }),
      words.t('billing:mail.dispute.next'),
    ],
    action: { label: words.t('billing:mail.invoice.action.see'), url: pageOf(town, invoice) },
  }))
}

/** Tells the family what the town hall answered; the credit note comes with a mail of its own. */
export async function writeDisputeAnswered(
  town: Town,
  tx: Tx,
  { id, householdId, answer, state }: Dispute,
  invoice: InvoiceRow,
  given: Cents,
): Promise<void> {
  const letter = { householdId, key: `dispute-answer:${id}`, kind: 'dispute-answered' }
  await writeToHousehold(town, tx, letter, words => {
    const { t, f } = words
    return {
      subject: t('billing:mail.answer.subject', monthOf(words, invoice)),
      paragraphs: [
        t(`billing:mail.answer.${state === 'accepted' ? 'accepted' : 'refused'}`, {
          amount: f.money(given),
        }),
        t('billing:mail.answer.text', { answer: answer ?? '' }),
      ],
      action: { label: t('billing:mail.invoice.action.see'), url: pageOf(town, invoice) },
      after: [t('billing:mail.answer.call', { phone: town.config.town.phone })],
    }
  })
}

async function noteMails(
  tx: Tx,
  invoiceId: Id<'invoice'>,
  kind: (typeof invoiceNotices.$inferSelect)['kind'],
  keys: readonly string[],
): Promise<void> {
  await tx
    .insert(invoiceNotices)
    .values(keys.map(mailKey => ({ mailKey, invoiceId, kind })))
    .onConflictDoNothing()
}
