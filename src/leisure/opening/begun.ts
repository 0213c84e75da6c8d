import { type FieldError, invalid } from '../../kernel/problems.ts'
import type { Allocation, Opening } from '../openings.ts'
import { publicFrom } from './draw.ts'

type Said = {
  allocation: Allocation
  openings: readonly Opening[]
  wishesUntil: Temporal.Instant | null
  /** First day of the period. */
  from: Temporal.PlainDate
}

const hasCome = (instant: Temporal.Instant, now: Temporal.Instant) => Temporal.Instant.compare(instant, now) <= 0

/** Whether the first of these openings has come. */
export const hasBegun = ({ openings }: { openings: readonly Opening[] }, now: Temporal.Instant) =>
  openings.some(({ opensAt }) => hasCome(opensAt, now))

/**
 * What may not change any more once sign-ups have begun: how places are given; in a draw also the openings that have come,
 * for whoever is in the room counts on them, and every opening once the seed is public, for everybody can tell their rank.
 * Throws 422 by field.
 */
export function refuseBegun(before: Said, wanted: Pick<Said, 'allocation' | 'openings'>, now: Temporal.Instant): void {
  if (!hasBegun(before, now)) return
  if (wanted.allocation !== before.allocation) throw invalid([{ field: 'allocation', code: 'allocation-begun' }])
  if (before.allocation !== 'draw') return
  const from = publicFrom(before, before.openings)
  const isPublic = from !== undefined && hasCome(from, now)
  const audiences = new Set([...before.openings, ...wanted.openings].map(({ audience }) => audience))
  const errors = [...audiences].flatMap((audience): FieldError[] => {
    const [old, asked] = [before, wanted].map(
      ({ openings }) => openings.find(one => one.audience === audience)?.opensAt,
    )
    const changed = old && asked ? !old.equals(asked) : old !== asked
    const fixed = isPublic || (old !== undefined && hasCome(old, now))
    return changed && fixed ? [{ field: `openings.${audience}.day`, code: 'draw-begun' }] : []
  })
  if (errors.length > 0) throw invalid(errors)
}
