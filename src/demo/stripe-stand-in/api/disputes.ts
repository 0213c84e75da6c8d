import { noSuch } from '../errors.ts'
import { page } from '../lists.ts'
import { paging, seconds, text, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

const filters = {
  ...paging,
  charge: text(255).optional(),
  created: seconds.optional(),
  payment_intent: text(255).optional(),
}

export const disputeRoutes: Route[] = [
  route('GET', '/v1/disputes/:id', {}, ({ store }, { id }) => {
    const dispute = store.disputes.get(id)
    if (!dispute) throw noSuch('dispute', id)
    return dispute
  }),
  route('GET', '/v1/disputes', filters, ({ store }, { path }, { charge, created, payment_intent, ...params }) => {
    const wanted = [...store.disputes.values()].filter(
      dispute =>
        within(dispute.created, created) &&
        (charge === undefined || dispute.charge === charge) &&
        (payment_intent === undefined || dispute.payment_intent === payment_intent),
    )
    return page(wanted, path, params)
  }),
]
