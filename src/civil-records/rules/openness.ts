import type { Answers, PartialDate } from '../kinds.ts'
import { latest } from './partial-dates.ts'

/** How long births, recognitions and marriages stay closed (code du patrimoine, art. L213-2, I, 4° e and 5°). */
const YEARS = 75
/** The same for an act that concerns a minor. */
const YEARS_OF_MINOR = 100
/** After the death of the person of the act, when that is sooner. */
const YEARS_AFTER_DEATH = 25

export type Openness = {
  /** Why anyone may see the act today; undefined when it is closed. */
  by: 'age' | 'death' | undefined
  /** The first day on which anyone may, as far as is known. */
  opensOn: Temporal.PlainDate
}

/** What is known of an act, for its openness on a day. */
export type ActFacts = {
  date: PartialDate
  minor?: boolean | undefined
  died?: Answers['died']
  today: Temporal.PlainDate
}

/**
 * Whether an act is open to all by its age, or 25 years after the death of its person when that is sooner: of two spouses,
 * after the last death.
 * The years of the act run « à compter de leur clôture », from the close of the register of the act on 31 December (never
 * from the birth of who married): an act of 20 March 1951 opens on 1 January 2027. So the year alone is enough to know.
 * A death known in part counts as the last day it may mean: to give away what is still closed cannot be undone, to wait can.
 */
export function opennessOf({ date, minor, died, today }: ActFacts): Openness {
  const close = latest(date).with({ month: 12, day: 31 })
  const byAge = dayAfter(close, minor ? YEARS_OF_MINOR : YEARS)
  const byDeath = died && died !== 'no' ? dayAfter(latest(died), YEARS_AFTER_DEATH) : undefined
  if (isDue(byAge, today)) return { by: 'age', opensOn: byAge }
  if (byDeath && isDue(byDeath, today)) return { by: 'death', opensOn: byDeath }
  return { by: undefined, opensOn: byDeath && isDue(byDeath, byAge) ? byDeath : byAge }
}

/** Whether a death could have opened the act already: one of a younger act cannot be 25 years ago. */
export const deathCouldOpen = ({ date, today }: Pick<ActFacts, 'date' | 'today'>): boolean =>
  isDue(dayAfter(latest(date), YEARS_AFTER_DEATH), today)

/**
 * The day after so many years, the last of which is whole (code de procédure civile, art. 641 and 642): what begins on
 * 29 February ends on the 28th in a common year.
 */
const dayAfter = (from: Temporal.PlainDate, years: number) => from.add({ years }).add({ days: 1 })

const isDue = (day: Temporal.PlainDate, today: Temporal.PlainDate) => Temporal.PlainDate.compare(day, today) <= 0
