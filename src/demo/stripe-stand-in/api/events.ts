import { badRequest, noSuch } from '../errors.ts'
import { page } from '../lists.ts'
import { flag, list, paging, seconds, text, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

const filters = {
  ...paging,
  created: seconds.optional(),
  delivery_success: flag.optional(),
  type: text(100).optional(),
  types: list(text(100), 20).optional(),
}

export const eventRoutes: Route[] = [
  route('GET', '/v1/events/:id', {}, ({ store }, { id }) => {
    const event = store.events.get(id)
    if (!event) throw noSuch('event', id)
    return event
  }),
  route('GET', '/v1/events', filters, ({ store }, { path }, { created, delivery_success, type, types, ...params }) => {
    if (type !== undefined && types) {
      throw badRequest('You may only provide one of these parameters: type, types.', { param: 'types' })
    }
    const named = types ?? (type === undefined ? undefined : [type])
    const onTheirWay = new Set([...store.deliveries.values()].map(delivery => delivery.event))
    const wanted = [...store.events.values()].filter(
      event =>
        within(event.created, created) &&
        (named === undefined || named.some(name => matches(event.type, name))) &&
        (delivery_success === undefined || onTheirWay.has(event.id) !== delivery_success),
    )
    return page(wanted, path, params)
  }),
]

/** `charge.*` stands for every event whose name begins so. */
const matches = (type: string, name: string) =>
  name.endsWith('*') ? type.startsWith(name.slice(0, -1)) : type === name
