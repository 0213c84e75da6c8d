// Loaded before a town's process: it dies by `kill -9` exactly before or exactly after the commit of its n-th sign-up, when
// nobody was answered yet. `RUSH_FAULT=after:3`. It stands in the database drivers themselves: the town is as always.
import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import type pgModule from 'pg'

const [when, nth] = (process.env['RUSH_FAULT'] ?? '').split(':')
const SIGN_UP = /^insert into "leisure_signups"/i
const load = createRequire(import.meta.url)
let signUps = 0

const die = () => process.kill(process.pid, 'SIGKILL')
const enough = () => signUps >= Number(nth)

if (process.env['DATABASE_URL']) inPostgres(load('pg') as typeof pgModule)
else inSqlite(load('better-sqlite3') as typeof BetterSqlite3)

function inSqlite(Sqlite: typeof BetterSqlite3) {
  const { prototype } = Sqlite
  const prepare = prototype.prepare
  prototype.prepare = function (this: BetterSqlite3.Database, source: string) {
    const statement = Reflect.apply(prepare, this, [source])
    if (SIGN_UP.test(source)) {
      for (const name of ['run', 'get', 'all'] as const) {
        const call = statement[name]
        Object.defineProperty(statement, name, {
          value: (...values: unknown[]) => {
            signUps++
            return Reflect.apply(call, statement, values)
          },
        })
      }
    }
    if (source === 'commit') {
      const { run } = statement
      Object.defineProperty(statement, 'run', {
        value: () => {
          const dying = enough()
          if (dying && when === 'before') die()
          const done = Reflect.apply(run, statement, [])
          if (dying) die()
          return done
        },
      })
    }
    return statement
  } as typeof prepare
}

type Query = (this: pgModule.Client, ...args: unknown[]) => unknown

function inPostgres(pg: typeof pgModule) {
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  const signedUp = new WeakSet<pgModule.Client>()
  prototype.query = function (...args) {
    const [first] = args
    const text = typeof first === 'string' ? first : ((first as { text?: string }).text ?? '')
    if (SIGN_UP.test(text)) signedUp.add(this)
    if (text !== 'commit' || !signedUp.delete(this)) return Reflect.apply(query, this, args)
    signUps++
    if (!enough()) return Reflect.apply(query, this, args)
    if (when === 'before') die()
    const done = Reflect.apply(query, this, args) as Promise<unknown>
    return done.then(die)
  }
}
