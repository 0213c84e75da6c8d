import { isoDay } from '../kernel/days.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import type { MealType } from '../people/schema.ts'
import type { Child } from '../people/store.ts'
import type { TermWish } from './patterns.ts'

/** What the form of a term holds, as it was typed: sent in the address, so that the check page can be gone back from. */
export type TermFields = {
  /** `<child>.<weekday>`; the child `all` stands for each of them. */
  days: readonly string[]
  from: { day: string; month: string; year: string }
  until: string
  to: { day: string; month: string; year: string }
  /** By child. */
  mealTypes: ReadonlyMap<string, string>
}

/** The ends a form offers by name. */
export type TermEnds = {
  from: Temporal.PlainDate
  holidays: Temporal.PlainDate | undefined
  summer: Temporal.PlainDate
}

const MEAL_TYPES: readonly string[] = ['standard', 'no-pork', 'vegetarian', 'pai-basket'] satisfies MealType[]

/** Reads the fields as they came, be they sense or not. */
export function readTermFields(query: Record<string, unknown>): TermFields {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name].slice(0, 100) : '')
  const parts = (name: string) => ({
    day: text(`${name}-day`),
    month: text(`${name}-month`),
    year: text(`${name}-year`),
  })
  const sent = query['days']
  const days = (Array.isArray(sent) ? sent : sent === undefined ? [] : [sent]).filter(one => typeof one === 'string')
  const mealTypes = Object.keys(query)
    .filter(name => name.startsWith('mealType.'))
    .map(name => [name.slice('mealType.'.length), text(name)] as const)
  return {
    days: days.slice(0, 200),
    from: parts('from'),
    until: text('until'),
    to: parts('to'),
    mealTypes: new Map(mealTypes.slice(0, 50)),
  }
}

/** What the fields ask for. Throws `invalid` with each fault. */
export function termWish(fields: TermFields, children: readonly Child[], ends: TermEnds): TermWish {
  const faults: FieldError[] = []
  const from = dayOf(fields.from)
  if (!from) faults.push({ field: 'from', code: 'not-a-date' })
  const to = endOf(fields, ends)
  if (!to)
    faults.push({
      field: fields.until === 'other' ? 'to' : 'until',
      code: fields.until === 'other' ? 'not-a-date' : 'required',
    })
  if (from && to && Temporal.PlainDate.compare(from, to) > 0)
    faults.push({ field: fields.until === 'other' ? 'to' : 'from', code: 'ends-before-it-begins' })
  const wanted = children.map(child => {
    const weekdays = [1, 2, 3, 4, 5].filter(
      weekday => fields.days.includes(`${child.id}.${weekday}`) || fields.days.includes(`all.${weekday}`),
    )
    const mealType = fields.mealTypes.get(child.id)
    const known = mealType !== undefined && MEAL_TYPES.includes(mealType) ? { mealType: mealType as MealType } : {}
    return { childId: child.id, weekdays, ...known }
  })
  if (wanted.every(({ weekdays }) => weekdays.length === 0)) faults.push({ field: 'days', code: 'no-weekday' })
  if (faults.length > 0 || !from || !to) throw invalid(faults)
  return { children: wanted.filter(({ weekdays }) => weekdays.length > 0), from, to }
}

function endOf({ until, to }: TermFields, ends: TermEnds): Temporal.PlainDate | undefined {
  if (until === 'holidays') return ends.holidays
  if (until === 'summer') return ends.summer
  return until === 'other' ? dayOf(to) : undefined
}

function dayOf({ day, month, year }: { day: string; month: string; year: string }): Temporal.PlainDate | undefined {
  const two = (text: string) => text.trim().padStart(2, '0')
  return isoDay(`${year.trim()}-${two(month)}-${two(day)}`)
}

/** The fields as an address, to come back to the form with all that was typed. */
export function termQuery(fields: TermFields): string {
  const query = new URLSearchParams(fields.days.map(one => ['days', one]))
  for (const name of ['from', 'to'] as const)
    for (const [part, value] of Object.entries(fields[name])) query.set(`${name}-${part}`, value)
  query.set('until', fields.until)
  for (const [child, type] of fields.mealTypes) query.set(`mealType.${child}`, type)
  return query.toString()
}
