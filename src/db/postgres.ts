import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { setTimeout as pause } from 'node:timers/promises'
import type pgModule from 'pg'
import { type Database, isRetryable, type Queries, type Tx } from './database.ts'
import { nodePostgres, postgresMigrator } from './drizzle.ts'
import { countPending, migrationsFolder } from './migrations.ts'

const TRIES = 8

/** The engine to grow on. A unit of work is a pool transaction, tried again when another one was in its way. */
export function openPostgres(url: string): Database {
  const pg = createRequire(import.meta.url)('pg') as typeof pgModule
  const pool = new pg.Pool({ connectionString: url, max: 20, connectionTimeoutMillis: 30_000 })
  // An idle connection that the server closes must not take the process down: the pool opens another.
  pool.on('error', () => {})
  const orm = nodePostgres().drizzle({ client: pool, casing: 'snake_case' })
  const read = orm as unknown as Queries
  const inUnit = new AsyncLocalStorage<true>()

  return {
    read,
    transaction: async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
      if (inUnit.getStore()) throw new Error('a transaction inside a transaction would wait for itself for ever')
      for (let tries = 1; ; tries++) {
        try {
          return await inUnit.run(true, () => orm.transaction(tx => work(tx as unknown as Tx)))
        } catch (error) {
          if (!isRetryable(error) || tries === TRIES) throw error
          await pause(Math.random() * 10 * 2 ** tries)
        }
      }
    },
    ping: async () => (await pool.query('select 1')).rowCount === 1,
    migrate: async () => {
      // Two processes that start together must not migrate together: the second waits, then finds nothing to do.
      const lock = await pool.connect()
      try {
        await lock.query('select pg_advisory_lock(20261123)')
        await postgresMigrator().migrate(orm, { migrationsFolder: migrationsFolder('postgres') })
      } finally {
        await lock.query('select pg_advisory_unlock(20261123)')
        lock.release()
      }
    },
    pendingMigrations: () =>
      countPending('postgres', async () => {
        const known = await pool.query(`select to_regclass('drizzle.__drizzle_migrations') as name`)
        if (!known.rows[0].name) return 0
        return Number((await pool.query('select count(*) as n from drizzle.__drizzle_migrations')).rows[0].n)
      }),
    close: () => pool.end(),
  }
}
