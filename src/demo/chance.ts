/** Chance that is the same at every start (mulberry32): the demonstration town always has the same families. */
export function sameChance(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    one: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
    whole: (from: number, to: number) => from + Math.floor(next() * (to - from + 1)),
    happens: (probability: number) => next() < probability,
  }
}
export type Chance = ReturnType<typeof sameChance>
