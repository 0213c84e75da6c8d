import { createRequire } from 'node:module'

// Loaded by `require`: Node's ES loader re-reads drizzle's 179 kB package.json for each of its modules, which costs
// 300 ms and 190 MB at every start; by `require` it is 60 ms. drizzle-kit reads the schema as CommonJS, hence the fallback.
const load = createRequire(import.meta.url ?? __filename)

const orm: typeof import('drizzle-orm') = load('drizzle-orm')

export const {
  and,
  asc,
  between,
  count,
  countDistinct,
  desc,
  eq,
  exists,
  getTableColumns: tableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  max,
  ne,
  notExists,
  notLike,
  or,
  sql,
  sum: sumOf,
} = orm

export type SQL = import('drizzle-orm').SQL

export const sqliteCore: typeof import('drizzle-orm/sqlite-core') = load('drizzle-orm/sqlite-core')

// Each engine's driver is loaded only by the town that uses it.
export const postgresCore = (): typeof import('drizzle-orm/pg-core') => load('drizzle-orm/pg-core')
export const betterSqlite = (): typeof import('drizzle-orm/better-sqlite3') => load('drizzle-orm/better-sqlite3')
export const sqliteMigrator = (): typeof import('drizzle-orm/better-sqlite3/migrator') =>
  load('drizzle-orm/better-sqlite3/migrator')
export const nodePostgres = (): typeof import('drizzle-orm/node-postgres') => load('drizzle-orm/node-postgres')
export const postgresMigrator = (): typeof import('drizzle-orm/node-postgres/migrator') =>
  load('drizzle-orm/node-postgres/migrator')
