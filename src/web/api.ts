import { type RequestHandler, Router } from 'express'
import type { z } from 'zod'
import type { Actor } from '../kernel/actor.ts'
import { signInFirst } from '../kernel/problems.ts'
import { askerOf } from './asker.ts'
import { parse } from './forms.ts'

type Sent<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** One operation of the API: what it takes and gives (for the reader of the OpenAPI document too), and what it does. */
export type Endpoint = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below `/api/v1`, with `{name}` for parameters. */
  path: string
  tag: string
  summary: string
  /** Needs no sign-in. */
  open?: boolean
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  status?: number
  answer?: z.ZodType
  /** Problems it may give, by their codes. */
  problems?: readonly string[]
  handle: RequestHandler
}

type Definition<P, Q, B> = Omit<Endpoint, 'params' | 'query' | 'body' | 'handle'> & {
  params?: P
  query?: Q
  body?: B
  handle: (asked: {
    actor: Actor
    params: Sent<P>
    query: Sent<Q>
    body: Sent<B>
    idempotencyKey: string | undefined
  }) => Promise<unknown>
}

/** Describes an operation once: from this the route, the checks and the documentation are made. */
export function endpoint<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(definition: Definition<P, Q, B>): Endpoint {
  const { params, query, body, handle, ...rest } = definition
  return {
    ...rest,
    ...(params ? { params } : {}),
    ...(query ? { query } : {}),
    ...(body ? { body } : {}),
    handle: async (req, res) => {
      const answer = await handle({
        actor: askerOf(res),
        params: (params ? parse(params, req.params) : undefined) as Sent<P>,
        query: (query ? parse(query, req.query) : undefined) as Sent<Q>,
        body: (body ? parse(body, req.body) : undefined) as Sent<B>,
        idempotencyKey: req.get('idempotency-key'),
      })
      if (answer === undefined) res.status(rest.status ?? 204).end()
      else res.status(rest.status ?? 200).json(answer)
    },
  }
}

export function apiRouter(endpoints: readonly Endpoint[]): Router {
  const router = Router()
  for (const { method, path, open, handle } of endpoints) {
    const steps = open ? [handle] : [signedInOnly, handle]
    router[method](path.replace(/\{(\w+)\}/g, ':$1'), ...steps)
  }
  return router
}

/** Before anything is read of what was sent. What is somebody's own is kept by no cache. */
const signedInOnly: RequestHandler = (_req, res, next) => {
  if (askerOf(res).kind === 'anonymous') throw signInFirst()
  res.setHeader('Cache-Control', 'private, no-store')
  next()
}
