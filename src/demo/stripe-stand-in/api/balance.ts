import type { StandIn } from '../context.ts'
import { noSuch } from '../errors.ts'
import { page } from '../lists.ts'
import { paging, seconds, text, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

const filters = {
  ...paging,
  created: seconds.optional(),
  payout: text(255).optional(),
  source: text(255).optional(),
  type: text(100).optional(),
}

export const balanceRoutes: Route[] = [
  route('GET', '/v1/balance', {}, standIn => ({
    object: 'balance',
    available: [{ amount: sumOf(standIn, 'available'), currency: 'eur' }],
    livemode: false,
    pending: [{ amount: sumOf(standIn, 'pending'), currency: 'eur' }],
  })),
  route('GET', '/v1/balance_transactions/:id', {}, ({ store }, { id }) => {
    const line = store.balanceTransactions.get(id)
    if (!line) throw noSuch('balance transaction', id)
    return line
  }),
  route(
    'GET',
    '/v1/balance_transactions',
    filters,
    ({ store }, { path }, { created, payout, source, type, ...params }) => {
      if (payout !== undefined && !store.payouts.has(payout)) throw noSuch('payout', payout, 'payout')
      const wanted = [...store.balanceTransactions.values()].filter(
        line =>
          within(line.created, created) &&
          (payout === undefined || store.paidOut.get(line.id)?.payout === payout) &&
          (source === undefined || line.source === source) &&
          (type === undefined || line.type === type),
      )
      return page(wanted, path, params)
    },
  ),
]

const sumOf = ({ store }: StandIn, status: 'available' | 'pending') =>
  [...store.balanceTransactions.values()]
    .filter(line => line.status === status)
    .reduce((sum, line) => sum + line.net, 0)
