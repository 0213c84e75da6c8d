import type { StandIn } from './context.ts'
import { closeDispute, openDispute } from './engine/disputes.ts'
import { finish } from './engine/due.ts'
import { answerChallenge, offers, type PayOutcome, pay, settleLatePayment } from './engine/payments.ts'
import { makePayout } from './engine/payouts.ts'
import { failRefund } from './engine/refunds.ts'
import { badRequest, noSuch } from './errors.ts'
import { wants } from './events.ts'
import type { Fault } from './faults.ts'
import type { Charge, Dispute, Payout, Refund } from './objects.ts'
import { findTestCard } from './test-cards.ts'
import type { Mischief } from './webhooks.ts'

/** What happens in the world outside Stripe's API: payers, banks, bad lines. For tests and for the demo. */
export type StandInControl = {
  /** Every API answer waits that many milliseconds from now on. */
  slow(wish: { ms: number }): Promise<void>
  /** The next requests fail: with a status, or cut off; before or after their work is done. */
  failNext(fault: Fault): Promise<void>
  /** The next webhooks are dropped for good, sent twice at once, or held and sent newest first. */
  webhooks(mischief: Mischief): Promise<void>
  /** Sends, newest first, the webhooks that wait to be reordered. */
  releaseWebhooks(): Promise<void>
  /** The wait before an unanswered webhook is sent again (1000 ms at first), doubled each time. */
  retryWebhooksAfter(wish: { ms: number }): Promise<void>
  /** When every webhook due has been tried. */
  webhooksIdle(): Promise<void>
  /** Ends slowness, failures and mischief. */
  behave(): Promise<void>
  /** The payer pays on the hosted page with a test card, given by name or number, and answers the bank's question. */
  pay(wish: { session: string; card: string; refuseChallenge?: boolean | undefined }): Promise<PayOutcome>
  /** The bank answers a debit now; without `outcome` as its test account says. */
  settle(wish: { paymentIntent: string; outcome?: 'succeeds' | 'fails' | undefined }): Promise<void>
  /** All that waits for a bank (debits, slow refunds) ends now. Gives how many there were. */
  settleAll(): Promise<{ settled: number }>
  failRefund(wish: { refund: string; reason?: string | undefined }): Promise<Refund>
  /** The payer's bank contests a payment, given by its charge or payment intent. */
  dispute(wish: { payment: string; reason?: string | undefined }): Promise<Dispute>
  closeDispute(wish: { dispute: string; outcome: 'won' | 'lost' }): Promise<Dispute>
  /** Sends the available balance to the town's bank; `pendingToo` does not wait for the usual days. */
  payout(wish: { pendingToo?: boolean | undefined }): Promise<Payout>
  /** Sends an event again to every endpoint that wants it. */
  resend(wish: { event: string }): Promise<void>
}

const SOMEBODY = 'payer@example.org'

export function controlOf(standIn: StandIn): StandInControl {
  const { store, faults, webhooks } = standIn
  const kept = async <Result>(result: Result): Promise<Result> => {
    await store.saved()
    return structuredClone(result)
  }

  return {
    async slow({ ms }) {
      faults.slowness = ms
    },
    async failNext(fault) {
      faults.add(fault)
    },
    async webhooks(mischief) {
      webhooks.mischief(mischief)
    },
    async releaseWebhooks() {
      webhooks.release()
    },
    async retryWebhooksAfter({ ms }) {
      webhooks.firstRetryAfter = ms
    },
    webhooksIdle: () => webhooks.idle(),
    async behave() {
      faults.clear()
      webhooks.mischief({})
      webhooks.release()
    },

    async pay({ session: id, card: wished, refuseChallenge = false }) {
      const session = store.sessions.get(id)
      if (!session) throw noSuch('checkout.session', id)
      const card = findTestCard(wished)
      if (!card) throw badRequest('This is not a test card of the stand-in.', { param: 'card' })
      if (!offers(session, card)) throw badRequest(`The session does not offer to pay by ${card}.`, { param: 'card' })
      const outcome = pay(standIn, session, card, session.customer_email ?? SOMEBODY)
      return kept(
        outcome.state === 'challenge' ? answerChallenge(standIn, session, outcome.token, !refuseChallenge) : outcome,
      )
    },
    async settle({ paymentIntent, outcome }) {
      const intent = store.paymentIntents.get(paymentIntent)
      const due = store.due.get(paymentIntent)
      if (!intent || !due) throw noSuch('payment intent that waits for a bank', paymentIntent)
      settleLatePayment(standIn, intent, outcome ?? due.outcome)
      await store.saved()
    },
    async settleAll() {
      const settled = [...store.due.keys()].filter(id => finish(standIn, id)).length
      return kept({ settled })
    },
    async failRefund({ refund: id, reason = 'expired_or_canceled_card' }) {
      const refund = store.refunds.get(id)
      if (!refund) throw noSuch('refund', id)
      return kept(failRefund(standIn, refund, reason))
    },
    dispute: async ({ payment, reason = 'fraudulent' }) =>
      kept(openDispute(standIn, chargeOf(standIn, payment), reason)),
    async closeDispute({ dispute: id, outcome }) {
      const dispute = store.disputes.get(id)
      if (!dispute) throw noSuch('dispute', id)
      return kept(closeDispute(standIn, dispute, outcome))
    },
    payout: async wish => kept(makePayout(standIn, wish)),
    async resend({ event: id }) {
      const event = store.events.get(id)
      if (!event) throw noSuch('event', id)
      for (const endpoint of store.webhookEndpoints.values()) {
        if (wants(endpoint, event.type)) webhooks.post(event, endpoint)
      }
      await store.saved()
    },
  }
}

function chargeOf({ store }: StandIn, payment: string): Charge {
  const intent = store.paymentIntents.get(payment)
  const charge = store.charges.get(intent?.latest_charge ?? payment)
  if (!charge) throw noSuch('charge', payment)
  return charge
}
