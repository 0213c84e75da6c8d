import type { Handlers } from '../jobs/run.ts'
import { dailyAt, type Scheduled } from '../jobs/schedule.ts'
import type { Town } from '../town-context.ts'
import { forgetExpiredSessions } from '../web/session.ts'
import { forgetOldCodes } from './activation.ts'
import { forgetOldAttempts } from './attempts.ts'
import { forgetUnconfirmed } from './forget-unconfirmed.ts'
import { forgetOldLinks } from './links.ts'
import { writeResetLetter } from './password-reset.ts'

/** The work of accounts that no visitor waits for. */
export function accessJobs(town: Town): Handlers {
  return {
    'access.password-forgotten': (asked: { email: string; ask: string }) => writeResetLetter(town, asked),
    'access.forget': async () => {
      const now = town.clock.now()
      await town.db.transaction(async tx => {
        await forgetOldAttempts(tx, now)
        await forgetOldLinks(tx, now)
        await forgetOldCodes(tx, now)
        await forgetExpiredSessions(tx, now)
        await forgetUnconfirmed(tx, now)
      })
    },
  }
}

/** At night, what has ended is forgotten. */
export const accessScheduled: Scheduled[] = [
  { topic: 'access.forget', period: dailyAt(Temporal.PlainTime.from('03:30')) },
]
