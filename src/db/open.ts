import { dialect } from './columns.ts'
import type { Database } from './database.ts'

/** Opens the town's database: `postgres://…`, or the path of an SQLite file. */
export async function openDatabase(location: string): Promise<Database> {
  if (location.startsWith('postgres') !== (dialect === 'postgres')) {
    throw new Error('the database engine is chosen by DATABASE_URL when the process starts, and cannot change after')
  }
  // The other engine's driver stays unloaded.
  if (dialect === 'postgres') return (await import('./postgres.ts')).openPostgres(location)
  return (await import('./sqlite.ts')).openSqlite(location)
}
