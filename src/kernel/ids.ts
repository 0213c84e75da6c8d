import { randomUUIDv7 } from 'node:crypto'

declare const entity: unique symbol

/** The identifier of one kind of thing: an invoice's id is not accepted where a child's is asked for. */
export type Id<Kind extends string> = string & { readonly [entity]: Kind }

/** A fresh identifier. UUID version 7: sorts by time of creation, so indexes grow at their end. */
export function newId<Kind extends string>(): Id<Kind> {
  return randomUUIDv7() as Id<Kind>
}
