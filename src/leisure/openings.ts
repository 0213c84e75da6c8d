import { dayInParis } from '../kernel/clock.ts'

export const AUDIENCES = ['residents', 'siblings', 'working-parents', 'everybody'] as const
/** Who signs up together: who lives in the town, siblings of the enrolled, parents who all work, everybody. */
export type Audience = (typeof AUDIENCES)[number]

export const ALLOCATIONS = ['wishes', 'draw', 'first-come'] as const
/** How places are given: by ranked wishes and published criteria, by a draw at the opening, or first come first served. */
export type Allocation = (typeof ALLOCATIONS)[number]

export type Opening = { audience: Audience; opensAt: Temporal.Instant }

/** What is known of a household that decides when it may sign up. */
export type HouseholdFacts = { resident: boolean; siblingEnrolled: boolean; parentsWork: boolean }

/** Whether the household is one of that audience. */
function belongsTo(audience: Audience, household: HouseholdFacts): boolean {
  switch (audience) {
    case 'residents':
      return household.resident
    case 'siblings':
      return household.siblingEnrolled
    case 'working-parents':
      return household.parentsWork
    case 'everybody':
      return true
  }
}

export type NextOpening =
  | { state: 'open'; since: Temporal.Instant }
  | { state: 'later'; opensAt: Temporal.Instant; audience: Audience }
  /** The town has not said when these families may sign up. */
  | { state: 'not-said' }

/** Whether a household may sign up at that instant, else from when: the earliest of the audiences it is of. */
export function openingFor(
  openings: readonly Opening[],
  household: HouseholdFacts,
  now: Temporal.Instant,
): NextOpening {
  const [first] = openings
    .filter(({ audience }) => belongsTo(audience, household))
    .sort((a, b) => Temporal.Instant.compare(a.opensAt, b.opensAt))
  if (!first) return { state: 'not-said' }
  return Temporal.Instant.compare(first.opensAt, now) <= 0
    ? { state: 'open', since: first.opensAt }
    : { state: 'later', ...first }
}

/** The audiences in the order in which they may sign up. */
export function inOrder(openings: readonly Opening[]): Opening[] {
  return openings.toSorted(
    (a, b) =>
      Temporal.Instant.compare(a.opensAt, b.opensAt) || AUDIENCES.indexOf(a.audience) - AUDIENCES.indexOf(b.audience),
  )
}

/** How long until an instant, in one number and its unit; `tomorrow` is by the calendar in Paris. */
export type Countdown = { unit: 'days' | 'hours' | 'minutes'; count: number } | { unit: 'tomorrow' | 'now' }

/** How long until sign-ups open, as a page says it without counting down by itself. */
export function countdown(now: Temporal.Instant, opensAt: Temporal.Instant): Countdown {
  const seconds = opensAt.since(now).total('seconds')
  if (seconds <= 0) return { unit: 'now' }
  const days = dayInParis(now).until(dayInParis(opensAt), { largestUnit: 'day' }).days
  if (days > 1) return { unit: 'days', count: days }
  if (days === 1) return { unit: 'tomorrow' }
  // Rounded up: nobody is told an hour too early that it is open.
  return seconds > 3_600
    ? { unit: 'hours', count: Math.ceil(seconds / 3_600) }
    : { unit: 'minutes', count: Math.ceil(seconds / 60) }
}
