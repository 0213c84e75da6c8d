import { isOnOrBefore } from '../../kernel/days.ts'

/** Until which day a stay is cancelled for nothing, that day included, and whether that is still so. */
export type CancelRule = { lastFreeDay: Temporal.PlainDate; free: boolean }

/** What cancelling a day costs when it is cancelled today (in Paris): nothing until so many days before, then its price. */
export function cancelRule(day: Temporal.PlainDate, cancelDays: number, today: Temporal.PlainDate): CancelRule {
  const lastFreeDay = day.subtract({ days: cancelDays })
  return { lastFreeDay, free: isOnOrBefore(today, lastFreeDay) }
}
