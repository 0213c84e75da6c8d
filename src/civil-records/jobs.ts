import type { DocumentPool } from '../documents/pool.ts'
import type { Handlers } from '../jobs/run.ts'
import { type Scheduled, weeklyAt } from '../jobs/schedule.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { acknowledge } from './asking/acknowledge.ts'
import { refusalJobs } from './file/refusal-letter.ts'
import { timeJobs, timeScheduled } from './following/time-jobs.ts'
import { drawBatch } from './printing/print.ts'
import { writeWeeklyFigures } from './weekly-figures.ts'

/** What the worker does for civil records. */
export function civilRecordsJobs(town: Town, pdf: DocumentPool): Handlers {
  return {
    ...timeJobs(town),
    ...refusalJobs(town, pdf),
    'civil.acknowledge': ({ requestId }: { requestId: Id<'civil-request'> }) => acknowledge(town, pdf, requestId),
    'civil.weekly-figures': ({ turn }: { turn: string }) => writeWeeklyFigures(town, turn),
    'civil.print-batch': ({ batchId }: { batchId: Id<'civil-batch'> }) => drawBatch(town, pdf, batchId),
  }
}

/** What comes back by itself. */
export const civilRecordsScheduled: readonly Scheduled[] = [
  ...timeScheduled,
  { topic: 'civil.weekly-figures', period: weeklyAt(1, Temporal.PlainTime.from('07:00')) },
]
