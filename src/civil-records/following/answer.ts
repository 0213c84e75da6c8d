import { createHash } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import type { Tx } from '../../db/database.ts'
import { and, count, eq, gte, isNull, ne, sql } from '../../db/drizzle.ts'
import type { Actor } from '../../kernel/actor.ts'
import { dayInParis, PARIS } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, invalid, Problem } from '../../kernel/problems.ts'
import { linesField } from '../../people/forms.ts'
import type { Town } from '../../town-context.ts'
import type { Upload } from '../../uploads/form.ts'
import { type KeptFile, keepUploads } from '../../uploads/stored-files.ts'
import { once } from '../../web/idempotency.ts'
import { moveRequest } from '../moves.ts'
import { civilAsks, civilFiles, civilMessages, civilRequests } from '../schema.ts'
import { isClosed } from '../states.ts'
import type { CivilRequest } from '../store.ts'
import { lockedRequest, openAsk } from './follow.ts'

/** Files in one answer. */
export const MOST_FILES = 4
/** Papers of one request: an identity paper has two sides, a family book some pages. */
const MOST_PAPERS = 24
/** Messages a day that the town did not ask for. */
const MOST_MESSAGES = 5

export const answerForm = z.object({
  text: linesField(3_000).default(''),
  idempotencyKey: z.string().max(255).optional(),
})

export type Answered = { messageId: Id<'civil-message'>; asked: boolean }

/**
 * Writes to the town about a request, with up to four files. What the town had asked for is answered by it, and the clerk
 * who asked has the request again. The same key sends once.
 * Throws `invalid` for an empty answer or a refused file, 409 `request-closed`, 429 `too-many-messages` when the town asked
 * for nothing and five were sent today.
 */
export async function answerTown(
  town: Town,
  actor: Actor,
  request: Pick<CivilRequest, 'id' | 'state'>,
  answer: { text: string; files: readonly Upload[]; key: string | undefined },
): Promise<Answered> {
  const { text, files, key } = answer
  if (text === '' && files.length === 0) throw invalid([{ field: 'text', code: 'answer-needed' }])
  const messageId = newId<'civil-message'>()
  const kept = await keepUploads(town, files, 'files')
  let written: Answered | undefined
  try {
    const content = { text, files: files.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex')) }
    const asked = { scope: `civil-answer:${request.id}`, key, content }
    const now = town.clock.now()
    written = await once({ db: town.db, now }, asked, tx =>
      write(tx, now, actor, request.id, { messageId, text, kept }),
    )
    return written
  } finally {
    // Refused, or sent once before: these bytes are nobody's.
    if (written?.messageId !== messageId) for (const { storedAs } of kept) await town.files.remove(storedAs)
  }
}

type Message = { messageId: Id<'civil-message'>; text: string; kept: readonly KeptFile[] }

async function write(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  requestId: Id<'civil-request'>,
  { messageId, text, kept }: Message,
): Promise<Answered> {
  const request = await lockedRequest(tx, requestId)
  if (isClosed(request.state)) throw conflict('request-closed')
  const asked = request.state === 'waiting-for-applicant' || (await openAsk(tx, requestId)) !== undefined
  if (!asked) await refuseFlood(tx, now, requestId)
  await refuseHeap(tx, requestId, kept.length)
  await tx.insert(civilMessages).values({ id: messageId, requestId, at: now, by: 'applicant', text })
  for (const { name, mediaType, size, storedAs } of kept) {
    await tx.insert(civilFiles).values({
      id: newId<'civil-file'>(),
      requestId,
      purpose: 'answer',
      messageId,
      name,
      mediaType,
      size,
      storedAs,
      createdAt: now,
    })
  }
  await tx
    .update(civilAsks)
    .set({ answeredAt: now })
    .where(and(eq(civilAsks.requestId, requestId), isNull(civilAsks.answeredAt)))
  await audit(tx, now, actor, {
    action: asked ? 'civil-request.answered' : 'civil-request.message-sent',
    subject: { kind: 'civil-request', id: requestId },
    details: { files: kept.length },
  })
  if (request.state === 'waiting-for-applicant') await moveRequest(tx, now, actor, request, { to: 'under-review' })
  else {
    // A clerk who decides must have seen it.
    await tx
      .update(civilRequests)
      .set({ version: sql`${civilRequests.version} + 1`, updatedAt: now })
      .where(eq(civilRequests.id, requestId))
  }
  return { messageId, asked }
}

async function refuseFlood(tx: Tx, now: Temporal.Instant, requestId: Id<'civil-request'>): Promise<void> {
  const midnight = dayInParis(now).toZonedDateTime(PARIS).toInstant()
  const [today] = await tx
    .select({ sent: count() })
    .from(civilMessages)
    .where(
      and(eq(civilMessages.requestId, requestId), eq(civilMessages.by, 'applicant'), gte(civilMessages.at, midnight)),
    )
  if ((today?.sent ?? 0) >= MOST_MESSAGES) {
    const params = { most: MOST_MESSAGES }
    throw new Problem(429, 'too-many-messages', params, [{ field: 'text', code: 'too-many-messages', params }])
  }
}

async function refuseHeap(tx: Tx, requestId: Id<'civil-request'>, more: number): Promise<void> {
  if (more === 0) return
  const [held] = await tx
    .select({ papers: count() })
    .from(civilFiles)
    .where(and(eq(civilFiles.requestId, requestId), ne(civilFiles.purpose, 'scan')))
  if ((held?.papers ?? 0) + more > MOST_PAPERS) throw invalid([{ field: 'files', code: 'too-many-papers' }])
}
