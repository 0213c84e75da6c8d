import { and, eq } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { cents, sum } from '../kernel/money.ts'
import type { Hold, HoldsOf } from '../people/holds.ts'
import { balanceOf, householdAccount } from './ledger.ts'
import { invoiceLines, invoices } from './schema.ts'
import { invoicesOf } from './store.ts'
import { uninvoicedMeals } from './uninvoiced-meals.ts'
import { uninvoicedStays } from './uninvoiced-stays.ts'

/**
 * What invoices hold of a household or of one child in it: unpaid ones and money in the family's favour must be settled
 * first, and what is not invoiced yet must be; paid ones are only kept, for the ten years of the accounts.
 */
export const billingHolds: HoldsOf = async (db, whose, now) => {
  const { householdId, childId } = whose
  const holds: Hold[] = [...(await uninvoicedMeals(db, whose, now)), ...(await uninvoicedStays(db, whose, now))]
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
  if (!childId && (await balanceOf(db, householdAccount(householdId))) < cents(0))
    holds.push({ words: 'billing:holds.in-favour', blocks: true })
  if (ids.size > 0) holds.push({ words: 'billing:holds.kept', blocks: false })
  return holds
}
