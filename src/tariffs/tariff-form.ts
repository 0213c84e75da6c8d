import { CANTEEN } from './quotes.ts'
import type { Bracket, Scale, Scales, TariffRule, UnbookedPrice } from './rules.ts'
import type { NewTariff } from './service.ts'
import { decimal, euros, type TypedTariff, typedFields, usedRows } from './typed-fields.ts'

/**
 * The tariff that a clerk typed. Throws 422 naming the inputs that are not understood. Faults of the tariff itself are
 * found by `createTariff`, and led back to their inputs by `inputOf`.
 */
export function readTariff(typed: TypedTariff): NewTariff {
  const { text, amount, parts, choice, flat, dates, end } = typedFields(typed)

  const scales = (): Scales => {
    const others = text('nonResidentPrice') === '' ? undefined : flat('nonResidentPrice')
    switch (choice('kind', KINDS)) {
      case 'flat': {
        const residents = flat('price')
        return { residents, nonResidents: others ?? residents }
      }
      case 'effort-rate': {
        const residents: Scale = {
          kind: 'effort-rate',
          ratePerMillion: parts('rate', 10_000),
          floor: amount('floor'),
          ceiling: amount('ceiling'),
        }
        return { residents, nonResidents: others ?? residents }
      }
      case 'brackets': {
        const rows = usedRows(typed)
        const column = (name: 'residents' | 'nonResidents'): Scale => ({
          kind: 'brackets',
          brackets: rows.map((row): Bracket => {
            const limit = `brackets.${row}.upTo`
            return { upTo: text(limit) === '' ? null : amount(limit), price: amount(`brackets.${row}.${name}`) }
          }),
        })
        const residents = column('residents')
        const ownColumn = rows.some(row => text(`brackets.${row}.nonResidents`) !== '')
        return { residents, nonResidents: others ?? (ownColumn ? column('nonResidents') : residents) }
      }
    }
  }

  const unbooked = (): UnbookedPrice => {
    switch (choice('unbooked', UNBOOKED)) {
      case 'surcharge':
        return { kind: 'surcharge', amount: amount('unbookedAmount') }
      case 'increase':
        return { kind: 'increase', basisPoints: parts('unbookedPercent', 100) }
      case 'highest':
        return { kind: 'highest' }
      case 'same':
        return { kind: 'same' }
    }
  }

  const basket = (): Scales | undefined => {
    if (text('basket') === '') return undefined
    const residents = flat('basket')
    return { residents, nonResidents: text('basketNonResidents') === '' ? residents : flat('basketNonResidents') }
  }

  const own = basket()
  const tariff: NewTariff = {
    service: CANTEEN,
    ...dates(),
    rule: {
      ...scales(),
      mealTypes: own ? { 'pai-basket': own } : {},
      unbooked: unbooked(),
      chargesAbsence: text('chargesAbsence') !== '',
    },
  }
  end()
  return tariff
}

const KINDS = ['brackets', 'effort-rate', 'flat'] as const
const UNBOOKED = ['same', 'surcharge', 'increase', 'highest'] as const

/** The input in which a fault of the tariff was typed. */
export function inputOf(field: string, typed: TypedTariff): string {
  const bracket = /^rule\.(residents|nonResidents)\.brackets(?:\.(\d+)\.(upTo|price))?$/.exec(field)
  if (bracket) {
    const [, column, at = '0', what = 'upTo'] = bracket
    return `brackets.${usedRows(typed)[Number(at)] ?? 0}.${what === 'upTo' ? 'upTo' : column}`
  }
  const inputs: Readonly<Record<string, string>> = {
    'rule.residents.price': 'price',
    'rule.nonResidents.price': 'nonResidentPrice',
    'rule.residents.ratePerMillion': 'rate',
    'rule.residents.floor': 'floor',
    'rule.residents.ceiling': 'ceiling',
    'rule.nonResidents.ratePerMillion': 'rate',
    'rule.nonResidents.floor': 'floor',
    'rule.nonResidents.ceiling': 'ceiling',
    'rule.mealTypes.pai-basket.residents.price': 'basket',
    'rule.mealTypes.pai-basket.nonResidents.price': 'basketNonResidents',
    'rule.unbooked.amount': 'unbookedAmount',
    'rule.unbooked.basisPoints': 'unbookedPercent',
  }
  return inputs[field] ?? field
}

/** A tariff as it would have been typed: next year's begins as a copy of this year's. */
export function typedFrom(rule: TariffRule): TypedTariff {
  const typed: Record<string, string> = { kind: rule.residents.kind, unbooked: rule.unbooked.kind }
  const { residents, nonResidents } = rule
  if (residents.kind === 'flat') typed['price'] = euros(residents.price)
  if (residents.kind === 'effort-rate') {
    typed['rate'] = decimal(residents.ratePerMillion / 10_000)
    typed['floor'] = euros(residents.floor)
    typed['ceiling'] = euros(residents.ceiling)
  }
  if (residents.kind === 'brackets')
    for (const [i, { upTo, price }] of residents.brackets.entries()) {
      typed[`brackets.${i}.upTo`] = upTo === null ? '' : euros(upTo)
      typed[`brackets.${i}.residents`] = euros(price)
    }
  if (nonResidents.kind === 'flat') typed['nonResidentPrice'] = euros(nonResidents.price)
  if (nonResidents.kind === 'brackets')
    for (const [i, { price }] of nonResidents.brackets.entries()) typed[`brackets.${i}.nonResidents`] = euros(price)
  const basket = rule.mealTypes['pai-basket']
  if (basket?.residents.kind === 'flat') typed['basket'] = euros(basket.residents.price)
  if (basket?.nonResidents.kind === 'flat') typed['basketNonResidents'] = euros(basket.nonResidents.price)
  if (rule.unbooked.kind === 'surcharge') typed['unbookedAmount'] = euros(rule.unbooked.amount)
  if (rule.unbooked.kind === 'increase') typed['unbookedPercent'] = decimal(rule.unbooked.basisPoints / 100)
  if (rule.chargesAbsence) typed['chargesAbsence'] = 'yes'
  return typed
}
