import type { StandIn } from './context.ts'
import { badRequest } from './errors.ts'

type Plain = { [key: string]: unknown }
type Unfold = (standIn: StandIn, holder: Plain) => unknown

const linked =
  (table: 'paymentIntents' | 'charges' | 'balanceTransactions' | 'refunds', field: string): Unfold =>
  ({ store }, holder) =>
    store[table].get(String(holder[field])) ?? null

/** What stands behind a balance transaction, found by the beginning of its id. */
const sourceOf: Unfold = ({ store }, holder) => {
  const id = String(holder['source'])
  for (const table of [store.charges, store.refunds, store.disputes, store.payouts]) {
    const found = table.get(id)
    if (found) return found
  }
  return null
}

const listOf = (data: unknown[], url: string) => ({ object: 'list', data, has_more: false, url })

/** What may be asked for whole instead of by its id, object by object. */
const EXPANDABLE: Record<string, Record<string, Unfold>> = {
  'checkout.session': {
    payment_intent: linked('paymentIntents', 'payment_intent'),
    line_items: ({ store }, { id }) =>
      listOf(store.checkouts.get(String(id))?.lineItems ?? [], `/v1/checkout/sessions/${String(id)}/line_items`),
  },
  payment_intent: { latest_charge: linked('charges', 'latest_charge') },
  charge: {
    balance_transaction: linked('balanceTransactions', 'balance_transaction'),
    payment_intent: linked('paymentIntents', 'payment_intent'),
    refunds: ({ store }, { id }) =>
      listOf(
        [...store.refunds.values()].filter(one => one.charge === id).reverse(),
        `/v1/charges/${String(id)}/refunds`,
      ),
  },
  refund: {
    balance_transaction: linked('balanceTransactions', 'balance_transaction'),
    charge: linked('charges', 'charge'),
    failure_balance_transaction: linked('balanceTransactions', 'failure_balance_transaction'),
    payment_intent: linked('paymentIntents', 'payment_intent'),
  },
  dispute: {
    charge: linked('charges', 'charge'),
    payment_intent: linked('paymentIntents', 'payment_intent'),
  },
  balance_transaction: { source: sourceOf },
  payout: { balance_transaction: linked('balanceTransactions', 'balance_transaction') },
}

const DEEPEST = 4

/** A copy of the answer with the asked links unfolded: `payment_intent.latest_charge`, `data.charge`. */
export function expanded(standIn: StandIn, answer: object, wishes: readonly string[]): Plain {
  const copy: Plain = structuredClone({ ...answer })
  for (const wish of wishes) {
    const path = wish.split('.')
    const links = path.filter(name => name !== 'data')
    if (links.length > DEEPEST) {
      throw badRequest(`You cannot expand more than ${DEEPEST} levels of a property. Property: ${wish}`)
    }
    unfold(standIn, copy, path, wish)
  }
  return copy
}

function unfold(standIn: StandIn, holder: Plain, path: readonly string[], wish: string): void {
  const [name, ...rest] = path
  if (name === undefined) return
  const below = holder[name]
  if (name === 'data' && Array.isArray(below)) {
    for (const item of below) unfold(standIn, item, rest, wish)
    return
  }
  const how = EXPANDABLE[String(holder['object'])]?.[name]
  if (!how) throw badRequest(`This property cannot be expanded (${wish}).`)
  if (below === null) return
  if (typeof below !== 'object') {
    const found = how(standIn, holder)
    if (found === null) return
    holder[name] = structuredClone(found)
  }
  unfold(standIn, Object(holder[name]), rest, wish)
}
