import type { DocumentPool } from '../documents/pool.ts'
import type { Handlers } from '../jobs/run.ts'
import { everyMinutes, type Scheduled } from '../jobs/schedule.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { askRefund, syncRefunds } from './apply-refund.ts'
import { fetchFee, lookUp } from './look-up.ts'
import { matchPayout } from './payouts.ts'
import { makeReceipt } from './receipts.ts'
import { reconcile } from './reconcile.ts'
import { closeSession } from './sessions.ts'
import { paymentById } from './store.ts'

type OfPayment = { paymentId: Id<'payment'> }

/** What follows a payment, a refund or a payout. Each may run twice. */
export function paymentJobs(town: Town, pdf: DocumentPool): Handlers {
  return {
    'payments.receipt': async ({ paymentId }: OfPayment) => void (await makeReceipt(town, pdf, paymentId)),
    'payments.fee': ({ paymentId }: OfPayment) => fetchFee(town, paymentId),
    'payments.refund': ({ refundId }: { refundId: Id<'refund'> }) => askRefund(town, refundId),
    'payments.sync-refunds': ({ paymentId }: OfPayment) => syncRefunds(town, paymentId),
    'payments.look-up': (asked: Parameters<typeof lookUp>[1]) => lookUp(town, asked),
    'payments.match-payout': ({ payoutId }: { payoutId: string }) => matchPayout(town, payoutId),
    'payments.close-page': async ({ paymentId }: OfPayment) => {
      const payment = await paymentById(town.db.read, paymentId)
      if (payment.state === 'created' || payment.state === 'open') await closeSession(town, payment)
    },
    'payments.reconcile': () => reconcile(town),
  }
}

export const paymentScheduled: readonly Scheduled[] = [{ topic: 'payments.reconcile', period: everyMinutes(5) }]
