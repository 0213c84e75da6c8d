import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, desc, eq } from '../db/drizzle.ts'
import type { Actor, Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { schoolYearOf } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, fromEuros } from '../kernel/money.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { Upload } from '../uploads/form.ts'
import { removeLater } from '../uploads/remove-later.ts'
import { keepUpload } from '../uploads/stored-files.ts'
import { once } from '../web/idempotency.ts'
import { fileRow } from './files.ts'
import { dayField, linesField } from './forms.ts'
import { writeToFamily } from './letters.ts'
import { familyQuotients, files } from './schema.ts'
import { householdOf } from './store.ts'

export type Quotient = typeof familyQuotients.$inferSelect

/** No family has 100 000 € a month and part: such a figure is a slip of the keyboard. */
const HIGHEST = 100_000_00

/** An amount in euros as typed, in cents; zero is a quotient. */
export const quotientField = z
  .string()
  .trim()
  .min(1)
  .transform((text, context) => {
    const value = fromEuros(text)
    if (value !== undefined && value <= HIGHEST) return value
    context.addIssue({ code: 'custom', message: value === undefined ? 'not-an-amount' : 'out-of-range' })
    return z.NEVER
  })

export const quotientForm = z.object({ value: quotientField })
export const confirmForm = z.object({ value: quotientField, to: dayField })
export const refuseForm = z.object({ refusal: linesField(500) })

/** The quotients of a household, newest first. */
export async function quotientsOf(db: Queries, householdId: Id<'household'>): Promise<Quotient[]> {
  return db
    .select()
    .from(familyQuotients)
    .where(eq(familyQuotients.householdId, householdId))
    .orderBy(desc(familyQuotients.createdAt), desc(familyQuotients.id))
}

/**
 * Sends a quotient with its proof. The highest price applies until a clerk confirms it; then it counts from today, the day
 * it was received. One that waited to be looked at is replaced. The same `key` twice sends one.
 * Throws `invalid` for a file that is no photo or PDF.
 */
export async function sendQuotient(
  town: Town,
  actor: Actor,
  value: Cents,
  upload: Upload,
  key?: string,
): Promise<{ id: Id<'family-quotient'> }> {
  const now = town.clock.now()
  const from = dayInParis(now)
  const householdId = await householdOf(town.db.read, actor)
  const file = await keepUpload(town, upload, 'proof')
  const id = newId<'family-quotient'>()
  let sent: { id: Id<'family-quotient'> } | undefined
  try {
    const asked = { scope: `quotient of ${householdId}`, key, content: { value, size: file.size } }
    sent = await once({ db: town.db, now }, asked, async tx => {
      await replaceWaiting(tx, now, householdId)
      const proofId = await fileRow(tx, now, { ...file, householdId, purpose: 'quotient' })
      const to = schoolYearOf(from).to
      await tx
        .insert(familyQuotients)
        .values({ id, householdId, value, from, to, state: 'to-check', proofId, createdAt: now })
      await audit(tx, now, actor, {
        action: 'quotient.sent',
        subject: { kind: 'household', id: householdId },
        details: { quotientId: id, value },
      })
      return { id }
    })
    return sent
  } finally {
    // Refused, or sent before: nobody points to these bytes.
    if (sent?.id !== id) await town.files.remove(file.storedAs)
  }
}

async function replaceWaiting(tx: Tx, now: Temporal.Instant, householdId: Id<'household'>): Promise<void> {
  const replaced = await tx
    .delete(familyQuotients)
    .where(and(eq(familyQuotients.householdId, householdId), eq(familyQuotients.state, 'to-check')))
    .returning({ proofId: familyQuotients.proofId })
  for (const { proofId } of replaced) {
    if (!proofId) continue
    const [file] = await tx.delete(files).where(eq(files.id, proofId)).returning({ storedAs: files.storedAs })
    if (!file) continue
    await removeLater(tx, now, file.storedAs)
  }
}

/** The quotients that wait for a clerk, oldest first. */
export async function quotientsToCheck(db: Queries): Promise<Quotient[]> {
  return db
    .select()
    .from(familyQuotients)
    .where(eq(familyQuotients.state, 'to-check'))
    .orderBy(asc(familyQuotients.createdAt))
}

/** One quotient, for a clerk. Throws 404. */
export async function quotientById(db: Queries, id: string): Promise<Quotient> {
  const [quotient] = await db
    .select()
    .from(familyQuotients)
    .where(eq(familyQuotients.id, id as Id<'family-quotient'>))
  if (!quotient) throw notFound()
  return quotient
}

/**
 * A clerk has read the proof: the value written there counts from the day it was received to the day given. The family is
 * written to. Throws `invalid` for an end before the beginning, 409 `quotient-decided` when it has its answer.
 */
export async function confirmQuotient(
  town: Town,
  clerk: Clerk,
  id: string,
  decision: z.output<typeof confirmForm>,
): Promise<void> {
  const { value, to } = decision
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { from, householdId } = await quotientById(tx, id)
    if (Temporal.PlainDate.compare(to, from) < 0) throw invalid([{ field: 'to', code: 'ends-before-it-begins' }])
    if (Temporal.PlainDate.compare(to, from.add({ years: 2 })) > 0)
      throw invalid([{ field: 'to', code: 'date-too-far' }])
    await decide(tx, now, clerk, id, { state: 'confirmed', value, to })
    await writeToFamily(tx, town, householdId, {
      kind: 'quotient-confirmed',
      key: id,
      path: '/famille/quotient',
      params: ({ f }) => ({ value: f.money(value), from: f.day(from), to: f.day(to) }),
    })
    await audit(tx, now, clerk, {
      action: 'quotient.confirmed',
      subject: { kind: 'household', id: householdId },
      details: { quotientId: id, value, to: to.toString() },
    })
  })
}

/** A clerk cannot take the proof, and says why: the family reads it. Throws as `confirmQuotient`. */
export async function refuseQuotient(town: Town, clerk: Clerk, id: string, refusal: string): Promise<void> {
  if (!refusal) throw invalid([{ field: 'refusal', code: 'reason-needed' }])
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { householdId } = await quotientById(tx, id)
    await decide(tx, now, clerk, id, { state: 'refused', refusal })
    await writeToFamily(tx, town, householdId, {
      kind: 'quotient-refused',
      key: id,
      path: '/famille/quotient',
      params: () => ({ reason: refusal }),
    })
    await audit(tx, now, clerk, {
      action: 'quotient.refused',
      subject: { kind: 'household', id: householdId },
      details: { quotientId: id },
    })
  })
}

/** Two clerks with the same page open: the first answer stands. */
async function decide(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  id: string,
  set: Partial<typeof familyQuotients.$inferInsert>,
): Promise<void> {
  const decided = await tx
    .update(familyQuotients)
    .set({ ...set, decidedBy: clerk.accountId, decidedAt: now })
    .where(and(eq(familyQuotients.id, id as Id<'family-quotient'>), eq(familyQuotients.state, 'to-check')))
    .returning({ id: familyQuotients.id })
  if (decided.length === 0) throw conflict('quotient-decided')
}
