import { z } from 'zod'
import type { StandIn } from '../context.ts'
import { refund } from '../engine/refunds.ts'
import { badRequest, noSuch } from '../errors.ts'
import { page } from '../lists.ts'
import type { Charge } from '../objects.ts'
import { integerFrom, metadata, paging, seconds, text, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

const creation = {
  payment_intent: text(255).optional(),
  charge: text(255).optional(),
  amount: integerFrom(1).optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
}
const filters = {
  ...paging,
  charge: text(255).optional(),
  created: seconds.optional(),
  payment_intent: text(255).optional(),
}

export const refundRoutes: Route[] = [
  route('POST', '/v1/refunds', creation, (standIn, { cause }, wish) =>
    refund(
      standIn,
      chargeOf(standIn, wish),
      { amount: wish.amount, reason: wish.reason ?? null, metadata: wish.metadata ?? {} },
      cause,
    ),
  ),
  route('GET', '/v1/refunds/:id', {}, ({ store }, { id }) => {
    const made = store.refunds.get(id)
    if (!made) throw noSuch('refund', id)
    return made
  }),
  route('GET', '/v1/refunds', filters, ({ store }, { path }, { charge, created, payment_intent, ...params }) => {
    const wanted = [...store.refunds.values()].filter(
      made =>
        within(made.created, created) &&
        (charge === undefined || made.charge === charge) &&
        (payment_intent === undefined || made.payment_intent === payment_intent),
    )
    return page(wanted, path, params)
  }),
]

function chargeOf(
  { store }: StandIn,
  wish: { payment_intent?: string | undefined; charge?: string | undefined },
): Charge {
  if (wish.payment_intent === undefined && wish.charge === undefined) {
    throw badRequest('One of the following params should be provided for this request: payment_intent or charge.', {
      code: 'parameter_missing',
    })
  }
  if (wish.charge !== undefined) {
    const charge = store.charges.get(wish.charge)
    if (!charge || (wish.payment_intent !== undefined && charge.payment_intent !== wish.payment_intent)) {
      throw noSuch('charge', wish.charge, 'charge')
    }
    return charge
  }
  const intent = store.paymentIntents.get(wish.payment_intent ?? '')
  if (!intent) throw noSuch('payment_intent', wish.payment_intent ?? '', 'payment_intent')
  const charge = store.charges.get(intent.latest_charge ?? '')
  if (charge?.status !== 'succeeded') {
    throw badRequest(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      code: 'payment_intent_unexpected_state',
      param: 'payment_intent',
    })
  }
  return charge
}
