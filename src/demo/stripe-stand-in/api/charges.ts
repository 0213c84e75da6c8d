import { noSuch } from '../errors.ts'
import { page } from '../lists.ts'
import { paging, seconds, text, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

const filters = { ...paging, created: seconds.optional(), payment_intent: text(255).optional() }

export const chargeRoutes: Route[] = [
  route('GET', '/v1/charges/:id', {}, ({ store }, { id }) => {
    const charge = store.charges.get(id)
    if (!charge) throw noSuch('charge', id)
    return charge
  }),
  route('GET', '/v1/charges', filters, ({ store }, { path }, { created, payment_intent, ...params }) => {
    const wanted = [...store.charges.values()].filter(
      charge =>
        within(charge.created, created) && (payment_intent === undefined || charge.payment_intent === payment_intent),
    )
    return page(wanted, path, params)
  }),
]
