import type { Queries } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { townWorkingDays } from '../../kernel/calendar.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { soonUntil } from '../rules/delays.ts'
import { type RegistryClerk, registryClerks } from './clerks.ts'
import type { QueueMoment } from './queue-query.ts'

/** What the queue is read with: the day, and who may treat files. */
export async function queueMoment(
  db: Queries,
  now: Temporal.Instant,
  clerk: Clerk,
): Promise<QueueMoment & { clerks: RegistryClerk[] }> {
  const clerks = await registryClerks(db)
  const today = dayInParis(now)
  return {
    now,
    today,
    soonUntil: soonUntil(today, townWorkingDays),
    me: clerk.accountId,
    mayTreat: clerks.filter(({ may }) => may).map(({ id }) => id),
    clerks,
  }
}
