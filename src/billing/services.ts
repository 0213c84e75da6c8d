import type { Queries } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { MealType } from '../people/schema.ts'
import type { Priced, PriceExplanation } from '../tariffs/rules.ts'
import type { BillingRun } from './run-store.ts'
import type { ChargeKind, ServiceCode } from './schema.ts'

type HouseholdId = Id<'household'>

/** Something a child consumed that is to be charged. */
export type Consumed = {
  childId: Id<'person'>
  day: Temporal.PlainDate
  kind: ChargeKind
  /** Of a school meal. */
  mealType: MealType | null
  /** Stays the same for the same thing, whatever becomes of it. */
  source: string
}

/** What something costs each household that pays for it; `unpriced` are those the town has no tariff for. */
export type PricedConsumption = {
  consumed: Consumed
  prices: readonly { household: HouseholdId; price: Priced }[]
  unpriced: readonly HouseholdId[]
}

/** A charge on an invoice, with the explanation of the price that counts: the last that put it right, or its own. */
export type BilledCharge = Consumed & {
  householdId: HouseholdId
  explanation: PriceExplanation
  lastExplained: PriceExplanation
}

/** A service's books, opened for one draft: what was read is kept until it is done. */
export type Books = {
  /** What was consumed in a month, priced, some at a time: others are let in between. */
  pricedMonth(month: Temporal.PlainYearMonth): AsyncIterable<readonly PricedConsumption[]>
  /** Households whose consumption in these issued months was told late, or is another since. */
  changedLate(issued: readonly BillingRun[]): Promise<readonly HouseholdId[]>
  /**
   * What these charges would be today, the household's own share, in the same order. Undefined for what has no price, or
   * was given back otherwise.
   */
  pricesNow(charges: readonly BilledCharge[]): Promise<readonly (Priced | undefined)[]>
}

/** What a service brings to the family's invoice; its books are opened for the draft of a month. */
export type BilledService = {
  service: ServiceCode
  open(db: Queries, drafted: Temporal.PlainYearMonth): Promise<Books>
}
