/**
 * The test cards and accounts Stripe publishes (docs.stripe.com/testing), as far as the town's journeys meet them.
 * A card number that is not in this table is refused and kept nowhere: somebody may have typed a real one.
 */
export type TestCard = {
  number: string
  kind: 'card' | 'sepa_debit'
  brand: 'visa' | 'cartes_bancaires' | null
  /** The bank asks the payer to confirm (3-D Secure). */
  challenge?: true
  refusal?: { code: 'card_declined' | 'expired_card'; declineCode: string; message: string }
  /** A bank debit: the answer comes later. */
  later?: 'succeeds' | 'fails'
  /** The payer's bank takes the money back at once. */
  disputed?: true
  /** The money may be paid out at once instead of after the usual days. */
  fundsAvailable?: true
  /** What becomes of a refund after it was asked. */
  refund?: 'pending-succeeds' | 'fails-later'
}

const declined = (declineCode: string, message: string) => ({ code: 'card_declined' as const, declineCode, message })

export const TEST_CARDS = {
  success: { number: '4242424242424242', kind: 'card', brand: 'visa' },
  'cartes-bancaires': { number: '4000002500001001', kind: 'card', brand: 'cartes_bancaires' },
  declined: {
    number: '4000000000000002',
    kind: 'card',
    brand: 'visa',
    refusal: declined('generic_decline', 'Your card was declined.'),
  },
  'insufficient-funds': {
    number: '4000000000009995',
    kind: 'card',
    brand: 'visa',
    refusal: declined('insufficient_funds', 'Your card has insufficient funds.'),
  },
  'expired-card': {
    number: '4000000000000069',
    kind: 'card',
    brand: 'visa',
    refusal: { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' },
  },
  'three-d-secure': { number: '4000002500003155', kind: 'card', brand: 'visa', challenge: true },
  'three-d-secure-always': { number: '4000002760003184', kind: 'card', brand: 'visa', challenge: true },
  'three-d-secure-insufficient-funds': {
    number: '4000008260003178',
    kind: 'card',
    brand: 'visa',
    challenge: true,
    refusal: declined('insufficient_funds', 'Your card has insufficient funds.'),
  },
  disputed: { number: '4000000000000259', kind: 'card', brand: 'visa', disputed: true },
  'funds-available': { number: '4000000000000077', kind: 'card', brand: 'visa', fundsAvailable: true },
  'refund-pending': { number: '4000000000007726', kind: 'card', brand: 'visa', refund: 'pending-succeeds' },
  'refund-fails': { number: '4000000000005126', kind: 'card', brand: 'visa', refund: 'fails-later' },
  'late-success': {
    number: 'FR1420041010050500013M02606',
    kind: 'sepa_debit',
    brand: null,
    later: 'succeeds',
    refund: 'pending-succeeds',
  },
  'late-failure': { number: 'FR8420041010050500013M02607', kind: 'sepa_debit', brand: null, later: 'fails' },
} as const satisfies Record<string, TestCard>

export type TestCardName = keyof typeof TEST_CARDS

const TEST_CARD_NAMES = Object.keys(TEST_CARDS) as TestCardName[]

export function testCard(name: TestCardName): TestCard {
  return TEST_CARDS[name]
}

/** The test card of that name or number (spaces allowed); undefined for anything else. */
export function findTestCard(nameOrNumber: string): TestCardName | undefined {
  const wanted = nameOrNumber.replaceAll(/[\s-]/g, '').toUpperCase()
  return TEST_CARD_NAMES.find(name => name === nameOrNumber || TEST_CARDS[name].number === wanted)
}
