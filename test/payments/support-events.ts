import Stripe from 'stripe'
import { webhooksWithoutEffect } from '../../src/web/metrics.ts'
import type { TestTown } from '../support/town.ts'
import { SECRET_KEY, WEBHOOK_SECRET } from './support.ts'

const sdk = new Stripe(SECRET_KEY)

export type GivenEvent = { id: string; type: string; created: number; livemode: boolean; data: { object: unknown } }

/** An event as Stripe writes it. */
export function eventOf(t: TestTown, type: string, object: unknown, more: Partial<GivenEvent> = {}): GivenEvent {
  const created = Math.floor(t.town.clock.now().epochMilliseconds / 1000)
  return { id: `evt_${Math.random().toString(36).slice(2)}`, type, created, livemode: false, data: { object }, ...more }
}

/** Tells the town as Stripe does; `secret` and `at` (seconds) to tell it wrong. */
export async function tell(
  t: TestTown & { port: number },
  event: unknown,
  { secret = WEBHOOK_SECRET, at }: { secret?: string; at?: number } = {},
) {
  const payload = JSON.stringify({ object: 'event', api_version: '2026-10-28.endive', ...(event as object) })
  const timestamp = at ?? Math.floor(t.town.clock.now().epochMilliseconds / 1000)
  const signature = sdk.webhooks.generateTestHeaderString({ payload, secret, timestamp })
  return post(t, payload, { 'stripe-signature': signature })
}

export async function post(t: { port: number }, payload: string, headers: Record<string, string>) {
  const answer = await fetch(`http://127.0.0.1:${t.port}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: payload,
  })
  return { status: answer.status, body: await answer.text() }
}

/** How many webhooks had no effect so far, for that reason. */
export async function withoutEffect(reason: string): Promise<number> {
  const { values } = await webhooksWithoutEffect.get()
  return values.find(value => value.labels['reason'] === reason)?.value ?? 0
}
