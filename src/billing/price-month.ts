import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Consumption } from '../canteen/consumption.ts'
import type { Queries } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import { householdOfDay, sharesOfDay } from '../people/custody.ts'
import { custodies, type MealType } from '../people/schema.ts'
import { type Child, childrenById, type PricingFacts, pricingFacts } from '../people/store.ts'
import { CANTEEN, mealPrice } from '../tariffs/quotes.ts'
import type { Priced, PriceExplanation, Situation, Tariff } from '../tariffs/rules.ts'
import { tariffsOf } from '../tariffs/store.ts'
import { pieces } from './pace.ts'
import { pricesByHousehold } from './rules.ts'
import type { ChargeKind } from './schema.ts'

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
  price(
    household: HouseholdId,
    meal: { day: Temporal.PlainDate; mealType: MealType; kind: Situation },
  ): Priced | undefined
}

/** Facts of this many households are read at once; others are let in between. */
const FACTS_AT_ONCE = 200
/** As many charges take some 5 ms. */
const CHARGES_PER_TURN = 1_000

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
  const shared = await childrenInSharedCustody(db)
  const sharesOf = ({ childId, householdId, day }: Consumption): readonly Share[] => {
    const custody = shared.get(childId)?.custody
    if (!custody || householdOfDay(custody, day) !== undefined) return [{ household: householdId, basisPoints: 10_000 }]
    return sharesOfDay(custody, day)
  }
  const payers = new Set(consumption.map(item => item.householdId))
  for (const item of consumption)
    if (shared.has(item.childId)) for (const { household } of sharesOf(item)) payers.add(household)
  await pricer.know(payers)
  for (const some of pieces(consumption, CHARGES_PER_TURN)) {
    for (const item of some) {
      const { childId, day, kind, mealType, source } = item
      const meal = { day, mealType, kind }
      const { prices, unpriced } = pricesByHousehold(sharesOf(item), household => pricer.price(household, meal))
      for (const { household, price } of prices) {
        const { cents: amount, explanation } = price
        const charge = { childId, day, kind, mealType, amount, explanation, source, corrects: null }
        monthOf(months, household).charges.push(charge)
      }
      for (const household of unpriced) monthOf(months, household).unpriced += 1
    }
    await nextTurn()
  }
}

type Share = { household: HouseholdId; basisPoints: number }

export function monthOf(months: Map<HouseholdId, HouseholdMonth>, household: HouseholdId): HouseholdMonth {
  let month = months.get(household)
  if (!month) {
    month = { charges: [], unpriced: 0 }
    months.set(household, month)
  }
  return month
}

/** Few children have two households: only theirs are looked at closely. */
async function childrenInSharedCustody(db: Queries): Promise<ReadonlyMap<Id<'person'>, Child>> {
  const shared = await db.selectDistinct({ childId: custodies.childId }).from(custodies)
  return childrenById(
    db,
    shared.map(row => row.childId),
  )
}
