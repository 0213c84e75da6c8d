import type { Tx } from '../db/database.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Id } from '../kernel/ids.ts'
import { staySource } from './consumption.ts'

/** Why a day that was booked is not to be paid after all; in words under `billing:because`. */
export type StayCreditReason = 'cancelled-in-time' | 'claim-accepted' | 'centre-closed'

/**
 * Promises that days of a sign-up are not paid: what is on an invoice is given back by a credit note, what is in a draft
 * is dropped, what was never charged is not. `key` is the event's: promised twice, it is done once.
 */
export async function creditStays(
  tx: Tx,
  now: Temporal.Instant,
  {
    signupId,
    days,
    reason,
    key,
  }: {
    signupId: Id<'leisure-signup'>
    days: readonly Temporal.PlainDate[]
    reason: StayCreditReason
    key: string
  },
): Promise<void> {
  if (days.length === 0) return
  await outbox(tx, now, {
    topic: 'billing.credit',
    payload: { sources: days.map(day => staySource(signupId, day)), because: reason },
    key: `billing.credit:${key}`,
  })
}
