import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import Stripe from 'stripe'
import { type StandInOptions, startStripeStandIn } from '../../src/demo/stripe-stand-in/start.ts'

export const SECRET_KEY = 'sk_test_stand_in_0123456789'
const WEBHOOK_SECRET = 'whsec_stand_in_0123456789'

/** What the town's webhook got: the event, after the SDK has checked its signature. */
type Received = { id: string; type: string; event: Stripe.Event }

/** A stand-in, the unmodified SDK pointed at it, and a webhook that keeps what it gets. Stopped after the test. */
export async function standInWorld(t: TestContext, options: Partial<StandInOptions> = {}) {
  const webhook = await webhookOfTheTown(t)
  const standIn = await startStripeStandIn({
    secretKey: SECRET_KEY,
    webhook: { url: webhook.url, secret: WEBHOOK_SECRET },
    ...options,
  })
  t.after(() => standIn.close())
  const stripe = stripeClient(standIn.port)
  /** The types told so far, once every webhook due was tried. */
  const told = async () => {
    await standIn.control.webhooksIdle()
    return webhook.received.map(one => one.type)
  }
  return { ...standIn, stripe, webhook, told }
}

export const stripeClient = (port: number, key = SECRET_KEY, more: Stripe.StripeConfig = {}) =>
  new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, ...more })

async function webhookOfTheTown(t: TestContext) {
  const received: Received[] = []
  const badSignatures: unknown[] = []
  const town = { answer: 200, calls: 0 }
  const stripe = new Stripe(SECRET_KEY)
  const server = createServer((request, response) => {
    void buffer(request).then(body => {
      response.writeHead(receive(body, request.headers)).end()
    })
  })
  const receive = (body: Buffer, headers: IncomingHttpHeaders): number => {
    town.calls++
    try {
      const event = stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', WEBHOOK_SECRET)
      if (town.answer === 200) received.push({ id: event.id, type: event.type, event })
    } catch (error) {
      badSignatures.push(error)
    }
    return town.answer
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  t.after(() => new Promise(resolve => server.close(resolve)))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/stripe/webhook`, received, badSignatures, town }
}

export const SUCCESS = 'http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}'
export const CANCEL = 'http://127.0.0.1:9/invoices/1'

/** A session for one invoice of 29.40 €, or with other wishes. */
export const sessionFor = (
  stripe: Stripe,
  more: Stripe.Checkout.SessionCreateParams = {},
  options?: Stripe.RequestOptions,
): Promise<Stripe.Response<Stripe.Checkout.Session>> =>
  stripe.checkout.sessions.create(
    {
      mode: 'payment',
      line_items: [lineOf(2940)],
      success_url: SUCCESS,
      cancel_url: CANCEL,
      customer_email: 'camille@example.org',
      ...more,
    },
    options,
  )

export const lineOf = (cents: number, name = 'Facture 2026-000012') => ({
  quantity: 1,
  price_data: { currency: 'eur', unit_amount: cents, product_data: { name } },
})

/** The error a call ends with; a call that succeeds fails the test. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('it should have been refused')
}

/** What a browser without JavaScript does: asks for a page, sends a form, and is told where to go next. */
export async function browse(address: string, form?: Record<string, string>) {
  const answer = await fetch(address, {
    redirect: 'manual',
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  return {
    status: answer.status,
    headers: answer.headers,
    location: answer.headers.get('location'),
    body: await answer.text(),
  }
}

/** The id of a link that was not asked to be unfolded. */
export function idOf(link: string | { id: string } | null | undefined): string {
  if (typeof link !== 'string') throw new Error(`not an id: ${JSON.stringify(link)}`)
  return link
}
