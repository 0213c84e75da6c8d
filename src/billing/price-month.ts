import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Consumption } from '../canteen/consumption.ts'
import type { Queries } from '../db/database.ts'
import { inArray } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { householdOfDay, sharesOfDay } from '../people/custody.ts'
import { custodies, type MealType } from '../people/schema.ts'
import { type Child, childrenById, type PricingFacts, pricingFacts } from '../people/store.ts'
import { CANTEEN, mealPrice } from '../tariffs/quotes.ts'
import type { Priced, PriceExplanation, Situation, Tariff } from '../tariffs/rules.ts'
import { tariffsOf } from '../tariffs/store.ts'
import { pieces } from './pace.ts'
import { pricesByHousehold } from './rules.ts'
import type { ChargeKind } from './schema.ts'
import type { Cents } from '../kernel/money.ts'

type HouseholdId = Id<'household'>

/** A charge as it ought to be, before it is compared with what is written. */
export type PricedCharge = {
  childId: Id<'person'>
  day: Temporal.PlainDate
  kind: ChargeKind
  mealType: MealType
  amount: Cents
  explanation: PriceExplanation
  source: string
  corrects: Id<'charge'> | null
}

/** What a household is to be charged with; `unpriced` counts what the town has no tariff for. */
export type HouseholdMonth = { charges: PricedCharge[]; unpriced: number }

/** Prices meals of any household; facts not yet known are read when asked for. */
export type Pricer = {
  know(householdIds: Iterable<HouseholdId>): Promise<void>
  price(household: HouseholdId, meal: { day: Temporal.PlainDate; mealType: MealType; kind: Situation }): Priced | undefined
}

/** Facts of this many households are read at once; others are let in between. */
const FACTS_AT_ONCE = 500
/** As many charges take some 10 ms. */
const CHARGES_PER_TURN = 2_000

export async function pricerFor(db: Queries): Promise<Pricer> {
  const tariffs: readonly Tariff[] = await tariffsOf(db, CANTEEN)
  const tariffDays = tariffs.flatMap(({ from, to }) => [from, ...(to ? [to.add({ days: 1 })] : [])])
  const households = new Map<HouseholdId, Known>()
  return {
    know: async householdIds => {
      const unknown = [...new Set(householdIds)].filter(id => !households.has(id))
      for (const some of pieces(unknown, FACTS_AT_ONCE)) {
        for (const [id, facts] of await pricingFacts(db, some))
          households.set(id, { facts, changes: changesOf(facts, tariffDays), prices: new Map() })
        await nextTurn()
      }
    },
    price: (household, meal) => {
      const known = households.get(household)
      if (!known) throw new Error(`the prices of the household ${household} were not asked for`)
      const { day, mealType, kind } = meal
      const key = `${stretchOf(known.changes, day.toString())} ${mealType} ${kind}`
      if (!known.prices.has(key)) known.prices.set(key, mealPrice(tariffs, known.facts, meal))
      return known.prices.get(key)
    },
  }
}

/** A household, the days on which its prices may change, and the prices worked out so far, between two such days. */
type Known = { facts: PricingFacts; changes: readonly string[]; prices: Map<string, Priced | undefined> }

function changesOf({ quotients, residency }: PricingFacts, tariffDays: readonly Temporal.PlainDate[]): string[] {
  const days = [...tariffDays, ...residency.map(({ from }) => from)]
  for (const { from, to } of quotients) days.push(from, to.add({ days: 1 }))
  return days.map(String).sort()
}

/** Between which two of these days the day is: a month has one price or two, not one for each day. */
const stretchOf = (changes: readonly string[], day: string) => changes.findLastIndex(change => change <= day)

/**
 * Prices what was consumed, household by household, and adds it to `months`. A meal booked for a child in custody by
 * percentage is divided between its two households; with alternating weeks it is all of the household that booked it.
 */
export async function priceConsumption(
  db: Queries,
  pricer: Pricer,
  consumption: readonly Consumption[],
  months: Map<HouseholdId, HouseholdMonth>,
): Promise<void> {
  const shared = await childrenInSharedCustody(db, consumption)
  const sharesOf = ({ childId, householdId, day }: Consumption) => {
    const custody = shared.get(childId)?.custody
    if (!custody || householdOfDay(custody, day) !== undefined) return [{ household: householdId, basisPoints: 10_000 }]
    return sharesOfDay(custody, day)
  }
  await pricer.know(new Set(consumption.flatMap(item => sharesOf(item).map(share => share.household))))
  for (const some of pieces(consumption, CHARGES_PER_TURN)) {
    for (const item of some) {
      const { childId, day, kind, mealType, source } = item
      const { prices, unpriced } = pricesByHousehold(sharesOf(item), household =>
        pricer.price(household, { day, mealType, kind }),
      )
      for (const { household, price } of prices)
        monthOf(months, household).charges.push({
          ...{ childId, day, kind, mealType, source },
          amount: price.cents,
          explanation: price.explanation,
          corrects: null,
        })
      for (const household of unpriced) monthOf(months, household).unpriced += 1
    }
    await nextTurn()
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

/** Few children have two households: only theirs are looked at closely. */
async function childrenInSharedCustody(
  db: Queries,
  consumption: readonly Consumption[],
): Promise<ReadonlyMap<Id<'person'>, Child>> {
  const all = [...new Set(consumption.map(item => item.childId))]
  const shared: Id<'person'>[] = []
  for (const some of pieces(all, FACTS_AT_ONCE)) {
    const rows = await db.selectDistinct({ childId: custodies.childId }).from(custodies).where(inArray(custodies.childId, some))
    shared.push(...rows.map(row => row.childId))
    await nextTurn()
  }
  return childrenById(db, shared)
}
