import { createHash } from 'node:crypto'
import type { Database, Queries, Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import type { Clock } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import type { FileStore } from './file-store.ts'
import type { DocumentPool } from './pool.ts'
import { documents } from './schema.ts'
import type { DocumentRequest } from './views.ts'

export type KeptDocument = typeof documents.$inferSelect

/** Heavier PDFs are not joined to mails, which then only lead to them. */
const LARGEST_ATTACHMENT = 1_000_000

type Made = {
  kind: DocumentRequest['kind']
  /** What it shows: one document per kind and subject. */
  subjectId: string
  /** The file's name. */
  name: string
  request: DocumentRequest
}

/** The PDF of that kind and subject, when it has been made. */
export async function documentOf(
  db: Queries,
  kind: DocumentRequest['kind'],
  subjectId: string,
): Promise<KeptDocument | undefined> {
  const [document] = await db
    .select()
    .from(documents)
    .where(and(eq(documents.kind, kind), eq(documents.subjectId, subjectId)))
  return document
}

/**
 * Draws a document, keeps it, and tells of it in the same transaction: `tell` gets what may be joined to a mail. Done
 * twice, or by two workers at once, one is kept and told of.
 */
export async function keepDocument(
  { db, files, clock }: { db: Database; files: FileStore; clock: Clock },
  pdf: DocumentPool,
  { kind, subjectId, name, request }: Made,
  tell: (tx: Tx, attached: readonly Id<'document'>[]) => Promise<void>,
): Promise<KeptDocument | undefined> {
  const bytes = await pdf.render(request)
  const storedAs = await files.put(bytes)
  const size = bytes.byteLength
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  let kept: KeptDocument | undefined
  try {
    kept = await db.transaction(async tx => {
      const [row] = await tx
        .insert(documents)
        .values({ id: newId<'document'>(), kind, subjectId, name, storedAs, size, sha256, createdAt: clock.now() })
        .onConflictDoNothing()
        .returning()
      if (row) await tell(tx, size <= LARGEST_ATTACHMENT ? [row.id] : [])
      return row
    })
    return kept ?? (await documentOf(db.read, kind, subjectId))
  } finally {
    // Nobody points to these bytes.
    if (!kept) await files.remove(storedAs)
  }
}
