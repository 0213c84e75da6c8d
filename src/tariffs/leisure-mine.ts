import type { Cents } from '../kernel/money.ts'
import { quotientOn, residentOn } from '../people/rules.ts'
import type { PricingFacts } from '../people/store.ts'
import type { Translator } from '../web/i18n.ts'
import { comingAfter } from './in-time.ts'
import { type LeisureTariff, leisureTariffOn, priceStay } from './leisure-rules.ts'
import { priceSentences } from './words.ts'

const STAYS = [
  { key: 'day', part: 'day', lunch: false, wholeWeek: false },
  { key: 'day-with-lunch', part: 'day', lunch: true, wholeWeek: false },
  { key: 'week', part: 'day', lunch: false, wholeWeek: true },
  { key: 'week-with-lunch', part: 'day', lunch: true, wholeWeek: true },
  { key: 'half-day', part: 'half-day', lunch: false, wholeWeek: false },
  { key: 'half-day-with-lunch', part: 'half-day', lunch: true, wholeWeek: false },
] as const

/** What days at a leisure centre cost a family; `sibling` is for a younger child, where the town takes something off. */
export type FamilyPrices = {
  wednesday: boolean
  from: Temporal.PlainDate
  sibling: boolean
  rows: readonly { stay: string; price: Cents; sibling: Cents }[]
  why: string[]
}

/**
 * The prices of leisure centres for a family as of today, or of the next tariff when none is in force; those of Wednesdays
 * beside, where these have their own. Empty where the town has no tariff.
 */
export function familyPrices(
  words: Translator,
  tariffs: readonly LeisureTariff[],
  facts: PricingFacts,
  today: Temporal.PlainDate,
): FamilyPrices[] {
  return [false, true].flatMap(wednesday => {
    const own = tariffs.filter(({ service }) => (service === 'leisure-wednesdays') === wednesday)
    const now = leisureTariffOn(own, { day: today, wednesday })
    const day = now ? today : comingAfter(own, today)[0]?.from
    return day ? [pricesOn(words, own, facts, day, wednesday)] : []
  })
}

function pricesOn(
  words: Translator,
  tariffs: readonly LeisureTariff[],
  facts: PricingFacts,
  day: Temporal.PlainDate,
  wednesday: boolean,
): FamilyPrices {
  const rule = leisureTariffOn(tariffs, { day, wednesday })?.rule
  if (!rule) return { wednesday, from: day, sibling: false, rows: [], why: [] }
  const price = ({ part, lunch, wholeWeek }: (typeof STAYS)[number], afterSibling: boolean) =>
    priceStay({
      day,
      tariffs,
      wednesday,
      quotient: quotientOn(facts.quotients, day)?.value,
      resident: residentOn(facts.residency, day),
      part,
      lunch,
      wholeWeek,
      afterSibling,
      situation: 'stay',
    })
  const priced = STAYS.flatMap(stay => {
    // Nobody signs up for a week of Wednesdays, and a lunch that is included makes no other price.
    if (stay.wholeWeek && (wednesday || rule.weekDiscount === 0)) return []
    if (stay.part === 'day' && stay.lunch && rule.lunchOnDays === 'included') return []
    const [whole, sibling] = [price(stay, false), price(stay, true)]
    return whole && sibling ? [{ stay, whole, sibling }] : []
  })
  return {
    wednesday,
    from: day,
    sibling: rule.siblingReduction > 0,
    rows: priced.map(({ stay, whole, sibling }) => ({
      stay: words.t(`tariffs:leisure.mine.stays.${stay.key}`),
      price: whole.cents,
      sibling: sibling.cents,
    })),
    why: priceSentences(words, priced[0]?.whole.explanation ?? []),
  }
}
