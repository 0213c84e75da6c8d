import { shownPhone } from '../../people/rules.ts'
import type { Translator } from '../../web/i18n.ts'
import { countryName } from '../asking/country-names.ts'
import type { ActName, Answers, PartialDate } from '../kinds.ts'
import { dateParts } from '../rules/partial-dates.ts'
import type { CivilRequest } from '../store.ts'

export type Fact = { key: string; value: string }

/** « 12 mai 1931 », « mai 1931 », « 1931 »: what is known of a day. */
export function knownDay({ f }: Pick<Translator, 'f'>, date: PartialDate): string {
  const { year, month, day } = dateParts(date)
  if (month === undefined) return String(year)
  if (day === undefined) return f.month(Temporal.PlainYearMonth.from({ year, month }))
  return `${f.date(Temporal.PlainDate.from({ year, month, day }))} ${year}`
}

const nameOf = ({ firstNames, lastName }: ActName) => `${firstNames} ${lastName}`.trim()

/** Facts of a request for the clerk who treats it: what was asked of which act. */
export function actFacts(words: Translator, { answers, kind, form, copies }: CivilRequest): Fact[] {
  const { t, f } = words
  const { date, place, subject, subjectBirth, spouse, declarant, parents, died, minor } = answers
  const fact = facts(t)
  return [
    ...fact('record', kind && form ? `${t(`civil-records:kind.${kind}`)}, ${t(`civil-records:form.${form}`)}` : ''),
    ...fact('copies', f.number(copies ?? 1)),
    ...fact(`date.${kind}`, date && knownDay(words, date)),
    ...fact('place', place === 'lived-here' ? t('civil-file:fact.livedHere') : ''),
    ...fact(kind === 'marriage' ? 'firstSpouse' : 'subject', subject && nameOf(subject)),
    ...fact(
      'subjectBirth',
      subjectBirth && [knownDay(words, subjectBirth.date), subjectBirth.place].filter(Boolean).join(', '),
    ),
    ...fact('secondSpouse', spouse && nameOf(spouse)),
    ...fact('declarant', declarant && nameOf(declarant)),
    ...fact('parents', parents && parentsOf(words, parents)),
    ...fact('died', died && (died === 'no' ? t('civil-file:fact.notDead') : knownDay(words, died))),
    ...fact('minor', minor === undefined ? '' : t(`civil-file:fact.${minor ? 'isMinor' : 'isOfAge'}`)),
  ]
}

/** Facts of a request: who asks, and how they get it. */
export function applicantFacts(words: Translator, { answers, email, delivery, language }: CivilRequest): Fact[] {
  const { t } = words
  const { applicant, office, address, contact, proof } = answers
  const fact = facts(t)
  return [
    ...fact('applicant', applicant && `${applicant.firstName} ${applicant.lastName}`),
    ...fact('born', applicant && knownDay(words, applicant.birthDate)),
    ...fact('office', office && [office.name, office.reference].filter(Boolean).join(', ')),
    ...fact('language', languageName(words, language)),
    ...fact('delivery', delivery ? t(`civil-file:delivery.${delivery}`) : ''),
    ...fact('address', address && addressOf(words, address)),
    ...fact('email', email ?? contact?.email ?? t('civil-file:fact.noEmail')),
    ...fact('phone', contact?.phone && shownPhone(contact.phone)),
    ...fact('proof', proof ? t(`civil-file:proofSent.${proof}`) : ''),
  ]
}

const facts =
  (t: Translator['t']) =>
  (key: string, value: string | undefined | null): Fact[] =>
    value ? [{ key: t(`civil-file:fact.${key}`), value }] : []

function parentsOf({ t }: Translator, { first, second, unknown }: NonNullable<Answers['parents']>): string {
  if (unknown === 'both') return t('civil-file:fact.noParent')
  const named = [first, second].flatMap(name => (name ? [nameOf(name)] : [])).filter(Boolean)
  return [...named, ...(unknown === 'one' ? [t('civil-file:fact.oneParent')] : [])].join(' ; ')
}

function addressOf({ language }: Translator, address: NonNullable<Answers['address']>): string {
  const { lines, postcode, city, country } = address
  const place = `${postcode} ${city}`.trim()
  return [...lines, place, ...(country === 'FR' ? [] : [countryName(country, language.intl)])].join(', ')
}

/** « anglais »: the applicant's language, in the reader's. */
export const languageName = ({ language }: Translator, code: string): string =>
  new Intl.DisplayNames(language.intl, { type: 'language' }).of(code) ?? code
