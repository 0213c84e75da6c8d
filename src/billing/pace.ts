import { setTimeout as pause } from 'node:timers/promises'

/** Households per transaction: some 5 ms of SQLite's one writer, which parents who book meanwhile must share. */
export const HOUSEHOLDS_AT_ONCE = 50

/**
 * Does one piece of a long work, then leaves the database to others for as long. With 20 households a piece, bookings made
 * meanwhile take 5 ms at the 99th percentile, as without; with one transaction for all they took a second
 * (`bench/billing.ts`).
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
