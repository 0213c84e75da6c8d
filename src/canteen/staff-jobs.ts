import type { Handlers } from '../jobs/run.ts'
import type { Town } from '../town-context.ts'
import { closeDays, type DeclarationJob } from './staff-closing.ts'
import { fixCounts } from './staff-counts.ts'
import { reopenDays } from './staff-reopening.ts'

/** What follows from closures, and the kitchen's counts at the cut-off. */
export function staffJobs(town: Town): Handlers {
  return {
    'canteen.close': (job: DeclarationJob) => closeDays(town, job),
    'canteen.reopen': (job: DeclarationJob) => reopenDays(town, job),
    'canteen.count': () => fixCounts(town),
  }
}
