import type { Handlers } from '../../jobs/run.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { givePlaces } from './give-places.ts'
import { writeReceipt, writeResults } from './wish-letters.ts'

type OfPeriod = { periodId: Id<'leisure-period'> }

/** What follows from wishes: the letter that says what was told, the places given, the letter that says which. */
export function wishesJobs(town: Town): Handlers {
  return {
    'leisure.wishes-told': (told: Parameters<typeof writeReceipt>[1]) => writeReceipt(town, told),
    'leisure.give-places': ({ periodId }: OfPeriod) => givePlaces(town, periodId),
    'leisure.wish-results': ({ periodId }: OfPeriod) => writeResults(town, periodId),
  }
}
