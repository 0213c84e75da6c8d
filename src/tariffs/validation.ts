import type { FieldError } from '../kernel/problems.ts'
import type { LeisureRule } from './leisure-rules.ts'
import type { Bracket, Scale, Scales, TariffDates, TariffRule, UnbookedPrice } from './rules.ts'

/** No meal nor day costs a family 1 000 €: such a price is a slip of the comma. */
const HIGHEST = 100_000
/** 100 % of the monthly quotient for one meal. */
const HIGHEST_RATE = 1_000_000

/**
 * What is wrong with a tariff as an administrator entered it, beside the tariffs of the town: prices out of bounds,
 * brackets that overlap or leave quotients without price, a price that falls as the quotient rises, dates that overlap
 * another tariff of the service. Empty when it may be kept.
 */
export function tariffErrors(
  tariff: Entered & { rule: TariffRule | LeisureRule },
  others: readonly TariffDates[],
): FieldError[] {
  const { rule } = tariff
  return [...dateErrors(tariff, others), ...('halfDay' in rule ? leisureErrors(rule) : mealErrors(rule))]
}

type Entered = Omit<TariffDates, 'id'> & { id?: TariffDates['id'] }

function dateErrors(tariff: Entered, others: readonly TariffDates[]): FieldError[] {
  const compare = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b)
  if (tariff.to && compare(tariff.to, tariff.from) < 0) return [{ field: 'to', code: 'ends-before-it-begins' }]
  const errors: FieldError[] = []
  for (const other of others) {
    if (other.service !== tariff.service || other.id === tariff.id) continue
    const [earlier, later] = compare(other.from, tariff.from) < 0 ? [other, tariff] : [tariff, other]
    const sameStart = compare(earlier.from, later.from) === 0
    // A tariff without a last day is ended by the next one: only a voted last day can reach into it.
    if (sameStart || (earlier.to && compare(earlier.to, later.from) >= 0))
      errors.push({
        field: earlier === tariff && !sameStart ? 'to' : 'from',
        code: 'overlaps-tariff',
        params: { from: other.from.toString(), to: other.to?.toString() ?? null },
      })
  }
  return errors
}

function leisureErrors(rule: LeisureRule): FieldError[] {
  const parts = (['weekDiscount', 'siblingReduction', 'deposit'] as const).flatMap(part =>
    wholeErrors(`rule.${part}`, rule[part], 0, 10_000),
  )
  return [
    ...scalesErrors('rule.day', rule.day),
    ...(rule.halfDay ? scalesErrors('rule.halfDay', rule.halfDay) : []),
    ...(rule.lunch ? scalesErrors('rule.lunch', rule.lunch) : []),
    ...parts,
  ]
}

function mealErrors(rule: TariffRule): FieldError[] {
  return [
    ...scalesErrors('rule', rule),
    ...Object.entries(rule.mealTypes).flatMap(([mealType, scales]) =>
      scalesErrors(`rule.mealTypes.${mealType}`, scales),
    ),
    ...unbookedErrors('rule.unbooked', rule.unbooked),
  ]
}

function scalesErrors(field: string, scales: Scales): FieldError[] {
  return [
    ...scaleErrors(`${field}.residents`, scales.residents),
    ...scaleErrors(`${field}.nonResidents`, scales.nonResidents),
  ]
}

function scaleErrors(field: string, scale: Scale): FieldError[] {
  switch (scale.kind) {
    case 'flat':
      return amountErrors(`${field}.price`, scale.price)
    case 'brackets':
      return bracketErrors(`${field}.brackets`, scale.brackets)
    case 'effort-rate':
      return [
        ...wholeErrors(`${field}.ratePerMillion`, scale.ratePerMillion, 1, HIGHEST_RATE),
        ...amountErrors(`${field}.floor`, scale.floor),
        ...amountErrors(`${field}.ceiling`, scale.ceiling),
        ...(scale.floor > scale.ceiling ? [{ field: `${field}.ceiling`, code: 'ceiling-under-floor' }] : []),
      ]
  }
}

function bracketErrors(field: string, brackets: readonly Bracket[]): FieldError[] {
  if (brackets.length === 0) return [{ field, code: 'no-bracket' }]
  const errors: FieldError[] = []
  for (const [i, { upTo, price }] of brackets.entries()) {
    const before = brackets[i - 1]
    const last = i === brackets.length - 1
    const limit = `${field}.${i}.upTo`
    errors.push(...amountErrors(`${field}.${i}.price`, price))
    if (upTo === null && !last) errors.push({ field: limit, code: 'bracket-without-end-before-the-last' })
    if (upTo !== null && last) errors.push({ field: limit, code: 'no-price-above', params: { quotient: upTo } })
    if (upTo !== null) errors.push(...wholeErrors(limit, upTo, 0, Number.MAX_SAFE_INTEGER))
    if (upTo !== null && before && before.upTo !== null && upTo <= before.upTo)
      errors.push({ field: limit, code: 'brackets-overlap', params: { quotient: before.upTo } })
    if (before && price < before.price)
      errors.push({ field: `${field}.${i}.price`, code: 'price-falls', params: { before: before.price } })
  }
  return errors
}

function unbookedErrors(field: string, unbooked: UnbookedPrice): FieldError[] {
  if (unbooked.kind === 'surcharge') return amountErrors(`${field}.amount`, unbooked.amount)
  if (unbooked.kind === 'increase') return wholeErrors(`${field}.basisPoints`, unbooked.basisPoints, 0, 100_000)
  return []
}

const amountErrors = (field: string, amount: number) => wholeErrors(field, amount, 0, HIGHEST)

function wholeErrors(field: string, value: number, min: number, max: number): FieldError[] {
  if (!Number.isSafeInteger(value)) return [{ field, code: 'not-a-whole-number' }]
  if (value < min) return [{ field, code: min === 0 ? 'negative' : 'too-low', params: { min } }]
  return value > max ? [{ field, code: 'too-high', params: { max } }] : []
}
