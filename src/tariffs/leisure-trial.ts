import { z } from 'zod'
import { isoDay } from '../kernel/days.ts'
import { type Cents, cents, fromEuros, sum, times } from '../kernel/money.ts'
import { type FieldError, invalid } from '../kernel/problems.ts'
import type { Translator } from '../web/i18n.ts'
import { depositOf, type LeisureTariff, type PricedStay, priceStay, type StaySituation } from './leisure-rules.ts'
import { priceSentences } from './words.ts'

export const TRIED_STAYS = ['day', 'half-day', 'half-day-with-meal', 'week'] as const
export const TRIED_SITUATIONS = [
  'stay',
  'absence',
  'late-cancelled',
  'excused',
] as const satisfies readonly StaySituation[]
const MOST_CHILDREN = 6

/** What is tried: « une famille au quotient de 640, deux enfants, une semaine ». */
export const stayTrial = z.object({
  day: z.string().max(10).default(''),
  quotient: z.string().max(20).default(''),
  resident: z.enum(['yes', 'no']).default('yes'),
  children: z.string().max(5).default('1'),
  stay: z.enum(TRIED_STAYS).default('day'),
  days: z.string().max(5).default('1'),
  meal: z.enum(['yes', 'no']).default('yes'),
  situation: z.enum(TRIED_SITUATIONS).default('stay'),
})

/** What the eldest pays, or each of the others; no lines where the town has no price. */
type TriedChildren = { children: number; price: Cents; total: Cents; deposit: Cents; why: string[] }
type Tried = { lines: TriedChildren[]; total: Cents; deposit: Cents }

/** What such a family pays, child by child, with the reasons; faults of what was typed go to `errors`. */
export function tryStay(
  words: Translator,
  tariffs: readonly LeisureTariff[],
  wednesday: boolean,
  query: unknown,
  errors: FieldError[],
): Tried | null {
  const parsed = stayTrial.safeParse(query)
  if (!parsed.success) throw invalid([{ field: '', code: 'not-understood' }])
  const asked = parsed.data
  const whole = (field: 'children' | 'days', most: number): number => {
    const value = Number(asked[field])
    if (!/^\d+$/.test(asked[field].trim())) errors.push({ field, code: 'not-a-whole-number' })
    else if (value < 1 || value > most) errors.push({ field, code: value < 1 ? 'too-low' : 'too-high' })
    return value
  }
  const day = isoDay(asked.day)
  const quotient = asked.quotient.trim() === '' ? undefined : fromEuros(asked.quotient)
  if (!day) errors.push({ field: 'day', code: 'not-a-date' })
  if (asked.quotient.trim() !== '' && quotient === undefined) errors.push({ field: 'quotient', code: 'not-an-amount' })
  const [children, days] = [whole('children', MOST_CHILDREN), whole('days', 31)]
  if (!day || errors.length > 0) return null
  const price = (afterSibling: boolean): PricedStay | undefined =>
    priceStay({
      day,
      tariffs,
      wednesday,
      quotient,
      resident: asked.resident === 'yes',
      part: asked.stay.startsWith('half-day') ? 'half-day' : 'day',
      lunch: asked.stay === 'half-day-with-meal' || (asked.stay !== 'half-day' && asked.meal === 'yes'),
      wholeWeek: asked.stay === 'week',
      afterSibling,
      situation: asked.situation,
    })
  const [eldest, other] = [price(false), price(true)]
  const line = (priced: PricedStay, of: number): TriedChildren => ({
    children: of,
    price: priced.cents,
    total: times(priced.cents, of * days),
    deposit: asked.situation === 'stay' ? times(depositOf(priced)?.cents ?? cents(0), of * days) : cents(0),
    why: priceSentences(words, priced.explanation),
  })
  const lines = eldest && other ? [line(eldest, 1), ...(children > 1 ? [line(other, children - 1)] : [])] : []
  return {
    lines,
    total: sum(lines.map(({ total }) => total)),
    deposit: sum(lines.map(({ deposit }) => deposit)),
  }
}
