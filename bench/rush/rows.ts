import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'

/** Asks the database itself, by none of the town's code. The statement must mean the same to both engines. */
export type Ask = <Row>(statement: string) => Promise<Row[]>

/** Reads the database of that address, or of that file, and lets it go. */
export async function reading<Result>(database: string, work: (ask: Ask) => Promise<Result>): Promise<Result> {
  if (database.startsWith('postgres')) {
    const client = new pg.Client(database)
    await client.connect()
    try {
      return await work(async <Row>(statement: string) => (await client.query(statement)).rows as Row[])
    } finally {
      await client.end()
    }
  }
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
  const file = new Sqlite(database, { readonly: true })
  try {
    return await work(async <Row>(statement: string) => file.prepare(statement).all() as Row[])
  } finally {
    file.close()
  }
}
