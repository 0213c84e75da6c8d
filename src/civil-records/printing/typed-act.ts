import type { ActName, PartialDate } from '../kinds.ts'
import { dateParts } from '../rules/partial-dates.ts'
import type { CivilRequest } from '../store.ts'
import { actGroups } from './act-fields.ts'

/**
 * What the form of an act says before the clerk typed anything: what the applicant told of it, to be checked against the
 * register.
 */
export function typedFromAnswers({ kind, form, answers }: CivilRequest): Record<string, string> {
  if (!kind || !form) return {}
  const { date, subject, spouse, declarant, parents, subjectBirth } = answers
  const name = (group: string, one: ActName | undefined) =>
    one ? { [`${group}.firstNames`]: one.firstNames, [`${group}.lastName`]: one.lastName } : {}
  const birth = (group: string) =>
    subjectBirth
      ? { [`${group}.birthDate`]: shownDate(subjectBirth.date), [`${group}.birthPlace`]: subjectBirth.place }
      : {}
  const person = { birth: 'person', death: 'person', marriage: 'first-spouse', recognition: 'child' }[kind]
  const parentsOf = kind === 'marriage' ? 'first-spouse-' : ''
  const told: Record<string, string> = {
    way: 'facts',
    'register.year': date ? String(dateParts(date).year) : '',
    'event.date': date ? shownDate(date) : '',
    ...name(person, subject),
    ...(kind === 'birth' ? {} : birth(person)),
    ...(kind === 'marriage' ? name('second-spouse', spouse) : {}),
    ...name(`${parentsOf}first-parent`, kind === 'recognition' ? declarant : parents?.first),
    ...(kind === 'recognition' ? {} : name(`${parentsOf}second-parent`, parents?.second)),
  }
  const asked = new Set(actGroups(kind, form).flatMap(group => group.fields.map(field => `${group.key}.${field.name}`)))
  return Object.fromEntries(
    Object.entries(told).filter(([field]) => asked.has(field) || field === 'way' || field.startsWith('register.')),
  )
}

/** « 12/05/1931 », « 05/1931 » or « 1931 »: as clerks type dates of acts. */
export function shownDate(date: PartialDate): string {
  const { year, month, day } = dateParts(date)
  return [day, month]
    .flatMap(part => (part ? [String(part).padStart(2, '0')] : []))
    .concat(String(year))
    .join('/')
}
