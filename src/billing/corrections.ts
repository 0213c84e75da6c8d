import type { Queries } from '../db/database.ts'
import { and, gte, inArray, ne } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { sum } from '../kernel/money.ts'
import { familyQuotients, householdAddresses } from '../people/schema.ts'
import { type Priced, type PriceExplanation, sharedPrice } from '../tariffs/rules.ts'
import { pieces } from './pace.ts'
import { type HouseholdMonth, monthOf, type Pricer } from './price-month.ts'
import { repriced } from './rules.ts'
import type { BillingRun } from './run-store.ts'
import { charges } from './schema.ts'

type HouseholdId = Id<'household'>

/**
 * Adds what puts earlier invoices right to `months`: a quotient was confirmed after the invoice went out and counts from
 * the day its proof was received, a move was told late. The issued invoice stays; the difference, up or down, is a charge
 * of its own on the next one. Meals that were credited are left alone.
 */
export async function priceCorrections(
  db: Queries,
  pricer: Pricer,
  issued: readonly BillingRun[],
  months: Map<HouseholdId, HouseholdMonth>,
): Promise<void> {
  const earliest = issued.at(-1)
  if (!earliest) return
  const periods = issued.map(run => run.period)
  const changed = await householdsChangedSince(db, earliest.createdAt)
  await pricer.know(changed)
  for (const some of pieces(changed)) {
    const invoiced = await db
      .select()
      .from(charges)
      .where(and(inArray(charges.householdId, some), inArray(charges.period, periods)))
    const earlier = Map.groupBy(
      invoiced.filter(charge => charge.corrects !== null),
      charge => charge.corrects,
    )
    const originals = invoiced.filter(charge => charge.corrects === null && charge.credited === 0)
    const asBilled = originals.map(charge => {
      const corrections = earlier.get(charge.id) ?? []
      return {
        ...charge,
        amount: sum([charge.amount, ...corrections.map(correction => correction.amount)]),
        times: corrections.length,
      }
    })
    const priceNow = (charge: (typeof asBilled)[number]) => {
      if (charge.kind === 'correction') return undefined
      const { day, mealType, kind } = charge
      const whole = pricer.price(charge.householdId, { day, mealType, kind })
      return whole && sameShare(whole, charge.explanation)
    }
    for (const { charge, price, difference } of repriced(asBilled, priceNow)) {
      const { childId, day, mealType, id, householdId, times } = charge
      monthOf(months, householdId).charges.push({
        childId,
        day,
        mealType,
        kind: 'correction',
        amount: difference,
        explanation: price.explanation,
        source: `correction:${id}:${times + 1}`,
        corrects: id,
      })
    }
  }
}

/** The part of a price that the household had of the meal. */
function sameShare(whole: Priced, explanation: PriceExplanation): Priced {
  const share = explanation.find(step => step.code === 'custody-share')
  return share ? sharedPrice(whole, share.basisPoints) : whole
}

async function householdsChangedSince(db: Queries, since: Temporal.Instant): Promise<HouseholdId[]> {
  const decided = await db
    .selectDistinct({ householdId: familyQuotients.householdId })
    .from(familyQuotients)
    .where(and(gte(familyQuotients.decidedAt, since), ne(familyQuotients.state, 'to-check')))
  const moved = await db
    .selectDistinct({ householdId: householdAddresses.householdId })
    .from(householdAddresses)
    .where(gte(householdAddresses.createdAt, since))
  return [...new Set([...decided, ...moved].map(row => row.householdId))].sort()
}
