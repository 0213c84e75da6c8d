import { dayInParis } from '../kernel/clock.ts'
import type { Translator } from '../web/i18n.ts'
import type { Custody } from './custody.ts'
import { mirrored } from './custody-terms.ts'
import type { Quotient } from './quotients.ts'
import { quotientOn, schoolingOn } from './rules.ts'
import type { CustodyTerms } from './schema.ts'
import type { SchoolChoice } from './schools.ts'
import type { Schooling } from './store.ts'

/** « CP, école Jules-Guesde », today's or the one to come; undefined without school. */
export function schoolTold(
  schoolings: readonly Schooling[],
  schools: readonly SchoolChoice[],
  today: Temporal.PlainDate,
): string | undefined {
  const coming = schoolings.find(({ from }) => Temporal.PlainDate.compare(from, today) > 0)
  const schooling = schoolingOn(schoolings, today) ?? coming
  if (!schooling) return undefined
  const name = schools.find(({ id }) => id === schooling.schoolId)?.name
  return [schooling.className, name].filter(Boolean).join(', ')
}

/**
 * The terms of a shared custody as seen from one of the two homes: « chez vous » to the family, « dans ce foyer » to a
 * clerk (`toldAtDesk`).
 */
export function custodyTold(
  { t, f }: Translator,
  terms: CustodyTerms,
  side: 'first' | 'second',
  told: 'told' | 'toldAtDesk' = 'told',
): string {
  const ours = side === 'first' ? terms : mirrored(terms)
  switch (ours.kind) {
    case 'alternating-weeks':
      return t(`people:custody.${told}.alternating-weeks`, { day: f.day(Temporal.PlainDate.from(ours.firstWeek)) })
    case 'even-and-odd-weeks': {
      const weeks = ours.evenWeeks === 'first' ? 'even' : 'odd'
      const change = weekdayName(f, ours.changeOver)
      return t(`people:custody.${told}.${weeks}`, { change })
    }
    case 'percentage':
      return t(`people:custody.${told}.percentage`, { share: f.percent(ours.firstShare / 10_000) })
  }
}

/** « lundi » for 1. */
export function weekdayName(f: Translator['f'], weekday: number): string {
  return f.dayNoYear(Temporal.PlainDate.from('2024-01-01').add({ days: weekday - 1 })).split(/[ ,]/)[0] ?? ''
}

/** The stored form of a custody's terms. */
export function termsOf(custody: Custody): CustodyTerms {
  switch (custody.kind) {
    case 'alternating-weeks':
      return { kind: custody.kind, firstWeek: custody.firstWeek.toString() }
    case 'even-and-odd-weeks':
      return { kind: custody.kind, evenWeeks: custody.evenWeeks, changeOver: custody.changeOver }
    case 'percentage':
      return { kind: custody.kind, firstShare: custody.firstShare }
  }
}

/** Where a family stands with its quotient: what counts today, what waits, what to do. */
export function quotientTold(quotients: readonly Quotient[], now: Temporal.Instant) {
  const counts = quotientOn(quotients, dayInParis(now))
  const waits = quotients.find(({ state }) => state === 'to-check')
  const last = quotients[0]
  const refused = !waits && last?.state === 'refused' ? last : undefined
  const state = waits ? ('to-check' as const) : counts ? ('done' as const) : ('to-do' as const)
  return { counts, waits, refused, state }
}

/** « 12/03/2018 »: what a clerk reads out on the phone. */
export const dayInFigures = (day: Temporal.PlainDate) =>
  [day.day, day.month, day.year].map(part => String(part).padStart(2, '0')).join('/')
