import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'

/** What queries are written against: typed as SQLite's, awaited always, so that the same code runs on PostgreSQL. */
export type Queries = BetterSQLite3Database

declare const insideTransaction: unique symbol

/** Queries inside a transaction. A function that takes a `Tx` writes; one that takes `Queries` only reads. */
export type Tx = Queries & { readonly [insideTransaction]?: true }

export type Database = {
  /** Reads outside any transaction: sees only what is committed. */
  read: Queries
  /**
   * Runs one unit of work: all of it is kept, or none. Resolves after the commit reached the disk.
   * Inside it only the database may be awaited: mail, PDF and Stripe calls go through the outbox.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** True when the engine answers. */
  ping(): Promise<boolean>
  migrate(): Promise<void>
  /** Migrations of this version that the database has not seen yet. */
  pendingMigrations(): Promise<number>
  close(): Promise<void>
}

/** Prepares a hot query once per connection: building it anew at each call costs two to six times the query itself. */
export function prepared<Query>(build: (db: Queries) => Query): (db: Queries) => Query {
  const byConnection = new WeakMap<Queries, Query>()
  return db => {
    let query = byConnection.get(db)
    if (!query) {
      query = build(db)
      byConnection.set(db, query)
    }
    return query
  }
}

/** Whether the engine refused a row because one with the same unique key stands. */
export function isUniqueViolation(error: unknown): boolean {
  return codes(error).some(
    code => code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === '23505',
  )
}

/** Whether the engine cannot hold what was given, or compare with it: U+0000 in a text, a number beyond its range. */
export function isBeyondStorage(error: unknown): boolean {
  return codes(error).some(code => code === '22021' || code === '22P05' || code === '22003')
}

/** Whether trying the same unit of work again may succeed: another writer was in the way. */
export function isRetryable(error: unknown): boolean {
  return codes(error).some(code => code.startsWith('SQLITE_BUSY') || code === '40001' || code === '40P01')
}

function codes(error: unknown): string[] {
  const found: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') found.push(at.code)
  }
  return found
}
