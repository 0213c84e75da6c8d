import type { StandIn } from '../context.ts'
import { badRequest } from '../errors.ts'
import { announce } from '../events.ts'
import { BY_ITSELF, type Cause, type Charge, type Checkout, type Session } from '../objects.ts'

export function checkoutOf(standIn: StandIn, session: Session): Checkout {
  const checkout = standIn.store.checkouts.get(session.id)
  if (!checkout) throw new Error(`session ${session.id} has lost its lines`)
  return checkout
}

/** The latest try to pay the session; undefined before the first. */
export function sessionCharge({ store }: StandIn, session: Session): Charge | undefined {
  const intent = store.paymentIntents.get(session.payment_intent ?? '')
  return store.charges.get(intent?.latest_charge ?? '')
}

/** Closes an open session unpaid, on request or because its time has come. */
export function expireSession(standIn: StandIn, session: Session, cause: Cause): void {
  if (session.status !== 'open') {
    throw badRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    )
  }
  session.status = 'expired'
  session.url = null
  checkoutOf(standIn, session).challenge = null
  const intent = standIn.store.paymentIntents.get(session.payment_intent ?? '')
  if (intent) {
    intent.status = 'canceled'
    intent.next_action = null
    intent.canceled_at = Math.floor(standIn.now() / 1000)
    intent.cancellation_reason = 'expired'
    announce(standIn, 'payment_intent.canceled', intent, cause)
  }
  announce(standIn, 'checkout.session.expired', session, cause)
}

/** Open sessions whose time is over. */
export function overdueSessions(standIn: StandIn): Session[] {
  const now = standIn.now() / 1000
  return [...standIn.store.sessions.values()].filter(one => one.status === 'open' && one.expires_at <= now)
}

/** The session has what it needs: paid, or a bank debit on its way. */
export function completeSession(standIn: StandIn, session: Session, paid: boolean, payerEmail: string): void {
  session.status = 'complete'
  session.payment_status = paid ? 'paid' : 'unpaid'
  session.url = null
  session.customer_details = {
    address: null,
    business_name: null,
    email: payerEmail,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
  checkoutOf(standIn, session).challenge = null
  announce(standIn, 'checkout.session.completed', session, BY_ITSELF)
}
