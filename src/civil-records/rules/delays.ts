import { townWorkingDays, type WorkingDays } from '../../kernel/calendar.ts'
import { dayInParis } from '../../kernel/clock.ts'

export type Traffic = 'late' | 'today' | 'soon' | 'on-time'

/** Working days left from which an answer is due soon. */
const SOON = 2

/** How pressing an answer is. What the words are is the locale's business; no colour says it alone. */
export function traffic(dueOn: Temporal.PlainDate, today: Temporal.PlainDate, calendar: WorkingDays): Traffic {
  const late = Temporal.PlainDate.compare(today, dueOn)
  if (late > 0) return 'late'
  if (late === 0) return 'today'
  return Temporal.PlainDate.compare(dueOn, soonUntil(today, calendar)) <= 0 ? 'soon' : 'on-time'
}

/** The last day on which an answer that is not due today is due soon. */
export const soonUntil = (today: Temporal.PlainDate, calendar: WorkingDays): Temporal.PlainDate =>
  calendar.after(today, SOON)

/**
 * The day from which the town's silence is a refusal: two months after receipt (code des relations entre le public et
 * l'administration, art. L231-4, 1°, and R112-5: handing over a copy is no individual decision, so that silence does not
 * grant it; no text on copies of acts was found that says otherwise). On 31 December that is 28 or 29 February.
 */
export function silenceRefusesOn(submitted: Temporal.Instant): Temporal.PlainDate {
  return dayInParis(submitted).add({ months: 2 })
}

/**
 * The last day to appeal to the mayor: two full months after the refusal was told or silence made it (code de justice
 * administrative, art. R421-1 and R421-5; neither the first day nor the last counts), carried on to the next working day.
 * No delay binds the other ways, which the State's page on refusals in matters of civil status names: the public
 * prosecutor, who watches over civil status, then the judicial court (code de l'organisation judiciaire, art. R211-4), and
 * the Defender of Rights.
 */
export function appealBefore(refusedOn: Temporal.PlainDate): Temporal.PlainDate {
  return townWorkingDays.onOrAfter(refusedOn.add({ months: 2 }).add({ days: 1 }))
}
