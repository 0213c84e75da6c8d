import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dialect } from './columns.ts'

export const migrationsFolder = (dialect: Dialect) => join(import.meta.dirname, '../../drizzle', dialect)

/** How many migrations of this version the database has not had yet. */
export async function countPending(dialect: Dialect, applied: () => Promise<number>): Promise<number> {
  const journal = JSON.parse(await readFile(join(migrationsFolder(dialect), 'meta/_journal.json'), 'utf8')) as {
    entries: unknown[]
  }
  return Math.max(0, journal.entries.length - (await applied()))
}
