import type { Tx } from '../db/database.ts'
import { and, eq, ne } from '../db/drizzle.ts'
import { rowInserter } from '../db/insert-rows.ts'
import { forUpdate } from '../db/lists.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import { deductionCharges, depositsOf } from './deposit-store.ts'
import { linesOf, totalOf } from './rules.ts'
import type { BillingRun } from './run-store.ts'
import { billingOddities, billingRunHouseholds, charges } from './schema.ts'

const insertCharges = rowInserter(charges)

/**
 * Counts a household's month anew from its charges, with what deposits take off them, unless it was invoiced or is
 * blocked. The run must be held.
 */
export async function recountHousehold(
  tx: Tx,
  now: Temporal.Instant,
  run: BillingRun,
  householdId: Id<'household'>,
): Promise<void> {
  const row = and(
    eq(billingRunHouseholds.runId, run.id),
    eq(billingRunHouseholds.householdId, householdId),
    eq(billingRunHouseholds.state, 'to-issue'),
  )
  const waiting = await forUpdate(
    tx.select({ householdId: billingRunHouseholds.householdId }).from(billingRunHouseholds).where(row),
  )
  if (waiting.length === 0) return
  const ofMonth = and(eq(charges.householdId, householdId), eq(charges.period, run.period))
  await tx.delete(charges).where(and(ofMonth, eq(charges.kind, 'deposit-deducted')))
  const left = await tx.select().from(charges).where(ofMonth)
  const deductions = deductionCharges(await depositsOf(tx, [householdId], run.period), left, run.period)
  await insertCharges(
    tx,
    deductions.map(charge => ({
      ...charge,
      id: newId<'charge'>(),
      householdId,
      period: run.period,
      credited: cents(0),
      createdAt: now,
    })),
  )
  const all = [...left, ...deductions]
  if (all.length > 0) {
    const lines = linesOf(all)
    await tx
      .update(billingRunHouseholds)
      .set({ charges: all.length, total: totalOf(lines), lines })
      .where(row)
    return
  }
  await tx.delete(billingRunHouseholds).where(row)
  await tx
    .delete(billingOddities)
    .where(
      and(
        eq(billingOddities.runId, run.id),
        eq(billingOddities.householdId, householdId),
        ne(billingOddities.code, 'no-tariff'),
      ),
    )
}
