import type { Handlers } from '../../jobs/run.ts'
import { dailyAt, type Scheduled } from '../../jobs/schedule.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import type { DayClosed } from './close-day.ts'
import { writeDayClosed } from './closed-mail.ts'
import { endLines, type LinesEnded, writeLinesEnded } from './line-ends.ts'
import { endOffer } from './offers.ts'
import { forgetPapers } from './staff-claims.ts'

/** What follows from waiting lists, cancelled days and papers, after the fact. */
export function waitingJobs(town: Town): Handlers {
  return {
    'leisure.offer-ends': ({ signupId }: { signupId: Id<'leisure-signup'> }) => endOffer(town, signupId),
    'leisure.day-closed': (closed: DayClosed, { key }: { key: string }) => writeDayClosed(town, closed, key),
    'leisure.lines-end': () => endLines(town),
    'leisure.lines-ended': (ended: LinesEnded, { key }: { key: string }) => writeLinesEnded(town, ended, key),
    'leisure.claim-papers': () => forgetPapers(town),
  }
}

export const waitingScheduled: readonly Scheduled[] = [
  { topic: 'leisure.lines-end', period: dailyAt(Temporal.PlainTime.from('00:30')) },
  { topic: 'leisure.claim-papers', period: dailyAt(Temporal.PlainTime.from('04:15')) },
]
