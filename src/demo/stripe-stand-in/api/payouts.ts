import { noSuch } from '../errors.ts'
import { page } from '../lists.ts'
import { paging, seconds, text, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

const filters = {
  ...paging,
  arrival_date: seconds.optional(),
  created: seconds.optional(),
  status: text(100).optional(),
}

export const payoutRoutes: Route[] = [
  route('GET', '/v1/payouts/:id', {}, ({ store }, { id }) => {
    const payout = store.payouts.get(id)
    if (!payout) throw noSuch('payout', id)
    return payout
  }),
  route('GET', '/v1/payouts', filters, ({ store }, { path }, { arrival_date, created, status, ...params }) => {
    const wanted = [...store.payouts.values()].filter(
      payout =>
        within(payout.created, created) &&
        within(payout.arrival_date, arrival_date) &&
        (status === undefined || payout.status === status),
    )
    return page(wanted, path, params)
  }),
]
