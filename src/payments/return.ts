import { Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { fetchSession } from './sessions.ts'
import type { Payment } from './states.ts'
import { paymentById } from './store.ts'
import { stripeFault, withinPatience } from './stripe-client.ts'

/** A page that is opened again and again asks Stripe at most this often. */
const ASKED_AT_MOST_EVERY = Temporal.Duration.from({ seconds: 2 })

/**
 * The payment as it is when its payer comes back: the way back proves nothing, so Stripe is asked unless we know the end.
 * `unknown` when Stripe does not answer in time: then nobody can say yet.
 */
export async function askStripeSoon(town: Town, payment: Payment): Promise<{ payment: Payment; unknown: boolean }> {
  if (isKnown(payment) || payment.sessionId === null) return { payment, unknown: false }
  const asked = payment.checkedAt
  const now = town.clock.now()
  const justAsked = asked !== null && Temporal.Instant.compare(now, asked.add(ASKED_AT_MOST_EVERY)) < 0
  let unknown = false
  if (!justAsked) {
    try {
      await withinPatience(fetchSession(town, payment.sessionId))
    } catch (error) {
      if (!(error instanceof Problem) && !stripeFault(error)) throw error
      unknown = true
    }
  }
  return { payment: await paymentById(town.db.read, payment.id), unknown }
}

const isKnown = ({ state, failure }: Payment) => state === 'succeeded' || (state === 'failed' && failure === 'parked')
