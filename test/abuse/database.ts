import { createRequire } from 'node:module'
import { after } from 'node:test'
import type BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'
import { dialect } from '../../src/db/columns.ts'
import type { TestTown } from '../support/town.ts'

/** Counts of tries, and visits: written also when what was asked is refused. */
const NOTES = ['attempts', 'sessions']

/** Looks at a town's whole database from outside, whatever tables it has. */
export type Watcher = {
  /** Changes when a row of any table does, but for notes of visits. Gives the fingerprint of each table. */
  fingerprint(): Promise<Record<string, string>>
  /** An id from each table, of its first row. */
  oneOfEach(): Promise<string[]>
}

export async function watch(t: TestTown): Promise<Watcher> {
  return dialect === 'postgres' ? watchPostgres(t.town.config.database) : watchSqlite(t.town.config.database)
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/
const isWatched = (table: string) => !NOTES.includes(table) && !table.startsWith('__') && !table.startsWith('sqlite_')

function watchSqlite(file: string): Watcher {
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
  const db = new Sqlite(file, { readonly: true })
  after(() => void db.close())
  const names = db.prepare(`select name from sqlite_master where type = 'table'`).pluck().all() as string[]
  const tables = names.filter(isWatched).map(name => ({ name, rows: db.prepare(`select * from "${name}"`).raw() }))
  const version = db.prepare('select data_version from pragma_data_version').pluck()
  let known: { version: unknown; prints: Record<string, string> } | undefined
  return {
    fingerprint: async () => {
      const now = version.get()
      // The engine itself says when another connection wrote anything at all.
      if (known && known.version === now) return known.prints
      const prints = Object.fromEntries(tables.map(({ name, rows }) => [name, JSON.stringify(rows.all())]))
      known = { version: now, prints }
      return prints
    },
    oneOfEach: async () => tables.flatMap(({ rows }) => UUID.exec(JSON.stringify(rows.get() ?? []))?.[0] ?? []),
  }
}

async function watchPostgres(url: string): Promise<Watcher> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  after(() => client.end())
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  )
  const one = ({ name }: { name: string }) =>
    `select '${name}' as name, coalesce(md5(string_agg(r::text, '|' order by r::text)), '') as print from "${name}" r`
  const everything = rows.filter(({ name }) => isWatched(name))
  const question = everything.map(one).join(' union all ')
  // The engine numbers each transaction that writes.
  const numbered = 'select pg_snapshot_xmax(pg_current_snapshot())::text as number'
  let known: { number: string | undefined; prints: Record<string, string> } | undefined
  return {
    fingerprint: async () => {
      const { number } = (await client.query<{ number: string }>(numbered)).rows[0]!
      if (known?.number !== number) {
        const answer = await client.query<{ name: string; print: string }>(question)
        known = { number, prints: Object.fromEntries(answer.rows.map(row => [row.name, row.print])) }
      }
      return known.prints
    },
    oneOfEach: async () => {
      const found: string[] = []
      for (const { name } of everything) {
        const answer = await client.query<{ row: string }>(`select r::text as row from "${name}" r limit 1`)
        found.push(...(UUID.exec(answer.rows[0]?.row ?? '') ?? []))
      }
      return found
    },
  }
}

/** The tables that are not as before. */
export const changedTables = (before: Record<string, string>, after: Record<string, string>): string[] =>
  Object.keys(after).filter(table => before[table] !== after[table])

/** What only helps to keep a promise already written down is no deed of its own. */
const BOOKKEEPING = ['outbox', 'idempotent_answers', 'account_tokens', 'audit_seals']

/** Whether a change of this table is something done to the town's data, which the audit trail must tell. */
export const isOfTheTown = (table: string) => !BOOKKEEPING.includes(table)
