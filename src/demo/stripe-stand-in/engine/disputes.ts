import { type StandIn, second } from '../context.ts'
import { badRequest } from '../errors.ts'
import { announce } from '../events.ts'
import { freshId } from '../ids.ts'
import { BY_ITSELF, type Charge, type Dispute } from '../objects.ts'
import { DISPUTE_FEE, moveMoney } from './balance.ts'

const ANSWER_WITHIN = 9 * 86_400

/** The payer's bank takes the money back, with a fee, and asks the town to explain itself. */
export function openDispute(standIn: StandIn, charge: Charge, reason: string): Dispute {
  if (charge.status !== 'succeeded' || charge.disputed) {
    throw badRequest(`Charge ${charge.id} cannot be disputed: only a successful one can, and once.`)
  }
  const id = freshId('du')
  const amount = charge.amount - charge.amount_refunded
  if (amount <= 0) throw badRequest(`Charge ${charge.id} was refunded: nothing is left to dispute.`)
  charge.disputed = true
  const line = moveMoney(standIn, {
    type: 'adjustment',
    category: 'dispute',
    source: id,
    amount: -amount,
    fee: DISPUTE_FEE,
    description: `Chargeback withdrawal for ${charge.id}`,
    availableAtOnce: true,
  })
  const dispute: Dispute = {
    id,
    object: 'dispute',
    amount,
    balance_transactions: [line],
    charge: charge.id,
    created: second(standIn),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: second(standIn) + ANSWER_WITHIN,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
  }
  standIn.store.disputes.set(id, dispute)
  announce(standIn, 'charge.dispute.created', dispute, BY_ITSELF)
  announce(standIn, 'charge.dispute.funds_withdrawn', dispute, BY_ITSELF)
  return dispute
}

/** The bank decides. Won, the amount comes back, but not the fee. */
export function closeDispute(standIn: StandIn, dispute: Dispute, outcome: 'won' | 'lost'): Dispute {
  if (dispute.status === 'won' || dispute.status === 'lost') {
    throw badRequest(`Dispute ${dispute.id} is closed already: ${dispute.status}.`)
  }
  const previously = { status: dispute.status }
  dispute.status = outcome
  if (outcome === 'won') {
    const line = moveMoney(standIn, {
      type: 'adjustment',
      category: 'dispute_reversal',
      source: dispute.id,
      amount: dispute.amount,
      description: `Chargeback reversal for ${dispute.charge}`,
      availableAtOnce: true,
    })
    dispute.balance_transactions.push(line)
    announce(standIn, 'charge.dispute.funds_reinstated', dispute, BY_ITSELF)
  }
  announce(standIn, 'charge.dispute.closed', dispute, BY_ITSELF, previously)
  return dispute
}

const noEvidence = (): Dispute['evidence'] => ({
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
})
