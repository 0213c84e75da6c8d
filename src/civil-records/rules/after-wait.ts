import type { Tx } from '../../db/database.ts'
import { and, desc, eq } from '../../db/drizzle.ts'
import { townWorkingDays } from '../../kernel/calendar.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { isOnOrBefore } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { civilMoves, civilRequests } from '../schema.ts'
import type { RequestState } from '../states.ts'

/**
 * When the town wants to have answered, once the applicant has sent what it waited for: the working days that were left
 * when it asked begin to run again, at least one. While it waits the delay stands still, as that of its silence does (code
 * des relations entre le public et l'administration, art. L114-5).
 */
export function dueAfterWait(
  dueOn: Temporal.PlainDate,
  { askedOn, backOn }: { askedOn: Temporal.PlainDate; backOn: Temporal.PlainDate },
): Temporal.PlainDate {
  const later = townWorkingDays.after(backOn, Math.max(1, townWorkingDays.between(askedOn, dueOn)))
  return isOnOrBefore(later, dueOn) ? dueOn : later
}

/** How many days a request has waited for its applicant so far. */
export function daysWaited(moves: readonly { at: Temporal.Instant; from: RequestState; to: RequestState }[]): number {
  let days = 0
  let since: Temporal.PlainDate | undefined
  for (const { at, from, to } of moves) {
    const day = dayInParis(at)
    if (from === 'waiting-for-applicant' && since) days += since.until(day, { largestUnit: 'days' }).days
    since = to === 'waiting-for-applicant' ? day : undefined
  }
  return days
}

/** What changes with a request that goes on after it waited for its applicant. */
export async function afterWait(
  tx: Tx,
  now: Temporal.Instant,
  requestId: Id<'civil-request'>,
): Promise<{ dueOn?: Temporal.PlainDate }> {
  const [request] = await tx
    .select({ dueOn: civilRequests.dueOn })
    .from(civilRequests)
    .where(eq(civilRequests.id, requestId))
  const [asked] = await tx
    .select({ at: civilMoves.at })
    .from(civilMoves)
    .where(and(eq(civilMoves.requestId, requestId), eq(civilMoves.to, 'waiting-for-applicant')))
    .orderBy(desc(civilMoves.at), desc(civilMoves.id))
    .limit(1)
  if (!request?.dueOn || !asked) return {}
  return { dueOn: dueAfterWait(request.dueOn, { askedOn: dayInParis(asked.at), backOn: dayInParis(now) }) }
}
