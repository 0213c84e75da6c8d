import type { LeisureRule, LeisureService } from './leisure-rules.ts'
import type { Bracket, Scale, Scales } from './rules.ts'
import type { NewTariff } from './service.ts'
import { decimal, euros, type TypedTariff, typedFields, usedRows } from './typed-fields.ts'

/** What of a stay has a price of its own. A half-day or a lunch of which nothing is typed is not sold. */
export const PRICED_PARTS = ['day', 'halfDay', 'lunch'] as const
type PricedPart = (typeof PRICED_PARTS)[number]

export const LIVES = ['residents', 'nonResidents'] as const
type Lives = (typeof LIVES)[number]

const KINDS = ['brackets', 'effort-rate', 'flat'] as const
const EFFORT = ['rate', 'floor', 'ceiling'] as const
/** Parts of a price that are typed in per cent; empty is none. */
const PERCENTS = ['weekDiscount', 'siblingReduction', 'deposit'] as const

/**
 * The tariff of leisure centres that a clerk typed. Throws 422 naming the inputs that are not understood. Faults of the
 * tariff itself are found by `createTariff`, and led back to their inputs by `leisureInputOf`.
 */
export function readLeisureTariff(service: LeisureService, typed: TypedTariff): NewTariff {
  const { text, fault, amount, parts, choice, flat, dates, end } = typedFields(typed)
  // Read from the top of the page down: faults are told in that order.
  const when = dates()
  const rows = usedRows(typed)
  const column = (lives: Lives, part: PricedPart) => rows.map(row => `brackets.${row}.${lives}.${part}`)
  const brackets = (lives: Lives, part: PricedPart): Scale => ({
    kind: 'brackets',
    brackets: rows.map((row): Bracket => {
      const limit = `brackets.${row}.upTo`
      return { upTo: text(limit) === '' ? null : amount(limit), price: amount(`brackets.${row}.${lives}.${part}`) }
    }),
  })
  const kind = choice('kind', KINDS)

  const inputsOf = (part: PricedPart): string[] => {
    if (kind === 'flat') return [`flat.${part}`]
    return kind === 'brackets' ? column('residents', part) : EFFORT.map(what => `effort.${part}.${what}`)
  }
  const residents = (part: PricedPart): Scale => {
    if (kind === 'flat') return flat(`flat.${part}`)
    if (kind === 'brackets') return brackets('residents', part)
    return {
      kind: 'effort-rate',
      ratePerMillion: parts(`effort.${part}.rate`, 10_000),
      floor: amount(`effort.${part}.floor`),
      ceiling: amount(`effort.${part}.ceiling`),
    }
  }
  const isTyped = (names: readonly string[]) => names.some(name => text(name) !== '')
  const others = (part: PricedPart) => `others.${part}`
  const othersColumn = (part: PricedPart) => kind === 'brackets' && isTyped(column('nonResidents', part))
  // Who lives elsewhere pays as residents do for everything, or has a price for each thing.
  const othersPayTheirOwn = PRICED_PARTS.some(part => isTyped([others(part)]) || othersColumn(part))
  const scales = (part: PricedPart): Scales => {
    const own = residents(part)
    if (!othersPayTheirOwn) return { residents: own, nonResidents: own }
    const elsewhere =
      othersColumn(part) && !isTyped([others(part)]) ? brackets('nonResidents', part) : flat(others(part))
    return { residents: own, nonResidents: elsewhere }
  }
  const sold = (part: PricedPart) => isTyped([...inputsOf(part), others(part)]) || othersColumn(part)
  const percent = (name: string) => (text(name) === '' ? 0 : parts(name, 100))

  const day = scales('day')
  const halfDay = sold('halfDay') ? scales('halfDay') : null
  const lunch = sold('lunch') ? scales('lunch') : null
  const lunchOnDays = choice('lunchOnDays', ['included', 'added'])
  if (text('lunchOnDays') === 'added' && !lunch) fault(inputsOf('lunch')[0] ?? 'brackets.0.residents.lunch', 'required')
  const [weekDiscount, siblingReduction, deposit] = PERCENTS.map(percent) as [number, number, number]
  const chargedAt = choice('chargedAt', ['attendance', 'sign-up'])
  const chargesAbsence = text('chargesAbsence') !== ''
  const reductions = { weekDiscount, siblingReduction, deposit }
  const tariff: NewTariff = {
    service,
    ...when,
    rule: { day, halfDay, lunch, lunchOnDays, ...reductions, chargedAt, chargesAbsence },
  }
  end()
  return tariff
}

