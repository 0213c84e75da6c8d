import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { API_VERSION, type StandIn } from '../context.ts'
import { badKey, badRequest, StripeRefusal, unrecognizedUrl } from '../errors.ts'
import { canonicalForm, type FormTree, readForm } from '../form.ts'
import { type Answer, onceForKey } from '../idempotency.ts'
import { freshId } from '../ids.ts'
import type { Route } from '../routes.ts'
import { balanceRoutes } from './balance.ts'
import { chargeRoutes } from './charges.ts'
import { checkoutSessionRoutes } from './checkout-sessions.ts'
import { disputeRoutes } from './disputes.ts'
import { eventRoutes } from './events.ts'
import { paymentIntentRoutes } from './payment-intents.ts'
import { payoutRoutes } from './payouts.ts'
import { refundRoutes } from './refunds.ts'
import { webhookEndpointRoutes } from './webhook-endpoints.ts'

const ROUTES: Route[] = [
  ...checkoutSessionRoutes,
  ...paymentIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...balanceRoutes,
  ...payoutRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
]

export type Asked = { method: string; url: URL; body: string }

/** Answers one request to `/v1/…` in Stripe's manner. */
export function stripeApi(standIn: StandIn) {
  const keysAtWork = new Set<string>()
  const slowly = async () => {
    if (standIn.faults.slowness > 0) await pause(standIn.faults.slowness)
  }

  return async function answer(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const path = asked.url.pathname
    const requestId = freshId('req')
    response.setHeader('request-id', requestId)
    response.setHeader('content-type', 'application/json')
    response.setHeader('cache-control', 'no-cache, no-store')
    const fault = standIn.faults.met(path)
    if (fault && !fault.workDone) {
      await slowly()
      spoil(response, fault.status)
      return
    }
    const told = await work(request, response, asked, requestId)
    await standIn.store.saved()
    if (fault) spoil(response, fault.status)
    else response.writeHead(told.status).end(told.body)
  }

  async function work(
    request: IncomingMessage,
    response: ServerResponse,
    { method, url, body }: Asked,
    requestId: string,
  ): Promise<Answer> {
    try {
      checkKey(request.headers.authorization, standIn.secretKey)
      response.setHeader('stripe-version', versionOf(request.headers['stripe-version']))
      const found = findRoute(method, url.pathname)
      const params = paramsOf(request, url, body)
      const run = found.route.prepare(params)
      const key = method === 'POST' ? headerOf(request, 'idempotency-key') : undefined
      const cause = { id: requestId, idempotency_key: key ?? null }
      const doIt = async () => {
        await slowly()
        return answerOf(() => run(standIn, { id: found.id, path: url.pathname, cause }))
      }
      if (key === undefined) return await doIt()
      response.setHeader('idempotency-key', key)
      const asked = { key, endpoint: url.pathname, params: canonicalForm(params), request: requestId }
      const answer = await onceForKey(standIn, keysAtWork, asked, doIt)
      if (answer.replayOf) {
        response.setHeader('idempotent-replayed', 'true')
        response.setHeader('original-request', answer.replayOf)
      }
      return answer
    } catch (error) {
      if (error instanceof StripeRefusal) return refusalAnswer(error)
      throw error
    }
  }
}

/** Does the work and writes its answer down at once, so that it is the object as it was at that instant. */
function answerOf(run: () => object): Answer {
  try {
    return { status: 200, body: written(run()) }
  } catch (error) {
    if (error instanceof StripeRefusal) return refusalAnswer(error)
    throw error
  }
}

const written = (answer: object) => JSON.stringify(answer, null, 2)
const refusalAnswer = ({ status, body }: StripeRefusal): Answer => ({ status, body: written({ error: body }) })

/** The answer that goes wrong on purpose: the connection cut, or an error of Stripe's own. */
function spoil(response: ServerResponse, status: number | undefined): void {
  if (status === undefined) {
    response.socket?.destroy()
    return
  }
  const error =
    status === 429
      ? { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' }
      : { type: 'api_error', message: 'An unknown error occurred (asked for through the control of the stand-in).' }
  response.writeHead(status).end(written({ error }))
}

/** Compares without telling by its duration how much of the key was right. */
export function checkKey(authorization: string | undefined, secretKey: string): void {
  const given = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(secretKey)]
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw badKey(given)
}

function versionOf(given: string | string[] | undefined): string {
  if (given === undefined) return API_VERSION
  const version = String(given)
  if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) throw badRequest(`Invalid Stripe API version: ${version}`)
  return version
}

function findRoute(method: string, path: string): { route: Route; id: string } {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null
    if (match) return { route, id: decoded(match[1] ?? '') }
  }
  throw unrecognizedUrl(method, path)
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

function paramsOf(request: IncomingMessage, url: URL, body: string): FormTree {
  if (body !== '' && !request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    throw badRequest('Invalid request (check that your POST content type is application/x-www-form-urlencoded).')
  }
  return readForm([url.search.slice(1), body].filter(Boolean).join('&'))
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
