import type { Id } from '../kernel/ids.ts'
import { type Custody, householdOfDay, sharesOfDay } from '../people/custody.ts'
import { quotientOn, residentOn } from '../people/rules.ts'
import type { PricingFacts } from '../people/store.ts'
import {
  isDue,
  type LeisureTariff,
  leisureTariffOn,
  type PricedStay,
  priceStay,
  type StayQuestion,
  type StaySituation,
} from '../tariffs/leisure-rules.ts'
import { sharedPrice } from '../tariffs/rules.ts'
import type { PeriodKind } from './days-of-period.ts'
import type { Part, Unit } from './schema.ts'

type HouseholdId = Id<'household'>

/** A day of a sign-up whose price is asked for. */
export type Stay = {
  childId: Id<'person'>
  day: Temporal.PlainDate
  /** Of the sign-up's period: Wednesdays of term may have prices of their own. */
  periodKind: PeriodKind
  unit: Unit
  part: Part
  meal: boolean
  /** One of the days of a week that is whole: `isWholeWeek`. */
  wholeWeek: boolean
  /** `closed`: the town gave the day up. It costs nothing, and costs the family no reduction on other days or children. */
  situation: StaySituation | 'closed'
}

/** A stay that a household signed up for. */
export type SignedStay = Stay & { householdId: HouseholdId }

/**
 * Whether a sign-up is a week at the week's price: a day cancelled in time breaks the week; one that was cancelled late,
 * missed, excused or given up by the town does not. Takes all its days, those of another month too.
 */
export function isWholeWeek(signup: {
  unit: Unit
  days: readonly { state: 'asked' | 'taken' | 'freed'; late: boolean; excused: boolean }[]
}): boolean {
  return signup.unit === 'week' && signup.days.every(({ state, late, excused }) => state === 'taken' || late || excused)
}

/** What of a child decides a price. */
export type StayChild = { id: Id<'person'>; birthDate: Temporal.PlainDate; custody?: Custody | undefined }
type Children = ReadonlyMap<Id<'person'>, StayChild>

/** What tells that a child is at a centre on a day. */
type Presence = Pick<SignedStay, 'childId' | 'day' | 'householdId' | 'periodKind' | 'situation'>

/**
 * Who pays for a stay, and which part, in basis points. A custody by percentage divides it; otherwise it is all of the
 * household that signed up, by alternating weeks too.
 */
export function payersOf(
  children: Children,
  { childId, householdId, day }: Pick<Presence, 'childId' | 'householdId' | 'day'>,
): readonly { household: HouseholdId; basisPoints: number }[] {
  const custody = children.get(childId)?.custody
  if (!custody || householdOfDay(custody, day) !== undefined) return [{ household: householdId, basisPoints: 10_000 }]
  return sharesOfDay(custody, day)
}

/** The eldest child of each household on each day, who pays whole; of twins always the same one. */
export type EldestOfDays = ReadonlyMap<string, StayChild>

const dayOf = (household: HouseholdId, day: Temporal.PlainDate) => `${household} ${day}`

/**
 * Who is the eldest, of the children of each household for whom something is due that day, or would be had the town not
 * given it up.
 */
export function eldestOfDays(
  tariffs: readonly LeisureTariff[],
  children: Children,
  presences: readonly Presence[],
): EldestOfDays {
  const eldest = new Map<string, StayChild>()
  for (const presence of presences) {
    const child = children.get(presence.childId)
    if (!child || !counts(tariffs, presence)) continue
    for (const { household } of payersOf(children, presence)) {
      const key = dayOf(household, presence.day)
      const other = eldest.get(key)
      if (!other || isElder(child, other)) eldest.set(key, child)
    }
  }
  return eldest
}

const counts = (tariffs: readonly LeisureTariff[], { day, periodKind, situation }: Presence) =>
  situation === 'closed' || isDue(tariffs, { day, situation, wednesday: periodKind === 'wednesdays' })

const isElder = (one: StayChild, other: StayChild) =>
  (Temporal.PlainDate.compare(one.birthDate, other.birthDate) || (one.id < other.id ? -1 : 1)) < 0

/** Prices stays for a household that pays for them, of these facts; the same stays cost one and the same price object. */
export function stayPricer(
  tariffs: readonly LeisureTariff[],
  children: Children,
  facts: ReadonlyMap<HouseholdId, PricingFacts>,
  eldest: EldestOfDays,
): (stay: SignedStay, household: HouseholdId) => PricedStay | undefined {
  const known = new Map<string, PricedStay | undefined>()
  return (stay, household) => {
    const { childId, day, situation, wholeWeek, meal: lunch } = stay
    if (situation === 'closed') return undefined
    const { quotients, residency } = facts.get(household) ?? NO_FACTS
    const wednesday = stay.periodKind === 'wednesdays'
    const quotient = quotientOn(quotients, day)?.value
    const resident = residentOn(residency, day)
    const part: StayQuestion['part'] = stay.part === 'day' ? 'day' : 'half-day'
    const first = eldest.get(dayOf(household, day))
    const afterSibling = first !== undefined && first.id !== childId
    const tariff = leisureTariffOn(tariffs, { day, wednesday })?.id
    const key = [tariff, quotient, resident, part, lunch, wholeWeek, afterSibling, situation].join()
    if (!known.has(key)) {
      const question = { day, tariffs, wednesday, quotient, resident, part, lunch, wholeWeek, afterSibling, situation }
      known.set(key, priceStay(question))
    }
    const whole = known.get(key)
    const share = payersOf(children, stay).find(payer => payer.household === household)
    return whole && { ...sharedPrice(whole, share?.basisPoints ?? 0), terms: whole.terms }
  }
}

const NO_FACTS: PricingFacts = { quotients: [], residency: [] }
