import type { Translator } from '../../web/i18n.ts'
import { countdown } from '../openings.ts'
import type { Part, Unit } from '../schema.ts'
import { stayInWords } from '../waiting/words.ts'
import type { WayToCome, When } from './wish-options.ts'

type Wish = { unit: Unit; part: Part; meal: boolean; days: readonly { day: Temporal.PlainDate }[] }

/** « Centre du Parc, semaine du lundi 21 décembre » */
export const wishInWords = (words: Translator, wish: Wish, centre: string): string =>
  words.t('leisure-wishes:wish', { centre, stay: stayInWords(words, wish) })

/** « journée avec repas », « matin sans repas », « semaine entière » */
export function wayInWords({ t }: Translator, { unit, part, meal }: Pick<WayToCome, 'unit' | 'part' | 'meal'>): string {
  if (unit === 'week') return t('leisure-wishes:way.week')
  return t(`leisure-wishes:way.${part}.${meal ? 'meal' : 'noMeal'}`)
}

/** « Toute la semaine du lundi 21 décembre », « lundi 21 décembre », « Tous les mercredis (10) » */
export function whenInWords({ t, f }: Translator, when: When, days: number): string {
  switch (when.kind) {
    case 'all':
      return t('leisure-wishes:when.all', { count: days })
    case 'week':
      return t('leisure-wishes:when.week', { day: f.dayNoYear(when.monday) })
    case 'day':
      return f.dayNoYear(when.day)
  }
}

/** « dans 3 jours », « demain » */
export function waitInWords({ t }: Translator, now: Temporal.Instant, until: Temporal.Instant): string {
  const left = countdown(now, until)
  return left.unit === 'now' ? '' : t(`leisure:countdown.${left.unit}`, 'count' in left ? { count: left.count } : {})
}
