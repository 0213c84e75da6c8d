import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { and, asc, desc, eq, gt, sql } from '../db/drizzle.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, sum } from '../kernel/money.ts'
import { conflict, type FieldError, invalid, notFound } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { credited } from './credit.ts'
import { writeDisputeAnswered, writeDisputeReceived } from './letters.ts'
import { type DisputeReason, invoiceDisputes, invoices } from './schema.ts'
import { invoiceOf, linesOfInvoice } from './store.ts'

export type Dispute = typeof invoiceDisputes.$inferSelect

/** « Je ne suis pas d’accord »: which lines, why, and what the family adds. */
export type Objection = { lines: readonly number[]; reason: DisputeReason; text: string }

/**
 * Contests lines of one's own invoice. Reminders stop until the town hall has answered. Throws 404 for an invoice that is
 * not the household's, 422 without a line or with one that is not on it, `conflict` while an answer is awaited.
 */
export async function disputeInvoice(
  town: Town,
  actor: Actor,
  invoiceId: string,
  objection: Objection,
): Promise<Id<'invoice-dispute'>> {
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor, 'cash-office')
    const invoice = await invoiceOf(tx, householdId, invoiceId, dayInParis(now))
    if (invoice.disputed) throw conflict('dispute-open')
    const positions = new Set((await linesOfInvoice(tx, invoice.id)).map(line => line.position))
    const lines = [...new Set(objection.lines)].sort((a, b) => a - b)
    const errors: FieldError[] = []
    if (lines.length === 0) errors.push({ field: 'lines', code: 'no-line' })
    if (lines.some(line => !positions.has(line))) errors.push({ field: 'lines', code: 'not-a-choice' })
    if (objection.reason === 'other' && objection.text.trim() === '') errors.push({ field: 'text', code: 'required' })
    if (errors.length > 0) throw invalid(errors)
    const dispute: Dispute = {
      id: newId<'invoice-dispute'>(),
      invoiceId: invoice.id,
      householdId,
      lines,
      reason: objection.reason,
      text: objection.text.trim(),
      state: 'open',
      createdBy: personOf(actor),
      createdAt: now,
      answer: null,
      creditNoteId: null,
      answeredBy: null,
      answeredAt: null,
    }
    await tx.insert(invoiceDisputes).values(dispute)
    await audit(tx, now, actor, { action: 'invoice.disputed', subject: { kind: 'invoice', id: invoice.id } })
    await writeDisputeReceived(town, tx, dispute, invoice)
    return dispute.id
  })
}

function personOf(actor: Actor): Id<'person'> {
  if (actor.kind === 'resident' || actor.kind === 'on-behalf') return actor.personId
  throw notFound()
}

/** What the town hall answers: `amounts` is what it gives back of each line; nothing at all when it does not agree. */
export type Answer = { text: string; amounts: readonly { position: number; amount: Cents }[] }

/**
 * Answers a dispute, with a credit note for what is given back. Throws 404 to who is not of the cash office, 422 for an
 * answer without words or an amount beyond its line, `conflict` when a colleague answered before.
 */
export async function answerDispute(
  town: Town,
  actor: Actor,
  disputeId: Id<'invoice-dispute'>,
  { text, amounts }: Answer,
): Promise<void> {
  const clerk = clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    if (text.trim() === '') throw invalid([{ field: 'text', code: 'required' }])
    const given = sum(amounts.map(line => line.amount))
    const state = given > 0 ? 'accepted' : 'refused'
    const [answered] = await tx
      .update(invoiceDisputes)
      .set({ state, answer: text.trim(), answeredBy: clerk.accountId, answeredAt: now })
      .where(and(eq(invoiceDisputes.id, disputeId), eq(invoiceDisputes.state, 'open')))
      .returning()
    if (!answered) {
      await disputeById(tx, disputeId)
      throw conflict('dispute-answered')
    }
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, answered.invoiceId))
    if (!invoice) throw notFound()
    if (given > 0) {
      const credit = { invoiceId: invoice.id, lines: amounts, reason: text.trim(), key: `dispute:${disputeId}` }
      const creditNoteId = await credited(town, tx, actor, clerk.accountId, credit)
      await tx.update(invoiceDisputes).set({ creditNoteId }).where(eq(invoiceDisputes.id, disputeId))
    }
    await audit(tx, now, actor, {
      action: 'dispute.answered',
      subject: { kind: 'invoice', id: invoice.id },
      details: { disputeId, state, given },
    })
    await writeDisputeAnswered(town, tx, answered, invoice, given)
  })
}

/** Throws 404 when there is none. */
export async function disputeById(db: Queries, id: Id<'invoice-dispute'>): Promise<Dispute> {
  const [dispute] = await db.select().from(invoiceDisputes).where(eq(invoiceDisputes.id, id))
  if (!dispute) throw notFound()
  return dispute
}

/** The disputes of an invoice, the latest first. */
export async function disputesOf(db: Queries, invoiceId: Id<'invoice'>): Promise<Dispute[]> {
  return db
    .select()
    .from(invoiceDisputes)
    .where(eq(invoiceDisputes.invoiceId, invoiceId))
    .orderBy(desc(invoiceDisputes.id))
}

export const DISPUTES_PER_PAGE = 25

/** Disputes that wait for an answer, the oldest first, from the one after `after`; one more than a page. */
export async function openDisputes(db: Queries, after?: Id<'invoice-dispute'>) {
  return db
    .select({ dispute: invoiceDisputes, invoice: invoices })
    .from(invoiceDisputes)
    .innerJoin(invoices, eq(invoices.id, invoiceDisputes.invoiceId))
    .where(and(eq(invoiceDisputes.state, 'open'), after ? gt(invoiceDisputes.id, after) : undefined))
    .orderBy(asc(invoiceDisputes.id))
    .limit(DISPUTES_PER_PAGE + 1)
}

export async function countOpenDisputes(db: Queries): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`count(*)` })
    .from(invoiceDisputes)
    .where(eq(invoiceDisputes.state, 'open'))
  return Number(row?.n ?? 0)
}
