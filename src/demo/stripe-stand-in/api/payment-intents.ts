import { noSuch } from '../errors.ts'
import { page } from '../lists.ts'
import { paging, seconds, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

export const paymentIntentRoutes: Route[] = [
  route('GET', '/v1/payment_intents/:id', {}, ({ store }, { id }) => {
    const intent = store.paymentIntents.get(id)
    if (!intent) throw noSuch('payment_intent', id)
    return intent
  }),
  route('GET', '/v1/payment_intents', { ...paging, created: seconds.optional() }, ({ store }, { path }, wish) => {
    const { created, ...params } = wish
    return page(
      [...store.paymentIntents.values()].filter(intent => within(intent.created, created)),
      path,
      params,
    )
  }),
]
