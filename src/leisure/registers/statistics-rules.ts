import { ageOn } from '../../kernel/days.ts'
import type { Care } from '../planning/staffing.ts'
import { type Hours, minutesOf } from './part-hours.ts'
import type { Noted } from './register-rules.ts'
import { instantAt } from './register-rules.ts'

/** The two ages that the family-allowance office (CAF) and the law count apart, on the day itself. */
export const CAF_AGES = ['under-six', 'from-six'] as const
export type CafAge = (typeof CAF_AGES)[number]

export const cafAge = (birthDate: Temporal.PlainDate, day: Temporal.PlainDate): CafAge =>
  ageOn(birthDate, day) < 6 ? 'under-six' : 'from-six'

/** A child's day at a centre, signed up for or not. */
export type CareDay = {
  childId: string
  day: Temporal.PlainDate
  birthDate: Temporal.PlainDate
  care: Care
  resident: boolean
  /** What it was signed up for; null when it was there without a sign-up, or gave its place back. */
  booked: Hours | null
  /** The hours of its group: those of a child who was only ticked, without a sign-up. */
  open: Hours
  noted: Pick<Noted, 'present' | 'arrivedAt' | 'leftAt'> | undefined
  billed: boolean
}

/**
 * How many whole minutes the child was really there: from its arrival to its departure, as time passes (a night on which
 * the clocks change counts as it was). An hour that nobody noted is that of its sign-up; nothing noted at all, or
 * « absent », is no presence.
 */
export function minutesPresent({
  noted,
  booked,
  open,
  day,
}: Pick<CareDay, 'noted' | 'booked' | 'open' | 'day'>): number {
  if (!noted?.present) return 0
  const meant = booked ?? open
  const from = noted.arrivedAt ?? instantAt(day, meant.from)
  const to = noted.leftAt ?? instantAt(day, meant.to)
  return Math.max(0, Math.floor(from.until(to).total('minutes')))
}

/** What is counted of some days. `children` are different ones. */
export type Tally = {
  children: number
  /** Days on which a child was there. */
  days: number
  minutes: number
  /** What families signed up for, whoever came. */
  bookedMinutes: number
  /** Days that families pay, come or not. */
  billedDays: number
}

export type TallyKey = { care: Care; age: CafAge; resident: boolean }

/** What is asked for of the days: of one care, one age, residents or others, or all where nothing is said. */
export function tallyOf(days: readonly CareDay[], of: Partial<TallyKey> = {}): Tally {
  const children = new Set<string>()
  const tally = { days: 0, minutes: 0, bookedMinutes: 0, billedDays: 0 }
  for (const one of days) {
    if (of.care !== undefined && one.care !== of.care) continue
    if (of.resident !== undefined && one.resident !== of.resident) continue
    if (of.age !== undefined && cafAge(one.birthDate, one.day) !== of.age) continue
    if (one.noted?.present) {
      children.add(one.childId)
      tally.days += 1
      tally.minutes += minutesPresent(one)
    }
    if (one.booked) tally.bookedMinutes += minutesOf(one.booked)
    if (one.billed) tally.billedDays += 1
  }
  return { children: children.size, ...tally }
}

/** Days by their month, the first first; a month in which nothing was is there too. */
export function byMonth(
  days: readonly CareDay[],
  { from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate },
): { month: Temporal.PlainYearMonth; days: readonly CareDay[] }[] {
  const own = Map.groupBy(days, ({ day }) => day.toPlainYearMonth().toString())
  const count = from.toPlainYearMonth().until(to.toPlainYearMonth(), { largestUnit: 'month' }).months + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const month = from.toPlainYearMonth().add({ months: i })
    return { month, days: own.get(month.toString()) ?? [] }
  })
}

/** The last whole quarter before a day: what the office asks for. */
export function lastQuarter(today: Temporal.PlainDate): { from: Temporal.PlainDate; to: Temporal.PlainDate } {
  const start = today.with({ month: Math.floor((today.month - 1) / 3) * 3 + 1, day: 1 })
  return { from: start.subtract({ months: 3 }), to: start.subtract({ days: 1 }) }
}

/** Minutes as hours with two decimals at most: 95 → 1.58. Sums are made of minutes, never of these. */
export const inHours = (minutes: number): number => Math.round((minutes / 60) * 100) / 100
