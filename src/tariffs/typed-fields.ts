import { isoDay } from '../kernel/days.ts'
import { type Cents, cents, fromEuros } from '../kernel/money.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import type { Scale } from './rules.ts'

/** What was typed, by the name of the input; the page shows it again when something is wrong. */
export type TypedTariff = Readonly<Record<string, string>>

/** The most brackets a scale of the form has; the last one is for every quotient above. */
export const BRACKET_ROWS = 10

/** Reads the inputs of a tariff's form; what is not understood is kept as a fault of its input, to be told all at once. */
export function typedFields(typed: TypedTariff) {
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
  return {
    text,
    fault,
    amount,
    /** A number, in whole parts of which one is worth `unit`: 0,36 % is 3 600 per million at 10 000 for one per cent. */
    parts: (name: string, unit: number): number => {
      const value = Number(text(name).replace(',', '.'))
      if (text(name) === '') fault(name, 'required')
      else if (!Number.isFinite(value)) fault(name, 'not-a-number')
      return Number.isFinite(value) ? Math.round(value * unit) : 0
    },
    choice: <T extends string>(name: string, choices: readonly [T, ...T[]]): T => {
      const chosen = choices.find(choice => choice === text(name))
      if (!chosen) fault(name, text(name) === '' ? 'required' : 'not-a-choice')
      return chosen ?? choices[0]
    },
    flat: (name: string): Scale => ({ kind: 'flat', price: amount(name) }),
    dates: () => {
      if (text('from') === '') fault('from', 'required')
      return { from: day('from') ?? Temporal.PlainDate.from('2000-01-01'), to: day('to') ?? null }
    },
    /** Throws 422 naming the inputs that were not understood, if any. */
    end: () => {
      if (errors.length > 0) throw invalid(distinct(errors))
    },
  }
}

/** What is told of one input once: the limit of a bracket stands in one input for all columns. */
export const distinct = (errors: readonly FieldError[]): FieldError[] => [
  ...new Map(errors.map(error => [`${error.field} ${error.code}`, error])).values(),
]

/** The rows of brackets in which something was typed. */
export const usedRows = (typed: TypedTariff): number[] =>
  Array.from({ length: BRACKET_ROWS }, (_, row) => row).filter(row =>
    Object.entries(typed).some(([name, value]) => name.startsWith(`brackets.${row}.`) && value.trim() !== ''),
  )

/** A number as it would have been typed. */
export const decimal = (value: number) => String(value).replace('.', ',')
/** An amount as it would have been typed. */
export const euros = (amount: Cents) => decimal(amount / 100).replace(/,(\d)$/, ',$10')
