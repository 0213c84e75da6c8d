import type { Queries } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'

/** Something that stands in the way of forgetting a household or one of its children. */
export type Hold = {
  /** The locale key of the sentence that says so, and what fills it. */
  words: string
  params?: Record<string, unknown>
  /** Whether it must be settled first (an unpaid invoice), or is only kept for as long as the law says (a paid one). */
  blocks: boolean
}

/**
 * What holds a household, or one child in it. The services that serve and bill stand above this one and hand theirs in.
 */
export type HoldsOf = (
  db: Queries,
  of: { householdId: Id<'household'>; childId?: Id<'person'> },
  now: Temporal.Instant,
) => Promise<readonly Hold[]>

/** What all of them hold. */
export const allHolds =
  (providers: readonly HoldsOf[]): HoldsOf =>
  async (db, of, now) => {
    const found: Hold[] = []
    for (const holdsOf of providers) found.push(...(await holdsOf(db, of, now)))
    return found
  }
