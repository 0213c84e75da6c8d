import type { Queries } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import type { Translator } from '../web/i18n.ts'

/**
 * A payment that may still bring money for an invoice. `bank`: it was given and the bank has not answered, nobody may pay
 * again. `begun`: a payment page is open, nothing is paid, and the same payment can be taken up again.
 */
export type PaymentUnderWay = {
  stage: 'bank' | 'begun'
  since: Temporal.Instant
  /** Of this invoice. */
  amount: Cents
  /** The payment's page, which asks how it stands. */
  href: string
}

/** Which of these invoices have one: told by the service that takes payments, which stands above this one. */
export type PaymentsUnderWay = (
  db: Queries,
  invoiceIds: readonly Id<'invoice'>[],
  now: Temporal.Instant,
) => Promise<ReadonlyMap<Id<'invoice'>, PaymentUnderWay>>

/** What a page says of it: since when, and the link to see how it stands. */
export function underWayView({ t, f }: Translator, payment: PaymentUnderWay | undefined) {
  if (!payment) return null
  const { stage, since, amount, href } = payment
  return {
    stage,
    href,
    since: t(`billing:underWay.${stage}`, { since: f.instant(since), amount: f.money(amount) }),
    action: t(`billing:underWay.${stage}Action`),
  }
}
