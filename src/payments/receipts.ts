import { documentOf, type KeptDocument, keepDocument } from '../documents/keep.ts'
import type { DocumentPool } from '../documents/pool.ts'
import type { DocumentRequest } from '../documents/views.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { householdOf, pricingFacts } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { payerOfPayment, writeReceiptLetter } from './letters.ts'
import type { Payment } from './states.ts'
import { findPayment, partsOf, paymentOf } from './store.ts'

/**
 * Draws the receipt of a payment that has arrived, keeps it, and writes the mail that brings it. Done twice, it changes
 * nothing. Undefined when there is nothing to receipt.
 */
export async function makeReceipt(
  town: Town,
  pdf: DocumentPool,
  paymentId: Id<'payment'>,
): Promise<KeptDocument | undefined> {
  const known = await documentOf(town.db.read, 'receipt', paymentId)
  if (known) return known
  const payment = await findPayment(town.db.read, paymentId)
  if (payment?.state !== 'succeeded' || !payment.receiptNumber) return undefined
  const made = {
    kind: 'receipt',
    subjectId: payment.id,
    name: `${payment.receiptNumber}.pdf`,
    request: await requestOf(town, payment),
  } as const
  return keepDocument(town, pdf, made, (tx, attached) =>
    writeReceiptLetter(town, tx, town.clock.now(), payment, attached),
  )
}

async function requestOf(town: Town, payment: Payment): Promise<DocumentRequest> {
  const db = town.db.read
  const payer = await payerOfPayment(db, payment)
  const address = (await pricingFacts(db, [payment.householdId])).get(payment.householdId)?.residency.at(-1)
  const parts = await partsOf(db, payment.id)
  return {
    kind: 'receipt',
    town: town.config.town,
    language: payment.language,
    view: {
      number: payment.receiptNumber ?? '',
      paidOn: dayInParis(payment.succeededAt ?? payment.changedAt).toString(),
      means: payment.means === 'card' ? 'card-online' : payment.means,
      payer: {
        name: `${payer.firstName} ${payer.lastName}`,
        addressLines: address ? [...address.lines, `${address.postcode} ${address.city}`] : [],
      },
      invoices: parts.map(({ number, period, amount, leftAfter }) => ({
        number,
        month: period,
        paid: amount,
        left: leftAfter ?? amount,
      })),
      amount: payment.amount,
    },
  }
}

/** The receipt's PDF for the household that paid, or for the cash office. Throws 404 to anybody else. */
export async function readReceipt(
  town: Town,
  pdf: DocumentPool,
  actor: Actor,
  paymentId: Id<'payment'>,
): Promise<{ name: string; bytes: Buffer }> {
  const clerk = actor.kind === 'on-behalf' ? actor.clerk : actor
  const mayReadAll = clerk.kind === 'clerk' && (clerk.administrator || clerk.services.includes('cash-office'))
  if (!mayReadAll) await paymentOf(town.db.read, await householdOf(town.db.read, actor, 'cash-office'), paymentId)
  const kept = await makeReceipt(town, pdf, paymentId)
  if (!kept) throw notFound()
  return { name: kept.name, bytes: await town.files.read(kept.storedAs) }
}
