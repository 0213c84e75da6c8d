import type BetterSqlite3 from 'better-sqlite3'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { dialect } from './columns.ts'
import { prepared, type Queries, type Tx } from './database.ts'
import { sql, tableColumns } from './drizzle.ts'

/**
 * A way to insert thousands of rows of a table: a month's charges. Drizzle's insert of many rows is built anew for each
 * call and looks at every cell several times, which made up most of a month's billing (`bench/billing.ts`). SQLite gets its
 * rows one by one through a bare prepared statement, PostgreSQL all in one round trip, as a JSON text.
 */
export function rowInserter<Table extends SQLiteTable>(
  table: Table,
): (tx: Tx, rows: readonly Table['$inferInsert'][]) => Promise<void> {
  const cells = Object.entries<SQLiteColumn>(tableColumns(table)).map(([name, column]) => ({
    name,
    column,
    encode: encoder(column),
  }))
  return dialect === 'sqlite' ? oneByOne(table, cells) : allAtOnce(table, cells)
}

type Cell = { name: string; column: SQLiteColumn; encode: (value: unknown) => unknown }
type Insert = (tx: Tx, rows: readonly Readonly<Record<string, unknown>>[]) => Promise<void>

function oneByOne(table: SQLiteTable, cells: readonly Cell[]): Insert {
  const statement = prepared(db => {
    const row = Object.fromEntries(cells.map(({ name }) => [name, sql.placeholder(name)]))
    return clientOf(db).prepare(db.insert(table).values(row).toSQL().sql)
  })
  return async (tx, rows) => {
    const bare = statement(tx)
    const encoded = cells.map((): unknown => null)
    for (const row of rows) {
      for (const [i, { name, encode }] of cells.entries()) encoded[i] = encode(row[name])
      bare.run(encoded)
    }
  }
}

/** The connection below drizzle's SQLite database. */
const clientOf = (db: Queries) => (db as unknown as { $client: BetterSqlite3.Database }).$client

function allAtOnce(table: SQLiteTable, cells: readonly Cell[]): Insert {
  const selected = ({ column }: Cell, at: number) =>
    sql.raw(isJson(column) ? `value -> ${at}` : `(value ->> ${at})::${column.getSQLType()}`)
  const insert = prepared(db => {
    const values = sql.join(cells.map(selected), sql.raw(', '))
    const rows = sql`select ${values} from jsonb_array_elements(${sql.placeholder('rows')}::jsonb) as rows (value)`
    return db.insert(table).select(rows).prepare()
  })
  return async (tx, rows) => {
    if (rows.length === 0) return
    const values = rows.map(row => cells.map(({ name, encode }) => encode(row[name])))
    await insert(tx).execute({ rows: JSON.stringify(values) })
  }
}

const isJson = (column: SQLiteColumn) => column.dataType === 'json'

/** What the engine is given for a column's values; JSON is left as it is for PostgreSQL, whose whole row is JSON. */
function encoder(column: SQLiteColumn): (value: unknown) => unknown {
  if (isJson(column) && dialect === 'postgres') return value => value ?? null
  // A piece of work has few days, instants and explanations, and many rows of them.
  const texts = new WeakMap<object, unknown>()
  return value => {
    if (value === undefined || value === null || typeof value === 'string') return value ?? null
    if (typeof value !== 'object') return column.mapToDriverValue(value)
    let text = texts.get(value)
    if (text === undefined) {
      text = column.mapToDriverValue(value)
      texts.set(value, text)
    }
    return text
  }
}
