import { setTimeout as pause } from 'node:timers/promises'

/** Households per transaction: with 800 charges, some 8 ms of SQLite's one writer, which parents who book share. */
export const HOUSEHOLDS_AT_ONCE = 40

/**
 * Does one piece of a long work, then leaves the database to others for as long: what they write meanwhile waits for one
 * short piece at most. One transaction for a whole town's month would hold them up for seconds (`bench/billing.ts`).
 */
export async function paced<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  await pause(performance.now() - start)
  return result
}

/** The list in pieces. */
export function* pieces<T>(all: readonly T[], size = HOUSEHOLDS_AT_ONCE): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size)
}
