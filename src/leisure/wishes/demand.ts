import { mondayOf } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Signup } from '../signups.ts'
import type { Group, Session } from '../store.ts'
import { sessionKey, sessionKeysOf } from '../taking.ts'

/** How many want places of a group in a week against how many there are, by the half-day that is wanted most. */
export type Demand = {
  group: Group
  monday: Temporal.PlainDate
  /** Children who wish for it, and those whose dearest wish it is. */
  wished: number
  first: number
  /** Places left of that half-day. */
  places: number
}

/** Wishes counted by group and week. A child counts once for a half-day, however many of its wishes ask for it. */
export function demandOf(
  groups: readonly Group[],
  sessions: readonly Session[],
  wishes: readonly Pick<Signup, 'childId' | 'wishRank' | 'days'>[],
): Demand[] {
  const wished = new Map<string, Set<string>>()
  const first = new Map<string, Set<string>>()
  for (const wish of wishes) {
    for (const key of wish.days.flatMap(sessionKeysOf)) {
      addTo(wished, key, wish.childId)
      if (wish.wishRank === 1) addTo(first, key, wish.childId)
    }
  }
  const byWeek = Map.groupBy(sessions, ({ groupId, day }) => `${groupId} ${mondayOf(day)}`)
  return [...byWeek.values()].flatMap((own): Demand[] => {
    const counted = own.map(session => {
      const key = sessionKey(session.groupId, session.day, session.half)
      const places = session.capacity - session.taken
      return { session, places, wished: wished.get(key)?.size ?? 0, first: first.get(key)?.size ?? 0 }
    })
    const [most] = counted.toSorted((a, b) => b.wished - b.places - (a.wished - a.places))
    const group = groups.find(({ id }) => id === most?.session.groupId)
    if (!most || !group) return []
    return [{ group, monday: mondayOf(most.session.day), wished: most.wished, first: most.first, places: most.places }]
  })
}

function addTo(sets: Map<string, Set<string>>, key: string, value: Id<'person'>): void {
  const set = sets.get(key)
  if (set) set.add(value)
  else sets.set(key, new Set([value]))
}
