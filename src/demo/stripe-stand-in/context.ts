import type Stripe from 'stripe'
import type { Faults } from './faults.ts'
import type { Store } from './store.ts'
import type { WebhookSender } from './webhooks.ts'

/** The version whose shapes the stand-in speaks: the one the installed SDK is pinned to. */
export const API_VERSION: Stripe.LatestApiVersion = '2026-10-28.endive'

/** What every part of the stand-in works with. */
export type StandIn = {
  readonly store: Store
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly secretKey: string
  readonly faults: Faults
  readonly webhooks: WebhookSender
}

/** The second it is, as Stripe counts. */
export const second = (standIn: StandIn) => Math.floor(standIn.now() / 1000)
