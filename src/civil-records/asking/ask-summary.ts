import { shownPhone } from '../../people/rules.ts'
import type { Translator } from '../../web/i18n.ts'
import type { ActName, Answers, PartialDate, PostalAddress } from '../kinds.ts'
import { dateParts, earliest, isWhole } from '../rules/partial-dates.ts'
import { type QuestionKey, questionsFor } from '../rules/questions.ts'
import { countryName } from './country-names.ts'
import type { Asking } from './draft.ts'

/** A line of the check page: what was asked, what was answered, and the page that changes it. */
export type SummaryRow = { key: string; value: string; actions: { href: string; about: string }[] }

/** All answers of the path, in words, in the order they were asked. */
export function summaryRows(
  words: Translator,
  answers: Answers,
  { today, context }: Asking,
  { shortName, papers }: { shortName: string; papers: number },
): SummaryRow[] {
  return questionsFor(answers, today, context).flatMap(question => {
    const value = answerInWords(words, question, answers, { shortName, papers })
    const key = label(words, question, answers)
    return [{ key, value, actions: [{ href: pageOf(question), about: key }] }]
  })
}

function label({ t }: Translator, question: QuestionKey, { kind = 'birth' }: Answers): string {
  const name = question === 'subject-birth' ? 'subjectBirth' : question
  return t(`civil-ask:${name}.name${question === 'date' || question === 'subject' ? `.${kind}` : ''}`)
}

function answerInWords(
  words: Translator,
  question: QuestionKey,
  answers: Answers,
  { shortName, papers }: { shortName: string; papers: number },
): string {
  const say = (key: string, params = {}) => words.t(`civil-ask:${key}`, { town: shortName, ...params })
  const { parents, died, subjectBirth, applicant, office, contact } = answers
  switch (question) {
    case 'kind':
    case 'form':
    case 'place':
    case 'delivery':
      return say(`${question}.${answers[question]}`)
    case 'standing':
      return say(
        answers.kind === 'marriage' && answers.standing === 'self'
          ? 'standing.selfMarriage'
          : `standing.${answers.standing}`,
      )
    case 'date':
      return answers.date ? dateInWords(words, answers.date) : ''
    case 'minor':
      return say(`minor.${answers.minor ? 'yes' : 'no'}`)
    case 'died':
      return !died || died === 'no' ? say('died.no') : dateInWords(words, died)
    case 'subject':
    case 'declarant':
    case 'spouse':
      return fullName(answers[question])
    case 'subject-birth':
      return subjectBirth ? `${dateInWords(words, subjectBirth.date)}, ${subjectBirth.place}` : ''
    case 'parents':
      if (parents?.unknown === 'both') return say('parents.noneNamed')
      return words.f.list([parents?.first, parents?.second].map(fullName).filter(Boolean))
    case 'copies':
      return words.f.number(answers.copies ?? 1)
    case 'applicant':
      if (!applicant) return ''
      return `${applicant.firstName} ${applicant.lastName}, ${dateInWords(words, applicant.birthDate)}`
    case 'office':
      return [office?.name, office?.reference].filter(Boolean).join(', ')
    case 'address':
      return answers.address ? addressInWords(words, answers.address) : ''
    case 'contact': {
      const phone = contact?.phone ? shownPhone(contact.phone) : ''
      return [contact?.email, phone].filter(Boolean).join(', ') || say('contact.none')
    }
    case 'proof':
      return answers.proof === 'at-counter' ? say('proof.shownAtCounter') : say('proof.sent', { count: papers })
  }
}

const fullName = (name: ActName | undefined): string => (name ? `${name.firstNames} ${name.lastName}`.trim() : '')

/** « 12 mai 1931 », « mai 1931 », « 1931 ». */
function dateInWords({ f }: Translator, date: PartialDate): string {
  const day = earliest(date)
  if (isWhole(date)) return `${f.date(day)} ${day.year}`
  return dateParts(date).month === undefined ? String(day.year) : f.month(day)
}

function addressInWords({ language }: Translator, { lines, postcode, city, country }: PostalAddress): string {
  const town = `${postcode} ${city}`.trim()
  return [...lines, town, ...(country === 'FR' ? [] : [countryName(country, language.intl)])].join(', ')
}

/** The French words in the address of each question's page. */
const slugs: Readonly<Record<QuestionKey, string>> = {
  kind: 'acte',
  form: 'document',
  place: 'lieu',
  date: 'date',
  standing: 'lien',
  minor: 'age',
  died: 'deces',
  subject: 'personne',
  declarant: 'declarant',
  'subject-birth': 'naissance',
  spouse: 'conjoint',
  parents: 'parents',
  copies: 'copies',
  applicant: 'vous',
  office: 'etude',
  delivery: 'envoi',
  address: 'adresse',
  contact: 'contact',
  proof: 'justificatifs',
}

export const pageOf = (question: QuestionKey): string => `/etat-civil/demande/${slugs[question]}`

export const questionAt = (slug: string): QuestionKey | undefined =>
  (Object.keys(slugs) as QuestionKey[]).find(question => slugs[question] === slug)
