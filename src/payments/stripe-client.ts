import { createRequire } from 'node:module'
import type StripeSdk from 'stripe'
import type { Config } from '../config.ts'
import { Problem } from '../kernel/problems.ts'

export type Stripe = StripeSdk

/** The version whose shapes `believed.ts` reads. Moved on purpose, with the package, never by Stripe's dashboard. */
const API_VERSION: StripeSdk.LatestApiVersion = '2026-10-28.endive'
const TIMEOUT_MS = 8_000
const MOST_RETRIES = 2
/** How long a page waits for Stripe. What was begun goes on behind, and is there at the next click. */
const PAGE_PATIENCE_MS = 4_000

const load = createRequire(import.meta.url)
let sdk: typeof StripeSdk | undefined
const clients = new WeakMap<Config, Stripe>()

/** Loaded at the first use: it takes 76 ms, which a town's start need not wait for. */
const stripeSdk = (): typeof StripeSdk => {
  sdk ??= load('stripe') as typeof StripeSdk
  return sdk
}

/** The unmodified SDK, for the town's key; one client for each configuration. In the demo and in tests it speaks to the stand-in. */
export function stripeOf(config: Config): Stripe {
  let client = clients.get(config)
  if (!client) {
    const { secretKey, standIn } = config.stripe
    client = new (stripeSdk())(secretKey, {
      apiVersion: API_VERSION,
      timeout: TIMEOUT_MS,
      maxNetworkRetries: MOST_RETRIES,
      telemetry: false,
      ...(standIn ? addressOf(standIn) : {}),
    })
    clients.set(config, client)
  }
  return client
}

function addressOf(standIn: string): Pick<StripeSdk.StripeConfig, 'host' | 'port' | 'protocol'> {
  const { hostname, port, protocol } = new URL(standIn)
  return { host: hostname, port: Number(port), protocol: protocol === 'https:' ? 'https' : 'http' }
}

/** Where the hosted payment page is: forms of ours may lead there. */
export function paymentOrigins(config: Config): string[] {
  return [config.stripe.standIn ? new URL(config.stripe.standIn).origin : 'https://checkout.stripe.com']
}

/** Whether our key moves real money. Whatever Stripe says of the other mode is not for us. */
export const isLive = (config: Config): boolean => /^(sk|rk)_live_/.test(config.stripe.secretKey)

/**
 * What an error of the SDK means. `refused`: Stripe understood and said no, trying again changes nothing. `broken`: Stripe
 * answered with an error of its own, which it may repeat for the same idempotency key. `unreachable`: no answer, too many
 * requests, or our key is wrong: nothing is known, try later with the same key.
 */
export function stripeFault(error: unknown): { kind: 'refused' | 'broken' | 'unreachable'; code: string } | undefined {
  const { errors } = stripeSdk()
  if (!(error instanceof errors.StripeError)) return undefined
  const code = error.code ?? error.type
  if (error instanceof errors.StripeInvalidRequestError || error instanceof errors.StripeIdempotencyError)
    // 409: another request with the same key is still at work.
    return { kind: error.statusCode === 409 ? 'unreachable' : 'refused', code }
  if (error instanceof errors.StripeCardError) return { kind: 'refused', code }
  if (error instanceof errors.StripeAPIError) return { kind: 'broken', code }
  return { kind: 'unreachable', code }
}

/** « We could not reach the payment service, nothing was charged, try again. » */
export const unreachable = () => new Problem(503, 'payment-service-unreachable', { retryAfterSeconds: 30 })

/**
 * The work, if it ends while a page can wait; otherwise, or when Stripe gave no useful answer, the problem that says so.
 * Work that takes longer is not stopped: what it learns is kept.
 */
export async function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachable()), PAGE_PATIENCE_MS)
  })
  work.catch(() => {}) // told below, or nobody waits any more
  try {
    return await Promise.race([work, impatience])
  } catch (error) {
    throw error instanceof Problem || !stripeFault(error) ? error : unreachable()
  } finally {
    clearTimeout(timer)
  }
}
