import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { checkKey } from './api/answer.ts'
import type { StandIn } from './context.ts'
import type { StandInControl } from './control.ts'
import { badRequest, StripeRefusal, unrecognizedUrl } from './errors.ts'

const id = z.string().min(1).max(255)
const ms = z.number().int().min(0).max(600_000)
const times = z.number().int().min(0).max(1000)

/** One order of the control as a request: its name in the address, its wishes as JSON. */
type Order = (control: StandInControl, wish: unknown) => Promise<unknown>

const order =
  <Wish extends z.ZodType>(
    wish: Wish,
    obey: (control: StandInControl, wish: z.infer<Wish>) => Promise<unknown>,
  ): Order =>
  (control, given) => {
    const read = wish.safeParse(given)
    if (!read.success) throw badRequest(z.prettifyError(read.error))
    return obey(control, read.data)
  }

const nothing = z.strictObject({})

const ORDERS: Record<keyof StandInControl, Order> = {
  slow: order(z.strictObject({ ms }), (control, wish) => control.slow(wish)),
  failNext: order(
    z.strictObject({
      times: times.min(1),
      status: z.number().int().min(400).max(599).optional(),
      path: z.string().startsWith('/v1/').optional(),
      workDone: z.boolean().optional(),
    }),
    (control, wish) => control.failNext(wish),
  ),
  webhooks: order(
    z.strictObject({ drop: times.optional(), duplicate: times.optional(), reorder: times.optional() }),
    (control, wish) => control.webhooks(wish),
  ),
  releaseWebhooks: order(nothing, control => control.releaseWebhooks()),
  retryWebhooksAfter: order(z.strictObject({ ms }), (control, wish) => control.retryWebhooksAfter(wish)),
  webhooksIdle: order(nothing, control => control.webhooksIdle()),
  behave: order(nothing, control => control.behave()),
  pay: order(z.strictObject({ session: id, card: id, refuseChallenge: z.boolean().optional() }), (control, wish) =>
    control.pay(wish),
  ),
  settle: order(
    z.strictObject({ paymentIntent: id, outcome: z.enum(['succeeds', 'fails']).optional() }),
    (control, wish) => control.settle(wish),
  ),
  settleAll: order(nothing, control => control.settleAll()),
  failRefund: order(z.strictObject({ refund: id, reason: id.optional() }), (control, wish) => control.failRefund(wish)),
  dispute: order(z.strictObject({ payment: id, reason: id.optional() }), (control, wish) => control.dispute(wish)),
  closeDispute: order(z.strictObject({ dispute: id, outcome: z.enum(['won', 'lost']) }), (control, wish) =>
    control.closeDispute(wish),
  ),
  payout: order(z.strictObject({ pendingToo: z.boolean().optional() }), (control, wish) => control.payout(wish)),
  resend: order(z.strictObject({ event: id }), (control, wish) => control.resend(wish)),
}

const isOrder = (name: string): name is keyof StandInControl => Object.hasOwn(ORDERS, name)

/**
 * The control from another process: `POST /_control/<order>` with its wishes as JSON and the secret key as bearer,
 * which also keeps other web sites' forms from giving orders.
 */
export function controlOverHttp(standIn: StandIn, control: StandInControl) {
  return async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    asked: { method: string; url: URL; body: string },
  ): Promise<void> {
    response.setHeader('content-type', 'application/json')
    try {
      checkKey(request.headers.authorization, standIn.secretKey)
      const name = asked.url.pathname.replace('/_control/', '')
      if (asked.method !== 'POST' || !isOrder(name)) throw unrecognizedUrl(asked.method, asked.url.pathname)
      const result = await ORDERS[name](control, parsed(asked.body))
      response.writeHead(200).end(JSON.stringify(result ?? {}))
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error
      response.writeHead(error.status).end(JSON.stringify({ error: error.body }))
    }
  }
}

function parsed(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body)
  } catch {
    throw badRequest('The wishes must be JSON.')
  }
}
