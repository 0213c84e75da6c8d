import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stripeApi } from './api/answer.ts'
import { newEndpoint } from './api/webhook-endpoints.ts'
import type { StandIn } from './context.ts'
import { controlOf, type StandInControl } from './control.ts'
import { controlOverHttp } from './control-http.ts'
import { letTimePass } from './engine/due.ts'
import { faultless } from './faults.ts'
import { hostedPages } from './hosted/answer.ts'
import { bankDesk } from './hosted/bank.ts'
import { openStore } from './store.ts'
import { webhookSender } from './webhooks.ts'

const MOST_BODY = 1_000_000
const TICK = 1000
const CONFIGURED_ENDPOINT = 'we_configured'

export type StandInOptions = {
  /** A free one when absent. Always on 127.0.0.1. */
  port?: number
  /** Where the state is kept, so that the demo survives a restart; in memory only when absent. */
  stateFile?: string
  /** The one API key it knows. */
  secretKey: string
  /** Where all events are sent, as if the endpoint had been made in Stripe's dashboard. */
  webhook?: { url: string; secret: string }
  /** Milliseconds since 1970; the machine's clock when absent. Webhook signatures bear this time too. */
  now?: () => number
}

export type RunningStandIn = { url: string; port: number; control: StandInControl; close(): Promise<void> }

/**
 * Starts a small server that answers like Stripe, for the demo and the tests: the unmodified SDK is pointed at it by
 * `{ host: '127.0.0.1', port, protocol: 'http' }`. No money moves. Throws in production, and when the port is taken.
 */
export async function startStripeStandIn(options: StandInOptions): Promise<RunningStandIn> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error('The local stand-in of Stripe never runs in production: no money would move.')
  }
  const now = options.now ?? Date.now
  const store = await openStore(options.stateFile)
  const { promise: ready, resolve: setReady } = Promise.withResolvers<Handler>()
  const server = createServer((request, response) => {
    void ready.then(handler => handler(request, response))
  })
  const port = await listening(server, options.port ?? 0)
  const url = `http://127.0.0.1:${port}`
  const webhooks = webhookSender(store, now)
  const standIn: StandIn = { store, now, url, secretKey: options.secretKey, faults: faultless(), webhooks }
  settleIn(standIn, options.webhook)
  await store.saved()
  const control = controlOf(standIn)
  setReady(handlerOf(standIn, control))

  const clock = setInterval(() => {
    if (letTimePass(standIn)) store.saved().catch(reportFault)
  }, TICK).unref()

  async function close(): Promise<void> {
    clearInterval(clock)
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
    await webhooks.stop()
    await store.saved()
  }
  let closing: Promise<void> | undefined

  return {
    url,
    port,
    control,
    close() {
      closing ??= close()
      return closing
    },
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

async function listening(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  return (server.address() as AddressInfo).port
}

/** After a restart the address may be another: open sessions and the configured endpoint follow. */
function settleIn(standIn: StandIn, webhook: StandInOptions['webhook']): void {
  for (const session of standIn.store.sessions.values()) {
    if (session.status === 'open') session.url = `${standIn.url}/c/pay/${session.id}`
  }
  if (webhook) newEndpoint(standIn, { id: CONFIGURED_ENDPOINT, enabled_events: ['*'], ...webhook })
}

function handlerOf(standIn: StandIn, control: StandInControl): Handler {
  const api = stripeApi(standIn)
  const pages = hostedPages(standIn)
  const orders = controlOverHttp(standIn, control)
  const desk = bankDesk(standIn, control)

  return async (request, response) => {
    try {
      const body = await bodyOf(request)
      if (body === undefined) {
        response.writeHead(413, { connection: 'close' }).end()
        return
      }
      const url = new URL(request.url ?? '/', standIn.url)
      const asked = { method: request.method ?? 'GET', url, body }
      if (letTimePass(standIn)) await standIn.store.saved()
      if (url.pathname.startsWith('/_control/')) await orders(request, response, asked)
      else if (url.pathname.startsWith('/v1/')) await api(request, response, asked)
      else if (url.pathname === '/') await desk(request, response, asked)
      else await pages(request, response, asked)
    } catch (error) {
      if (request.destroyed && !request.complete) return // the caller went away while sending
      reportFault(error)
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { type: 'api_error', message: 'The stand-in of Stripe is broken.' } }))
    }
  }
}

/** The body as text; undefined when it is longer than anything the API takes. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > MOST_BODY) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** To stderr with its trace; the stand-in has no log of its own. */
function reportFault(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
