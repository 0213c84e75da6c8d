import { createHash } from 'node:crypto'
import { type StandIn, second } from '../context.ts'
import { freshId } from '../ids.ts'
import type { Charge, PaymentIntent } from '../objects.ts'
import type { TestCard } from '../test-cards.ts'

/** What stands before the suffix on the payer's bank statement. */
const STATEMENT_PREFIX = 'GUICHET'

type Fate = 'succeeded' | 'pending' | 'failed'

/** One try at taking an intent's money, as Stripe records it. Puts it in the store and makes it the intent's latest. */
export function makeCharge(
  standIn: StandIn,
  intent: PaymentIntent,
  card: TestCard,
  fate: Fate,
  payer: { email: string; authenticated: boolean },
): Charge {
  const suffix = intent.statement_descriptor_suffix
  const charge: Charge = {
    id: freshId(card.kind === 'card' ? 'ch' : 'py'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: fate === 'succeeded' ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address: null, email: payer.email, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: suffix ? `${STATEMENT_PREFIX}* ${suffix}` : STATEMENT_PREFIX,
    captured: fate === 'succeeded',
    created: second(standIn),
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcomeOf(card, fate),
    paid: fate === 'succeeded',
    payment_intent: intent.id,
    payment_method: freshId('pm'),
    payment_method_details: methodOf(intent, card, payer.authenticated, expiryYear(standIn)),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: suffix,
    status: fate,
    transfer_data: null,
    transfer_group: null,
  }
  if (fate === 'failed' && card.refusal) {
    charge.failure_code = card.refusal.code
    charge.failure_message = card.refusal.message
  }
  standIn.store.charges.set(charge.id, charge)
  intent.latest_charge = charge.id
  return charge
}

function outcomeOf(card: TestCard, fate: Fate): Charge['outcome'] {
  const refused = fate === 'failed'
  return {
    advice_code: refused ? 'try_again_later' : null,
    network_advice_code: null,
    network_decline_code: refused ? '01' : null,
    network_status: refused ? 'declined_by_network' : 'approved_by_network',
    reason: refused ? (card.refusal?.declineCode ?? null) : null,
    risk_level: card.kind === 'card' ? 'normal' : 'not_assessed',
    seller_message: refused ? 'The bank did not return any further details with this decline.' : 'Payment complete.',
    type: refused ? 'issuer_declined' : 'authorized',
  }
}

/** The same for the same number, as Stripe's fingerprints are; the number itself is a published test number. */
const fingerprint = (number: string) => createHash('sha256').update(number).digest('base64url').slice(0, 16)

const expiryYear = (standIn: StandIn) =>
  Temporal.Instant.fromEpochMilliseconds(standIn.now()).toZonedDateTimeISO('UTC').year + 3

function methodOf(
  intent: PaymentIntent,
  card: TestCard,
  authenticated: boolean,
  expiryYear: number,
): Charge['payment_method_details'] {
  const last4 = card.number.slice(-4)
  if (card.kind === 'sepa_debit') {
    return {
      type: 'sepa_debit',
      sepa_debit: {
        bank_code: '20041',
        branch_code: '01005',
        country: 'FR',
        fingerprint: fingerprint(card.number),
        last4,
        mandate: freshId('mandate'),
      },
    }
  }
  return {
    type: 'card',
    card: {
      amount_authorized: intent.amount,
      authorization_code: null,
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'FR',
      electronic_commerce_indicator: authenticated ? '05' : null,
      exp_month: 12,
      exp_year: expiryYear,
      fingerprint: fingerprint(card.number),
      funding: 'debit',
      installments: null,
      last4,
      mandate: null,
      network: card.brand,
      network_transaction_id: null,
      regulated_status: 'regulated',
      three_d_secure: authenticated
        ? {
            authentication_flow: 'challenge',
            electronic_commerce_indicator: '05',
            exemption_indicator: null,
            result: 'authenticated',
            result_reason: null,
            transaction_id: null,
            version: '2.2.0',
          }
        : null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}
