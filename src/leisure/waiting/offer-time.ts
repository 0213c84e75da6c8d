/** Nothing shorter is offered: a letter must be read first. */
const LEAST_HOURS = 2

/** How long before its stay begins an offer ends at the latest: for a morning, the evening before. */
export const HOURS_BEFORE_STAY = 12
/** The same when a clerk offers the place, who can telephone. */
export const HOURS_BEFORE_STAY_BY_CLERK = 2

export type OfferTimes = {
  /** How long a place is kept when there is time: the town's setting. */
  hours: number
  hoursBeforeStay: number
}

/**
 * Until when a place that came free is kept for the first in line: so many hours, but near the stay half of the time that
 * is left, so that the next one still has the other half. Undefined when it is too late to offer anything.
 */
export function offerExpires(
  now: Temporal.Instant,
  stayBegins: Temporal.Instant,
  { hours, hoursBeforeStay }: OfferTimes,
): Temporal.Instant | undefined {
  const limit = stayBegins.subtract({ hours: hoursBeforeStay })
  const left = limit.since(now).total('hours')
  if (left < LEAST_HOURS) return undefined
  const lasts = Math.min(hours, Math.max(LEAST_HOURS, left / 2))
  return now.add({ seconds: Math.floor(lasts * 3_600) })
}
