import { audit } from '../../audit/audit.ts'
import type { Tx } from '../../db/database.ts'
import { and, asc, eq, gt, inArray, isNotNull, like, lt } from '../../db/drizzle.ts'
import { documents } from '../../documents/schema.ts'
import { system } from '../../kernel/actor.ts'
import { PARIS } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { mails } from '../../mail/schema.ts'
import type { Town } from '../../town-context.ts'
import { removeLater } from '../../uploads/remove-later.ts'
import {
  civilActs,
  civilAsks,
  civilBatches,
  civilFiles,
  civilLinks,
  civilMessages,
  civilMoves,
  civilNotes,
  civilRequests,
  civilRequestWords,
} from '../schema.ts'
import { isClosed } from '../states.ts'
import { byFifties, FIFTY } from './by-fifties.ts'
import { lockedRequest } from './follow.ts'
import { papersEnd } from './papers-end.ts'

const clockwork = system('civil-records')
type RequestId = Id<'civil-request'>

/** A draft can be taken up again for seven days, as its link says. */
const DRAFT_LIFETIME = Temporal.Duration.from({ hours: 7 * 24 })

/**
 * How long what was answered stays known, so that a question about it can be answered. No text sets it for requests of
 * acts: one year is the town's choice, said on the page on personal data (GDPR, art. 5.1.e: no longer than needed).
 */
const REQUEST_LIFETIME = Temporal.Duration.from({ years: 1 })

/** Deletes drafts that were left seven days ago, with what was sent for them. */
export async function forgetDrafts(town: Town): Promise<void> {
  const now = town.clock.now()
  const left = and(eq(civilRequests.state, 'draft'), lt(civilRequests.createdAt, now.subtract(DRAFT_LIFETIME)))
  const find = (after: string) => requestIds(town, left, after)
  await byFifties(town, find, async (tx, { id }) => {
    const request = await lockedRequest(tx, id).catch(() => undefined)
    if (request?.state !== 'draft') return
    await forgetFiles(tx, now, id)
    await tx.delete(civilLinks).where(eq(civilLinks.requestId, id))
    await tx.delete(civilRequests).where(eq(civilRequests.id, id))
    await audit(tx, now, clockwork, { action: 'civil-draft.forgotten', subject: { kind: 'civil-request', id } })
  })
}

/**
 * Deletes the applicant's papers of a closed request: the town keeps no copy of identity papers. A request that was opened
 * again meanwhile keeps them; its next closing promises this anew.
 */
export async function removePapers(town: Town, requestId: RequestId): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { state, closedAt } = await lockedRequest(tx, requestId)
    if (!isClosed(state) || !closedAt) return
    if (Temporal.Instant.compare(now, papersEnd(closedAt, state === 'refused')) < 0) return
    const removed = await forgetFiles(tx, now, requestId, ['proof', 'answer'])
    if (removed === 0) return
    await audit(tx, now, clockwork, {
      action: 'civil-request.papers-deleted',
      subject: { kind: 'civil-request', id: requestId },
      details: { files: removed },
    })
  })
}

/**
 * One year after its closing a request is a mere figure: what kind, by what way, when and how it went. Names, dates,
 * addresses, papers, messages and the act are deleted, and its number opens nothing any more.
 */
export async function forgetRequests(town: Town): Promise<void> {
  const now = town.clock.now()
  const limit = now.toZonedDateTimeISO(PARIS).subtract(REQUEST_LIFETIME).toInstant()
  const over = and(lt(civilRequests.closedAt, limit), isNotNull(civilRequests.number))
  const find = (after: string) => requestIds(town, over, after)
  await byFifties(town, find, async (tx, { id }) => {
    const { number, closedAt } = await lockedRequest(tx, id)
    if (!number || !closedAt) return
    await forgetFiles(tx, now, id)
    // The acknowledgement is of the request, a refusal is of the move that refused.
    const moves = await tx.select({ id: civilMoves.id }).from(civilMoves).where(eq(civilMoves.requestId, id))
    await forgetDocuments(tx, now, [id, ...moves.map(move => move.id)])
    for (const table of [civilMessages, civilAsks, civilNotes, civilActs, civilLinks, civilRequestWords])
      await tx.delete(table).where(eq(table.requestId, id))
    await tx
      .update(civilMoves)
      .set({ reason: null, refusal: null, accountId: null })
      .where(eq(civilMoves.requestId, id))
    await tx.update(civilRequests).set(asFigure).where(eq(civilRequests.id, id))
    await audit(tx, now, clockwork, { action: 'civil-request.forgotten', subject: { kind: 'civil-request', id } })
  })
}

