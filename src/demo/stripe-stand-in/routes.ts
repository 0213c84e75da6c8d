import { z } from 'zod'
import type { StandIn } from './context.ts'
import { expanded } from './expand.ts'
import type { FormTree } from './form.ts'
import type { Cause } from './objects.ts'
import { list, readParams, text } from './params.ts'

export type Method = 'GET' | 'POST' | 'DELETE'

/** What a route knows besides its parameters: the id in the address, the address itself, who asked. */
export type Call = { id: string; path: string; cause: Cause }

/** One endpoint. `prepare` refuses wrong parameters before anything is done; what it gives back does the work. */
export type Route = {
  method: Method
  pattern: RegExp
  prepare(given: FormTree): (standIn: StandIn, call: Call) => object
}

const expand = list(text(200), 20).optional()

/**
 * Declares an endpoint: its address (`/v1/refunds/:id`), the parameters it takes beside `expand`, and what it does.
 * `run` gives the object to answer with, or throws a refusal.
 */
export function route<Shape extends z.core.$ZodLooseShape>(
  method: Method,
  path: string,
  shape: Shape,
  run: (standIn: StandIn, call: Call, params: z.infer<z.ZodObject<Shape>>) => object,
): Route {
  const schema = z.strictObject(shape)
  return {
    method,
    pattern: new RegExp(`^${path.replace(':id', '([^/]+)')}$`),
    prepare(given) {
      const { expand: wished, ...own } = given
      const wishes = wished === undefined ? [] : readParams(z.strictObject({ expand }), { expand: wished }).expand
      const params = readParams(schema, own)
      return (standIn, call) => expanded(standIn, run(standIn, call, params), wishes ?? [])
    },
  }
}
