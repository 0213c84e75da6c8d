import type { Queries, Tx } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import type { KeptFile } from '../uploads/stored-files.ts'
import { files } from './schema.ts'

type StoredFile = typeof files.$inferSelect

/** Writes the row that points to the bytes of a household's file. */
export async function fileRow(
  tx: Tx,
  now: Temporal.Instant,
  file: KeptFile & { householdId: Id<'household'>; purpose: string },
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
