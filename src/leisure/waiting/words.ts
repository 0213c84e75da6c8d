import type { Translator } from '../../web/i18n.ts'
import type { Part, Unit } from '../schema.ts'

/** More days than this are told by the first and the last. */
const LONGEST_LIST = 8
/** Wednesdays are told shortly: a term of them can be read. */
const MOST_OF_ONE_WEEKDAY = 16

/** « lundi 21 décembre et mardi 22 décembre », « mercredis 2, 9 et 16 septembre », or « 10 jours, du lundi 21 décembre au vendredi 1er janvier ». */
export function daysInWords({ t, f }: Translator, days: readonly Temporal.PlainDate[]): string {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return ''
  if (days.length > 2 && days.length <= MOST_OF_ONE_WEEKDAY && days.every(day => day.dayOfWeek === first.dayOfWeek))
    return t(`leisure-waiting:weekdays.${first.dayOfWeek}`, { days: datesByMonth({ f }, days) })
  if (days.length <= LONGEST_LIST) return f.list(days.map(f.dayNoYear))
  return t('leisure-waiting:daysBetween', { count: days.length, from: f.dayNoYear(first), to: f.dayNoYear(last) })
}

/** « 2, 9 et 16 septembre, 7 octobre » */
function datesByMonth({ f }: Pick<Translator, 'f'>, days: readonly Temporal.PlainDate[]): string {
  const months = Map.groupBy(days, day => day.toPlainYearMonth().toString())
  return [...months.values()]
    .map(own => f.list(own.map((day, i) => (i === own.length - 1 ? f.date(day) : f.number(day.day)))))
    .join(', ')
}

type Stay = { unit: Unit; part: Part; meal: boolean; days: readonly { day: Temporal.PlainDate }[] }

/** « semaine du lundi 21 décembre », « mercredi 6 janvier, le matin, avec repas ». */
export function stayInWords(words: Translator, { unit, part, meal, days }: Stay): string {
  const { t, f } = words
  const [first] = days
  if (unit === 'week' && first) return t('leisure-waiting:week', { day: f.dayNoYear(first.day) })
  const list = daysInWords(
    words,
    days.map(({ day }) => day),
  )
  if (part === 'day') return list
  return t(`leisure-waiting:half.${part}${meal ? 'WithMeal' : ''}`, { days: list })
}

/** « 4ᵉ » */
export const rankInWords = ({ t }: Translator, rank: number): string =>
  t('leisure-waiting:rank', { count: rank, ordinal: true })
