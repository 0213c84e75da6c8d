import { PARIS } from './clock.ts'

/** What a service counts, month by month: one chart with its table. The words are `figures:<key>`. */
export type MonthlyFigures = {
  key: string
  unit: 'count' | 'days' | 'cents'
  months: readonly Temporal.PlainYearMonth[]
  /** One value per month; null when there was nothing to measure. */
  series: readonly { name: string; values: readonly (number | null)[] }[]
}

/** One number that matters today. */
export type KeyFigure = { key: string; unit: 'count' | 'days' | 'cents' | 'percent'; value: number | null }

export type Figures = { keys: readonly KeyFigure[]; monthly: readonly MonthlyFigures[] }

/** The last months up to that day's, oldest first. */
export function lastMonths(today: Temporal.PlainDate, count: number): Temporal.PlainYearMonth[] {
  const month = today.toPlainYearMonth()
  return Array.from({ length: count }, (_, i) => month.subtract({ months: count - 1 - i }))
}

/** The instants between which a month lies in Paris: the second is the beginning of the next. */
export function instantsOf(month: Temporal.PlainYearMonth): { from: Temporal.Instant; to: Temporal.Instant } {
  const start = (of: Temporal.PlainYearMonth) => of.toPlainDate({ day: 1 }).toZonedDateTime(PARIS).toInstant()
  return { from: start(month), to: start(month.add({ months: 1 })) }
}

/** How many things took how many days. */
export type Histogram = ReadonlyMap<number, number>

/**
 * The value that a share of all does not exceed (nearest rank): 0.5 is the median, 0.9 the ninetieth percentile. Null of
 * nothing.
 */
export function percentile(histogram: Histogram, share: number): number | null {
  const total = histogram.values().reduce((sum, n) => sum + n, 0)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(share * total))
  let passed = 0
  for (const [value, n] of [...histogram].sort(([a], [b]) => a - b)) {
    passed += n
    if (passed >= rank) return value
  }
  return null
}
