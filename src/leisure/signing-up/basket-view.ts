import type { Queries } from '../../db/database.ts'
import type { Id } from '../../kernel/ids.ts'
import { type Cents, sum } from '../../kernel/money.ts'
import { compareNames } from '../../people/rules.ts'
import { depositOf } from '../../tariffs/leisure-rules.ts'
import { priceSentences } from '../../tariffs/words.ts'
import type { Translator } from '../../web/i18n.ts'
import { stayInWords } from '../waiting/words.ts'
import { type Basket, isOver } from './basket.ts'
import { type PricedDay, type PricedSignup, pricedSignups, totalOf } from './basket-prices.ts'
import type { Names } from './names.ts'
import type { BasketRow } from './store.ts'
import { wayOf } from './ways.ts'

/** « Votre panier garde des places jusqu’à 10 h 42. »; empty without an open basket. */
export function basketLine({ t, f }: Translator, basket: BasketRow | undefined, now: Temporal.Instant): string {
  if (!basket || isOver(basket, now)) return ''
  return t('leisure-signup:basket.line', { until: f.time(basket.heldUntil) })
}

type LineView = {
  signupId: string
  what: string
  where: string
  /** « 4 jours à 12,40 € », or each day with its price. */
  prices: string[]
  total: Cents | null
}
export type BasketView = {
  id: string
  until: string
  count: number
  children: { name: string; lines: LineView[] }[]
  /** Null where the town has no price for one of the days. */
  total: Cents | null
  deposit: Cents | null
  /** « Pourquoi ce prix », once for each price that is reckoned otherwise. */
  why: { what: string; sentences: string[] }[]
}

/** What a basket holds, child by child, with the price of each day and how it is reckoned. */
export async function basketView(
  db: Queries,
  words: Translator,
  householdId: Id<'household'>,
  basket: Basket,
  names: Names,
): Promise<BasketView> {
  const lines = (await pricedSignups(db, householdId, basket.signups, names)).sort(
    (a, b) =>
      compareNames(names.child(a.signup.childId), names.child(b.signup.childId)) ||
      firstDay(a).localeCompare(firstDay(b)),
  )
  const days = lines.flatMap(line => line.days)
  const deposits = days.flatMap(({ price }) => (price ? (depositOf(price)?.cents ?? []) : []))
  const byChild = Map.groupBy(lines, ({ signup }) => signup.childId)
  return {
    id: basket.id,
    until: words.f.time(basket.heldUntil),
    count: basket.signups.length,
    children: [...byChild].map(([childId, own]) => ({
      name: names.child(childId),
      lines: own.map(one => lineView(words, names, one)),
    })),
    total: totalOf(days),
    deposit: deposits.length > 0 ? sum(deposits) : null,
    why: reasons(words, names, days),
  }
}

const firstDay = ({ signup }: PricedSignup) => signup.days[0]?.day.toString() ?? ''

function lineView(words: Translator, names: Names, { signup, days: own }: PricedSignup): LineView {
  const { t, f } = words
  const [first] = own
  const alike = own.every(({ price }) => price?.cents === first?.price?.cents)
  const period = names.periods.get(signup.periodId)?.name ?? ''
  const priceOf = ({ price }: PricedDay) => (price ? f.money(price.cents) : t('leisure-signup:basket.noPrice'))
  return {
    signupId: signup.id,
    what: stayInWords(words, signup),
    where: t('leisure-signup:basket.where', { centre: names.centre(signup.centreId), period }),
    prices:
      alike && own.length > 1 && first?.price
        ? [t('leisure-signup:basket.alike', { count: own.length, price: priceOf(first) })]
        : own.length > 1 && own.some(({ price }) => price)
          ? own.map(one => t('leisure-signup:basket.dayPrice', { day: f.dayNoYear(one.stay.day), price: priceOf(one) }))
          : [],
    total: totalOf(own),
  }
}

/** Each way in which a price is reckoned, told once, by the first day that has it. */
function reasons(words: Translator, names: Names, priced: readonly PricedDay[]): BasketView['why'] {
  const told = new Map<string, BasketView['why'][number]>()
  for (const { stay, price } of priced) {
    if (!price) continue
    const sentences = priceSentences(words, price.explanation)
    const key = `${stay.childId} ${sentences.join(' ')}`
    if (told.has(key)) continue
    const way = wayOf(stay)
    const what = words.t('leisure-signup:basket.why', {
      name: names.child(stay.childId),
      day: words.f.dayNoYear(stay.day),
      way: words.t(`leisure-signup:way.${way}`),
      price: words.f.money(price.cents),
    })
    told.set(key, { what, sentences })
  }
  return [...told.values()]
}
