import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'

const open = (file: string, options: BetterSqlite3.Options) => {
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
  return new Sqlite(file, options)
}

/**
 * Copies a database that others read and write meanwhile, as it is at this moment, to a new file. `onProgress` is told the
 * pages copied, of how many.
 */
export async function copySqlite(
  file: string,
  target: string,
  onProgress: (done: number, of: number) => void,
): Promise<void> {
  const source = open(file, { readonly: true, fileMustExist: true })
  try {
    // A read transaction holds one moment: without it, each commit of the town would make the copy begin anew.
    source.exec('begin')
    source.prepare('select count(*) from sqlite_master').get()
    await source.backup(target, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress(totalPages - remainingPages, totalPages)
        return 1_000
      },
    })
    source.exec('commit')
  } finally {
    source.close()
  }
  // One file that can be read where nothing can be written; the town turns the write-ahead log on again.
  const copy = open(target, { fileMustExist: true })
  try {
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

/** What SQLite finds wrong with a database file, a sentence each; nothing when it is whole. */
export function sqliteFaults(file: string): string[] {
  const copy = open(file, { readonly: true, fileMustExist: true })
  try {
    const found = copy.pragma('integrity_check') as { integrity_check: string }[]
    const faults = found.map(row => row.integrity_check).filter(text => text !== 'ok')
    const orphans = copy.pragma('foreign_key_check') as unknown[]
    return orphans.length > 0 ? [...faults, `${orphans.length} rows refer to nothing`] : faults
  } catch (error) {
    // Too damaged to be looked through: SQLite says so by its error.
    return [`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    copy.close()
  }
}
