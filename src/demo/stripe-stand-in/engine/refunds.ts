import { type StandIn, second } from '../context.ts'
import { badRequest } from '../errors.ts'
import { announce } from '../events.ts'
import { freshId } from '../ids.ts'
import { BY_ITSELF, type Cause, type Charge, type Refund } from '../objects.ts'
import { testCard } from '../test-cards.ts'
import { moveMoney } from './balance.ts'

/** How long a refund takes whose end comes later, in milliseconds. Days in truth. */
const END_AFTER = 30_000

type Wish = {
  /** In cents; all that is left when absent. */
  amount: number | undefined
  reason: Refund['reason']
  metadata: Record<string, string>
}

const euros = (cents: number) => `€${(cents / 100).toFixed(2)}`

/** Gives money back, at most what the charge took and has not given back yet. */
export function refund(standIn: StandIn, charge: Charge, wish: Wish, cause: Cause): Refund {
  if (charge.status !== 'succeeded') {
    throw badRequest(`Charge ${charge.id} is not a successful charge: it cannot be refunded.`, {
      code: 'charge_not_refundable',
    })
  }
  if (charge.disputed) {
    throw badRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  }
  if (charge.refunded) {
    throw badRequest(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  const left = charge.amount - charge.amount_refunded
  const amount = wish.amount ?? left
  if (amount > left) {
    const whole = charge.amount_refunded === 0 ? 'charge amount' : 'unrefunded amount on charge'
    throw badRequest(`Refund amount (${euros(amount)}) is greater than ${whole} (${euros(left)})`, { param: 'amount' })
  }
  const attempt = standIn.store.attempts.get(charge.payment_intent ?? '')
  const fate = attempt && testCard(attempt.card).refund
  const id = freshId(charge.id.startsWith('py_') ? 'pyr' : 're')
  const line = moveMoney(standIn, {
    type: charge.id.startsWith('py_') ? 'payment_refund' : 'refund',
    category: 'refund',
    source: id,
    amount: -amount,
    description: `REFUND FOR CHARGE${charge.description ? ` (${charge.description})` : ''}`,
    availableAtOnce: true,
  })
  const made: Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: line.id,
    charge: charge.id,
    created: second(standIn),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    metadata: wish.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: wish.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: fate === 'pending-succeeds' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
  standIn.store.refunds.set(id, made)
  if (fate) {
    const outcome = fate === 'fails-later' ? 'fails' : 'succeeds'
    standIn.store.due.set(id, { id, at: standIn.now() + END_AFTER, outcome })
  }
  const previously = { amount_refunded: charge.amount_refunded, refunded: charge.refunded }
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount
  announce(standIn, 'refund.created', made, cause)
  announce(standIn, 'charge.refunded', charge, cause, previously)
  return made
}

/** A refund whose end was awaited has reached the payer. */
export function settleRefund(standIn: StandIn, made: Refund): void {
  standIn.store.due.delete(made.id)
  if (made.status !== 'pending') return
  made.status = 'succeeded'
  announce(standIn, 'refund.updated', made, BY_ITSELF, { status: 'pending' })
  announce(standIn, 'charge.refund.updated', made, BY_ITSELF, { status: 'pending' })
}

/** The payer's bank sends a refund back (account closed, card lost): the money returns to the balance. */
export function failRefund(standIn: StandIn, made: Refund, reason: string): Refund {
  standIn.store.due.delete(made.id)
  const charge = standIn.store.charges.get(made.charge)
  if (!charge || made.status === 'failed') throw badRequest(`Refund ${made.id} has failed already.`)
  const previously = { status: made.status }
  made.status = 'failed'
  made.failure_reason = reason
  made.failure_balance_transaction = moveMoney(standIn, {
    type: 'refund_failure',
    category: 'refund_failure',
    source: made.id,
    amount: made.amount,
    description: `REFUND FAILURE FOR ${made.charge}`,
    availableAtOnce: true,
  }).id
  charge.amount_refunded -= made.amount
  charge.refunded = false
  announce(standIn, 'refund.updated', made, BY_ITSELF, previously)
  announce(standIn, 'charge.refund.updated', made, BY_ITSELF, previously)
  announce(standIn, 'refund.failed', made, BY_ITSELF, previously)
  return made
}
