import type { Queries } from '../../db/database.ts'
import type { Id } from '../../kernel/ids.ts'
import { type Child, childrenOf } from '../../people/store.ts'
import { type Signup, signupsOfHousehold } from '../signups.ts'
import { stands } from './answers.ts'
import { rankOf } from './ranks.ts'

/** A sign-up of a household that is in line, or has its places offered. */
export type Waiting = {
  signup: Signup
  child: Child
  state: 'waiting' | 'offered'
  /** From 1; of those in line only. */
  rank: number | undefined
  offeredUntil: Temporal.Instant | undefined
}

/** What a household waits for, and what is offered to it, first come first. */
export async function waitingOf(db: Queries, householdId: Id<'household'>, now: Temporal.Instant): Promise<Waiting[]> {
  const signups = await signupsOfHousehold(db, householdId, ['waiting', 'offered'])
  if (signups.length === 0) return []
  const children = await childrenOf(db, householdId)
  const inLine = signups.filter(({ state }) => state === 'waiting')
  const ranks = await rankOf(
    db,
    inLine.map(({ id }) => id),
  )
  return signups.flatMap((signup): Waiting[] => {
    const child = children.find(({ id }) => id === signup.childId)
    if (!child) return []
    if (signup.state === 'waiting')
      return [{ signup, child, state: 'waiting', rank: ranks.get(signup.id), offeredUntil: undefined }]
    if (!stands(signup, now) || !signup.offerExpiresAt) return []
    return [{ signup, child, state: 'offered', rank: undefined, offeredUntil: signup.offerExpiresAt }]
  })
}
