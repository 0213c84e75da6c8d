import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StandIn } from '../context.ts'
import type { StandInControl } from '../control.ts'
import { StripeRefusal } from '../errors.ts'
import { bankPage } from './bank-view.ts'
import { strangerPage } from './views.ts'
import { type OrderName, wordsFor } from './words.ts'

type Asked = { method: string; url: URL; body: string }

/** What each button of the bank desk does. */
const ORDERS: Record<OrderName, (control: StandInControl, id: string) => Promise<unknown>> = {
  payout: control => control.payout({ pendingToo: true }),
  accept: (control, paymentIntent) => control.settle({ paymentIntent, outcome: 'succeeds' }),
  reject: (control, paymentIntent) => control.settle({ paymentIntent, outcome: 'fails' }),
  dispute: (control, payment) => control.dispute({ payment }),
  win: (control, dispute) => control.closeDispute({ dispute, outcome: 'won' }),
  lose: (control, dispute) => control.closeDispute({ dispute, outcome: 'lost' }),
  failRefund: (control, refund) => control.failRefund({ refund }),
}
const isOrder = (name: string): name is OrderName => Object.hasOwn(ORDERS, name)

/**
 * Answers `/`, the page of the demo where a visitor plays the bank. Its buttons take orders from its own page only:
 * another site's form bears another `Origin`, or none.
 */
export function bankDesk(standIn: StandIn, control: StandInControl) {
  return async function answer(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const words = wordsFor(null, request.headers['accept-language'])
    if (asked.method === 'POST' && request.headers.origin === standIn.url) {
      const [name = '', id = ''] = (new URLSearchParams(asked.body).get('order') ?? '').split(' ')
      const done = isOrder(name) && (await obeyed(() => ORDERS[name](control, id)))
      response.writeHead(303, { location: `/?${done ? 'done' : 'refused'}`, 'cache-control': 'no-store' }).end()
      return
    }
    const said = { '?done': words.bankDone, '?refused': words.bankRefused }[asked.url.search]
    const page = asked.method === 'POST' ? strangerPage(words) : bankPage(standIn, words, said)
    response.writeHead(page.status, page.headers).end(asked.method === 'HEAD' ? undefined : page.body)
  }
}

/** False when it cannot be done now: a button pressed twice, or on an old page. */
async function obeyed(order: () => Promise<unknown>): Promise<boolean> {
  try {
    await order()
    return true
  } catch (error) {
    if (error instanceof StripeRefusal) return false
    throw error
  }
}
