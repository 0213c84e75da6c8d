import type { WishOutcome } from '../schema.ts'

/** A wish of a child: the half-days it asks a place of, and the days on which it would be there. */
export type AskedWish = {
  id: string
  /** The lowest is the dearest; no two of a child's are the same. */
  rank: number
  /** Half-days, by their key. */
  asks: readonly string[]
  /** Days as ISO text. */
  days: readonly string[]
  /** The child has a place elsewhere on one of these days already. */
  busy: boolean
}

/** A household's child with its wishes. A child of two homes comes once for each that has wishes. */
export type Applicant = {
  household: string
  child: string
  /** Among the household's children: the eldest first. */
  childOrder: number
  /** Which of the criteria the household meets, in the town's order. */
  met: readonly boolean[]
  /** The household's draw number: as text of one length, the lowest first. */
  draw: string
  /** How many wishes the family would like at most for the child; null for all. */
  most: number | null
  wishes: readonly AskedWish[]
}

export type WishResult = {
  wish: string
  applicant: Applicant
  /** From 1: the household's place by criteria, then by draw number. */
  position: number
  outcome: WishOutcome
  /** From 1: in which round it was given or dropped. */
  round: number
}

type InTurn = {
  applicant: Applicant
  position: number
  pending: AskedWish[]
  given: number
  /** The days of what this household was given for the child. */
  own: Set<string>
}

/**
 * Gives the places of a period by wishes. Households come by the town's criteria, the weightiest first, those alike by their
 * draw number. Then in each round every child in that order, the eldest of a household first, gets the dearest of its
 * wishes that is still possible: every half-day has a place, and the child is nowhere else on those days. Rounds go on
 * until nothing more fits. When or in which order wishes were told changes nothing. The results come by that order of households and children, the dearest wish first; see `inLine` for who waits.
 */
export function allocate(applicants: readonly Applicant[], places: Readonly<Record<string, number>>): WishResult[] {
  const left = new Map(Object.entries(places))
  const turns = inOrder(applicants)
  const takenByChild = new Map<string, Set<string>>()
  const results = new Map<string, WishResult>()

  for (let round = 1; turns.some(({ pending }) => pending.length > 0); round++) {
    for (const turn of turns) {
      const childDays = daysOfChild(takenByChild, turn.applicant.child)
      while (turn.pending.length > 0) {
        const wish = turn.pending.shift() as AskedWish
        const outcome = outcomeOf(turn, wish, childDays, left)
        results.set(wish.id, {
          wish: wish.id,
          applicant: turn.applicant,
          position: turn.position,
          outcome,
          round,
        })
        if (outcome !== 'given') continue
        for (const key of wish.asks) left.set(key, (left.get(key) ?? 0) - 1)
        for (const day of wish.days) {
          childDays.add(day)
          turn.own.add(day)
        }
        turn.given++
        break
      }
    }
  }
  return turns.flatMap(turn =>
    byRank(turn.applicant.wishes).flatMap((wish): WishResult[] => {
      const result = results.get(wish.id)
      return result ? [{ ...result, outcome: settled(turn, wish, result.outcome) }] : []
    }),
  )
}

/** Nobody waits for what was given otherwise: another place on one of these days, or as many as the family wanted. */
function settled({ applicant, given, own }: InTurn, { days }: AskedWish, outcome: WishOutcome): WishOutcome {
  if (outcome !== 'full') return outcome
  const enough = applicant.most !== null && given >= applicant.most
  return enough || days.some(day => own.has(day)) ? 'full-settled' : 'full'
}

function outcomeOf(
  { applicant, given, own }: InTurn,
  { asks, days, busy }: AskedWish,
  childDays: ReadonlySet<string>,
  left: ReadonlyMap<string, number>,
): WishOutcome {
  if (asks.length === 0 || asks.some(key => !left.has(key))) return 'closed'
  if (days.some(day => own.has(day))) return 'same-day'
  if (applicant.most !== null && given >= applicant.most) return 'enough'
  if (busy || days.some(day => childDays.has(day))) return 'busy'
  return asks.every(key => (left.get(key) ?? 0) > 0) ? 'given' : 'full'
}

function daysOfChild(taken: Map<string, Set<string>>, child: string): Set<string> {
  const known = taken.get(child) ?? new Set<string>()
  taken.set(child, known)
  return known
}

/** Children by their household's criteria and draw number, with the place of the household. */
function inOrder(applicants: readonly Applicant[]): InTurn[] {
  const sorted = applicants.toSorted(
    (a, b) => byHousehold(a, b) || a.childOrder - b.childOrder || compareText(a.child, b.child),
  )
  let position = 0
  return sorted.map((applicant, i) => {
    if (sorted[i - 1]?.household !== applicant.household) position++
    return { applicant, position, pending: byRank(applicant.wishes), given: 0, own: new Set() }
  })
}

function byHousehold(a: Applicant, b: Applicant): number {
  for (const [i, met] of a.met.entries()) if (met !== b.met[i]) return met ? -1 : 1
  return compareText(a.draw, b.draw) || compareText(a.household, b.household)
}

const byRank = (wishes: readonly AskedWish[]) => wishes.toSorted((a, b) => a.rank - b.rank)
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Those that wait for a place, first in line first: found full in the earlier round, then in the order of the list. */
export function inLine(results: readonly WishResult[]): WishResult[] {
  return results.filter(({ outcome }) => outcome === 'full').toSorted((a, b) => a.round - b.round)
}
