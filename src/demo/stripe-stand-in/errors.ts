/** What Stripe puts under `error` in an answer that refuses. */
export type ErrorBody = {
  type: 'invalid_request_error' | 'idempotency_error' | 'api_error'
  message: string
  code?: string
  param?: string
  doc_url?: string
}

/** A refusal, in Stripe's words and codes. Thrown by routes and engine, written by api.ts. */
export class StripeRefusal extends Error {
  readonly status: number
  readonly body: ErrorBody

  constructor(status: number, body: Omit<ErrorBody, 'type'> & { type?: ErrorBody['type'] }) {
    super(body.message)
    this.name = 'StripeRefusal'
    this.status = status
    this.body = {
      type: 'invalid_request_error',
      ...body,
      ...(body.code && { doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}` }),
    }
  }
}

/** 400: what was asked cannot be. */
export const badRequest = (message: string, more: { code?: string; param?: string } = {}) =>
  new StripeRefusal(400, { message, ...more })

/** 404, or 400 when the id was given as another parameter than the address itself. */
export function noSuch(kind: string, id: string, param = 'id'): StripeRefusal {
  const status = param === 'id' ? 404 : 400
  return new StripeRefusal(status, { code: 'resource_missing', message: `No such ${kind}: '${id}'`, param })
}

export const unrecognizedUrl = (method: string, path: string) =>
  new StripeRefusal(404, {
    message: `Unrecognized request URL (${method}: ${path}). The local stand-in of Stripe knows only what the town uses.`,
  })

export function badKey(given: string | undefined): StripeRefusal {
  if (!given) {
    return new StripeRefusal(401, {
      message: 'You did not provide an API key. Send it in the Authorization header, as a bearer token.',
    })
  }
  const hidden = `${given.slice(0, 8)}${'*'.repeat(8)}${given.slice(-4)}`
  return new StripeRefusal(401, { message: `Invalid API Key provided: ${hidden}` })
}

export const otherParameters = (key: string) =>
  new StripeRefusal(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  })

export const otherEndpoint = (key: string, first: string, now: string) =>
  new StripeRefusal(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${now}' vs '${first}'). Try using a key other than '${key}' if you meant to execute a different request.`,
  })

export const keyInUse = (key: string) =>
  new StripeRefusal(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  })
