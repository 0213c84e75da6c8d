import { prepared, type Tx } from '../db/database.ts'
import { sql } from '../db/drizzle.ts'
import { numberSeries } from './schema.ts'

const advance = prepared(db =>
  db
    .insert(numberSeries)
    .values({ name: sql.placeholder('name'), next: sql.placeholder('afterFirst') })
    .onConflictDoUpdate({
      target: numberSeries.name,
      set: { next: sql`${numberSeries.next} + ${sql.placeholder('count')}` },
    })
    .returning({ next: numberSeries.next })
    .prepare(),
)

/**
 * The next `count` numbers of a series, which starts at 1. Taken in the transaction of the documents that bear them: one
 * that is undone gives them back, and the next one waits for it, so that there is no gap and no double.
 */
export async function takeNumbers(tx: Tx, name: string, count: number): Promise<number[]> {
  if (count < 1) return []
  const [row] = await advance(tx).execute({ name, count, afterFirst: count + 1 })
  if (!row) throw new Error(`no numbers from the series ${name}`)
  return Array.from({ length: count }, (_, i) => row.next - count + i)
}
