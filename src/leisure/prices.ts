import { setImmediate as nextTurn } from 'node:timers/promises'
import { prepared, type Queries } from '../db/database.ts'
import { and, eq, inArray, ne, or } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { childrenById, childrenOf, type PricingFacts, pricingFacts } from '../people/store.ts'
import type { PricedStay } from '../tariffs/leisure-rules.ts'
import { leisureTariffsOf } from '../tariffs/store.ts'
import { leisureSignupDays, leisureSignups } from './schema.ts'
import { eldestOfDays, payersOf, type SignedStay, type Stay, type StayChild, stayPricer } from './stays.ts'

type HouseholdId = Id<'household'>

/** What each household that pays for a stay pays, rounded by itself; `unpriced` are those the town has no price for. */
export type StayPrices<T> = {
  stay: T
  prices: { household: HouseholdId; price: PricedStay }[]
  unpriced: HouseholdId[]
}

/**
 * What stays cost a household, in the same order: its own part, where custody is shared by percentage. Undefined where the
 * town has no price. Brothers and sisters reduce each other's prices: those asked for, and those whose places the household
 * has on these days, in a basket or booked.
 */
export async function quoteStays(
  db: Queries,
  householdId: HouseholdId,
  stays: readonly Stay[],
): Promise<(PricedStay | undefined)[]> {
  if (stays.length === 0) return []
  const tariffs = await leisureTariffsOf(db)
  const facts = await pricingFacts(db, [householdId])
  const own = new Map((await childrenOf(db, householdId)).map(child => [child.id, child]))
  const asked = stays.map(stay => ({ ...stay, householdId }))
  const strangers = [...new Set(stays.map(({ childId }) => childId))].filter(id => !own.has(id))
  const children = strangers.length === 0 ? own : new Map([...own, ...(await childrenById(db, strangers))])
  const askedFor = new Set(stays.map(({ childId, day }) => `${childId} ${day}`))
  const others = await placesBeside(db, householdId, [...own.values()], stays)
  const eldest = eldestOfDays(tariffs, children, [
    ...asked,
    ...others.filter(({ childId, day }) => !askedFor.has(`${childId} ${day}`)),
  ])
  const price = stayPricer(tariffs, children, facts, eldest)
  return asked.map(stay => price(stay, householdId))
}

/**
 * What many households' stays cost each household that pays for them, in the same order, by the same rule as `quoteStays`.
 * Give all that was signed up for on these days: brothers and sisters count by this list. Not within a transaction: others
 * are let in between.
 */
export async function pricesOfStays<T extends SignedStay>(db: Queries, stays: readonly T[]): Promise<StayPrices<T>[]> {
  const tariffs = await leisureTariffsOf(db)
  const children = await childrenById(db, [...new Set(stays.map(({ childId }) => childId))])
  const payers = new Set(stays.flatMap(stay => payersOf(children, stay).map(({ household }) => household)))
  const facts = new Map<HouseholdId, PricingFacts>()
  for (const some of chunks([...payers], HOUSEHOLDS_AT_ONCE)) {
    for (const [id, known] of await pricingFacts(db, some)) facts.set(id, known)
    await nextTurn()
  }
  const price = stayPricer(tariffs, children, facts, eldestOfDays(tariffs, children, stays))
  const priced: StayPrices<T>[] = []
  for (const some of chunks(stays, STAYS_PER_TURN)) {
    for (const stay of some) {
      const one: StayPrices<T> = { stay, prices: [], unpriced: [] }
      const theirPayers = stay.situation === 'closed' ? [] : payersOf(children, stay)
      for (const { household } of theirPayers) {
        const theirs = price(stay, household)
        if (theirs) one.prices.push({ household, price: theirs })
        else one.unpriced.push(household)
      }
      priced.push(one)
    }
    await nextTurn()
  }
  return priced
}

/** Facts of this many households are read at once. */
const HOUSEHOLDS_AT_ONCE = 200
/** As many prices take some 5 ms. */
const STAYS_PER_TURN = 1_000

function* chunks<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size)
}

const placesOfHouseholds = prepared(db =>
  db
    .select({
      householdId: leisureSignups.householdId,
      childId: leisureSignupDays.childId,
      day: leisureSignupDays.day,
    })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .where(
      and(
        inList(leisureSignups.householdId, 'households'),
        inArray(leisureSignups.state, ['held', 'booked', 'cancelled']),
        inList(leisureSignupDays.childId, 'children'),
        inList(leisureSignupDays.day, 'days'),
        or(
          and(eq(leisureSignupDays.state, 'taken'), eq(leisureSignupDays.excused, false)),
          // Due though cancelled, or given up by the town, which costs the others nothing.
          and(eq(leisureSignupDays.state, 'freed'), ne(leisureSignupDays.late, leisureSignupDays.excused)),
        ),
      ),
    )
    .prepare(),
)

/** What the household's children have on these days already, be it signed up for by the other household of one of them. */
async function placesBeside(
  db: Queries,
  householdId: HouseholdId,
  children: readonly StayChild[],
  stays: readonly Stay[],
) {
  if (children.length < 2) return []
  const homes = children.flatMap(({ custody }) => (custody ? [custody.first, custody.second] : []))
  const rows = await placesOfHouseholds(db).execute({
    households: listOf(new Set([householdId, ...homes])),
    children: listOf(children.map(({ id }) => id)),
    days: listOf(new Set(stays.map(({ day }) => day.toString()))),
  })
  return rows.map(row => ({ ...row, periodKind: 'holidays' as const, situation: 'stay' as const }))
}
