import { searchKey } from '../../people/rules.ts'
import type { ActName, Answers } from '../kinds.ts'
import { dateParts } from './partial-dates.ts'

/** The first of the first names, as it is searched: « Marie-Anne, Louise » and « marie anne » are one. */
const usualName = (firstNames: string) => searchKey(firstNames.trim().split(/[\s,]+/)[0] ?? '')

const nameKey = (name: ActName | undefined) => (name ? `${searchKey(name.lastName)}/${usualName(name.firstNames)}` : '')

/**
 * Equal for two requests of the same act, however its names are typed and as far as its date is known: kind, year, names;
 * the two spouses in any order. Two homonyms of one year are equal too: it is a hint for a clerk, never a proof.
 * Undefined while kind, date or name is not known.
 */
export function recordKey({ kind, date, subject, spouse }: Answers): string | undefined {
  if (!kind || !date || !subject) return undefined
  const names = kind === 'marriage' ? [nameKey(subject), nameKey(spouse)].toSorted() : [nameKey(subject)]
  return [kind, dateParts(date).year, ...names].join('|')
}

/** Equal for two requests of the same applicant, with or without account: name and birth date. */
export const applicantKey = ({ firstName, lastName, birthDate }: NonNullable<Answers['applicant']>): string =>
  [nameKey({ firstNames: firstName, lastName }), birthDate].join('|')
