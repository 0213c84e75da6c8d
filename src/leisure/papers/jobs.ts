import type { DocumentPool } from '../../documents/pool.ts'
import type { Handlers } from '../../jobs/run.ts'
import { dailyAt, type Scheduled } from '../../jobs/schedule.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { type Confirmed, writeConfirmations } from './confirm-mail.ts'
import { promiseStayReminders, remindOfStay } from './reminders.ts'

/** The letters about places that a family has. */
export function papersJobs(town: Town, pdf: DocumentPool): Handlers {
  return {
    'leisure.confirmed': (payload: Confirmed) => writeConfirmations(town, pdf, payload),
    'leisure.reminders': () => promiseStayReminders(town),
    'leisure.remind': (payload: { householdId: Id<'household'>; day: string }) => remindOfStay(town, payload),
  }
}

/** Reminders leave in the morning. */
export const papersScheduled: readonly Scheduled[] = [
  { topic: 'leisure.reminders', period: dailyAt(Temporal.PlainTime.from('09:00')) },
]
