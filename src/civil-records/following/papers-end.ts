import { dayInParis, PARIS } from '../../kernel/clock.ts'
import { appealBefore } from '../rules/delays.ts'

/**
 * From when the papers of a request that was closed then are not needed any more: at once; of a refused one, when the last
 * day to appeal is over.
 */
export function papersEnd(closedAt: Temporal.Instant, refused: boolean): Temporal.Instant {
  if (!refused) return closedAt
  return appealBefore(dayInParis(closedAt)).add({ days: 1 }).toZonedDateTime(PARIS).toInstant()
}
