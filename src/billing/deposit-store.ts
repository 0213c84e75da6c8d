import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, asc, eq, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import { signupOfSource } from '../leisure/consumption.ts'
import { deductionsOf, type OpenDeposit } from './deposit-rules.ts'
import type { PricedCharge } from './price-month.ts'
import { charges, deposits, invoices } from './schema.ts'

type HouseholdId = Id<'household'>

/** A deposit with the invoice that asked for it. */
export type Deposit = typeof deposits.$inferSelect & OpenDeposit & { number: string }

const ofHouseholds = prepared(db =>
  db
    .select({ deposit: deposits, number: invoices.number })
    .from(deposits)
    .innerJoin(invoices, eq(invoices.id, deposits.invoiceId))
    .where(inList(deposits.householdId, 'ids'))
    .orderBy(asc(deposits.id))
    .prepare(),
)

const deductionsMade = prepared(db =>
  db
    .select({
      householdId: charges.householdId,
      source: charges.source,
      period: charges.period,
      amount: charges.amount,
      credited: charges.credited,
    })
    .from(charges)
    .where(and(inList(charges.householdId, 'ids'), eq(charges.kind, 'deposit-deducted')))
    .prepare(),
)

/**
 * The deposits of these households, the oldest first, each with what is left of it. What the draft of `exceptPeriod`
 * deducts is counted as left: it is about to be worked out anew.
 */
export async function depositsOf(
  db: Queries,
  householdIds: readonly HouseholdId[],
  exceptPeriod?: string,
): Promise<Deposit[]> {
  const ids = listOf(householdIds)
  const found = await ofHouseholds(db).execute({ ids })
  if (found.length === 0) return []
  const deducted = new Map<string, Cents>()
  for (const { source, period, amount, credited } of await deductionsMade(db).execute({ ids })) {
    const id = depositOfSource(source)
    if (period !== exceptPeriod) deducted.set(id, sum([deducted.get(id) ?? cents(0), credited, negate(amount)]))
  }
  return found.map(({ deposit, number }) => ({
    ...deposit,
    number,
    left: sum([deposit.amount, negate(deposit.credited), negate(deducted.get(deposit.id) ?? cents(0))]),
  }))
}

const sourceOfDeduction = (depositId: Id<'deposit'>, period: string) => `deposit:${depositId}:${period}`
export const depositOfSource = (source: string) => source.split(':')[1] as Id<'deposit'>

/** Whether any deposit was ever asked for: a town without them has nothing to look up. */
export async function anyDeposit(db: Queries): Promise<boolean> {
  const found = await db.select({ id: deposits.id }).from(deposits).limit(1)
  return found.length > 0
}

/** What the deposits of one household take off its charges of a month, as charges below zero. */
export function deductionCharges(
  theirs: readonly Deposit[],
  due: readonly Pick<PricedCharge, 'source' | 'amount' | 'day'>[],
  period: string,
): PricedCharge[] {
  const ofSignup = Map.groupBy(due, charge => signupOfSource(charge.source))
  const chargedFor = (signupId: Id<'leisure-signup'>) => sum((ofSignup.get(signupId) ?? []).map(each => each.amount))
  return deductionsOf(theirs, chargedFor).map(({ deposit, amount }) => ({
    service: 'leisure',
    childId: deposit.childId,
    day: (ofSignup.get(deposit.signupId) ?? [])[0]?.day ?? Temporal.PlainDate.from(`${period}-01`),
    kind: 'deposit-deducted',
    mealType: null,
    amount: negate(amount),
    explanation: [{ code: 'deposit-deducted', number: deposit.number }],
    source: sourceOfDeduction(deposit.id, period),
    corrects: null,
  }))
}

/** Notes on deposits, by their invoice's line, that a credit note gave them back. */
export async function markDepositCredited(
  tx: Tx,
  invoiceId: Id<'invoice'>,
  position: number,
  amount: Cents,
): Promise<void> {
  await tx
    .update(deposits)
    .set({ credited: sql`${deposits.credited} + ${amount}` })
    .where(and(eq(deposits.invoiceId, invoiceId), eq(deposits.position, position)))
}
