import { type Cents, cents, negate, share, sum } from '../kernel/money.ts'
import {
  type Priced,
  type PriceStep,
  priceAfter,
  type Scales,
  scalePrice,
  scaleSteps,
  type TariffDates,
  tariffOn,
} from './rules.ts'

/** The services of tariffs of leisure centres: of every day, and of Wednesdays of term where these have their own. */
export const LEISURE_SERVICES = ['leisure', 'leisure-wednesdays'] as const
export type LeisureService = (typeof LEISURE_SERVICES)[number]

/** What the council voted for leisure centres; stored as JSON. Parts of a price are in basis points, 0 for none. */
export type LeisureRule = {
  day: Scales
  /** Null where the town sells no half-days. */
  halfDay: Scales | null
  /** Lunch beside a half-day, and beside a day where it is not in that price. Null where it has no price. */
  lunch: Scales | null
  lunchOnDays: 'included' | 'added'
  /** Taken off each day of a whole week. */
  weekDiscount: number
  /** Taken off for every child of the household but the eldest who is there the same day. */
  siblingReduction: number
  /** Asked for at sign-up. */
  deposit: number
  /** When a stay is billed: with the month in which it was confirmed, or with that in which it took place. */
  chargedAt: 'sign-up' | 'attendance'
  /** Whether a day that a child missed without excuse is due. */
  chargesAbsence: boolean
}

export type LeisureTariff = TariffDates & { service: LeisureService; rule: LeisureRule }

/** What became of a day at a centre; `absence` is missed without excuse. */
export type StaySituation = 'stay' | 'absence' | 'late-cancelled' | 'excused'

export type StayQuestion = {
  day: Temporal.PlainDate
  tariffs: readonly LeisureTariff[]
  /** A Wednesday of term: such days may have prices of their own. */
  wednesday: boolean
  /** The confirmed quotient on that day, in cents; 0 is one. Undefined is none: the highest price. */
  quotient: Cents | undefined
  resident: boolean
  part: 'day' | 'half-day'
  lunch: boolean
  /** One of the days of a whole week. */
  wholeWeek: boolean
  /** An elder child of the household is there the same day. */
  afterSibling: boolean
  situation: StaySituation
}

/** What else the tariff says of a price: its deposit, in basis points, and when it is billed. */
export type StayTerms = Pick<LeisureRule, 'deposit' | 'chargedAt'>

export type PricedStay = Priced & { terms: StayTerms }

/** The tariff of a day at a leisure centre. Wednesdays of term without prices of their own have those of the other days. */
export function leisureTariffOn(
  tariffs: readonly LeisureTariff[],
  { day, wednesday }: Pick<StayQuestion, 'day' | 'wednesday'>,
): LeisureTariff | undefined {
  const own = wednesday ? tariffOn(tariffs, 'leisure-wednesdays' satisfies LeisureService, day) : undefined
  return own ?? tariffOn(tariffs, 'leisure' satisfies LeisureService, day)
}

/**
 * What a day or half-day at a leisure centre costs a household, with its explanation: the scale, lunch, the week's
 * discount, then the siblings' reduction, each rounded to the cent, half up, on what the step before gave. Undefined when
 * the town has no price for it.
 */
export function priceStay(question: StayQuestion): PricedStay | undefined {
  const { part, quotient, resident, situation } = question
  const tariff = leisureTariffOn(question.tariffs, question)
  const scales = part === 'day' ? tariff?.rule.day : tariff?.rule.halfDay
  if (!tariff || !scales) return undefined
  const { rule } = tariff
  const lives = resident ? 'residents' : 'nonResidents'
  const steps: PriceStep[] = [
    { code: 'tariff', service: tariff.service, from: tariff.from.toString() },
    { code: resident ? 'resident' : 'non-resident' },
    { code: 'stay', part },
    ...scaleSteps(scales[lives], quotient),
  ]
  if (question.lunch) {
    if (part === 'day' && rule.lunchOnDays === 'included') steps.push({ code: 'lunch-included' })
    else if (!rule.lunch) return undefined
    else {
      const amount = scalePrice(rule.lunch[lives], quotient)
      steps.push({ code: 'lunch', amount, price: sum([priceAfter(steps), amount]) })
    }
  }
  if (question.wholeWeek && rule.weekDiscount > 0)
    steps.push({ code: 'week-discount', ...reduced(priceAfter(steps), rule.weekDiscount) })
  if (question.afterSibling && rule.siblingReduction > 0)
    steps.push({ code: 'sibling-reduction', ...reduced(priceAfter(steps), rule.siblingReduction) })
  const step = situationStep(situation, rule, priceAfter(steps))
  if (step) steps.push(step)
  return {
    cents: priceAfter(steps),
    explanation: steps,
    terms: { deposit: rule.deposit, chargedAt: rule.chargedAt },
  }
}

/** A price without that part of it. The price is rounded half up, so half a cent is never in the family's favour twice. */
function reduced(whole: Cents, basisPoints: number): { basisPoints: number; amount: Cents; price: Cents } {
  const price = share(whole, 10_000 - basisPoints)
  return { basisPoints, amount: sum([whole, negate(price)]), price }
}

function situationStep(situation: StaySituation, rule: LeisureRule, price: Cents): PriceStep | undefined {
  switch (situation) {
    case 'stay':
      return undefined
    case 'absence':
      return rule.chargesAbsence ? { code: 'missed-charged', price } : { code: 'missed-not-charged', price: cents(0) }
    case 'late-cancelled':
      return { code: 'late-cancelled', price }
    case 'excused':
      return { code: 'excused', price: cents(0) }
  }
}

/** Whether something is asked for a day in that situation: such a child counts when siblings' prices are reduced. */
export function isDue(
  tariffs: readonly LeisureTariff[],
  { situation, ...when }: Pick<StayQuestion, 'day' | 'wednesday' | 'situation'>,
): boolean {
  if (situation === 'absence') return leisureTariffOn(tariffs, when)?.rule.chargesAbsence ?? false
  return situation !== 'excused'
}

/** What is asked for beforehand of a price; undefined where the town asks for nothing. */
export function depositOf({ cents: whole, explanation, terms }: PricedStay): Priced | undefined {
  if (terms.deposit === 0) return undefined
  const price = share(whole, terms.deposit)
  return { cents: price, explanation: [...explanation, { code: 'deposit', basisPoints: terms.deposit, price }] }
}
