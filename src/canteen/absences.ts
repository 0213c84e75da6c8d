import { isOnOrBefore } from '../kernel/days.ts'
import type { Situation } from '../tariffs/rules.ts'

/** How the town excuses absences; towns differ. */
export type AbsenceRule = {
  /** Calendar days after the first day of absence within which a medical certificate counts. */
  certificateWithinDays: number
  /** Whether the first day stays due all the same (« jour de carence »). */
  firstDayCharged: boolean
}

/** The days a child missed in a row, with what excuses them. */
export type Absence = {
  days: readonly Temporal.PlainDate[]
  certificateReceivedOn: Temporal.PlainDate | undefined
  /** Strike, outing, closure, absent teacher: the town's doing, nobody brings a paper. */
  causedByTown: boolean
}

/** Whether a missed meal is excused, and why; `until` is the last day on which a certificate still counts. */
export type AbsenceOutcome = { day: Temporal.PlainDate; until: Temporal.PlainDate } & (
  | { excused: true; why: 'town' | 'certificate' }
  | { excused: false; why: 'first-day' | 'no-certificate' | 'certificate-late' | 'waiting-for-certificate' }
)

/** What becomes of each day of an absence, in order, as known today. */
export function absenceOutcomes(absence: Absence, rule: AbsenceRule, today: Temporal.PlainDate): AbsenceOutcome[] {
  const days = absence.days.toSorted((a, b) => Temporal.PlainDate.compare(a, b))
  const first = days[0]
  if (!first) return []
  const until = first.add({ days: rule.certificateWithinDays })
  const received = absence.certificateReceivedOn
  return days.map((day): AbsenceOutcome => {
    if (absence.causedByTown) return { day, until, excused: true, why: 'town' }
    if (received && !isOnOrBefore(received, until)) return { day, until, excused: false, why: 'certificate-late' }
    if (received && rule.firstDayCharged && day.equals(first)) return { day, until, excused: false, why: 'first-day' }
    if (received) return { day, until, excused: true, why: 'certificate' }
    const why = isOnOrBefore(today, until) ? 'waiting-for-certificate' : 'no-certificate'
    return { day, until, excused: false, why }
  })
}

/**
 * What a child's day is billed as, or undefined for nothing. A booked meal whose presence nobody ticked counts as eaten:
 * it was cooked for the child.
 */
export function situationOf(day: {
  booked: boolean
  present: boolean | undefined
  excused: boolean
}): Situation | undefined {
  if (!day.booked) return day.present ? 'unbooked-meal' : undefined
  if (day.present !== false) return 'meal'
  return day.excused ? 'excused-absence' : 'absence'
}
