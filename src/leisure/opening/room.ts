import { placeOf, type Ramp, turnOf } from './draw.ts'

/** Where somebody in the room stands. */
export type Standing =
  /** Sign-ups have not opened. `after` is how many seconds after the opening the turn will come: for the pace, never told. */
  | { state: 'before'; seconds: number; after: number }
  /** So many seconds until one's turn; `ahead` families at the most before it, unknown to who came after the opening. */
  | { state: 'turn'; seconds: number; ahead: number | undefined }
  | { state: 'go' }

/** Where somebody with that rank and arrival stands at an instant. */
export function standingAt(
  ramp: Ramp,
  who: { rank: bigint; arrivedAt: Temporal.Instant },
  now: Temporal.Instant,
): Standing {
  const until = (instant: Temporal.Instant) => now.until(instant).total('seconds')
  const turnAt = turnOf(ramp, who)
  if (until(ramp.opensAt) > 0) {
    return { state: 'before', seconds: until(ramp.opensAt), after: ramp.opensAt.until(turnAt).total('seconds') }
  }
  const seconds = until(turnAt)
  if (seconds <= 0) return { state: 'go' }
  if (Temporal.Instant.compare(who.arrivedAt, ramp.opensAt) >= 0) return { state: 'turn', seconds, ahead: undefined }
  const place = placeOf(who.rank, ramp.households)
  const passed = Math.floor(-until(ramp.opensAt) * ramp.perSecond)
  return { state: 'turn', seconds, ahead: Math.max(place - passed, 0) }
}

/** Right after the opening everybody wants to know: they ask within so many seconds, not all at once. */
const SPREAD_AFTER_OPENING_S = 5

/**
 * In how many seconds a page asks again: seldom while there is time, every five seconds near it, and just when the turn
 * comes. `chance` is in [0, 1): pages opened together must not ask together.
 */
export function askAgainIn(standing: Standing, chance: number): number {
  if (standing.state === 'go') return 0
  const { seconds } = standing
  const pace = (seconds > 600 ? 60 : seconds > 60 ? 20 : 5) * (0.8 + 0.4 * chance)
  if (seconds > pace) return pace
  if (standing.state === 'turn') return seconds + chance * 0.5
  // Whose turn is among the first learns it on time.
  return seconds + Math.min(chance * SPREAD_AFTER_OPENING_S, standing.after + chance * 0.5)
}
