import { audit } from '../audit/audit.ts'
import { lockAccounts, owedOn } from '../billing/ledger.ts'
import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, cents, sum } from '../kernel/money.ts'
import { conflict, invalid } from '../kernel/problems.ts'
import { householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { isUsable, LEAST_ONLINE, MOST_ONLINE, type Part, partsToPay, sameParts } from './rules.ts'
import { paymentParts, payments } from './schema.ts'
import { closeSession, openSession } from './sessions.ts'
import type { Payment } from './states.ts'
import { invoicesToPay, partsOf, underWay } from './store.ts'
import { unreachable, withinPatience } from './stripe-client.ts'

export type PaymentWish = {
  invoiceIds: readonly Id<'invoice'>[]
  /** A part of one invoice, in cents; all that is owed when left out. */
  amount?: Cents | undefined
  /** The language of the payment page. */
  language: 'fr' | 'en'
}

/** Replacing an old page may meet another tab that does the same. */
const MOST_TRIES = 3

/**
 * Begins the payment of invoices of one's own household, or finds the one that is under way: two tabs, a double click or
 * two parents end on one page. Gives the address of the hosted payment page, and our payment.
 *
 * Throws 404 for an invoice that is not the household's, `already-paid`, `too-little-to-pay-online`,
 * `payment-on-its-way` when the bank has been asked already, 422 for an amount that cannot be paid, and 503
 * `payment-service-unreachable` when Stripe does not answer in time: nothing was charged then.
 */
export async function startPayment(
  town: Town,
  actor: Actor,
  wish: PaymentWish,
): Promise<{ paymentId: Id<'payment'>; url: string }> {
  return withinPatience(start(town, actor, wish))
}

async function start(town: Town, actor: Actor, wish: PaymentWish) {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const { payment, replaced } = await town.db.transaction(tx => fixPayment(tx, town.clock.now(), actor, wish))
    if (payment) return { paymentId: payment.id, url: await openSession(town, payment) }
    for (const old of replaced) await closeSession(town, old)
  }
  throw unreachable()
}

type Fixed = { payment: Payment; replaced?: never } | { payment?: undefined; replaced: Payment[] }

/** The payment to lead the payer to; or else those that must be closed first, for their amounts are others. */
async function fixPayment(tx: Tx, now: Temporal.Instant, actor: Actor, wish: PaymentWish): Promise<Fixed> {
  if (wish.invoiceIds.length === 0) throw invalid([{ field: 'invoiceIds', code: 'choose-an-invoice' }])
  const householdId = await householdOf(tx, actor, 'cash-office')
  const wanted = await invoicesToPay(tx, householdId, wish.invoiceIds)
  await lockAccounts(tx, [householdId])
  const ids = wanted.map(invoice => invoice.id)
  const others = await underWay(tx, ids)
  const onItsWay = others.find(payment => payment.state === 'processing')
  if (onItsWay) throw conflict('payment-on-its-way', { since: onItsWay.changedAt.toString(), payment: onItsWay.id })
  const owed = await owedOn(tx, ids)
  const parts = partsToPay(
    ids.map(invoiceId => ({ invoiceId, owed: owed.get(invoiceId) ?? cents(0) })),
    wish.amount,
    { least: LEAST_ONLINE, most: MOST_ONLINE },
  )
  const same: Payment[] = []
  for (const payment of others)
    if (isUsable(payment, now) && sameParts(await partsOf(tx, payment.id), parts)) same.push(payment)
  const [reused] = same
  const replaced = others.filter(payment => payment !== reused)
  if (replaced.length > 0) return { replaced }
  const personId = personOf(actor)
  if (reused) return { payment: await handOver(tx, reused, personId) }
  return { payment: await writePayment(tx, now, actor, { householdId, personId, parts, language: wish.language }) }
}

/** The receipt goes to whoever was led to the page last: the other parent may finish what one began. */
async function handOver(tx: Tx, payment: Payment, personId: Id<'person'>): Promise<Payment> {
  if (payment.payerId === personId) return payment
  const [handed] = await tx.update(payments).set({ payerId: personId }).where(eq(payments.id, payment.id)).returning()
  return handed ?? payment
}

async function writePayment(
  tx: Tx,
  now: Temporal.Instant,
  actor: Actor,
  given: {
    householdId: Id<'household'>
    personId: Id<'person'>
    parts: readonly Part[]
    language: 'fr' | 'en'
  },
): Promise<Payment> {
  const { householdId, personId, parts, language } = given
  const id = newId<'payment'>()
  const amount = sum(parts.map(part => part.amount))
  const [payment] = await tx
    .insert(payments)
    .values({
      id,
      householdId,
      payerId: personId,
      means: 'card',
      state: 'created',
      amount,
      refunded: cents(0),
      language,
      createdAt: now,
      changedAt: now,
    })
    .returning()
  await tx.insert(paymentParts).values(parts.map(part => ({ paymentId: id, ...part })))
  await audit(tx, now, actor, {
    action: 'payment.created',
    subject: { kind: 'payment', id },
    details: { amount, invoices: parts.map(part => part.invoiceId) },
  })
  if (!payment) throw new Error('the payment was not written')
  return payment
}

/** Who pays: the resident, or the one a clerk acts for. `householdOf` has let nobody else through. */
function personOf(actor: Actor): Id<'person'> {
  if (actor.kind === 'anonymous' || actor.kind === 'system') throw new Error('nobody to pay')
  return actor.personId
}
