import type { Queries, Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import type { Payment, Refund } from './states.ts'
import { partsOf } from './store.ts'

export type Payer = { id: Id<'person'>; firstName: string; lastName: string; email: string | null; language: string }

/** Who paid. */
export async function payerOfPayment(db: Queries, payment: Pick<Payment, 'payerId'>): Promise<Payer> {
  const [payer] = await db
    .select({
      id: persons.id,
      firstName: persons.firstName,
      lastName: persons.lastName,
      email: persons.email,
      language: persons.language,
    })
    .from(persons)
    .where(eq(persons.id, payment.payerId))
  if (!payer) throw new Error(`the payer ${payment.payerId} is not there`)
  return payer
}

/** Brings the receipt to whoever paid. Paid at the counter, it is handed over on paper: then only an e-mail brings it too. */
export async function writeReceiptLetter(
  town: Town,
  tx: Tx,
  now: Temporal.Instant,
  payment: Payment,
  documents: readonly Id<'document'>[],
): Promise<void> {
  const payer = await payerOfPayment(tx, payment)
  if (payer.email === null && payment.means !== 'card') return
  const parts = await partsOf(tx, payment.id)
  const { t, f } = town.languages.for(payer.language)
  const receipt = payment.receiptNumber ?? ''
  await town.mailer.write(tx, now, {
    key: `receipt:${payment.id}`,
    kind: 'receipt',
    to: { personId: payer.id, email: payer.email, language: payer.language },
    documents,
    content: {
      subject: t('payments:mail.receipt.subject', { number: receipt }),
      paragraphs: [t('payments:mail.receipt.text', { amount: f.money(payment.amount) })],
      facts: [
        { label: t('payments:mail.receipt.number'), value: receipt },
        { label: t('payments:invoices', { count: parts.length }), value: f.list(parts.map(part => part.number)) },
        { label: t('payments:mail.receipt.means'), value: t(`payments:means.${payment.means}`) },
      ],
      action: { label: t('payments:seeInvoices'), url: `${town.config.baseUrl}/factures` },
    },
  })
}

/** Says that money is on its way back to the card. */
export async function writeRefundLetter(
  town: Town,
  tx: Tx,
  now: Temporal.Instant,
  payment: Payment,
  refund: Refund,
): Promise<void> {
  const payer = await payerOfPayment(tx, payment)
  const { t, f } = town.languages.for(payer.language)
  await town.mailer.write(tx, now, {
    key: `refund:${refund.id}`,
    kind: 'refund',
    to: { personId: payer.id, email: payer.email, language: payer.language },
    content: {
      subject: t('payments:mail.refund.subject', { amount: f.money(refund.amount) }),
      paragraphs: [
        t('payments:mail.refund.text', { amount: f.money(refund.amount), receipt: payment.receiptNumber ?? '' }),
        t('payments:mail.refund.when'),
      ],
      action: { label: t('payments:seeInvoices'), url: `${town.config.baseUrl}/factures` },
      after: [t('payments:mail.refund.trouble', { phone: town.config.town.phone })],
    },
  })
}
