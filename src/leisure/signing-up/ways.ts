import { isoDay } from '../../kernel/days.ts'
import type { Choice, Offer } from './rules.ts'

/** The ways to come, as forms and words name them. */
export const WAYS = {
  week: { unit: 'week', part: 'day', meal: false },
  'week-meal': { unit: 'week', part: 'day', meal: true },
  day: { unit: 'day', part: 'day', meal: false },
  'day-meal': { unit: 'day', part: 'day', meal: true },
  morning: { unit: 'half-day', part: 'morning', meal: false },
  'morning-meal': { unit: 'half-day-with-meal', part: 'morning', meal: true },
  afternoon: { unit: 'half-day', part: 'afternoon', meal: false },
  'afternoon-meal': { unit: 'half-day-with-meal', part: 'afternoon', meal: true },
} as const satisfies Record<string, Offer>
export type Way = keyof typeof WAYS

/** How forms and words name a way to come. */
export function wayOf({ unit, part, meal }: Offer): Way {
  const name = unit === 'week' ? 'week' : part
  return meal ? `${name}-meal` : name
}

/** A choice as the value of an input: « <child> week-meal 2026-12-21 2026-12-22 ». The centre is told once for the form. */
export const writeChoice = (childId: string, offer: Offer, days: readonly Temporal.PlainDate[]): string =>
  `${childId} ${wayOf(offer)} ${days.join(' ')}`

/** The choice that such a value names; undefined for anything else. */
export function readChoice(centreId: string, value: string): Choice | undefined {
  const [childId = '', way = '', ...rest] = value.split(' ')
  const days = rest.map(isoDay)
  if (!Object.hasOwn(WAYS, way) || days.length === 0 || !days.every(day => day !== undefined)) return undefined
  return { childId, centreId, ...WAYS[way as Way], days }
}
