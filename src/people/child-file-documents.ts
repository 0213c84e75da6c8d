import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq, inArray } from '../db/drizzle.ts'
import type { Actor, Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { isOnOrBefore } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { Upload } from '../uploads/form.ts'
import { removeLater } from '../uploads/remove-later.ts'
import { keepUpload } from '../uploads/stored-files.ts'
import { once } from '../web/idempotency.ts'
import { confirmPart, openFile } from './child-file-parts.ts'
import { keptUntil, partOfPaper } from './child-file-rules.ts'
import { documentsOf, type FileDocument } from './child-file-store.ts'
import { fileRow } from './files.ts'
import { dayField, linesField } from './forms.ts'
import { refuseOtherClerks } from './health.ts'
import { writeToFamily } from './letters.ts'
import { childDocuments, files, persons } from './schema.ts'

/** A next injection or a certificate may be years ahead; an attestation of insurance is for a year, two at most. */
const LONGEST = { vaccination: 15, 'contra-indication': 15, insurance: 2 } as const

/** Papers of one child that wait at a time: no health record has more pages of vaccinations. */
const MOST_WAITING = 12

const noDay = z.literal('').transform(() => null)
export const vaccinationForm = z
  .object({ kind: z.enum(['vaccination', 'contra-indication']), validUntil: z.union([noDay, dayField]) })
  .superRefine((sent, context) => {
    if (sent.kind === 'contra-indication' && sent.validUntil === null)
      context.addIssue({ code: 'custom', path: ['validUntil'], message: 'required' })
  })
export const insuranceForm = z.object({
  insurer: z.string().trim().min(1).max(80),
  policyNumber: z.string().trim().min(1).max(40),
  validUntil: dayField,
})
export const acceptForm = z.object({ validUntil: z.union([noDay, dayField]) })
export const refusePaperForm = z.object({ refusal: linesField(500) })

export type NewPaper =
  | (z.output<typeof vaccinationForm> & { insurer?: never; policyNumber?: never })
  | (z.output<typeof insuranceForm> & { kind: 'insurance' })

/**
 * Sends a paper of the child's file; one of the same sort from this household that waited or was refused is replaced. The
 * pages of a health record come one by one: those that wait stay. The same `key` twice sends one. Throws `invalid` for a
 * file that is no photo or PDF, for a day that is past or too far, and when too many wait; 403 as `writeHealthSheet` for
 * what tells of health.
 */
export async function sendPaper(
  town: Town,
  actor: Actor,
  asked: { childId: string; year?: string | undefined },
  paper: NewPaper,
  upload: Upload,
  key?: string,
): Promise<{ id: Id<'child-document'> }> {
  if (paper.kind !== 'insurance') refuseOtherClerks(actor)
  const now = town.clock.now()
  const { householdId } = await openFile(town.db.read, town, actor, asked.childId, asked.year)
  const fault = dayFault(paper.kind, paper.validUntil, dayInParis(now))
  if (fault) throw invalid([{ field: 'validUntil', code: fault }])
  const file = await keepUpload(town, upload, 'paper')
  const id = newId<'child-document'>()
  let sent: { id: Id<'child-document'> } | undefined
  try {
    const content = { asked, paper: { ...paper, validUntil: paper.validUntil?.toString() ?? null }, size: file.size }
    sent = await once({ db: town.db, now }, { scope: `child paper of ${householdId}`, key, content }, async tx => {
      const { of } = await openFile(tx, town, actor, asked.childId, asked.year)
      const { childId } = of
      await forgetDocuments(
        tx,
        now,
        and(
          eq(childDocuments.childId, childId),
          eq(childDocuments.householdId, householdId),
          eq(childDocuments.kind, paper.kind),
          inArray(childDocuments.state, paper.kind === 'vaccination' ? ['refused'] : ['to-check', 'refused']),
        ),
      )
      const waiting = (await documentsOf(tx, childId)).filter(one => one.state === 'to-check')
      if (waiting.length >= MOST_WAITING) throw invalid([{ field: 'paper', code: 'too-many-waiting' }])
      const fileId = await fileRow(tx, now, { ...file, householdId, purpose: `child-file-${paper.kind}` })
      await tx.insert(childDocuments).values({
        id,
        childId,
        householdId,
        kind: paper.kind,
        fileId,
        validUntil: paper.validUntil,
        insurer: paper.insurer ?? null,
        policyNumber: paper.policyNumber ?? null,
        state: 'to-check',
        keepUntil: keptUntil(paper.kind, of.year),
        createdAt: now,
      })
      await confirmPart(tx, town, actor, of, partOfPaper(paper.kind))
      return { id }
    })
    return sent
  } finally {
    // Refused, or sent before: nobody points to these bytes.
    if (sent?.id !== id) await town.files.remove(file.storedAs)
  }
}

function dayFault(kind: NewPaper['kind'], until: Temporal.PlainDate | null, today: Temporal.PlainDate) {
  if (!until) return undefined
  if (!isOnOrBefore(today, until)) return 'date-in-past'
  return isOnOrBefore(until, today.add({ years: LONGEST[kind] })) ? undefined : 'date-too-far'
}

/** One paper, for a clerk. Throws 404. */
export async function documentById(db: Queries, id: string): Promise<FileDocument> {
  const [found] = await db
    .select()
    .from(childDocuments)
    .where(eq(childDocuments.id, id as Id<'child-document'>))
  if (!found) throw notFound()
  return found
}

/**
 * A clerk has read the paper; the day written there counts. What it replaces, of that household, is deleted: an older
 * insurance or certificate, but no other page of vaccinations.
 * Throws `invalid` for a day that cannot be, 409 `paper-decided` when it has its answer.
 */
export async function acceptPaper(
  town: Town,
  clerk: Clerk,
  id: string,
  { validUntil }: z.output<typeof acceptForm>,
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const paper = await documentById(tx, id)
    if (paper.kind !== 'vaccination' && !validUntil) throw invalid([{ field: 'validUntil', code: 'required' }])
    const fault = dayFault(paper.kind, validUntil, dayInParis(now))
    if (fault) throw invalid([{ field: 'validUntil', code: fault }])
    await decide(tx, now, clerk, id, { state: 'accepted', validUntil })
    const { childId, householdId, kind } = paper
    const older = await tx
      .select({ id: childDocuments.id })
      .from(childDocuments)
      .where(
        and(
          eq(childDocuments.childId, childId),
          eq(childDocuments.householdId, householdId),
          eq(childDocuments.kind, kind),
          eq(childDocuments.state, 'accepted'),
        ),
      )
    const others = older.flatMap(one => (one.id === paper.id || kind === 'vaccination' ? [] : [one.id]))
    if (others.length > 0) await forgetDocuments(tx, now, inArray(childDocuments.id, others))
    await audit(tx, now, clerk, {
      action: 'child-file.paper-accepted',
      subject: { kind: 'child', id: childId },
      details: { documentId: id, kind },
    })
  })
}

