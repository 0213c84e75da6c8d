import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, sum } from '../kernel/money.ts'
import { conflict, invalid } from '../kernel/problems.ts'
import type { BelievedSession } from './believed.ts'

type InvoiceId = Id<'invoice'>

/** Stripe charges nothing below 0.50 € (docs.stripe.com/currencies, minimum charge amounts). */
export const LEAST_ONLINE = cents(50)
/** A régie may take up to 300 € in cash for one debt (CGI, art. 1680; decree 2010-421). */
export const MOST_CASH = cents(30_000)
/** Stripe takes eight digits. */
export const MOST_ONLINE = cents(99_999_999)
/** How long a payment page stays open. Stripe allows 30 minutes to 24 hours; the shorter, the fewer stale tabs. */
const SESSION_LIFETIME = Temporal.Duration.from({ hours: 2 })
/** Stripe refuses to open a page that would close in less than 30 minutes: a row left that long without one is given up. */
const LEAST_TIME_TO_OPEN = Temporal.Duration.from({ minutes: 31 })
/** A page that is about to close is not handed out again. */
const LEAST_TIME_TO_PAY = Temporal.Duration.from({ minutes: 5 })

export type Part = { invoiceId: InvoiceId; amount: Cents }
export type Owed = { invoiceId: InvoiceId; owed: Cents }

/**
 * What a payment is made of: all that is owed on these invoices, or `amount` of a single one. Invoices that were paid
 * meanwhile are left out. Throws `already-paid` when nothing is owed, and 422 for an amount that cannot be paid.
 */
export function partsToPay(
  wanted: readonly Owed[],
  amount: Cents | undefined,
  limits: { least: Cents; most: Cents },
): Part[] {
  const open = wanted.filter(({ owed }) => owed > 0)
  if (open.length === 0) throw conflict('already-paid')
  const owed = sum(open.map(one => one.owed))
  if (owed < limits.least) throw conflict('too-little-to-pay-online', { least: limits.least, owed })
  if (amount === undefined || amount === owed) {
    if (owed > limits.most) throw fault('above-the-most', { most: limits.most })
    return open.map(one => ({ invoiceId: one.invoiceId, amount: one.owed }))
  }
  const [only] = open
  if (!only || wanted.length > 1) throw fault('part-of-one-invoice-only')
  if (amount <= 0 || amount < limits.least) throw fault('below-the-least', { least: limits.least })
  if (amount > limits.most) throw fault('above-the-most', { most: limits.most })
  if (amount > owed) throw fault('more-than-owed', { owed })
  // A rest of a few cents could never be paid online.
  if (owed - amount < limits.least) throw fault('leaves-too-little', { least: limits.least })
  return [{ invoiceId: only.invoiceId, amount }]
}

const fault = (code: string, params?: Record<string, unknown>) =>
  invalid([{ field: 'amount', code, ...(params ? { params } : {}) }])

/** Whether two payments are for the same amounts of the same invoices. */
export function sameParts(a: readonly Part[], b: readonly Part[]): boolean {
  const amounts = new Map(a.map(part => [part.invoiceId, part.amount]))
  return a.length === b.length && b.every(part => amounts.get(part.invoiceId) === part.amount)
}

/**
 * Where the money goes that has arrived: each part to its invoice, up to what is still owed on it now. The rest (the
 * invoice was credited or paid otherwise meanwhile) is in the household's favour, on no invoice.
 */
export function allocate(
  parts: readonly Part[],
  owed: ReadonlyMap<InvoiceId, Cents>,
): { invoiceId: InvoiceId | null; amount: Cents }[] {
  const settled = parts.flatMap(({ invoiceId, amount }) => {
    const due = Math.min(amount, Math.max(0, owed.get(invoiceId) ?? 0))
    return due > 0 ? [{ invoiceId, amount: cents(due) }] : []
  })
  const rest = sum(parts.map(part => part.amount)) - sum(settled.map(part => part.amount))
  return rest > 0 ? [...settled, { invoiceId: null, amount: cents(rest) }] : settled
}

/** An amount taken from parts that hold money, first come first, whatever is beyond them on no invoice. */
export function takeFrom(
  amount: Cents,
  held: readonly { invoiceId: InvoiceId | null; amount: Cents }[],
): { invoiceId: InvoiceId | null; amount: Cents }[] {
  const taken = new Map<InvoiceId | null, number>()
  let left: number = amount
  for (const part of held) {
    const some = Math.min(left, part.amount)
    if (some <= 0) continue
    taken.set(part.invoiceId, (taken.get(part.invoiceId) ?? 0) + some)
    left -= some
  }
  if (left > 0) taken.set(null, (taken.get(null) ?? 0) + left)
  return [...taken].map(([invoiceId, some]) => ({ invoiceId, amount: cents(some) }))
}

export type Held = {
  createdAt: Temporal.Instant
  sessionUrl: string | null
  sessionExpiresAt: Temporal.Instant | null
}

/** When the payment page of a payment closes: the same at every try, so that the idempotency key finds the same wish. */
export const sessionExpiry = (createdAt: Temporal.Instant): Temporal.Instant => createdAt.add(SESSION_LIFETIME)

/** Whether a payment page can still be opened for a row that has none. */
export const mayStillOpen = (createdAt: Temporal.Instant, now: Temporal.Instant): boolean =>
  Temporal.Instant.compare(now.add(LEAST_TIME_TO_OPEN), sessionExpiry(createdAt)) <= 0

/** Whether the payer can be led to this payment: its page is open for a while, or can still be opened. */
export function isUsable(payment: Held, now: Temporal.Instant): boolean {
  if (payment.sessionUrl === null || payment.sessionExpiresAt === null) return mayStillOpen(payment.createdAt, now)
  return Temporal.Instant.compare(now.add(LEAST_TIME_TO_PAY), payment.sessionExpiresAt) <= 0
}

/** What Stripe holds and we did not ask for, in a few words; undefined when all is as it should be. */
export function difference(
  payment: { id: string; amount: Cents; sessionId: string | null },
  session: Pick<BelievedSession, 'id' | 'reference' | 'amount' | 'currency'>,
): { expected: string; found: string } | undefined {
  const expected = { reference: payment.id, amount: payment.amount, currency: 'eur' } as const
  for (const name of ['reference', 'amount', 'currency'] as const)
    if (session[name] !== expected[name])
      return { expected: `${name} ${expected[name]}`, found: `${name} ${session[name] ?? '?'}` }
  if (payment.sessionId !== null && payment.sessionId !== session.id)
    return { expected: `session ${payment.sessionId}`, found: `session ${session.id}` }
  return undefined
}
