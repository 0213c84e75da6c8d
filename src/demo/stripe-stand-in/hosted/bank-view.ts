import type { StandIn } from '../context.ts'
import { sessionCharge } from '../engine/sessions.ts'
import type { Charge, Session } from '../objects.ts'
import { layout, type Page } from './layout.ts'
import { type Html, html } from './template.ts'
import { money, type OrderName, type StateName, type Words } from './words.ts'

const SHOWN = 20

/** What may be done with a payment now: the order, and the id it is about. */
type Offer = { order: OrderName; id: string }

/** The demo's bank desk: the money that waits, the latest payments, and what a bank or a family may do with each. */
export function bankPage(standIn: StandIn, words: Words, said: string | undefined): Page {
  const { sessions, balanceTransactions, paidOut } = standIn.store
  const waiting = [...balanceTransactions.values()].filter(line => !paidOut.has(line.id))
  const balance = waiting.reduce((sum, line) => sum + line.net, 0)
  const latest = [...sessions.values()].slice(-SHOWN).reverse()
  const main = html`
${said !== undefined && html`<p class="card done" role="status">${said}</p>`}
<h1>${words.bankTitle}</h1>
<p>${words.bankText}</p>
<section class="card"><dl><div><dt>${words.balance}</dt><dd>${money(balance, words)}</dd></div></dl>
${balance > 0 && orderForm([{ order: 'payout', id: '' }], words)}</section>
<h2>${words.payments}</h2>
${latest.length === 0 ? html`<p>${words.noPayment}</p>` : latest.map(session => payment(standIn, session, words))}`
  return layout(words, 200, words.bankTitle, main)
}

function payment(standIn: StandIn, session: Session, words: Words): Html {
  const charge = sessionCharge(standIn, session)
  const state = stateOf(standIn, session, charge)
  const names = standIn.store.checkouts
    .get(session.id)
    ?.lineItems.map(line => line.description)
    .join(', ')
  const offers = charge ? offersFor(standIn, charge) : []
  return html`<section class="card"><h3>${money(session.amount_total ?? 0, words)}, ${words.states[state]}</h3>
<p>${names}</p>
${session.url && html`<p><a href="${session.url}">${words.openPage}</a></p>`}
${offers.length > 0 && orderForm(offers, words)}</section>
`
}

const DISPUTE_STATES: Record<string, StateName> = { won: 'won', lost: 'lost' }

function stateOf({ store }: StandIn, session: Session, charge: Charge | undefined): StateName {
  if (session.status === 'open') return 'open'
  if (session.status === 'expired') return 'expired'
  if (charge?.status !== 'succeeded') return charge?.status === 'pending' ? 'processing' : 'failed'
  const dispute = [...store.disputes.values()].find(one => one.charge === charge.id)
  if (dispute) return DISPUTE_STATES[dispute.status] ?? 'disputed'
  if (charge.refunded) return 'refunded'
  return charge.amount_refunded > 0 ? 'partlyRefunded' : 'paid'
}

function offersFor({ store }: StandIn, charge: Charge): Offer[] {
  if (charge.status === 'pending' && charge.payment_intent) {
    const id = charge.payment_intent
    return [
      { order: 'accept', id },
      { order: 'reject', id },
    ]
  }
  if (charge.status !== 'succeeded') return []
  const dispute = [...store.disputes.values()].find(one => one.charge === charge.id)
  if (dispute?.status === 'needs_response') {
    return [
      { order: 'win', id: dispute.id },
      { order: 'lose', id: dispute.id },
    ]
  }
  const refund = [...store.refunds.values()].findLast(one => one.charge === charge.id && one.status !== 'failed')
  return [
    ...(dispute || charge.refunded ? [] : [{ order: 'dispute', id: charge.id } as const]),
    ...(refund ? [{ order: 'failRefund', id: refund.id } as const] : []),
  ]
}

/** One button an order, its name and the id it is about in the button's value. */
function orderForm(offers: readonly Offer[], words: Words): Html {
  const buttons = offers.map(
    ({
      order,
      id,
    }) => html`<button type="submit" class="second" name="order" value="${order} ${id}">${words.orders[order]}</button>
`,
  )
  return html`<form method="post" action="/">${buttons}</form>`
}
