import { dialect } from './columns.ts'
import { sql } from './drizzle.ts'

type Sql = ReturnType<typeof sql>

/**
 * « column in (…) », the list being one parameter: JSON text, as `listOf` writes it. A statement prepared once then serves
 * lists of any length.
 */
export function inList(column: Parameters<typeof sql>[1], name: string): Sql {
  return dialect === 'postgres'
    ? sql`${column} in (select jsonb_array_elements_text(${sql.placeholder(name)}::jsonb))`
    : sql`${column} in (select value from json_each(${sql.placeholder(name)}))`
}

/** The parameter of `inList`. */
export const listOf = (values: Iterable<{ toString(): string }>) => JSON.stringify(Array.from(values, String))

/**
 * Keeps the rows read from others until the transaction ends. SQLite has one writer at a time: nothing to keep there.
 * Ask for rows in one and the same order everywhere, or two transactions wait for each other.
 */
export function forUpdate<Query>(query: Query): Query {
  if (dialect === 'sqlite') return query
  return (query as { for(strength: 'update'): Query }).for('update')
}

/** As `forUpdate`, but passes over the rows that another transaction keeps: who takes from a queue waits for nobody. */
export function forUpdateOfFree<Query>(query: Query): Query {
  if (dialect === 'sqlite') return query
  return (query as { for(strength: 'update', how: { skipLocked: true }): Query }).for('update', { skipLocked: true })
}
