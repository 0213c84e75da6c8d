import { and, eq, notExists, sql } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { cents, sum } from '../kernel/money.ts'
import type { Hold, HoldsOf } from '../people/holds.ts'
import { balanceOf, householdAccount } from './ledger.ts'
import { charges, invoiceLines, invoices } from './schema.ts'
import { invoicesOf } from './store.ts'

/**
 * What invoices hold of a household or of one child in it: unpaid ones, meals not invoiced yet and money in the family's
 * favour must be settled first; paid ones are only kept, for the ten years of the accounts.
 */
export const billingHolds: HoldsOf = async (db, { householdId, childId }, now) => {
  const holds: Hold[] = []
  const all = await invoicesOf(db, householdId, dayInParis(now))
  const theirs = childId
    ? await db
        .selectDistinct({ id: invoices.id })
        .from(invoices)
        .innerJoin(invoiceLines, eq(invoiceLines.invoiceId, invoices.id))
        .where(and(eq(invoices.householdId, householdId), eq(invoiceLines.childId, childId)))
    : all
  const ids = new Set(theirs.map(row => row.id))
  const owed = sum(all.filter(invoice => ids.has(invoice.id) && invoice.owed > 0).map(invoice => invoice.owed))
  if (owed > 0) holds.push({ words: 'billing:holds.unpaid', blocks: true })
  const [open] = await db
    .select({ id: charges.id })
    .from(charges)
    .where(
      and(
        eq(charges.householdId, householdId),
        notExists(
          db
            .select({ one: sql`1` })
            .from(invoices)
            .where(and(eq(invoices.householdId, charges.householdId), eq(invoices.period, charges.period))),
        ),
        childId ? eq(charges.childId, childId) : undefined,
      ),
    )
    .limit(1)
  if (open) holds.push({ words: 'billing:holds.not-invoiced', blocks: true })
  if (!childId && (await balanceOf(db, householdAccount(householdId))) < cents(0))
    holds.push({ words: 'billing:holds.in-favour', blocks: true })
  if (ids.size > 0) holds.push({ words: 'billing:holds.kept', blocks: false })
  return holds
}