/** Columns that could tell of whom a request was. */
const asFigure = {
  number: null,
  personId: null,
  email: null,
  answers: {},
  recordDate: null,
  granted: null,
  searchKey: null,
  recordKey: null,
  applicantKey: null,
  applicantBirthYear: null,
  assignedTo: null,
  onHoldReason: null,
}

/** Letters about requests are forgotten a year after they were written; links when they end. */
export async function forgetLettersAndLinks(town: Town): Promise<void> {
  const now = town.clock.now()
  const limit = now.toZonedDateTimeISO(PARIS).subtract(REQUEST_LIFETIME).toInstant()
  await town.db.transaction(async tx => {
    await tx.delete(civilLinks).where(lt(civilLinks.expiresAt, now))
  })
  const find = (after: string) =>
    town.db.read
      .select({ id: mails.id })
      .from(mails)
      .where(and(like(mails.kind, 'civil.%'), lt(mails.createdAt, limit), gt(mails.id, after as Id<'mail'>)))
      .orderBy(asc(mails.id))
      .limit(FIFTY)
  await byFifties(town, find, async (tx, { id }) => {
    await tx.delete(mails).where(eq(mails.id, id))
  })
}

/** Records that were printed together stay as long as the requests they are of. */
export async function forgetBatches(town: Town): Promise<void> {
  const now = town.clock.now()
  const limit = now.toZonedDateTimeISO(PARIS).subtract(REQUEST_LIFETIME).toInstant()
  const find = (after: string) =>
    town.db.read
      .select({ id: civilBatches.id })
      .from(civilBatches)
      .where(and(lt(civilBatches.createdAt, limit), gt(civilBatches.id, after as Id<'civil-batch'>)))
      .orderBy(asc(civilBatches.id))
      .limit(FIFTY)
  await byFifties(town, find, async (tx, { id }) => {
    await forgetDocuments(tx, now, [id])
    await tx.delete(civilBatches).where(eq(civilBatches.id, id))
  })
}

async function requestIds(town: Town, where: ReturnType<typeof and>, after: string): Promise<{ id: RequestId }[]> {
  return town.db.read
    .select({ id: civilRequests.id })
    .from(civilRequests)
    .where(and(where, gt(civilRequests.id, after as RequestId)))
    .orderBy(asc(civilRequests.id))
    .limit(FIFTY)
}

/** Forgets files; their bytes are removed once that is certain. Gives how many. */
async function forgetFiles(
  tx: Tx,
  now: Temporal.Instant,
  requestId: RequestId,
  purposes: readonly ('proof' | 'answer' | 'scan')[] = ['proof', 'answer', 'scan'],
): Promise<number> {
  const gone = await tx
    .delete(civilFiles)
    .where(and(eq(civilFiles.requestId, requestId), inArray(civilFiles.purpose, [...purposes])))
    .returning({ storedAs: civilFiles.storedAs })
  for (const { storedAs } of gone) await removeLater(tx, now, storedAs)
  return gone.length
}

/** Deletes the PDFs of these subjects. */
async function forgetDocuments(tx: Tx, now: Temporal.Instant, subjects: readonly string[]): Promise<void> {
  const gone = await tx
    .delete(documents)
    .where(and(inArray(documents.subjectId, [...subjects]), like(documents.kind, 'civil-%')))
    .returning({ storedAs: documents.storedAs })
  for (const { storedAs } of gone) await removeLater(tx, now, storedAs)
}
