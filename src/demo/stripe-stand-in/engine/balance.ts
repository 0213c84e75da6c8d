import { type StandIn, second } from '../context.ts'
import { freshId } from '../ids.ts'
import type { BalanceTransaction } from '../objects.ts'

const DAY = 86_400
/** Money from a payment may leave for the bank on the third day, as for a French account. */
const DAYS_UNTIL_AVAILABLE = 3

/** What Stripe takes of a payment: 1.5 % and 25 cents, the cents rounded half up. In cents. */
export const stripeFee = (amount: number): number => Math.round((amount * 15) / 1000) + 25

/** What a bank's dispute costs the town, won or lost. In cents. */
export const DISPUTE_FEE = 2000

type Movement = {
  type: BalanceTransaction['type']
  category: string
  source: string
  /** In cents; negative when it leaves the balance. */
  amount: number
  fee?: number
  description: string | null
  availableAtOnce?: boolean
}

/** Writes one line of the account's balance. */
export function moveMoney(standIn: StandIn, movement: Movement): BalanceTransaction {
  const { amount, fee = 0 } = movement
  const created = second(standIn)
  const line: BalanceTransaction = {
    id: freshId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: movement.availableAtOnce ? created : Math.ceil(created / DAY + DAYS_UNTIL_AVAILABLE) * DAY,
    balance_type: 'payments',
    created,
    currency: 'eur',
    description: movement.description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: 'eur',
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: movement.category,
    source: movement.source,
    status: movement.availableAtOnce ? 'available' : 'pending',
    type: movement.type,
  }
  standIn.store.balanceTransactions.set(line.id, line)
  return line
}
