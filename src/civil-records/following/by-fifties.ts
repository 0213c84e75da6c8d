import type { Tx } from '../../db/database.ts'
import type { Town } from '../../town-context.ts'

/** Rows that one transaction works through: visitors wait no longer than that. */
export const FIFTY = 50

/**
 * Works through all rows that `find` gives, fifty in a transaction. `find` gives at most fifty, by id, after the one named;
 * `work` looks again at what is true by then.
 */
export async function byFifties<Row extends { id: string }>(
  town: Pick<Town, 'db'>,
  find: (after: string) => Promise<readonly Row[]>,
  work: (tx: Tx, row: Row) => Promise<void>,
): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await find(after)
    const last = rows.at(-1)
    if (!last) return
    await town.db.transaction(async tx => {
      for (const row of rows) await work(tx, row)
    })
    after = last.id
  }
}
