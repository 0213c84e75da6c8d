import { createHmac } from 'node:crypto'
import { freshId } from './ids.ts'
import type { Delivery, StripeEvent, WebhookEndpoint } from './objects.ts'
import type { Store } from './store.ts'

const PATIENCE = 10_000
const MOST_ATTEMPTS = 16
const LONGEST_WAIT = 60_000
const REST_AFTER_TROUBLE = 1000

/** What goes wrong on purpose with the next webhooks; each number counts down. */
export type Mischief = { drop?: number | undefined; duplicate?: number | undefined; reorder?: number | undefined }

export type WebhookSender = {
  /** Puts an event on its way to an endpoint. It leaves once the state is saved. */
  post(event: StripeEvent, endpoint: WebhookEndpoint): void
  mischief(wish: Mischief): void
  /** Lets go, newest first, what waits to be reordered. */
  release(): void
  /** How long to wait after a first failure, in milliseconds; doubled after each one. Stripe's own is five minutes. */
  firstRetryAfter: number
  /** When everything due has been tried; what waits for another try does not count. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** `Stripe-Signature`: the second of sending and the HMAC-SHA-256 of `<second>.<body>` (docs.stripe.com/webhooks/signature). */
function signatureHeader(body: string, secret: string, second: number): string {
  const signature = createHmac('sha256', secret).update(`${second}.${body}`).digest('hex')
  return `t=${second},v1=${signature}`
}

/**
 * Sends events one after the other in the order they happened, again and again with growing waits until the town
 * answers 2xx. Waits are by the machine's clock, so that they pass even where `now` stands still.
 */
export function webhookSender(store: Store, now: () => number): WebhookSender {
  const left = { drop: 0, duplicate: 0, reorder: 0 }
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | undefined

  function wake(): void {
    if (stopping.signal.aborted) return
    round ??= sendWhatIsDue()
      .catch((error: unknown) => {
        // The state could not be saved, and nothing is sent that might be forgotten.
        process.emitWarning(error instanceof Error ? error : String(error))
        return REST_AFTER_TROUBLE
      })
      .then(rest => {
        round = undefined
        const next = Math.min(...waiting().map(delivery => delivery.nextAt))
        clearTimeout(timer)
        if (next === Infinity || stopping.signal.aborted) return
        timer = setTimeout(wake, Math.max(rest, next - Date.now())).unref()
      })
  }

  const waiting = () => [...store.deliveries.values()].filter(delivery => delivery.status === 'pending')
  const due = () => waiting().find(delivery => delivery.nextAt <= Date.now())

  /** Gives how many milliseconds to rest at least before the next round. */
  async function sendWhatIsDue(): Promise<number> {
    await store.saved()
    for (let delivery = due(); delivery && !stopping.signal.aborted; delivery = due()) {
      await handle(delivery)
      await store.saved()
    }
    return 0
  }

  async function handle(delivery: Delivery): Promise<void> {
    const first = delivery.attempts === 0
    if (first && left.drop > 0) {
      left.drop--
      delivery.status = 'dropped'
    } else if (first && left.reorder > 0) {
      left.reorder--
      delivery.status = 'held'
      if (left.reorder === 0) release()
    } else if (first && left.duplicate > 0) {
      left.duplicate--
      await Promise.all([send(delivery), send(delivery)])
    } else {
      await send(delivery)
    }
  }

  async function send(delivery: Delivery): Promise<void> {
    const event = store.events.get(delivery.event)
    const endpoint = store.webhookEndpoints.get(delivery.endpoint)
    if (!event || !endpoint) {
      store.deliveries.delete(delivery.id) // the endpoint was deleted meanwhile
      return
    }
    delivery.attempts++
    const body = JSON.stringify({ ...event, api_version: endpoint.api_version ?? event.api_version }, null, 2)
    const status = await answerOf(endpoint, body)
    if (stopping.signal.aborted) return
    delivery.lastStatus = status
    if (status !== null && status >= 200 && status < 300) {
      if (store.deliveries.delete(delivery.id)) event.pending_webhooks--
    } else if (store.deliveries.has(delivery.id)) {
      delivery.nextAt = Date.now() + Math.min(sender.firstRetryAfter * 2 ** (delivery.attempts - 1), LONGEST_WAIT)
      if (delivery.attempts >= MOST_ATTEMPTS) delivery.status = 'failed'
    }
  }

  async function answerOf(endpoint: WebhookEndpoint, body: string): Promise<number | null> {
    try {
      const answer = await fetch(endpoint.url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureHeader(body, endpoint.secret, Math.floor(now() / 1000)),
          'user-agent': 'Stripe/1.0 (local stand-in)',
          connection: 'close',
        },
        body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(PATIENCE)]),
      })
      await answer.arrayBuffer()
      return answer.status
    } catch {
      return null // nobody there, cut off, or too slow: the next attempt tells
    }
  }

  function release(): void {
    const held = [...store.deliveries.values()].filter(delivery => delivery.status === 'held').reverse()
    for (const delivery of held) {
      // Sent in the order of the map: leaving it and coming back puts them behind, newest first.
      store.deliveries.delete(delivery.id)
      store.deliveries.set(delivery.id, delivery)
      delivery.status = 'pending'
    }
  }

  const sender: WebhookSender = {
    firstRetryAfter: 1000,
    post(event, endpoint) {
      const id = freshId('whd')
      event.pending_webhooks++
      store.deliveries.set(id, {
        id,
        event: event.id,
        type: event.type,
        endpoint: endpoint.id,
        status: 'pending',
        attempts: 0,
        nextAt: Date.now(),
        lastStatus: null,
      })
      setImmediate(wake)
    },
    mischief(wish) {
      Object.assign(left, { drop: 0, duplicate: 0, reorder: 0, ...wish })
    },
    release() {
      left.reorder = 0
      release()
      wake()
    },
    async idle() {
      while (!stopping.signal.aborted && (round || due())) {
        await store.saved() // what cannot be saved is told here, instead of waited for
        wake()
        await round
      }
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await round
    },
  }
  release() // what a former run was told to hold back
  setImmediate(wake)
  return sender
}
