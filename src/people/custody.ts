import { isOnOrBefore, type Weekday } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'

type HouseholdId = Id<'household'>

/**
 * How a child of two households lives with them, from a day on. Until then what was agreed `before` holds; when nothing
 * was, the `first` household had the child alone.
 */
export type Custody = {
  first: HouseholdId
  second: HouseholdId
  from: Temporal.PlainDate
  before?: Custody | undefined
} & (
  | {
      /** One week each, on and on. `firstWeek` is a day on which a week at the first household begins. */
      kind: 'alternating-weeks'
      firstWeek: Temporal.PlainDate
    }
  | {
      /**
       * As judgments often say: even weeks at the one, odd weeks at the other, by the number of the ISO week in which the
       * stay begins. A year of 53 weeks (2026) gives the same household two weeks in a row; `alternating-weeks` does not.
       */
      kind: 'even-and-odd-weeks'
      evenWeeks: 'first' | 'second'
      /** The day of the week on which the child changes homes: 1, Monday, to 7. */
      changeOver: Weekday
    }
  | {
      /** No calendar: either household books, and each pays its share of every meal. */
      kind: 'percentage'
      /** The first household's share in basis points (5 000 = 50 %); the second has the rest. */
      firstShare: number
    }
)

/** The household the child is with on a day, whose days it books and pays; undefined when either may book. */
export function householdOfDay(custody: Custody, day: Temporal.PlainDate): HouseholdId | undefined {
  if (!isOnOrBefore(custody.from, day)) return custody.before ? householdOfDay(custody.before, day) : custody.first
  switch (custody.kind) {
    case 'percentage':
      return undefined
    case 'alternating-weeks': {
      const weeks = Math.floor(custody.firstWeek.until(day, { largestUnit: 'day' }).days / 7)
      return weeks % 2 === 0 ? custody.first : custody.second
    }
    case 'even-and-odd-weeks': {
      const sinceChange = (day.dayOfWeek - custody.changeOver + 7) % 7
      const week = day.subtract({ days: sinceChange }).weekOfYear ?? 0
      const turn = week % 2 === 0 ? custody.evenWeeks : custody.evenWeeks === 'first' ? 'second' : 'first'
      return custody[turn]
    }
  }
}

/** Whether that household may book for the child on that day. */
export function mayBookOn(custody: Custody, household: HouseholdId, day: Temporal.PlainDate): boolean {
  if (household !== custody.first && household !== custody.second) return false
  return (householdOfDay(custody, day) ?? household) === household
}

/** What part of that day's price each household pays, in basis points that add up to 10 000; nobody for nothing. */
export function sharesOfDay(
  custody: Custody,
  day: Temporal.PlainDate,
): readonly { household: HouseholdId; basisPoints: number }[] {
  const one = householdOfDay(custody, day)
  if (one !== undefined) return [{ household: one, basisPoints: 10_000 }]
  if (custody.before && !isOnOrBefore(custody.from, day)) return sharesOfDay(custody.before, day)
  const firstShare = custody.kind === 'percentage' ? custody.firstShare : 10_000
  return [
    { household: custody.first, basisPoints: firstShare },
    { household: custody.second, basisPoints: 10_000 - firstShare },
  ].filter(({ basisPoints }) => basisPoints > 0)
}
