import { isWithin } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, roundHalfUp, share, sum } from '../kernel/money.ts'
import type { MealType } from '../people/schema.ts'

/** A step of a scale: the price up to and including that quotient (in cents); `null` is without limit. */
export type Bracket = { upTo: Cents | null; price: Cents }

/** How a price follows from the family quotient. Quotients and prices are in cents. */
export type Scale =
  | { kind: 'flat'; price: Cents }
  | { kind: 'brackets'; brackets: readonly Bracket[] }
  /** Rate × quotient, never under the floor nor over the ceiling; 0.36 % is 3 600 per million. */
  | { kind: 'effort-rate'; ratePerMillion: number; floor: Cents; ceiling: Cents }

export type Scales = { residents: Scale; nonResidents: Scale }

/** What a child who was not booked costs: the price plus an amount, plus a part of it, or the highest of the scale. */
export type UnbookedPrice =
  | { kind: 'same' }
  | { kind: 'surcharge'; amount: Cents }
  | { kind: 'increase'; basisPoints: number }
  | { kind: 'highest' }

/** What the council voted for school meals; stored as JSON. */
export type TariffRule = Scales & {
  /** Meal types with prices of their own: the basket a family brings under a health plan. */
  mealTypes: Partial<Record<MealType, Scales>>
  unbooked: UnbookedPrice
  /** Whether a meal booked, not eaten and not excused is due. */
  chargesAbsence: boolean
}

/** From when to when a tariff of a service holds. */
export type TariffDates = {
  id: Id<'tariff'>
  service: string
  from: Temporal.PlainDate
  /** Last day, when one was voted; otherwise the next tariff of the service ends it. */
  to: Temporal.PlainDate | null
}

export type Tariff = TariffDates & { rule: TariffRule }

/** What happened: eaten as booked, eaten unbooked, booked and not eaten without excuse or with one. */
export type Situation = 'meal' | 'unbooked-meal' | 'absence' | 'excused-absence'

/**
 * One step of a price, in the order of the reckoning: a code for the words and the figures to fill them with. Amounts are
 * cents; `price` is the price so far, so the last one is the price. Days are ISO text: it is stored as JSON.
 */
export type PriceStep =
  | { code: 'tariff'; service: string; from: string }
  | { code: 'meal-type'; mealType: MealType }
  | { code: 'resident' }
  | { code: 'non-resident' }
  | { code: 'flat'; price: Cents }
  | { code: 'bracket'; quotient: Cents; above: Cents | null; upTo: Cents | null; price: Cents }
  | { code: 'effort-rate'; quotient: Cents; ratePerMillion: number; price: Cents }
  | { code: 'floor'; price: Cents }
  | { code: 'ceiling'; price: Cents }
  | { code: 'no-quotient'; price: Cents }
  | { code: 'unbooked-surcharge'; amount: Cents; price: Cents }
  | { code: 'unbooked-increase'; basisPoints: number; amount: Cents; price: Cents }
  | { code: 'unbooked-highest'; price: Cents }
  | { code: 'absence-charged'; price: Cents }
  | { code: 'absence-not-charged'; price: Cents }
  | { code: 'absence-excused'; price: Cents }
  /** A day or a half-day at a leisure centre: the scale of the next step is that one's. */
  | { code: 'stay'; part: 'day' | 'half-day' }
  | { code: 'lunch'; amount: Cents; price: Cents }
  | { code: 'lunch-included' }
  | { code: 'week-discount'; basisPoints: number; amount: Cents; price: Cents }
  | { code: 'sibling-reduction'; basisPoints: number; amount: Cents; price: Cents }
  | { code: 'missed-charged'; price: Cents }
  | { code: 'missed-not-charged'; price: Cents }
  | { code: 'late-cancelled'; price: Cents }
  | { code: 'excused'; price: Cents }
  /** What is asked for beforehand of the price so far. */
  | { code: 'deposit'; basisPoints: number; price: Cents }
  /** The centre a deposit is for; `week` is the first day of a whole week. */
  | { code: 'deposit-for'; centre: string; week: string | null }
  /** Taken off what it was for; `number` is that of the invoice that asked for it. */
  | { code: 'deposit-deducted'; number: string }
  /** The part one of two households pays of a child's meal or day. */
  | { code: 'custody-share'; basisPoints: number; price: Cents }
  /** On the invoice of a later month than `month`, for this reason; `billed` was asked for before. */
  | { code: 'regularisation'; month: string; why: RegularisationReason; billed: Cents }

/** Why a price is put right: the meal was told late, or what made its price is another than was known. */
export type RegularisationReason = 'not-billed' | 'quotient' | 'address' | 'attendance' | 'reductions' | 'tariff'

/** Why a price is what it is, kept with the charge and shown to the parent line by line. */
export type PriceExplanation = readonly PriceStep[]

export type Priced = { cents: Cents; explanation: PriceExplanation }

export type PriceQuestion = {
  service: string
  day: Temporal.PlainDate
  tariffs: readonly Tariff[]
  /** The confirmed quotient on that day, in cents; 0 is one. Undefined is none: the highest price. */
  quotient: Cents | undefined
  /** Whether the household lives in the town on that day. */
  resident: boolean
  mealType: MealType
  situation: Situation
}

