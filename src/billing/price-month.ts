import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import type { PriceExplanation } from '../tariffs/rules.ts'
import type { ServiceCode } from './schema.ts'
import type { Books, Consumed } from './services.ts'

type HouseholdId = Id<'household'>

/** A charge as it ought to be, before it is compared with what is written. */
export type PricedCharge = Consumed & {
  service: ServiceCode
  amount: Cents
  explanation: PriceExplanation
  corrects: Id<'charge'> | null
}

/** What a household is to be charged with; `unpriced` counts what the town has no tariff for. */
export type HouseholdMonth = { charges: PricedCharge[]; unpriced: number }

/** Adds to `months`, household by household, what was consumed of a service in a month. */
export async function addConsumption(
  months: Map<HouseholdId, HouseholdMonth>,
  service: ServiceCode,
  books: Books,
  month: Temporal.PlainYearMonth,
): Promise<void> {
  for await (const some of books.pricedMonth(month))
    for (const { consumed, prices, unpriced } of some) {
      const { childId, day, kind, mealType, source } = consumed
      for (const { household, price } of prices) {
        const { cents: amount, explanation } = price
        const charge = { service, childId, day, kind, mealType, amount, explanation, source, corrects: null }
        monthOf(months, household).charges.push(charge)
      }
      for (const household of unpriced) monthOf(months, household).unpriced += 1
    }
}

export function monthOf(months: Map<HouseholdId, HouseholdMonth>, household: HouseholdId): HouseholdMonth {
  let month = months.get(household)
  if (!month) {
    month = { charges: [], unpriced: 0 }
    months.set(household, month)
  }
  return month
}
