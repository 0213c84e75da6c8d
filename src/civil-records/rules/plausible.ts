import type { PartialDate, RecordKind } from '../kinds.ts'
import { dateParts, earliest, latest } from './partial-dates.ts'

/** Recognition may come before the birth, but not before the pregnancy: 300 days at most (civil code, art. 311). */
const PREGNANCY = Temporal.Duration.from({ days: 300 })

/**
 * Age from which one married: 15 since the civil code of 1804 (art. 144, 18 today, younger only by dispensation), 13 under
 * the decree of 20 September 1792.
 */
const leastAge = (year: number) => (year < 1804 ? 13 : 15)

/** Whether `a` is before `b` whatever the two partial dates may mean. */
export const surelyBefore = (a: PartialDate, b: PartialDate): boolean => isBefore(latest(a), earliest(b))

const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) < 0

export type EventFault = 'before-birth' | 'too-young-to-marry'

/** Why an act of that date cannot be of somebody born on that date; undefined when it can, vague dates being believed. */
export function eventFault(kind: RecordKind, date: PartialDate, birth: PartialDate): EventFault | undefined {
  const first = earliest(birth)
  switch (kind) {
    case 'birth':
      return undefined
    case 'recognition':
      return isBefore(latest(date), first.subtract(PREGNANCY)) ? 'before-birth' : undefined
    case 'death':
      return surelyBefore(date, birth) ? 'before-birth' : undefined
    case 'marriage': {
      if (surelyBefore(date, birth)) return 'before-birth'
      const grown = first.add({ years: leastAge(dateParts(date).year) })
      return isBefore(latest(date), grown) ? 'too-young-to-marry' : undefined
    }
  }
}
