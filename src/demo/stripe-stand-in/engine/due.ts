import type { StandIn } from '../context.ts'
import { BY_ITSELF } from '../objects.ts'
import { settleLatePayment } from './payments.ts'
import { failRefund, settleRefund } from './refunds.ts'
import { expireSession, overdueSessions } from './sessions.ts'

const DAY = 86_400
/** How long Stripe gives its events back, and at least how long it remembers an idempotency key. In seconds. */
const EVENTS_KEPT = 30 * DAY
const KEYS_KEPT = DAY

/** Lets happen what the clock has made due, and forgets what Stripe forgets. True when something happened. */
export function letTimePass(standIn: StandIn): boolean {
  const { store } = standIn
  const overdue = overdueSessions(standIn)
  for (const session of overdue) expireSession(standIn, session, BY_ITSELF)
  const due = [...store.due.values()].filter(one => one.at <= standIn.now())
  for (const one of due) finish(standIn, one.id)
  const now = standIn.now() / 1000
  for (const line of store.balanceTransactions.values()) {
    if (line.status === 'pending' && line.available_on <= now) line.status = 'available'
  }
  forget(store.events, now - EVENTS_KEPT)
  for (const delivery of store.deliveries.values()) {
    if (!store.events.has(delivery.event)) store.deliveries.delete(delivery.id)
  }
  forget(store.keptAnswers, now - KEYS_KEPT)
  return overdue.length + due.length > 0
}

/** Ends at once what was to end later; false when nothing is awaited of that intent or refund. */
export function finish(standIn: StandIn, id: string): boolean {
  const due = standIn.store.due.get(id)
  if (!due) return false
  standIn.store.due.delete(id)
  const intent = standIn.store.paymentIntents.get(id)
  const refund = standIn.store.refunds.get(id)
  if (intent) settleLatePayment(standIn, intent, due.outcome)
  else if (refund && due.outcome === 'fails') failRefund(standIn, refund, 'lost_or_stolen_card')
  else if (refund) settleRefund(standIn, refund)
  return true
}

function forget(table: Map<string, { created: number }>, before: number): void {
  for (const [id, row] of table) {
    if (row.created >= before) return // oldest first
    table.delete(id)
  }
}
