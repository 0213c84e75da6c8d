import type { Tx } from '../../db/database.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Child } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { LeisurePeriod } from '../store.ts'
import type { AskedDay } from '../taking.ts'
import type { Choice, Refusal } from './rules.ts'
import type { BasketRow } from './store.ts'

/** What became of a choice, by its place among those asked; days are ISO text, for the answer is kept and given again. */
export type Outcome = Pick<Choice, 'unit' | 'part' | 'meal'> & {
  index: number
  childId: string
  centreId: string
  days: readonly string[]
}
export type Held = {
  /** The open basket and until when it keeps its places; null when nothing is in it. */
  basket: { id: Id<'leisure-basket'>; heldUntil: string } | null
  held: readonly (Outcome & { signupId: Id<'leisure-signup'> })[]
  /** In line, with the rank from 1. */
  waiting: readonly (Outcome & { signupId: Id<'leisure-signup'>; rank: number })[]
  /** Stood already: chosen twice, or by the other parent. */
  already: readonly (Outcome & { signupId: Id<'leisure-signup'> })[]
  /** Not granted; `refusedDays` are the days it is for. */
  refused: readonly (Outcome & { code: Refusal; refusedDays: readonly string[] })[]
}

/** Who asks for what, and when. */
export type Asking = {
  town: Town
  actor: Actor
  now: Temporal.Instant
  periodId: string
  choices: readonly Choice[]
  waitWhenFull: boolean
  ticket: string | undefined
}

/** Choices while they are being granted. */
export type Work = Asking & {
  tx: Tx
  householdId: Id<'household'>
  period: LeisurePeriod
  children: ReadonlyMap<string, Child>
  basket: BasketRow | undefined
  granted: Granted[]
  inLine: Granted[]
  already: Held['already'][number][]
  refused: Held['refused'][number][]
}

export const daysOf = (all: readonly Wanted[]) => all.flatMap(({ days }) => days)

/** A choice that the rules allow, with the group of each of its days. */
export type Wanted = { index: number; choice: Choice; days: readonly AskedDay[] }
export type Granted = Wanted & { signupId: Id<'leisure-signup'> }

export const outcomeOf = ({ index, choice }: Pick<Wanted, 'index' | 'choice'>): Outcome => ({
  index,
  childId: choice.childId,
  centreId: choice.centreId,
  unit: choice.unit,
  part: choice.part,
  meal: choice.meal,
  days: choice.days.map(String),
})
