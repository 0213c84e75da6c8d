/** How full a group is, for families: a word, never a number that changes while they read. */
export type PlacesLeft = 'free' | 'few' | 'full'

type Places = { capacity: number; taken: number }

/** Up to a fifth of the places left is few. */
const FEW = 0.2

/** The word for the places of some half-days together. */
export function placesLeft(sessions: readonly Places[]): PlacesLeft {
  const capacity = sessions.reduce((all, one) => all + one.capacity, 0)
  const left = capacity - sessions.reduce((all, one) => all + one.taken, 0)
  if (left <= 0) return 'full'
  return left <= capacity * FEW ? 'few' : 'free'
}
