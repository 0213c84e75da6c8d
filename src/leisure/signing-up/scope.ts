import type { Actor } from '../../kernel/actor.ts'

/** Whose idempotency keys these are: a clerk's at the counter are other ones for each resident. */
export function scopeOf(actor: Actor): string {
  if (actor.kind === 'resident') return `leisure:${actor.personId}`
  return actor.kind === 'on-behalf' ? `leisure:${actor.personId}:${actor.clerk.accountId}` : 'leisure'
}
