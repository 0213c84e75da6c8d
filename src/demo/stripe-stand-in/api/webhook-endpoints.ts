import { z } from 'zod'
import { type StandIn, second } from '../context.ts'
import { noSuch } from '../errors.ts'
import { freshId, randomWord } from '../ids.ts'
import { page } from '../lists.ts'
import type { WebhookEndpoint } from '../objects.ts'
import { flag, list, metadata, paging, text, webUrl } from '../params.ts'
import { type Route, route } from '../routes.ts'

const eventName = z.string().refine(name => /^(\*|[a-z_]+(\.[a-z_]+)+)$/.test(name), { message: 'Invalid event type' })
const enabled_events = list(eventName, 300)
const description = z.string().max(5000).optional()

export const webhookEndpointRoutes: Route[] = [
  route(
    'POST',
    '/v1/webhook_endpoints',
    { url: webUrl, enabled_events, description, metadata: metadata.optional(), api_version: text(50).optional() },
    (standIn, _call, wish) => {
      const endpoint = newEndpoint(standIn, {
        id: freshId('we'),
        url: wish.url,
        secret: `whsec_${randomWord(32)}`,
        enabled_events: wish.enabled_events,
      })
      endpoint.api_version = wish.api_version ?? null
      endpoint.description = wish.description || null
      endpoint.metadata = wish.metadata ?? {}
      return endpoint // with its secret, this once
    },
  ),
  route('GET', '/v1/webhook_endpoints', paging, ({ store }, { path }, params) => {
    const { data, ...rest } = page(store.webhookEndpoints.values(), path, params)
    return { ...rest, data: data.map(withoutSecret) }
  }),
  route('GET', '/v1/webhook_endpoints/:id', {}, (standIn, { id }) => withoutSecret(find(standIn, id))),
  route(
    'POST',
    '/v1/webhook_endpoints/:id',
    {
      url: webUrl.optional(),
      enabled_events: enabled_events.optional(),
      description,
      disabled: flag.optional(),
    },
    (standIn, { id }, wish) => {
      const endpoint = find(standIn, id)
      if (wish.url !== undefined) endpoint.url = wish.url
      if (wish.enabled_events) endpoint.enabled_events = wish.enabled_events
      if (wish.description !== undefined) endpoint.description = wish.description || null
      if (wish.disabled !== undefined) endpoint.status = wish.disabled ? 'disabled' : 'enabled'
      return withoutSecret(endpoint)
    },
  ),
  route('DELETE', '/v1/webhook_endpoints/:id', {}, (standIn, { id }) => {
    find(standIn, id)
    standIn.store.webhookEndpoints.delete(id)
    return { id, object: 'webhook_endpoint', deleted: true }
  }),
]

/** Puts an enabled endpoint in the store, in place of the one of the same id. */
export function newEndpoint(
  standIn: StandIn,
  given: Pick<WebhookEndpoint, 'id' | 'url' | 'secret' | 'enabled_events'>,
): WebhookEndpoint {
  const endpoint: WebhookEndpoint = {
    ...given,
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created: second(standIn),
    description: null,
    livemode: false,
    metadata: {},
    status: 'enabled',
  }
  standIn.store.webhookEndpoints.set(endpoint.id, endpoint)
  return endpoint
}

function find({ store }: StandIn, id: string): WebhookEndpoint {
  const endpoint = store.webhookEndpoints.get(id)
  if (!endpoint) throw noSuch('webhook endpoint', id)
  return endpoint
}

function withoutSecret({ secret: _, ...shown }: WebhookEndpoint): Omit<WebhookEndpoint, 'secret'> {
  return shown
}
