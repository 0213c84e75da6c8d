import express, { Router } from 'express'
import type { Town } from '../town-context.ts'
import { webhooksWithoutEffect } from '../web/metrics.ts'
import { takeEvent } from './events.ts'
import { stripeOf } from './stripe-client.ts'

/** As old as a signature may be: a recording of yesterday's is refused. */
const TOLERANCE_S = 300

/**
 * Where Stripe tells what happened. The signature is of the raw bytes, so this stands before every parser. Answers 2xx
 * only once what was told is kept: until then Stripe tells it again.
 */
export function stripeWebhook(town: Town): Router {
  const router = Router()
  router.post('/webhooks/stripe', express.raw({ type: () => true, limit: '1mb' }), async (req, res) => {
    const body: unknown = req.body
    const signature = req.get('stripe-signature')
    const event = Buffer.isBuffer(body) && signature ? verified(town, body, signature) : undefined
    if (!event) {
      webhooksWithoutEffect.inc({ reason: 'forged' })
      res.status(400).json({ error: 'not signed by Stripe, or too long ago' })
      return
    }
    const outcome = await takeEvent(town, event)
    res.json({ received: true, outcome })
  })
  return router
}

function verified(town: Town, body: Buffer, signature: string) {
  const { webhooks } = stripeOf(town.config)
  const now = town.clock.now().epochMilliseconds
  try {
    return webhooks.constructEvent(body, signature, town.config.stripe.webhookSecret, TOLERANCE_S, undefined, now)
  } catch {
    return undefined // the SDK's errors quote the body
  }
}
