import { countAttempt, type Limit } from '../../access/attempts.ts'
import { subscriberOf } from '../../access/rules.ts'
import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, eq } from '../../db/drizzle.ts'
import type { Actor } from '../../kernel/actor.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, invalid, notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import type { Upload } from '../../uploads/form.ts'
import { removeLater } from '../../uploads/remove-later.ts'
import { type KeptFile, keepUploads } from '../../uploads/stored-files.ts'
import { civilFiles } from '../schema.ts'
import { draftOf, keepAnswers } from './draft.ts'

/** Two sides of an identity paper, and two pages of what shows the link. */
export const MOST_PROOFS = 4

/** Files are kept before a request is sent: nobody fills the disk from here. */
const PAPERS_FROM_ADDRESS: Limit = { what: 'civil-papers-from-address', times: 60, minutes: 60 }

/** The papers sent with a request to show who asks, in the order they came. */
export async function proofsOf(
  db: Queries,
  requestId: Id<'civil-request'>,
): Promise<{ id: Id<'civil-file'>; name: string; size: number; storedAs: string }[]> {
  return db
    .select({ id: civilFiles.id, name: civilFiles.name, size: civilFiles.size, storedAs: civilFiles.storedAs })
    .from(civilFiles)
    .where(and(eq(civilFiles.requestId, requestId), eq(civilFiles.purpose, 'proof')))
    .orderBy(asc(civilFiles.createdAt), asc(civilFiles.id))
}

/**
 * Keeps papers with a draft, at once: whatever goes wrong later, they need not be photographed again.
 * Throws `invalid` beside the field for a file that is not taken or too many of them, 404 for a draft that is not the
 * asker's, 429 for too many from one address.
 */
export async function addProofs(
  town: Town,
  actor: Actor,
  draftId: Id<'civil-request'>,
  uploads: readonly Upload[],
  from: { address: string },
): Promise<void> {
  if (uploads.length === 0) throw invalid([{ field: 'papers', code: 'file-missing' }])
  const tooMany = invalid([{ field: 'papers', code: 'file-too-many', params: { most: MOST_PROOFS } }])
  if ((await proofsOf(town.db.read, draftId)).length + uploads.length > MOST_PROOFS) throw tooMany
  await town.db.transaction(tx => countAttempt(tx, town, PAPERS_FROM_ADDRESS, subscriberOf(from.address)))
  const kept = await keepUploads(town, uploads, 'papers')
  let written = false
  try {
    await town.db.transaction(async tx => {
      const draft = await draftOf(tx, actor, draftId)
      if (!draft) throw notFound()
      // The draft's new version keeps two windows from adding at once more than there may be.
      await keepAnswers(tx, town, draft, { ...draft.answers, proof: 'sent' })
      if ((await proofsOf(tx, draftId)).length + kept.length > MOST_PROOFS) throw tooMany
      const now = town.clock.now()
      await keepProofs(tx, now, draftId, kept)
      const subject = { kind: 'civil-request', id: draftId }
      await audit(tx, now, actor, {
        action: 'civil-request.papers-added',
        subject,
        details: { files: kept.length },
      })
    })
    written = true
  } finally {
    // Nobody points to these bytes.
    if (!written) for (const { storedAs } of kept) await town.files.remove(storedAs)
  }
}

/** Writes down papers whose bytes are kept. */
export async function keepProofs(
  tx: Tx,
  now: Temporal.Instant,
  requestId: Id<'civil-request'>,
  kept: readonly KeptFile[],
): Promise<void> {
  for (const { name, mediaType, size, storedAs } of kept) {
    const row = { id: newId<'civil-file'>(), requestId, purpose: 'proof' as const, createdAt: now }
    await tx.insert(civilFiles).values({ ...row, name, mediaType, size, storedAs })
  }
}

/** Takes a paper back from a draft. One that is not there any more was taken back before. */
export async function removeProof(town: Town, actor: Actor, draftId: Id<'civil-request'>, fileId: string) {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const draft = await draftOf(tx, actor, draftId)
    if (!draft) throw conflict('request-changed')
    const [removed] = await tx
      .delete(civilFiles)
      .where(
        and(
          eq(civilFiles.id, fileId as Id<'civil-file'>),
          eq(civilFiles.requestId, draft.id),
          eq(civilFiles.purpose, 'proof'),
        ),
      )
      .returning({ storedAs: civilFiles.storedAs })
    if (!removed) return
    if ((await proofsOf(tx, draft.id)).length === 0) {
      const { proof: _, ...answers } = draft.answers
      await keepAnswers(tx, town, draft, answers)
    }
    await audit(tx, now, actor, {
      action: 'civil-request.paper-removed',
      subject: { kind: 'civil-request', id: draft.id },
    })
    await removeLater(tx, now, removed.storedAs)
  })
}