/** The tariff of a service on a day: the one that began last, unless it has ended. */
export function tariffOn<T extends TariffDates>(
  tariffs: readonly T[],
  service: string,
  day: Temporal.PlainDate,
): T | undefined {
  let found: T | undefined
  for (const tariff of tariffs) {
    if (tariff.service !== service || !isWithin(day, { from: tariff.from })) continue
    if (!found || Temporal.PlainDate.compare(tariff.from, found.from) > 0) found = tariff
  }
  return found && isWithin(day, { from: found.from, to: found.to ?? undefined }) ? found : undefined
}

/** The price of one thing on its day, with its explanation; undefined when the town has no tariff for it that day. */
export function priceOf(question: PriceQuestion): Priced | undefined {
  const tariff = tariffOn(question.tariffs, question.service, question.day)
  if (!tariff) return undefined
  const { rule } = tariff
  const own = rule.mealTypes[question.mealType]
  const scale = (own ?? rule)[question.resident ? 'residents' : 'nonResidents']
  const steps: PriceStep[] = [
    { code: 'tariff', service: question.service, from: tariff.from.toString() },
    ...(own ? [{ code: 'meal-type', mealType: question.mealType } as const] : []),
    { code: question.resident ? 'resident' : 'non-resident' },
    ...scaleSteps(scale, question.quotient),
  ]
  const step = situationStep(question.situation, rule, scale, priceAfter(steps))
  if (step) steps.push(step)
  return { cents: priceAfter(steps), explanation: steps }
}

/** The price that an explanation ends with. */
export function priceAfter(steps: PriceExplanation): Cents {
  const last = steps.findLast(step => 'price' in step)
  return last && 'price' in last ? last.price : cents(0)
}

/** What the part of a price costs one of two households, half up to the cent, with one more step to tell so. */
export function sharedPrice(whole: Priced, basisPoints: number): Priced {
  if (basisPoints === 10_000) return whole
  const price = share(whole.cents, basisPoints)
  return { cents: price, explanation: [...whole.explanation, { code: 'custody-share', basisPoints, price }] }
}

/** The highest price a scale can give: what is paid without a confirmed quotient. */
export function highestPrice(scale: Scale): Cents {
  switch (scale.kind) {
    case 'flat':
      return scale.price
    case 'brackets':
      return cents(Math.max(...scale.brackets.map(bracket => bracket.price)))
    case 'effort-rate':
      return scale.ceiling
  }
}

/** The price of a scale for a quotient; without one, the highest. */
export function scalePrice(scale: Scale, quotient: Cents | undefined): Cents {
  return priceAfter(scaleSteps(scale, quotient))
}

/** How a scale comes to its price for a quotient: the last step has it. */
export function scaleSteps(scale: Scale, quotient: Cents | undefined): PriceStep[] {
  if (scale.kind === 'flat') return [{ code: 'flat', price: scale.price }]
  if (quotient === undefined) return [{ code: 'no-quotient', price: highestPrice(scale) }]
  if (scale.kind === 'effort-rate') return effortSteps(scale, quotient)
  const at = scale.brackets.findIndex(bracket => bracket.upTo === null || quotient <= bracket.upTo)
  const bracket = scale.brackets[at]
  if (!bracket) throw new RangeError(`a scale without price for the quotient ${quotient}`) // refused by tariffErrors
  const above = scale.brackets[at - 1]?.upTo ?? null
  return [{ code: 'bracket', quotient, above, upTo: bracket.upTo, price: bracket.price }]
}

function effortSteps(scale: Extract<Scale, { kind: 'effort-rate' }>, quotient: Cents): PriceStep[] {
  const { ratePerMillion, floor, ceiling } = scale
  const price = cents(Number(roundHalfUp(BigInt(quotient) * BigInt(ratePerMillion), 1_000_000n)))
  const steps: PriceStep[] = [{ code: 'effort-rate', quotient, ratePerMillion, price }]
  if (price < floor) steps.push({ code: 'floor', price: floor })
  if (price > ceiling) steps.push({ code: 'ceiling', price: ceiling })
  return steps
}

function situationStep(situation: Situation, rule: TariffRule, scale: Scale, price: Cents): PriceStep | undefined {
  switch (situation) {
    case 'meal':
      return undefined
    case 'unbooked-meal':
      return unbookedStep(rule.unbooked, scale, price)
    case 'absence':
      return rule.chargesAbsence ? { code: 'absence-charged', price } : { code: 'absence-not-charged', price: cents(0) }
    case 'excused-absence':
      return { code: 'absence-excused', price: cents(0) }
  }
}

function unbookedStep(unbooked: UnbookedPrice, scale: Scale, price: Cents): PriceStep | undefined {
  switch (unbooked.kind) {
    case 'same':
      return undefined
    case 'surcharge':
      return { code: 'unbooked-surcharge', amount: unbooked.amount, price: sum([price, unbooked.amount]) }
    case 'increase': {
      const amount = share(price, unbooked.basisPoints)
      return { code: 'unbooked-increase', basisPoints: unbooked.basisPoints, amount, price: sum([price, amount]) }
    }
    case 'highest':
      return { code: 'unbooked-highest', price: highestPrice(scale) }
  }
}
