import { isoDay } from '../kernel/days.ts'
import { type Cents, cents, fromEuros } from '../kernel/money.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import { CANTEEN } from './quotes.ts'
import type { Bracket, Scale, Scales, Tariff, UnbookedPrice } from './rules.ts'
import type { NewTariff } from './service.ts'

/** What was typed, by the name of the input; the page shows it again when something is wrong. */
export type TypedTariff = Readonly<Record<string, string>>

/** The most brackets a scale of the form has; the last one is for every quotient above. */
export const BRACKET_ROWS = 10

/**
 * The tariff that a clerk typed. Throws 422 naming the inputs that are not understood. Faults of the tariff itself are
 * found by `createTariff`, and led back to their inputs by `inputOf`.
 */
export function readTariff(typed: TypedTariff): NewTariff {
  const errors: FieldError[] = []
  const text = (name: string) => (typed[name] ?? '').trim()
  const fault = (field: string, code: string) => void errors.push({ field, code })

  const day = (name: string) => {
    const value = text(name) === '' ? undefined : isoDay(text(name))
    if (text(name) !== '' && !value) fault(name, 'not-a-date')
    return value
  }
  const amount = (name: string): Cents => {
    const value = fromEuros(text(name))
    if (value === undefined) fault(name, text(name) === '' ? 'required' : 'not-an-amount')
    return value ?? cents(0)
  }
  const perMillion = (name: string, unit: number): number => {
    const value = Number(text(name).replace(',', '.'))
    if (text(name) === '') fault(name, 'required')
    else if (!Number.isFinite(value)) fault(name, 'not-a-number')
    return Number.isFinite(value) ? Math.round(value * unit) : 0
  }
  const flat = (name: string): Scale => ({ kind: 'flat', price: amount(name) })

  const scales = (): Scales => {
    const others = text('nonResidentPrice') === '' ? undefined : flat('nonResidentPrice')
    switch (text('kind')) {
      case 'flat': {
        const residents = flat('price')
        return { residents, nonResidents: others ?? residents }
      }
      case 'effort-rate': {
        const residents: Scale = {
          kind: 'effort-rate',
          ratePerMillion: perMillion('rate', 10_000),
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
      default:
        fault('kind', text('kind') === '' ? 'required' : 'not-a-choice')
        return { residents: { kind: 'flat', price: cents(0) }, nonResidents: { kind: 'flat', price: cents(0) } }
    }
  }

  const unbooked = (): UnbookedPrice => {
    switch (text('unbooked')) {
      case 'surcharge':
        return { kind: 'surcharge', amount: amount('unbookedAmount') }
      case 'increase':
        return { kind: 'increase', basisPoints: perMillion('unbookedPercent', 100) }
      case 'highest':
        return { kind: 'highest' }
      case 'same':
        return { kind: 'same' }
      default:
        fault('unbooked', text('unbooked') === '' ? 'required' : 'not-a-choice')
        return { kind: 'same' }
    }
  }

  const basket = (): Scales | undefined => {
    if (text('basket') === '') return undefined
    const residents = flat('basket')
    return { residents, nonResidents: text('basketNonResidents') === '' ? residents : flat('basketNonResidents') }
  }

  const from = day('from')
  if (text('from') === '') fault('from', 'required')
  const own = basket()
  const tariff = {
    service: CANTEEN,
    from: from ?? Temporal.PlainDate.from('2000-01-01'),
    to: day('to') ?? null,
    rule: {
      ...scales(),
      mealTypes: own ? { 'pai-basket': own } : {},
      unbooked: unbooked(),
      chargesAbsence: text('chargesAbsence') !== '',
    },
  }
  if (errors.length > 0) throw invalid(distinct(errors))
  return tariff
}

/** The limit of a bracket stands in one input for both columns: its fault is told once. */
const distinct = (errors: readonly FieldError[]) => [
  ...new Map(errors.map(error => [`${error.field} ${error.code}`, error])).values(),
]

/** The rows of brackets in which something was typed. */
function usedRows(typed: TypedTariff): number[] {
  const cells = (row: number) =>
    ['upTo', 'residents', 'nonResidents'].map(name => typed[`brackets.${row}.${name}`] ?? '')
  return Array.from({ length: BRACKET_ROWS }, (_, row) => row).filter(row =>
    cells(row).some(cell => cell.trim() !== ''),
  )
}

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
export function typedFrom({ rule }: Tariff): TypedTariff {
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

const decimal = (value: number) => String(value).replace('.', ',')
const euros = (amount: Cents) => decimal(amount / 100).replace(/,(\d)$/, ',$10')
