import type { Id } from '../../src/kernel/ids.ts'

/** How places are given on this opening morning. */
export type Mode = 'first-come' | 'draw'

/** What a world is built from. */
export type WorldPlan = {
  households: number
  mode: Mode
  /** Of each of the ten groups. */
  placesEach: number
  /** From the moment the world stands, in milliseconds: the doors open then. */
  opensInMs: number
}

/** A family that is signed in already: the cookies of two of its devices, and what it will ask for. */
export type WorldFamily = {
  household: Id<'household'>
  child: Id<'person'>
  cookie: string
  /** Another device of the same account; of the first hundred families only. */
  secondCookie?: string
  centre: string
  group: string
}

/** A town on its opening morning. */
export type World = {
  mode: Mode
  period: string
  /** The day that everybody wants. */
  day: string
  groups: { id: string; centre: string; places: number }[]
  places: number
  opensAt: number
  families: WorldFamily[]
  /** Who has other business at the town hall meanwhile. */
  others: { clerk: string; payer: string; emails: string[]; password: string }
}

export const GROUPS = 10