/** The input in which a fault of the tariff was typed. */
export function leisureInputOf(field: string, typed: TypedTariff): string {
  const [, part, lives, at, what] =
    /^rule\.(day|halfDay|lunch)\.(residents|nonResidents)\.(?:brackets\.?)?(\d+)?\.?(\w+)?$/.exec(field) ?? []
  if (!part || !lives) return field.replace(/^rule\./, '')
  if (what === 'upTo') return `brackets.${rowOf(at, typed)}.upTo`
  const isFlat = at === undefined && what === 'price'
  if (isFlat) return lives === 'residents' || (typed[`others.${part}`] ?? '') === '' ? `flat.${part}` : `others.${part}`
  if (what === 'ratePerMillion') return `effort.${part}.rate`
  if (what === 'floor' || what === 'ceiling') return `effort.${part}.${what}`
  const column = usedRows(typed).some(row => typed[`brackets.${row}.${lives}.${part}`]) ? lives : 'residents'
  return `brackets.${rowOf(at, typed)}.${column}.${part}`
}

const rowOf = (at: string | undefined, typed: TypedTariff) => usedRows(typed)[Number(at ?? 0)] ?? 0

/** A tariff as it would have been typed: next year's begins as a copy of this year's. */
export function typedFromLeisure(rule: LeisureRule): TypedTariff {
  const typed: Record<string, string> = {
    kind: rule.day.residents.kind,
    lunchOnDays: rule.lunchOnDays,
    chargedAt: rule.chargedAt,
  }
  for (const part of PRICED_PARTS) {
    const scales = rule[part]
    if (!scales) continue
    for (const lives of LIVES) typeScale(typed, part, lives, scales[lives])
  }
  for (const name of PERCENTS) typed[name] = rule[name] === 0 ? '' : decimal(rule[name] / 100)
  if (rule.chargesAbsence) typed['chargesAbsence'] = 'yes'
  return typed
}

function typeScale(typed: Record<string, string>, part: PricedPart, lives: Lives, scale: Scale): void {
  switch (scale.kind) {
    case 'flat':
      typed[`${lives === 'residents' ? 'flat' : 'others'}.${part}`] = euros(scale.price)
      return
    case 'brackets':
      for (const [i, { upTo, price }] of scale.brackets.entries()) {
        typed[`brackets.${i}.upTo`] = upTo === null ? '' : euros(upTo)
        typed[`brackets.${i}.${lives}.${part}`] = euros(price)
      }
      return
    case 'effort-rate':
      typed[`effort.${part}.rate`] = decimal(scale.ratePerMillion / 10_000)
      typed[`effort.${part}.floor`] = euros(scale.floor)
      typed[`effort.${part}.ceiling`] = euros(scale.ceiling)
  }
}

/** Every input of the form by its name, for a page to show it, be it empty. */
export function leisureInputs(rows: readonly number[]): string[] {
  const cells = rows.flatMap(row => [
    `brackets.${row}.upTo`,
    ...LIVES.flatMap(lives => PRICED_PARTS.map(part => `brackets.${row}.${lives}.${part}`)),
  ])
  const parts = PRICED_PARTS.flatMap(part => [
    ...EFFORT.map(what => `effort.${part}.${what}`),
    `flat.${part}`,
    `others.${part}`,
  ])
  return ['from', 'to', 'kind', ...cells, ...parts, 'lunchOnDays', ...PERCENTS, 'chargedAt', 'chargesAbsence']
}
