import { type StandIn, second } from '../context.ts'
import { badRequest } from '../errors.ts'
import { announce } from '../events.ts'
import { freshId } from '../ids.ts'
import { BY_ITSELF, type Payout } from '../objects.ts'
import { moveMoney } from './balance.ts'

/**
 * Sends to the town's bank what the balance holds: every line whose money is available, or with `pendingToo`
 * every line there is, as if the days of waiting were over. Refused when that comes to nothing.
 */
export function makePayout(standIn: StandIn, wish: { pendingToo?: boolean | undefined }): Payout {
  const { balanceTransactions, paidOut, payouts } = standIn.store
  const now = second(standIn)
  const lines = [...balanceTransactions.values()].filter(
    line => !paidOut.has(line.id) && (wish.pendingToo || line.available_on <= now),
  )
  const amount = lines.reduce((sum, line) => sum + line.net, 0)
  if (amount <= 0) {
    throw badRequest('You have insufficient funds in your Stripe account for this payout.', {
      code: 'balance_insufficient',
    })
  }
  const payout: Payout = {
    id: freshId('po'),
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: now,
    automatic: true,
    balance_transaction: null,
    created: now,
    currency: 'eur',
    description: 'STRIPE PAYOUT',
    destination: 'ba_standin',
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'completed',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'paid',
    trace_id: null,
    type: 'bank_account',
  }
  const departure = moveMoney(standIn, {
    type: 'payout',
    category: 'payout',
    source: payout.id,
    amount: -amount,
    description: 'STRIPE PAYOUT',
    availableAtOnce: true,
  })
  payout.balance_transaction = departure.id
  payouts.set(payout.id, payout)
  for (const line of [...lines, departure]) {
    line.available_on = Math.min(line.available_on, now)
    line.status = 'available'
    paidOut.set(line.id, { id: line.id, payout: payout.id })
  }
  announce(standIn, 'payout.created', payout, BY_ITSELF)
  announce(standIn, 'payout.paid', payout, BY_ITSELF)
  return payout
}
