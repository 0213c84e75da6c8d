import type { Taken, Tally } from './browser.ts'
import type { Verdict } from './judge.ts'

/** What a run of the rush ends with. */
export type Report = {
  name: string
  /** What must be true. */
  correct: Verdict[]
  /** What is aimed at. */
  aims: Verdict[]
  /** What else was measured, a line each. */
  facts: string[]
}

export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0

const msOf = (taken: readonly Taken[], kind: Taken['kind']) =>
  taken.filter(one => one.kind === kind).map(({ ms }) => ms)

/** Whether pages and answers came as quickly as they should. */
export function speedAims({ taken }: Pick<Tally, 'taken'>, memory: number): Verdict[] {
  const page = quantile(msOf(taken, 'page'), 0.99)
  const answer = quantile(msOf(taken, 'answer'), 0.99)
  return [
    { ok: answer <= 300, name: 'answer p99 at most 300 ms', found: `${Math.round(answer)} ms` },
    { ok: page <= 1_000, name: 'page p99 at most 1 s', found: `${Math.round(page)} ms` },
    { ok: memory < 350, name: 'memory under 350 MB a process', found: `${Math.round(memory)} MB` },
  ]
}

/** How quickly, in words: half of all, nearly all, and how many there were. */
export function spread(taken: readonly Taken[], kind: Taken['kind']): string {
  const ms = msOf(taken, kind)
  return `${ms.length} ${kind}s, p50 ${Math.round(quantile(ms, 0.5))} ms, p99 ${Math.round(quantile(ms, 0.99))} ms`
}

/** Nothing but 503 and 409 may be answered beside success, and every 503 says when to come again. */
export function answersInOrder(tally: Tally): Verdict[] {
  const errors = Object.entries(tally.errors)
  return [
    {
      ok: errors.length === 0,
      name: 'no errors but 503 and 409',
      found: errors.length === 0 ? 'none' : errors.map(([what, times]) => `${times} × ${what}`).join(', '),
    },
    {
      ok: tally.busyWithoutWhen === 0,
      name: 'each 503 says when to come again',
      found: `${tally.busy} × 503, ${tally.busyWithoutWhen} without`,
    },
  ]
}

/** Prints a report; true when all that must be true is. */
export function print({ name, correct, aims, facts }: Report): boolean {
  console.log(`\n# ${name}`)
  for (const fact of facts) console.log(`       ${fact}`)
  for (const { ok, name, found } of correct) console.log(`${ok ? 'ok    ' : 'NOT OK'} ${name}: ${found}`)
  for (const { ok, name, found } of aims) console.log(`${ok ? 'reached' : 'missed '} ${name}: ${found}`)
  return correct.every(({ ok }) => ok)
}
