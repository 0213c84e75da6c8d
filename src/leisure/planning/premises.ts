import type { Queries } from '../../db/database.ts'
import { invalid } from '../../kernel/problems.ts'
import { type Centre, type Group, type Session, sessionsOf } from '../store.ts'

/** A half-day of a centre on which its groups together have more places than the premises hold. */
export function abovePremises<Some extends Pick<Session, 'day' | 'half' | 'capacity'>>(
  sessions: readonly Some[],
  premises: number,
): Some | undefined {
  const byHalf = Map.groupBy(sessions, ({ day, half }) => `${day} ${half}`)
  const over = byHalf.values().find(some => some.reduce((all, { capacity }) => all + capacity, 0) > premises)
  return over?.at(-1)
}

/** Throws 422 when the groups of a centre have more places on a half-day than the premises hold. */
export async function refuseAbovePremises(
  db: Queries,
  { premises }: Pick<Centre, 'premises'>,
  groups: readonly Group[],
  fieldOf: (session: Session) => string,
): Promise<void> {
  const over = abovePremises(await sessionsOf(db, groups), premises)
  if (over)
    throw invalid([{ field: fieldOf(over), code: 'above-premises', params: { premises, day: over.day.toString() } }])
}