/** A clerk cannot take the paper, and says why: the family that sent it reads it. Throws as `acceptPaper`. */
export async function refusePaper(town: Town, clerk: Clerk, id: string, refusal: string): Promise<void> {
  if (!refusal) throw invalid([{ field: 'refusal', code: 'reason-needed' }])
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { childId, householdId, kind } = await documentById(tx, id)
    await decide(tx, now, clerk, id, { state: 'refused', refusal })
    const [child] = await tx.select({ firstName: persons.firstName }).from(persons).where(eq(persons.id, childId))
    await writeToFamily(tx, town, householdId, {
      kind: 'child-paper-refused',
      key: id,
      path: `/famille/enfants/${childId}/dossier`,
      params: ({ t }) => ({
        child: child?.firstName ?? '',
        paper: t(`child-file:paper.${kind}`),
        reason: refusal,
      }),
    })
    await audit(tx, now, clerk, {
      action: 'child-file.paper-refused',
      subject: { kind: 'child', id: childId },
      details: { documentId: id, kind },
    })
  })
}

/** Two clerks with the same page open: the first answer stands. */
async function decide(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  id: string,
  set: Partial<typeof childDocuments.$inferInsert>,
): Promise<void> {
  const decided = await tx
    .update(childDocuments)
    .set({ ...set, decidedBy: clerk.accountId, decidedAt: now })
    .where(and(eq(childDocuments.id, id as Id<'child-document'>), eq(childDocuments.state, 'to-check')))
    .returning({ id: childDocuments.id })
  if (decided.length === 0) throw conflict('paper-decided')
}

/** Deletes papers with their files; the bytes go once that is certain. */
export async function forgetDocuments(tx: Tx, now: Temporal.Instant, which: ReturnType<typeof and>): Promise<void> {
  const gone = await tx.delete(childDocuments).where(which).returning({ fileId: childDocuments.fileId })
  for (const { fileId } of gone) {
    const [file] = await tx.delete(files).where(eq(files.id, fileId)).returning({ storedAs: files.storedAs })
    if (!file) continue
    await removeLater(tx, now, file.storedAs)
  }
}
