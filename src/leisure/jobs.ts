import type { DocumentPool } from '../documents/pool.ts'
import type { Handlers } from '../jobs/run.ts'
import type { Scheduled } from '../jobs/schedule.ts'
import type { Town } from '../town-context.ts'
import { papersJobs, papersScheduled } from './papers/jobs.ts'
import { signingUpJobs } from './signing-up/jobs.ts'
import { waitingJobs, waitingScheduled } from './waiting/jobs.ts'
import { wishesJobs } from './wishes/jobs.ts'

/** What follows from sign-ups, after the fact. */
export function leisureJobs(town: Town, pdf: DocumentPool): Handlers {
  return {
    ...signingUpJobs(town),
    ...waitingJobs(town),
    ...wishesJobs(town),
    ...papersJobs(town, pdf),
  }
}

/** What comes back by itself. */
export const leisureScheduled: readonly Scheduled[] = [...waitingScheduled, ...papersScheduled]
