import type { Translator } from '../../web/i18n.ts'
import { hoursInWords } from '../words.ts'
import type { FamilyStay } from './stays-of-family.ts'

/** « Journée avec repas », « Matin », « Après-midi ». */
export const partInWords = ({ t }: Translator, { part, meal }: Pick<FamilyStay, 'part' | 'meal'>): string =>
  t(`leisure-papers:part.${part}${meal ? '-with-meal' : ''}`)

/** « Journée avec repas, de 8 h à 18 h »: the centre's hours go with whole days only. */
export function stayInFull(words: Translator, stay: FamilyStay): string {
  const part = partInWords(words, stay)
  return stay.part === 'day' ? words.t('leisure-papers:partAt', { part, hours: hoursInWords(words, stay) }) : part
}
