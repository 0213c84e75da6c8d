import { ageOn } from '../kernel/days.ts'

/** The ages a group takes, in whole years on the day, both included. */
export type AgeBand = { minAge: number; maxAge: number }

export type Placed<Group> =
  | { group: Group }
  /** `overlap` is the town's mistake, the others are the child's age. */
  | { refused: 'too-young' | 'too-old' | 'no-group' | 'overlap' }

/**
 * Which group of a centre takes a child on a day: age counts on that day, so a child may change groups within a week.
 * Whoever is born on 29 February is a year older on 1 March in common years.
 */
export function groupFor<Group extends AgeBand>(
  birthDate: Temporal.PlainDate,
  day: Temporal.PlainDate,
  groups: readonly Group[],
): Placed<Group> {
  const age = ageOn(birthDate, day)
  const [group, another] = groups.filter(({ minAge, maxAge }) => minAge <= age && age <= maxAge)
  if (another) return { refused: 'overlap' }
  if (group) return { group }
  if (groups.length === 0) return { refused: 'no-group' }
  if (groups.every(({ minAge }) => age < minAge)) return { refused: 'too-young' }
  if (groups.every(({ maxAge }) => age > maxAge)) return { refused: 'too-old' }
  return { refused: 'no-group' }
}

/** The first of these groups that takes an age this band takes too. */
export function overlapping<Group extends AgeBand>(band: AgeBand, groups: readonly Group[]): Group | undefined {
  return groups.find(({ minAge, maxAge }) => minAge <= band.maxAge && band.minAge <= maxAge)
}
