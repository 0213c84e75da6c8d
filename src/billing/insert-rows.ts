import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { dialect } from '../db/columns.ts'
import { prepared, type Tx } from '../db/database.ts'
import { sql, tableColumns } from '../db/drizzle.ts'

/**
 * A way to insert many rows of a table at once: they are sent as one JSON text, to a statement prepared once. Drizzle's own
 * insert of several rows is built anew each time, and takes as many parameters as there are cells: four times the work of
 * a month's billing, and on PostgreSQL as many round trips (`bench/billing.ts`).
 */
export function rowInserter<Table extends SQLiteTable>(
  table: Table,
): (tx: Tx, rows: readonly Table['$inferInsert'][]) => Promise<void> {
  const columns = Object.entries<SQLiteColumn>(tableColumns(table))
  const insert = prepared(db => db.insert(table).select(cellsOf(columns.map(([, column]) => column))).prepare())
  return async (tx, rows) => {
    if (rows.length === 0) return
    const cells = rows.map(row => {
      const values = row as Readonly<Record<string, unknown>>
      return columns.map(([name, column]) => cellOf(column, values[name]))
    })
    await insert(tx).execute({ rows: JSON.stringify(cells) })
  }
}

/** « select » each cell of each row of the JSON text, as the engine's type for its column. */
function cellsOf(columns: readonly SQLiteColumn[]) {
  const cell = (column: SQLiteColumn, at: number) => {
    if (dialect === 'sqlite') return sql.raw(`json_extract(value, '$[${at}]')`)
    return sql.raw(isJson(column) ? `value -> ${at}` : `(value ->> ${at})::${column.getSQLType()}`)
  }
  const cells = sql.join(columns.map(cell), sql.raw(', '))
  return dialect === 'sqlite'
    ? sql`select ${cells} from json_each(${sql.placeholder('rows')})`
    : sql`select ${cells} from jsonb_array_elements(${sql.placeholder('rows')}::jsonb) as rows (value)`
}

const isJson = (column: SQLiteColumn) => column.dataType === 'json'

/** The texts of days and instants: a piece of work has few of them, and many rows. */
const texts = new WeakMap<object, unknown>()

function cellOf(column: SQLiteColumn, value: unknown): unknown {
  if (value === undefined || value === null || isJson(column)) return value ?? null
  if (typeof value !== 'object') return column.mapToDriverValue(value)
  let text = texts.get(value)
  if (text === undefined) {
    text = column.mapToDriverValue(value)
    texts.set(value, text)
  }
  return text
}
