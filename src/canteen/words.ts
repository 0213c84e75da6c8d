import type { Translator } from '../web/i18n.ts'
import type { Closed } from './rules.ts'

/** « jeudi 3 décembre à 10 h » */
export function momentInWords({ t, f }: Translator, at: Temporal.ZonedDateTime): string {
  return t('canteen:moment', { day: f.dayNoYear(at.toPlainDate()), time: f.time(at.toPlainTime()) })
}

/** Why no meal is served on a day: « Pas de cantine le mercredi », « Vacances de Noël », what the town wrote of a closure. */
export function closedInWords({ t, f }: Translator, day: Temporal.PlainDate, closed: Closed): string {
  switch (closed.why) {
    case 'public-holiday':
      return t('canteen:closed.publicHoliday', { name: t(`holidays:${closed.holiday}`) })
    case 'school-holiday':
      return closed.name
    case 'closure':
      return closed.message
    default:
      return t('canteen:closed.weekday', { weekday: f.weekday(day) })
  }
}

/** « 4ᵉ » */
export const rankInWords = ({ t }: Translator, rank: number): string =>
  t('canteen:rank', { count: rank, ordinal: true })
