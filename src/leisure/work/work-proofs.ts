import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import { prepared, type Queries, type Tx } from '../../db/database.ts'
import { and, asc, count, desc, eq, gte, sql } from '../../db/drizzle.ts'
import type { Actor, Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { schoolYearOf } from '../../kernel/days.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, invalid, notFound } from '../../kernel/problems.ts'
import { fileRow } from '../../people/files.ts'
import { dayField, linesField } from '../../people/forms.ts'
import { files } from '../../people/schema.ts'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { Upload } from '../../uploads/form.ts'
import { removeLater } from '../../uploads/remove-later.ts'
import { keepUpload } from '../../uploads/stored-files.ts'
import { once } from '../../web/idempotency.ts'
import { writeToHousehold } from '../letters.ts'
import { leisureWorkProofs } from '../schema.ts'

export type WorkProof = typeof leisureWorkProofs.$inferSelect

export const acceptForm = z.object({ validUntil: dayField })
export const refuseForm = z.object({ refusal: linesField(500) })

const accepted = prepared(db =>
  db
    .select({ id: leisureWorkProofs.id })
    .from(leisureWorkProofs)
    .where(
      and(
        eq(leisureWorkProofs.householdId, sql.placeholder('householdId')),
        eq(leisureWorkProofs.state, 'accepted'),
        gte(leisureWorkProofs.validUntil, sql.placeholder('day')),
      ),
    )
    .limit(1)
    .prepare(),
)

/** Whether a clerk accepted that all parents of the household work, and that still counts on the day. */
export async function parentsWorkOn(
  db: Queries,
  householdId: Id<'household'>,
  day: Temporal.PlainDate,
): Promise<boolean> {
  return (await accepted(db).execute({ householdId, day: day.toString() })).length > 0
}

/** The proofs of a household, newest first. */
export async function workProofsOf(db: Queries, householdId: Id<'household'>): Promise<WorkProof[]> {
  return db
    .select()
    .from(leisureWorkProofs)
    .where(eq(leisureWorkProofs.householdId, householdId))
    .orderBy(desc(leisureWorkProofs.createdAt), desc(leisureWorkProofs.id))
}

/** The proofs that wait for a clerk, oldest first. */
export async function workProofsToCheck(db: Queries): Promise<WorkProof[]> {
  return db
    .select()
    .from(leisureWorkProofs)
    .where(eq(leisureWorkProofs.state, 'to-check'))
    .orderBy(asc(leisureWorkProofs.createdAt), asc(leisureWorkProofs.id))
}

/** How many proofs wait for a clerk: for the clerks' first page. */
export async function countWorkProofs(db: Queries): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(leisureWorkProofs)
    .where(eq(leisureWorkProofs.state, 'to-check'))
  return row?.count ?? 0
}

/** One proof, for a clerk. Throws 404. */
export async function workProofById(db: Queries, id: string): Promise<WorkProof> {
  const [proof] = await db
    .select()
    .from(leisureWorkProofs)
    .where(eq(leisureWorkProofs.id, id as Id<'leisure-work-proof'>))
  if (!proof) throw notFound()
  return proof
}

/**
 * Sends a proof that all parents of the household work. It counts once a clerk accepted it. One that waited to be looked at
 * is replaced. The same `key` twice sends one. Throws `invalid` for a file that is no photo or PDF.
 */
