import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Id } from '../../kernel/ids.ts'
import type { Opening } from '../openings.ts'
import type { LeisurePeriod } from '../store.ts'
import { wishesEnd } from '../wishes/wish-lists.ts'

// Everything about the draw is a function of the seed, the household and instants, so that any process, before or after a
// restart, gives the same turn, and anybody can compute it again from the published seed.

/** How long before the opening the room lets people in. */
export const ROOM_OPENS_MINUTES_BEFORE = 30

/** The secret of a draw: 32 random bytes as 64 hexadecimal digits. */
export const newSeed = (): string => randomBytes(32).toString('hex')

/** What is published of a seed before the draw: the SHA-256 of its 64 digits as text. */
export const fingerprintOf = (seed: string): string => createHash('sha256').update(seed).digest('hex')

/** Under what number a household takes part in every draw: 12 hexadecimal digits that tell nothing about it. */
export const drawNumber = (householdId: Id<'household'>): string =>
  createHash('sha256').update(`guichet draw ${householdId}`).digest('hex').slice(0, 12)

/**
 * The rank that a seed gives to a draw number: the first 64 bits of HMAC-SHA256, keyed with the seed's 64 digits as text.
 * As a fraction of 2^64 it is uniform in [0, 1).
 */
export const rankOf = (seed: string, number: string): bigint =>
  createHmac('sha256', seed).update(number).digest().readBigUInt64BE(0)

/** The rank of a household: the same on every device and in every process. */
export const rankOfHousehold = (seed: string, householdId: Id<'household'>): bigint =>
  rankOf(seed, drawNumber(householdId))

/** How many of so many households come before that rank when all take part, from 0: the rank's share, rounded down. */
export const placeOf = (rank: bigint, households: number): number => Number((rank * BigInt(households)) >> 64n)

/** What a turn depends on, besides who asks: the opening, how many may come, and how many are let in each second. */
export type Ramp = { opensAt: Temporal.Instant; households: number; perSecond: number }

const milliseconds = (families: number, { perSecond }: Ramp) => Math.floor((families * 1_000) / perSecond)

/** When everybody of the draw has had their turn. */
export const endOfRamp = (ramp: Ramp): Temporal.Instant =>
  ramp.opensAt.add({ milliseconds: milliseconds(ramp.households, ramp) })

/**
 * When a household may come in. Who was there before the opening comes by rank. Who arrives later comes after all of them,
 * first come first served, four times as close together as they arrived, until that catches up with the clock; from then
 * on at once.
 */
export function turnOf(
  ramp: Ramp,
  { rank, arrivedAt }: { rank: bigint; arrivedAt: Temporal.Instant },
): Temporal.Instant {
  const late = arrivedAt.epochMilliseconds - ramp.opensAt.epochMilliseconds
  if (late < 0) return ramp.opensAt.add({ milliseconds: milliseconds(placeOf(rank, ramp.households), ramp) })
  const behind = endOfRamp(ramp).add({ milliseconds: Math.floor(late / 4) })
  return Temporal.Instant.compare(behind, arrivedAt) > 0 ? behind : arrivedAt
}

/**
 * When the seed of a period becomes public: when nobody can come to take part any more. For a draw that is the last opening,
 * for wishes their end: whoever knew the seed before could open accounts until one of them has a good rank.
 */
export function publicFrom(
  period: Pick<LeisurePeriod, 'allocation' | 'wishesUntil' | 'from'>,
  openings: readonly Opening[],
): Temporal.Instant | undefined {
  if (period.allocation === 'wishes') return wishesEnd(period)
  return openings
    .map(({ opensAt }) => opensAt)
    .sort(Temporal.Instant.compare)
    .at(-1)
}
