import { createHash } from 'node:crypto'
import type { Queries } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import type { DocumentPool } from '../documents/pool.ts'
import { documents } from '../documents/schema.ts'
import type { DocumentRequest } from '../documents/views.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import { householdOf, pricingFacts } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { payerOfPayment, writeReceiptLetter } from './letters.ts'
import type { Payment } from './states.ts'
import { findPayment, partsOf, paymentOf } from './store.ts'

type Kept = typeof documents.$inferSelect

/**
 * Draws the receipt of a payment that has arrived, keeps it, and writes the mail that brings it. Done twice, it changes
 * nothing. Undefined when there is nothing to receipt.
 */
export async function makeReceipt(town: Town, pdf: DocumentPool, paymentId: Id<'payment'>): Promise<Kept | undefined> {
  const known = await keptReceipt(town.db.read, paymentId)
  if (known) return known
  const payment = await findPayment(town.db.read, paymentId)
  if (payment?.state !== 'succeeded' || !payment.receiptNumber) return undefined
  const bytes = await pdf.render(await requestOf(town, payment))
  const storedAs = await town.files.put(bytes)
  const now = town.clock.now()
  const kept = await town.db.transaction(async tx => {
    const [row] = await tx
      .insert(documents)
      .values({
        id: newId(),
        kind: 'receipt',
        subjectId: payment.id,
        name: `${payment.receiptNumber}.pdf`,
        storedAs,
        size: bytes.byteLength,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning()
    if (row) await writeReceiptLetter(town, tx, now, payment, [row.id])
    return row
  })
  if (kept) return kept
  // Of two workers at once, one keeps its own.
  await town.files.remove(storedAs)
  return keptReceipt(town.db.read, paymentId)
}

async function keptReceipt(db: Queries, paymentId: Id<'payment'>): Promise<Kept | undefined> {
  const [kept] = await db
    .select()
    .from(documents)
    .where(and(eq(documents.kind, 'receipt'), eq(documents.subjectId, paymentId)))
  return kept
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
  if (!mayReadAll) await paymentOf(town.db.read, await householdOf(town.db.read, actor), paymentId)
  const kept = await makeReceipt(town, pdf, paymentId)
  if (!kept) throw notFound()
  return { name: kept.name, bytes: await town.files.read(kept.storedAs) }
}
