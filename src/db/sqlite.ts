import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type BetterSqlite3 from 'better-sqlite3'
import { type Database, isRetryable, type Tx } from './database.ts'
import { betterSqlite, sqliteMigrator } from './drizzle.ts'
import { countPending, migrationsFolder } from './migrations.ts'

const SYNCHRONOUS_FULL = 2
const LARGEST_GROUP = 64
const LOCK_PATIENCE_MS = 10_000

type Unit = { work: (tx: Tx) => Promise<unknown>; resolve: (value: unknown) => void; reject: (error: unknown) => void }

/**
 * The embedded engine. Writes go through one connection, one unit after another; units that wait together share one
 * commit (a savepoint each), and nobody is answered before it is on the disk. `bench/booking.ts` measures it: four to
 * fifty times the throughput of one commit each, with the same safety.
 */
export function openSqlite(file: string): Database {
  mkdirSync(dirname(file), { recursive: true })
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
  const writer = openConnection(new Sqlite(file))
  const reader = openConnection(new Sqlite(file))
  reader.pragma('query_only = 1')
  const { drizzle } = betterSqlite()
  const write = drizzle({ client: writer, casing: 'snake_case' })
  const read = drizzle({ client: reader, casing: 'snake_case' })

  const begin = writer.prepare('begin immediate')
  const commit = writer.prepare('commit')
  const rollback = writer.prepare('rollback')
  const savepoint = writer.prepare('savepoint unit')
  const release = writer.prepare('release unit')
  const undo = writer.prepare('rollback to unit')

  const waiting: Unit[] = []
  let draining: Promise<void> | undefined
  const inUnit = new AsyncLocalStorage<true>()

  async function beginWhenFree() {
    const patience = performance.now() + LOCK_PATIENCE_MS
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      try {
        begin.run()
        return
      } catch (error) {
        if (!isRetryable(error) || performance.now() > patience) throw error
        // Waiting inside SQLite would stop the whole process; a timer lets everybody else be served.
        await pause(wait * (0.5 + Math.random()))
      }
    }
  }

  async function runGroup(group: Unit[]) {
    const settled: (() => void)[] = []
    try {
      await beginWhenFree()
      for (const unit of group) {
        savepoint.run()
        try {
          const value = await inUnit.run(true, () => unit.work(write))
          release.run()
          settled.push(() => unit.resolve(value))
        } catch (error) {
          // A full disk may have ended the whole transaction already: then every unit of the group is lost, and told so.
          if (!writer.inTransaction) throw error
          undo.run()
          release.run()
          // Told after the commit as well: it may have failed because of a sibling's row that is not on the disk yet.
          settled.push(() => unit.reject(error))
        }
      }
      commit.run()
    } catch (error) {
      if (writer.inTransaction) rollback.run()
      for (const unit of group) unit.reject(error)
      return
    }
    for (const settle of settled) settle()
  }

  async function drain() {
    // One turn of the event loop: whatever arrives in it shares the commit.
    await new Promise(resolve => setImmediate(resolve))
    while (waiting.length > 0) await runGroup(waiting.splice(0, LARGEST_GROUP))
    draining = undefined
  }

  return {
    read,
    transaction: <T>(work: (tx: Tx) => Promise<T>) => {
      if (inUnit.getStore()) throw new Error('a transaction inside a transaction would wait for itself for ever')
      return new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
        draining ??= drain()
      })
    },
    ping: async () => reader.prepare('select 1').get() !== undefined,
    migrate: async () => {
      // Tables are rebuilt by SQLite migrations; with foreign keys on, that would delete what refers to them.
      writer.pragma('foreign_keys = OFF')
      sqliteMigrator().migrate(write, { migrationsFolder: migrationsFolder('sqlite') })
      const broken = writer.pragma('foreign_key_check') as unknown[]
      writer.pragma('foreign_keys = ON')
      if (broken.length > 0) throw new Error(`the migration left ${broken.length} rows that refer to nothing`)
    },
    pendingMigrations: async () =>
      countPending('sqlite', () => {
        const known = reader.prepare(`select 1 from sqlite_master where name = '__drizzle_migrations'`).get()
        if (!known) return Promise.resolve(0)
        return Promise.resolve(
          (reader.prepare('select count(*) as n from __drizzle_migrations').get() as { n: number }).n,
        )
      }),
    close: async () => {
      await draining
      reader.close()
      writer.close()
    },
  }
}

function openConnection(connection: BetterSqlite3.Database): BetterSqlite3.Database {
  connection.pragma('busy_timeout = 0')
  withRetry(() => connection.pragma('journal_mode = WAL'))
  // better-sqlite3 falls to NORMAL on a WAL file: a power cut would then lose bookings already confirmed to parents.
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  if (connection.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL) {
    throw new Error('SQLite does not run at synchronous=FULL: a power cut could lose what was confirmed')
  }
  return connection
}

/** Opening is the one moment when blocking is right: nobody is being served yet. */
function withRetry(step: () => void) {
  for (let tries = 0; ; tries++) {
    try {
      step()
      return
    } catch (error) {
      if (!isRetryable(error) || tries >= 100) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}
