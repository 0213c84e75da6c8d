import type { Handlers } from '../jobs/run.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { writeSummary } from './meals-mail.ts'
import { endOffer } from './offers.ts'

/** What follows from bookings and waiting lists, after the fact. */
export function canteenJobs(town: Town): Handlers {
  return {
    'canteen.summary': (payload: { householdId: Id<'household'>; window: number }) => writeSummary(town, payload),
    'canteen.offer-ends': ({ waitingId }: { waitingId: Id<'meal-waiting'> }) => endOffer(town, waitingId),
  }
}
