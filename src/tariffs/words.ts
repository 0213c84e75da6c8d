import { isDeepStrictEqual } from 'node:util'
import type { Cents } from '../kernel/money.ts'
import type { Translator } from '../web/i18n.ts'
import { type PriceExplanation, type PriceStep, type Scale, type Scales, scalePrice, type Tariff } from './rules.ts'

export const ratePercent = (ratePerMillion: number) => ratePerMillion / 10_000

/** « Pourquoi ce prix »: a sentence for each step of the reckoning, in order. */
export function priceSentences({ t, f }: Translator, steps: PriceExplanation): string[] {
  const stay = steps.find(step => step.code === 'stay')
  const about = stay ? '.stay' : '.meal'
  return steps.map(step => {
    switch (step.code) {
      case 'tariff':
        return t(`tariffs:steps.tariff.${step.service}`, { from: f.day(Temporal.PlainDate.from(step.from)) })
      case 'meal-type':
        return t('tariffs:steps.meal-type', { mealType: t(`tariffs:meal-types.${step.mealType}`) })
      case 'bracket':
        return t(`tariffs:steps.bracket.${limits(step)}`, {
          quotient: f.money(step.quotient),
          above: f.money(step.above ?? 0),
          upTo: f.money(step.upTo ?? 0),
          what: t(`tariffs:what.${stay?.part ?? 'meal'}`),
          price: f.money(step.price),
        })
      case 'effort-rate': {
        const rate = f.number(ratePercent(step.ratePerMillion))
        return t('tariffs:steps.effort-rate', { rate, quotient: f.money(step.quotient), price: f.money(step.price) })
      }
      case 'unbooked-surcharge':
        return t('tariffs:steps.unbooked-surcharge', { amount: f.money(step.amount), price: f.money(step.price) })
      case 'unbooked-increase':
        return t('tariffs:steps.unbooked-increase', {
          percent: f.number(step.basisPoints / 100),
          amount: f.money(step.amount),
          price: f.money(step.price),
        })
      case 'stay':
        return t(`tariffs:steps.stay.${step.part}`)
      case 'lunch':
        return t('tariffs:steps.lunch', { amount: f.money(step.amount), price: f.money(step.price) })
      case 'week-discount':
      case 'sibling-reduction':
        return t(`tariffs:steps.${step.code}`, {
          percent: f.number(step.basisPoints / 100),
          amount: f.money(step.amount),
          price: f.money(step.price),
        })
      case 'deposit':
      case 'custody-share':
        return t(`tariffs:steps.${step.code}`, {
          percent: f.number(step.basisPoints / 100),
          price: f.money(step.price),
        })
      case 'deposit-for':
        return t('tariffs:steps.deposit-for', { centre: step.centre })
      case 'deposit-deducted':
        return t('tariffs:steps.deposit-deducted', { number: step.number })
      case 'regularisation':
        return t(`tariffs:steps.regularisation.${step.why}${step.why === 'not-billed' ? about : ''}`, {
          month: f.month(Temporal.PlainYearMonth.from(step.month)),
          billed: f.money(step.billed),
        })
      default:
        return t(`tariffs:steps.${step.code}`, 'price' in step ? { price: f.money(step.price) } : {})
    }
  })
}

/** The same in some words, for the line of a printed invoice: « habitant, quotient jusqu’à 640 €, garde partagée 33 % ». */
export function priceInShort({ t, f }: Translator, steps: PriceExplanation): string {
  return steps
    .flatMap(step => {
      switch (step.code) {
        case 'resident':
        case 'non-resident':
        case 'absence-charged':
        case 'unbooked-highest':
        case 'lunch-included':
        case 'missed-charged':
        case 'missed-not-charged':
        case 'late-cancelled':
        case 'excused':
          return [t(`tariffs:short.${step.code}`)]
        case 'lunch':
          return [t('tariffs:short.lunch', { amount: f.money(step.amount) })]
        case 'week-discount':
        case 'sibling-reduction':
        case 'deposit':
          return [t(`tariffs:short.${step.code}`, { percent: f.number(step.basisPoints / 100) })]
        case 'meal-type':
          return [t(`tariffs:meal-types.${step.mealType}`)]
        case 'bracket':
          return limits(step) === 'only'
            ? []
            : [
                t(`tariffs:short.bracket.${limits(step)}`, {
                  above: f.money(step.above ?? 0),
                  upTo: f.money(step.upTo ?? 0),
                }),
              ]
        case 'effort-rate':
          return [t('tariffs:short.effort-rate', { rate: f.number(ratePercent(step.ratePerMillion)) })]
        case 'floor':
        case 'ceiling':
          return [t(`tariffs:short.${step.code}`)]
        case 'unbooked-surcharge':
        case 'unbooked-increase':
          return [t('tariffs:short.unbooked', { amount: f.money(step.amount) })]
        case 'custody-share':
          return [t('tariffs:short.custody-share', { percent: f.number(step.basisPoints / 100) })]
        default:
          return []
      }
    })
    .join(', ')
}

