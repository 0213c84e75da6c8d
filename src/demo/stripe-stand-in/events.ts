import type { StandIn } from './context.ts'
import { API_VERSION, second } from './context.ts'
import { freshId } from './ids.ts'
import type { Cause, StripeEvent, Subject, WebhookEndpoint } from './objects.ts'

/** Keeps what just happened to an object, as it is at this instant, and sends it to the endpoints that asked for it. */
export function announce(
  standIn: StandIn,
  type: string,
  subject: Subject,
  cause: Cause,
  previously?: Record<string, unknown>,
): void {
  const event: StripeEvent = {
    id: freshId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: second(standIn),
    data: { object: structuredClone(subject), ...(previously && { previous_attributes: structuredClone(previously) }) },
    livemode: false,
    pending_webhooks: 0,
    request: cause,
    type,
  }
  standIn.store.events.set(event.id, event)
  for (const endpoint of standIn.store.webhookEndpoints.values()) {
    if (wants(endpoint, type)) standIn.webhooks.post(event, endpoint)
  }
}

export const wants = (endpoint: WebhookEndpoint, type: string): boolean =>
  endpoint.status === 'enabled' && endpoint.enabled_events.some(wanted => wanted === '*' || wanted === type)
