import type { Queries } from '../db/database.ts'
import { inArray, or } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import {
  type ConfirmedStay,
  householdsWithStaysChanged,
  leisureConsumptionOfMonth,
  staysOfHouseholds,
} from '../leisure/consumption.ts'
import { pricesOfStays, type StayPrices } from '../leisure/prices.ts'
import { custodies } from '../people/schema.ts'
import type { PricedStay } from '../tariffs/leisure-rules.ts'
import { pieces } from './pace.ts'
import type { StayKind } from './schema.ts'
import type { BilledService, PricedConsumption } from './services.ts'

type HouseholdId = Id<'household'>

/** Charges per piece; pricing lets others in by itself. */
const STAYS_AT_ONCE = 1_000

/** Days at leisure centres on the family's invoice. */
export const leisureOnInvoice: BilledService = {
  service: 'leisure',
  open: async db => ({
    pricedMonth: month => pricedMonth(db, month),
    changedLate: async issued => {
      const earliest = issued.at(-1)
      return earliest ? withOtherHomes(db, await householdsWithStaysChanged(db, earliest.createdAt)) : []
    },
    pricesNow: async charges => {
      const prices = await stayPricesOf(
        db,
        charges.map(charge => charge.householdId),
        charges.map(charge => charge.day),
      )
      return charges.map(({ source, householdId }) => prices.get(priceKey(source, householdId)))
    },
  }),
}

async function* pricedMonth(db: Queries, month: Temporal.PlainYearMonth): AsyncGenerator<PricedConsumption[]> {
  const consumed = await leisureConsumptionOfMonth(db, month)
  if (consumed.length === 0) return
  const due = new Set(consumed.map(stay => stay.source))
  // Charged by the day, all of a day is charged together. Charged at sign-up, brothers and sisters may come at other times.
  const early = consumed.filter(stay => stay.chargedAt === 'sign-up')
  const beside = await staysAround(
    db,
    early.map(stay => stay.householdId),
    early.map(stay => stay.day),
  )
  const all: ConfirmedStay[] = [...consumed, ...beside.filter(stay => !due.has(stay.source))]
  const priced = await pricesOfStays(db, all)
  for (const some of pieces(priced, STAYS_AT_ONCE))
    yield some.filter(({ stay }) => due.has(stay.source)).map(consumption)
}

function consumption({ stay, prices, unpriced }: StayPrices<ConfirmedStay>): PricedConsumption {
  const { childId, day, source } = stay
  return { consumed: { childId, day, source, kind: kindOf(stay), mealType: null }, prices, unpriced }
}

/** How the invoice calls a stay. */
function kindOf({ situation, wholeWeek, part, meal }: ConfirmedStay): StayKind {
  if (situation === 'late-cancelled') return 'late-cancelled'
  if (situation === 'absence') return 'missed'
  if (part === 'day') return wholeWeek ? 'week' : 'day'
  return meal ? `${part}-with-meal` : part
}

/** The key of a stay's price for a household. */
export const priceKey = (source: string, household: HouseholdId) => `${source} ${household}`

/**
 * What the stays of these households on days like these cost each of them today, by source and household: what was given
 * back in time has no price. Reads, and lets others in between: not within a transaction.
 */
export async function stayPricesOf(
  db: Queries,
  householdIds: readonly HouseholdId[],
  days: readonly Temporal.PlainDate[],
): Promise<{ get(key: string): PricedStay | undefined }> {
  const prices = new Map<string, PricedStay>()
  const stays = await staysAround(db, householdIds, days)
  for (const { stay, prices: theirs } of await pricesOfStays(db, stays))
    for (const { household, price } of theirs) prices.set(priceKey(stay.source, household), price)
  return prices
}

/** All that concerns the prices of these households' stays on these days. */
async function staysAround(
  db: Queries,
  householdIds: readonly HouseholdId[],
  days: readonly Temporal.PlainDate[],
): Promise<ConfirmedStay[]> {
  const sorted = days.toSorted(Temporal.PlainDate.compare)
  const [from, to] = [sorted[0], sorted.at(-1)]
  if (!from || !to) return []
  return staysOfHouseholds(db, await withOtherHomes(db, householdIds), { from, to })
}

/** These households, and the other ones of their children: a stay that one of them signed up for may be paid by both. */
async function withOtherHomes(db: Queries, householdIds: readonly HouseholdId[]): Promise<HouseholdId[]> {
  const all = new Set(householdIds)
  for (const some of pieces([...all])) {
    const rows = await db
      .select({ first: custodies.firstHouseholdId, second: custodies.secondHouseholdId })
      .from(custodies)
      .where(or(inArray(custodies.firstHouseholdId, some), inArray(custodies.secondHouseholdId, some)))
    for (const { first, second } of rows) all.add(first).add(second)
  }
  return [...all]
}
