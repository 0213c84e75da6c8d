import type { Response } from 'express'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { proofType } from './file-content.ts'
import { files } from './schema.ts'
import type { Upload } from './uploads.ts'

type StoredFile = typeof files.$inferSelect

/**
 * Looks at a file by its content and keeps its bytes under a random name. The row that points to them is written by
 * `fileRow`, in the transaction that needs it. Throws `invalid` on that field for what is no photo or PDF.
 */
export async function keepFile(
  town: Town,
  upload: Upload,
  field: string,
): Promise<Omit<StoredFile, 'id' | 'householdId' | 'purpose' | 'createdAt'>> {
  const type = await proofType(upload.bytes)
  if (typeof type === 'string') throw invalid([{ field, code: type }])
  const storedAs = await town.files.put(upload.bytes)
  const name = fileName(upload.name, type.extension)
  return { name, mediaType: type.mediaType, size: upload.bytes.length, storedAs }
}

export async function fileRow(
  tx: Tx,
  now: Temporal.Instant,
  file: Awaited<ReturnType<typeof keepFile>> & { householdId: Id<'household'>; purpose: string },
): Promise<Id<'file'>> {
  const id = newId<'file'>()
  await tx.insert(files).values({ id, createdAt: now, ...file })
  return id
}

/** A file of a household. Throws 404 for any other. */
export async function fileOf(db: Queries, householdId: Id<'household'>, fileId: string | null): Promise<StoredFile> {
  if (!fileId) throw notFound()
  const [file] = await db
    .select()
    .from(files)
    .where(and(eq(files.id, fileId as Id<'file'>), eq(files.householdId, householdId)))
  if (!file) throw notFound()
  return file
}

/** Sends a file to be saved, never shown in the page: whatever is in it, it runs nowhere of ours. */
export async function sendFile(town: Town, res: Response, file: StoredFile): Promise<void> {
  const bytes = await town.files.read(file.storedAs)
  res.attachment(file.name)
  res.setHeader('Content-Type', file.mediaType)
  res.setHeader('Content-Security-Policy', "default-src 'none'; sandbox")
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Cache-Control', 'private, no-store')
  res.end(bytes)
}

/** The name as it was, without folders and what no keyboard types, and with the ending of what it is. */
function fileName(given: string, extension: string): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const stem = last
    .replace(/[\p{C}"<>|*?:]/gu, '')
    .replace(/\.[A-Za-z0-9]{1,8}$/, '')
    .trim()
    .slice(0, 100)
  return `${stem || 'document'}.${extension}`
}