function limits({
  above,
  upTo,
}: Pick<Extract<PriceStep, { code: 'bracket' }>, 'above' | 'upTo'>): 'only' | 'first' | 'last' | 'between' {
  if (above === null) return upTo === null ? 'only' : 'first'
  return upTo === null ? 'last' : 'between'
}

/** A scale for people to read: what it says, and prices beside quotients when there are several. */
export type ScaleView = { sentence: string; rows: readonly { quotient: string; price: Cents }[] }
/** The prices of a meal for those who live in the town and for the others; `title` is empty for ordinary meals. */
export type ScalesView = { title: string; same: boolean; residents: ScaleView; nonResidents: ScaleView }

/** A tariff in plain words, for the public page. */
export function tariffView(translator: Translator, { from, to, rule }: Tariff) {
  const { t, f } = translator
  const scales = (title: string, { residents, nonResidents }: Scales): ScalesView => ({
    title,
    same: isDeepStrictEqual(residents, nonResidents),
    residents: scaleView(translator, residents),
    nonResidents: scaleView(translator, nonResidents),
  })
  const { unbooked } = rule
  return {
    from,
    to,
    scales: [
      scales('', rule),
      ...Object.entries(rule.mealTypes).map(([mealType, own]) => scales(t(`tariffs:meal-types.${mealType}`), own)),
    ],
    unbooked: t(`tariffs:unbooked.${unbooked.kind}`, {
      amount: unbooked.kind === 'surcharge' ? f.money(unbooked.amount) : '',
      percent: unbooked.kind === 'increase' ? f.number(unbooked.basisPoints / 100) : '',
    }),
    absence: t(`tariffs:absence.${rule.chargesAbsence ? 'charged' : 'free'}`),
  }
}

/** « de 400 € à 640 € »: the quotients above one limit and up to another. */
export const quotientsInWords = ({ t, f }: Pick<Translator, 't' | 'f'>, above: Cents | null, upTo: Cents | null) =>
  t(`tariffs:scale.bracket.${limits({ above, upTo })}`, { above: f.money(above ?? 0), upTo: f.money(upTo ?? 0) })

/** Monthly quotients, in cents, that show how an effort rate works out. */
export const EXAMPLES = [30_000, 60_000, 90_000, 120_000] as Cents[]

function scaleView({ t, f }: Translator, scale: Scale): ScaleView {
  switch (scale.kind) {
    case 'flat':
      return { sentence: t('tariffs:scale.flat', { price: f.money(scale.price) }), rows: [] }
    case 'brackets':
      return {
        sentence: t('tariffs:scale.brackets'),
        rows: scale.brackets.map(({ upTo, price }, i) => {
          return { quotient: quotientsInWords({ t, f }, scale.brackets[i - 1]?.upTo ?? null, upTo), price }
        }),
      }
    case 'effort-rate': {
      const rate = f.number(ratePercent(scale.ratePerMillion))
      return {
        sentence: t('tariffs:scale.effort-rate', {
          rate,
          floor: f.money(scale.floor),
          ceiling: f.money(scale.ceiling),
        }),
        rows: EXAMPLES.map(quotient => ({
          quotient: f.money(quotient),
          price: scalePrice(scale, quotient),
        })),
      }
    }
  }
}
