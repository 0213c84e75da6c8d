import type { Response } from 'express'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import type { Payment } from './states.ts'

/** The words and formats of whoever reads the page. */
export const wordsOf = (town: Town, res: Response): Translator =>
  town.languages.for(String(res.locals['language'] ?? 'fr'))

/** Documents and Stripe's page are in French or English. */
export const pageLanguage = (res: Response): 'fr' | 'en' => (res.locals['language'] === 'en' ? 'en' : 'fr')

export type Tag = { text: string; colour: string }

const COLOURS = {
  created: 'grey',
  open: 'grey',
  processing: 'blue',
  succeeded: 'green',
  failed: 'red',
  expired: 'grey',
  cancelled: 'grey',
  'part-refunded': 'yellow',
  refunded: 'yellow',
  disputed: 'orange',
  lost: 'red',
} as const

/** Where a payment stands, in one word; what came after it arrived says more than that it arrived. */
export function stateTag(
  { t }: Translator,
  payment: Pick<Payment, 'state' | 'amount' | 'refunded'> & { dispute?: string | null },
): Tag {
  const state = shownState(payment)
  return { text: t(`payments:state.${state}`), colour: COLOURS[state] }
}

function shownState({
  state,
  amount,
  refunded,
  dispute,
}: Pick<Payment, 'state' | 'amount' | 'refunded'> & { dispute?: string | null }): keyof typeof COLOURS {
  if (state !== 'succeeded') return state
  if (dispute === 'open') return 'disputed'
  if (dispute === 'lost') return 'lost'
  if (refunded === 0) return 'succeeded'
  return refunded < amount ? 'part-refunded' : 'refunded'
}

const DISPUTE_REASONS = ['fraudulent', 'duplicate', 'credit_not_processed', 'product_not_received', 'unrecognized']
const FAILURES = ['debit-refused', 'parked']

/** Why a bank contests a payment; Stripe's rarer reasons are « another ». */
export const disputeInWords = ({ t }: Translator, reason: string) =>
  t(`payments:disputeReasons.${DISPUTE_REASONS.includes(reason) ? reason : 'other'}`)

export const failureInWords = ({ t }: Translator, failure: string) =>
  FAILURES.includes(failure) ? t(`payments:failures.${failure}`) : t('payments:failures.other', { code: failure })
