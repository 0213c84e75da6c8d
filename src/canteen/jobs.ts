import type { Handlers } from '../jobs/run.ts'
import { dailyAt, type Scheduled } from '../jobs/schedule.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { type ChildChanged, followChild } from './child-changed.ts'
import { writeSummary } from './meals-mail.ts'
import { endOffer } from './offers.ts'
import { promiseReminders, remind } from './reminders.ts'

type HouseholdId = Id<'household'>

/** What follows from bookings and waiting lists, after the fact. */
export function canteenJobs(town: Town): Handlers {
  return {
    'canteen.summary': (payload: { householdId: HouseholdId; window: number }) => writeSummary(town, payload),
    'canteen.offer-ends': ({ waitingId }: { waitingId: Id<'meal-waiting'> }) => endOffer(town, waitingId),
    'canteen.child-changed': (payload: ChildChanged) => followChild(town, payload),
    'canteen.reminders': () => promiseReminders(town),
    'canteen.remind': (payload: { householdId: HouseholdId; week: string }) => remind(town, payload),
  }
}

/** Reminders leave in the morning of the day before the cut-off: there is a day left to book. */
export const canteenScheduled: readonly Scheduled[] = [
  { topic: 'canteen.reminders', period: dailyAt(Temporal.PlainTime.from('09:00')) },
]
