import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Consumption, consumptionOfMonth } from '../canteen/consumption.ts'
import { attendances } from '../canteen/schema.ts'
import type { Queries } from '../db/database.ts'
import { and, eq, gt, inArray, isNull } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { householdOfDay, sharesOfDay } from '../people/custody.ts'
import { custodies, type MealType } from '../people/schema.ts'
import { type Child, childrenById, type PricingFacts, pricingFacts } from '../people/store.ts'
import { CANTEEN, mealPrice } from '../tariffs/quotes.ts'
import { type Priced, type PriceExplanation, type Situation, sharedPrice, type Tariff } from '../tariffs/rules.ts'
import { tariffsOf } from '../tariffs/store.ts'
import { pieces } from './pace.ts'
import { pricesByHousehold } from './rules.ts'
import { charges } from './schema.ts'
import type { BilledCharge, BilledService, Books, PricedConsumption } from './services.ts'

type HouseholdId = Id<'household'>

/** How many of the last issued months are looked at for meals told late, and attendance written down late. */
export const TOLD_LATE_MONTHS = 2
/** Facts of this many households are read at once; others are let in between. */
const FACTS_AT_ONCE = 200
/** As many charges take some 5 ms. */
const CHARGES_PER_TURN = 1_000

/** School meals on the family's invoice. */
export const canteenOnInvoice: BilledService = { service: CANTEEN, open }

async function open(db: Queries, drafted: Temporal.PlainYearMonth): Promise<Books> {
  const pricer = await pricerFor(db)
  const shared = await childrenInSharedCustody(db)
  /** What things consumed in earlier months are now, by their sources: a meal that was billed as missed was eaten. */
  const kindsNow = new Map<string, Consumption['kind']>()

  /** Of a child in custody by percentage both households; with alternating weeks only the one that booked. */
  const sharesOf = ({ childId, householdId, day }: Consumption): readonly Share[] => {
    const custody = shared.get(childId)?.custody
    if (!custody || householdOfDay(custody, day) !== undefined) return [{ household: householdId, basisPoints: 10_000 }]
    return sharesOfDay(custody, day)
  }

  async function* pricedMonth(month: Temporal.PlainYearMonth): AsyncGenerator<PricedConsumption[]> {
    const consumption = await consumptionOfMonth(db, month)
    const payers = new Set(consumption.map(item => item.householdId))
    for (const item of consumption)
      if (shared.has(item.childId)) for (const { household } of sharesOf(item)) payers.add(household)
    await pricer.know(payers)
    if (!month.equals(drafted)) for (const { source, kind } of consumption) kindsNow.set(source, kind)
    for (const some of pieces(consumption, CHARGES_PER_TURN)) {
      yield some.map(item => {
        const { prices, unpriced } = pricesByHousehold(sharesOf(item), household => pricer.price(household, item))
        return { consumed: item, prices, unpriced }
      })
      await nextTurn()
    }
  }

  return {
    pricedMonth,
    changedLate: issued => householdsTickedLate(db, issued.map(run => run.period).slice(0, TOLD_LATE_MONTHS)),
    pricesNow: async asked => {
      await pricer.know(asked.map(charge => charge.householdId))
      return asked.map(charge => {
        const { day, mealType, source, explanation } = charge
        const kind = kindsNow.get(source) ?? kindLast(charge)
        const whole = kind && mealType ? pricer.price(charge.householdId, { day, mealType, kind }) : undefined
        return whole && sameShare(whole, explanation)
      })
    },
  }
}

type Share = { household: HouseholdId; basisPoints: number }

/** Prices meals of any household whose facts were asked for before. */
type Pricer = {
  know(householdIds: Iterable<HouseholdId>): Promise<void>
  price(
    household: HouseholdId,
    meal: { day: Temporal.PlainDate; mealType: MealType; kind: Situation },
  ): Priced | undefined
}

async function pricerFor(db: Queries): Promise<Pricer> {
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

/** Few children have two households: only theirs are looked at closely. */
async function childrenInSharedCustody(db: Queries): Promise<ReadonlyMap<Id<'person'>, Child>> {
  const shared = await db.selectDistinct({ childId: custodies.childId }).from(custodies)
  return childrenById(
    db,
    shared.map(row => row.childId),
  )
}

/** What a meal was billed as in the end: months that are not looked at any more keep what put them right. */
function kindLast({ kind, lastExplained }: BilledCharge): Situation | undefined {
  // An unbooked meal is one by its source; a booked one was eaten or missed.
  if (kind === 'unbooked-meal') return kind
  if (kind !== 'meal' && kind !== 'absence') return undefined
  return lastExplained.some(step => step.code.startsWith('absence-')) ? 'absence' : 'meal'
}

/** The part of a price that the household had of the meal. */
function sameShare(whole: Priced, explanation: PriceExplanation): Priced {
  const share = explanation.find(step => step.code === 'custody-share')
  return share ? sharedPrice(whole, share.basisPoints) : whole
}

/** Households with a meal whose attendance was written down, or put right, after the meal was priced. */
async function householdsTickedLate(db: Queries, periods: readonly string[]): Promise<HouseholdId[]> {
  const rows = await db
    .selectDistinct({ householdId: charges.householdId })
    .from(charges)
    .innerJoin(attendances, and(eq(attendances.childId, charges.childId), eq(attendances.day, charges.day)))
    .where(
      and(
        inArray(charges.period, [...periods]),
        isNull(charges.corrects),
        gt(attendances.recordedAt, charges.createdAt),
      ),
    )
  return rows.map(row => row.householdId)
}
