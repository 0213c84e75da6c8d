import type { Queries } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { Schooling } from './store.ts'

/** A school as a parent chooses it. */
export type SchoolChoice = {
  id: Id<'school'>
  name: string
  /** Its classes, when the town has entered them; `level` may name several, as « CM1 CM2 ». */
  classes: readonly { name: string; level: string }[]
}

/** The schools of the town, by name. The schools' service stands above this one and is handed in. */
export type SchoolDirectory = (db: Queries) => Promise<readonly SchoolChoice[]>

/** The levels of nursery and primary school, in their order (education code, D311-10). */
export const LEVELS = ['TPS', 'PS', 'MS', 'GS', 'CP', 'CE1', 'CE2', 'CM1', 'CM2', 'ULIS'] as const
export type Level = (typeof LEVELS)[number]

/** The classes of a school that take a level. */
export function classesFor(school: SchoolChoice, level: Level): string[] {
  return school.classes.filter(one => one.level.split(/[^A-Z0-9]+/i).includes(level)).map(({ name }) => name)
}

/**
 * The class to write down for a level: the school's only one for it; the level itself when the school has none or several,
 * until somebody says which.
 */
export function classNameFor(school: SchoolChoice, level: Level): string {
  const [only, ...others] = classesFor(school, level)
  return only !== undefined && others.length === 0 ? only : level
}

/** The schoolings with one more from a day on: what begins that day or later is replaced, what came before ends then. */
export function schoolingsWith(
  known: readonly Schooling[],
  next: Pick<Schooling, 'schoolId' | 'className' | 'from'>,
): Schooling[] {
  const before = known.filter(({ from }) => Temporal.PlainDate.compare(from, next.from) < 0)
  const ended = before.map(one => {
    const lasts = one.to === null || Temporal.PlainDate.compare(one.to, next.from) >= 0
    return lasts && one === before.at(-1) ? { ...one, to: next.from.subtract({ days: 1 }) } : one
  })
  return [...ended, { ...next, to: null }]
}
