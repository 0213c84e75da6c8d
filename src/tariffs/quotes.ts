import type { Queries } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import { type Custody, householdOfDay, sharesOfDay } from '../people/custody.ts'
import { quotientOn, residentOn } from '../people/rules.ts'
import type { MealType } from '../people/schema.ts'
import { type PricingFacts, pricingFacts } from '../people/store.ts'
import { type Priced, priceOf, type Situation, sharedPrice, type Tariff } from './rules.ts'
import { tariffsOf } from './store.ts'

/** The service whose tariffs price school meals. */
export const CANTEEN = 'canteen'

/** A meal whose price is asked for. `child` may be all that is known of it: only its custody counts. */
export type QuoteQuestion = {
  child: { custody?: Custody | undefined }
  day: Temporal.PlainDate
  mealType: MealType
  kind: Situation
}

/** Prices meals of one household, without further queries. */
export type Quoter = (question: QuoteQuestion) => Priced | undefined

/**
 * What a meal costs a household on its day, with the explanation: by its own quotient and residency, and its share only
 * when custody is shared by percentage. Undefined when the town has no tariff for that day.
 */
export async function quoteFor(
  db: Queries,
  question: QuoteQuestion & { householdId: Id<'household'> },
): Promise<Priced | undefined> {
  const quoter = await quoterFor(db, question.householdId)
  return quoter(question)
}

/** As `quoteFor`, for many meals of one household: tariffs and quotients are read once. */
export async function quoterFor(db: Queries, householdId: Id<'household'>): Promise<Quoter> {
  const tariffs = await tariffsOf(db, CANTEEN)
  const facts = (await pricingFacts(db, [householdId])).get(householdId)
  return question => {
    const whole = mealPrice(tariffs, facts ?? NO_FACTS, question)
    return whole && sharedPrice(whole, shareOf(householdId, question))
  }
}

const NO_FACTS: PricingFacts = { quotients: [], residency: [] }

/** The whole price of a meal for a household of which these facts are known, whatever share of it is the household's. */
export function mealPrice(
  tariffs: readonly Tariff[],
  facts: PricingFacts,
  { day, mealType, kind }: Omit<QuoteQuestion, 'child'>,
): Priced | undefined {
  return priceOf({
    service: CANTEEN,
    day,
    tariffs,
    quotient: quotientOn(facts.quotients, day)?.value,
    resident: residentOn(facts.residency, day),
    mealType,
    situation: kind,
  })
}

/** By alternating weeks, whoever books pays it all: only a percentage divides a meal. */
function shareOf(householdId: Id<'household'>, { child: { custody }, day }: QuoteQuestion): number {
  if (!custody || householdOfDay(custody, day) !== undefined) return 10_000
  return sharesOfDay(custody, day).find(share => share.household === householdId)?.basisPoints ?? 0
}