export async function sendWorkProof(
  town: Town,
  actor: Actor,
  upload: Upload,
  key?: string,
): Promise<{ id: Id<'leisure-work-proof'> }> {
  const now = town.clock.now()
  const householdId = await householdOf(town.db.read, actor, 'leisure')
  const file = await keepUpload(town, upload, 'proof')
  const id = newId<'leisure-work-proof'>()
  let sent: { id: Id<'leisure-work-proof'> } | undefined
  try {
    const asked = { scope: `work of ${householdId}`, key, content: { size: file.size } }
    sent = await once({ db: town.db, now }, asked, async tx => {
      await replaceWaiting(tx, now, householdId)
      const fileId = await fileRow(tx, now, { ...file, householdId, purpose: 'work' })
      await tx.insert(leisureWorkProofs).values({ id, householdId, state: 'to-check', fileId, createdAt: now })
      await audit(tx, now, actor, {
        action: 'leisure-work.sent',
        subject: { kind: 'household', id: householdId },
        details: { workProofId: id },
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
    .delete(leisureWorkProofs)
    .where(and(eq(leisureWorkProofs.householdId, householdId), eq(leisureWorkProofs.state, 'to-check')))
    .returning({ fileId: leisureWorkProofs.fileId })
  for (const { fileId } of replaced) await forgetFile(tx, now, fileId)
}

async function forgetFile(tx: Tx, now: Temporal.Instant, fileId: Id<'file'> | null): Promise<void> {
  if (!fileId) return
  const [file] = await tx.delete(files).where(eq(files.id, fileId)).returning({ storedAs: files.storedAs })
  if (file) await removeLater(tx, now, file.storedAs)
}

/** Until when a proof that is accepted on a day counts when the clerk says nothing else: the end of the school year. */
export const usualEnd = (today: Temporal.PlainDate): Temporal.PlainDate => schoolYearOf(today).to

/**
 * A clerk has read the paper: both parents work, until that day. The paper is removed; the family is written to.
 * Throws `invalid` for a day that is past or more than two years away, 409 `work-proof-decided` when it has its answer.
 */
export async function acceptWorkProof(
  town: Town,
  clerk: Clerk,
  id: string,
  { validUntil }: z.output<typeof acceptForm>,
): Promise<void> {
  const now = town.clock.now()
  const today = dayInParis(now)
  if (Temporal.PlainDate.compare(validUntil, today) < 0)
    throw invalid([{ field: 'validUntil', code: 'ends-before-it-begins' }])
  if (Temporal.PlainDate.compare(validUntil, today.add({ years: 2 })) > 0)
    throw invalid([{ field: 'validUntil', code: 'date-too-far' }])
  await town.db.transaction(async tx => {
    const { householdId, fileId } = await workProofById(tx, id)
    await decide(tx, now, clerk, id, { state: 'accepted', validUntil })
    await forgetFile(tx, now, fileId)
    await writeToHousehold(tx, town, householdId, {
      kind: 'work-accepted',
      key: id,
      content: ({ t, f }) => ({
        subject: t('leisure-wishes:mail.workAccepted.subject'),
        paragraphs: [t('leisure-wishes:mail.workAccepted.text', { day: f.day(validUntil) })],
      }),
    })
    await audit(tx, now, clerk, {
      action: 'leisure-work.accepted',
      subject: { kind: 'household', id: householdId },
      details: { workProofId: id, validUntil: validUntil.toString() },
    })
  })
}

/** A clerk cannot take the paper, and says why: the family reads it. The paper is removed. Throws as `acceptWorkProof`. */
export async function refuseWorkProof(town: Town, clerk: Clerk, id: string, refusal: string): Promise<void> {
  if (!refusal) throw invalid([{ field: 'refusal', code: 'reason-needed' }])
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { householdId, fileId } = await workProofById(tx, id)
    await decide(tx, now, clerk, id, { state: 'refused', refusal })
    await forgetFile(tx, now, fileId)
    await writeToHousehold(tx, town, householdId, {
      kind: 'work-refused',
      key: id,
      content: ({ t }) => ({
        subject: t('leisure-wishes:mail.workRefused.subject'),
        paragraphs: [t('leisure-wishes:mail.workRefused.text'), refusal],
        action: { label: t('leisure-wishes:mail.workRefused.action'), url: `${town.config.baseUrl}/famille/travail` },
      }),
    })
    await audit(tx, now, clerk, {
      action: 'leisure-work.refused',
      subject: { kind: 'household', id: householdId },
      details: { workProofId: id },
    })
  })
}

/** Two clerks with the same page open: the first answer stands. */
async function decide(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  id: string,
  set: Partial<typeof leisureWorkProofs.$inferInsert>,
): Promise<void> {
  const decided = await tx
    .update(leisureWorkProofs)
    .set({ ...set, fileId: null, decidedBy: clerk.accountId, decidedAt: now })
    .where(and(eq(leisureWorkProofs.id, id as Id<'leisure-work-proof'>), eq(leisureWorkProofs.state, 'to-check')))
    .returning({ id: leisureWorkProofs.id })
  if (decided.length === 0) throw conflict('work-proof-decided')
}
