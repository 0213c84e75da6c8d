/** What a family was told at the end of its journey. */
export type Told =
  | { kind: 'place' }
  | { kind: 'waiting'; rank: number }
  /** Held, but never told confirmed. */
  | { kind: 'held' }
  | { kind: 'refused'; why: string }
  /** It went home without an answer. */
  | { kind: 'nothing'; why: string }
