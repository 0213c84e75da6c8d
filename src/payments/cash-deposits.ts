import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { balanceOf, post } from '../billing/ledger.ts'
import { takeNumbers } from '../billing/numbers.ts'
import type { Queries } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, cents, fromEuros, negate } from '../kernel/money.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import { dayField } from '../people/forms.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { cashDeposits } from './schema.ts'

const eurosField = z
  .string()
  .trim()
  .min(1, 'required')
  .transform((text, context) => {
    const amount = fromEuros(text)
    if (amount !== undefined) return amount
    context.addIssue({ code: 'custom', message: 'not-an-amount' })
    return z.NEVER
  })

export const depositForm = z.object({
  deposit: eurosField,
  /** The number on the bank's slip. */
  slip: z.string().trim().min(1, 'required').max(60),
  depositedOn: dayField,
  idempotencyKey: z.uuid().optional(),
})

export type Deposit = { amount: Cents; slip: string; day: Temporal.PlainDate; key?: string | undefined }

/**
 * Cash from the drawer was paid into the bank (« versement d’espèces »): the amount counted, the bank's slip, its day. What
 * the régie holds is that much less. The same `key` is noted once. Throws 404 to who is not of the cash office, 422 for
 * nothing, for more than is held, or for a day to come.
 */
export async function payInCash(town: Town, actor: Actor, deposit: Deposit): Promise<Id<'cash-deposit'>> {
  const clerk = clerkAmong(actor, 'cash-office')
  const now = town.clock.now()
  const today = dayInParis(now)
  const { key, ...content } = deposit
  const { amount, slip, day } = content
  return once({ db: town.db, now }, { scope: `cash-deposit:${clerk.accountId}`, key, content }, async tx => {
    // The next number is one clerk's at a time: what is held, read after it, is what the other left.
    const [number] = await takeNumbers(tx, `cash-deposit:${today.year}`, 1)
    const held = await cashHeld(tx)
    const errors: FieldError[] = []
    if (amount <= 0) errors.push({ field: 'deposit', code: 'not-an-amount' })
    else if (amount > held) errors.push({ field: 'deposit', code: 'more-cash-than-held' })
    if (Temporal.PlainDate.compare(day, today) > 0) errors.push({ field: 'depositedOn', code: 'date-in-future' })
    if (errors.length > 0) throw invalid(errors)
    const id = newId<'cash-deposit'>()
    await tx.insert(cashDeposits).values({
      id,
      number: `V${today.year}-${String(number).padStart(6, '0')}`,
      amount,
      slip,
      day,
      paidInBy: clerk.accountId,
      createdAt: now,
    })
    await post(tx, now, {
      key: `cash-deposit:${id}`,
      kind: 'cash-deposit',
      lines: [
        { account: 'bank', amount },
        { account: 'cash', amount: negate(amount) },
      ],
    })
    await audit(tx, now, actor, {
      action: 'cash-desk.paid-in',
      subject: { kind: 'cash-deposit', id },
      details: { amount, slip, day: day.toString() },
    })
    return id
  })
}

/** What lies in the drawer according to the books, in cents: taken in cash, less what was paid in or found missing. */
const cashHeld = (db: Queries): Promise<Cents> => balanceOf(db, 'cash')

/** What is held, and whether it is more than the founding act of the régie allows: then it goes to the bank. */
export async function cashStanding(town: Town, db: Queries): Promise<{ held: Cents; most: Cents; tooMuch: boolean }> {
  const held = await cashHeld(db)
  const most = cents(town.config.billing.cashCeiling)
  return { held, most, tooMuch: held > most }
}

/** One when the drawer holds too much: for the clerks' first page. */
export const countCashTooMuch =
  (ceiling: Cents) =>
  async (db: Queries): Promise<number> =>
    (await cashHeld(db)) > ceiling ? 1 : 0

/** What was paid into the bank on that day. */
export async function depositsOn(db: Queries, day: Temporal.PlainDate) {
  return db.select().from(cashDeposits).where(eq(cashDeposits.day, day)).orderBy(cashDeposits.id)
}
