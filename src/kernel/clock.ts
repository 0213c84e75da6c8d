/** The town's time zone: every deadline and every calendar day is meant there. */
export const PARIS = 'Europe/Paris'

/** Where the time comes from. Rules get a date or an instant as an argument; only use cases ask the clock. */
export type Clock = { now(): Temporal.Instant }

export const systemClock: Clock = { now: () => Temporal.Now.instant() }

/** The calendar day it is in the town at that instant. */
export function dayInParis(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(PARIS).toPlainDate()
}
