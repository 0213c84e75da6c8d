import type { Handlers } from '../../jobs/run.ts'
import { dailyAt, type Scheduled } from '../../jobs/schedule.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { closeUnanswered, remindOfAsks } from './asks-due.ts'
import { followCollections } from './collection-due.ts'
import { forgetBatches, forgetDrafts, forgetLettersAndLinks, forgetRequests, removePapers } from './retention.ts'

/** What time does to requests. */
export function timeJobs(town: Town): Handlers {
  return {
    'civil-records.deadlines': async () => {
      await closeUnanswered(town)
      await remindOfAsks(town)
      await followCollections(town)
    },
    'civil-records.forget': async () => {
      await forgetDrafts(town)
      await forgetRequests(town)
      await forgetLettersAndLinks(town)
      await forgetBatches(town)
    },
    'civil-records.remove-papers': ({ requestId }: { requestId: Id<'civil-request'> }) => removePapers(town, requestId),
  }
}

/** Letters arrive in the morning, when the town hall answers the telephone; at night, what has ended is forgotten. */
export const timeScheduled: readonly Scheduled[] = [
  { topic: 'civil-records.deadlines', period: dailyAt(Temporal.PlainTime.from('08:30')) },
  { topic: 'civil-records.forget', period: dailyAt(Temporal.PlainTime.from('03:00')) },
]
