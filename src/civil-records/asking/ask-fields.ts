import { typedParts } from '../../people/forms.ts'
import { typed } from '../../web/form-page.ts'
import type { ActName, Answers } from '../kinds.ts'
import { dateParts, typedPartialDate } from '../rules/partial-dates.ts'
import type { QuestionKey } from '../rules/questions.ts'

/** What the fields of a question's page hold, by their names: text, or the three parts of a date. */
export type Fields = Record<string, string | { day: string; month: string; year: string }>

/** The names of the fields of each question; those of `dates` are three fields each. */
const shapes: Readonly<Record<QuestionKey, { texts?: readonly string[]; dates?: readonly string[] }>> = {
  kind: { texts: ['kind'] },
  form: { texts: ['form'] },
  place: { texts: ['place'] },
  date: { dates: ['date'] },
  standing: { texts: ['standing'] },
  minor: { texts: ['minor'] },
  died: { texts: ['died-known'], dates: ['died'] },
  subject: { texts: namesIn('subject') },
  declarant: { texts: namesIn('declarant') },
  'subject-birth': { texts: ['subjectBirth.place'], dates: ['subjectBirth.date'] },
  spouse: { texts: namesIn('spouse') },
  parents: { texts: ['parents.unknown', ...namesIn('parents.first'), ...namesIn('parents.second')] },
  copies: { texts: ['copies'] },
  applicant: { texts: ['applicant.firstName', 'applicant.lastName'], dates: ['applicant.birthDate'] },
  office: { texts: ['office.name', 'office.reference'] },
  delivery: { texts: ['delivery'] },
  address: { texts: ['address.lines', 'address.postcode', 'address.city', 'address.country'] },
  contact: { texts: ['contact.email', 'contact.phone'] },
  proof: { texts: ['proof'] },
}

function namesIn(field: string): string[] {
  return [`${field}.firstNames`, `${field}.lastName`]
}

/** What was typed, to be shown again whatever it is. */
export function typedFields(question: QuestionKey, body: unknown): Fields {
  const { texts = [], dates = [] } = shapes[question]
  return Object.fromEntries([
    ...texts.map(name => [name, typed(body, name)]),
    ...dates.map(name => [name, typedParts(body, name)]),
  ]) as Fields
}

/** What was typed, in the shape of the answer it is meant to be: not judged yet. */
export function sentAnswer(question: QuestionKey, fields: Fields): unknown {
  const date = (name: string) => {
    const parts = fields[name]
    return typedPartialDate(typeof parts === 'object' ? parts : { day: '', month: '', year: '' })
  }
  const text = (name: string) => textIn(fields, name)
  const name = (of: string) => ({ firstNames: text(`${of}.firstNames`), lastName: text(`${of}.lastName`) })
  switch (question) {
    case 'date':
      return date('date')
    case 'died':
      return text('died-known') === 'no' ? 'no' : date('died')
    case 'subject':
    case 'declarant':
    case 'spouse':
      return name(question)
    case 'subject-birth':
      return { date: date('subjectBirth.date'), place: text('subjectBirth.place') }
    case 'parents':
      return { unknown: text('parents.unknown'), first: name('parents.first'), second: name('parents.second') }
    case 'applicant':
      return {
        firstName: text('applicant.firstName'),
        lastName: text('applicant.lastName'),
        birthDate: date('applicant.birthDate'),
      }
    case 'office':
      return { name: text('office.name'), reference: text('office.reference') }
    case 'address':
      return {
        lines: text('address.lines'),
        postcode: text('address.postcode'),
        city: text('address.city'),
        country: text('address.country') || 'FR',
      }
    case 'contact':
      return { email: text('contact.email'), phone: text('contact.phone') }
    default:
      return text(question)
  }
}

/** What a field of text holds; empty for one that is not there. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

/** The fields that say what was answered; empty where nothing was. */
export function fieldsOf(question: QuestionKey, answers: Answers): Fields {
  const { minor, died, parents, copies, subjectBirth, applicant, office, address, contact } = answers
  const names = (of: string, name: ActName | undefined) => ({
    [`${of}.firstNames`]: name?.firstNames ?? '',
    [`${of}.lastName`]: name?.lastName ?? '',
  })
  switch (question) {
    case 'date':
      return { date: parts(answers.date) }
    case 'minor':
      return { minor: minor === undefined ? '' : minor ? 'yes' : 'no' }
    case 'died':
      return {
        'died-known': died === undefined ? '' : died === 'no' ? 'no' : 'yes',
        died: parts(died === 'no' ? undefined : died),
      }
    case 'subject':
    case 'declarant':
    case 'spouse':
      return names(question, answers[question])
    case 'subject-birth':
      return { 'subjectBirth.date': parts(subjectBirth?.date), 'subjectBirth.place': subjectBirth?.place ?? '' }
    case 'parents':
      return {
        'parents.unknown': parents ? (parents.unknown ?? 'none') : '',
        ...names('parents.first', parents?.first),
        ...names('parents.second', parents?.second),
      }
    case 'copies':
      return { copies: copies === undefined ? '' : String(copies) }
    case 'applicant':
      return {
        'applicant.firstName': applicant?.firstName ?? '',
        'applicant.lastName': applicant?.lastName ?? '',
        'applicant.birthDate': parts(applicant?.birthDate),
      }
    case 'office':
      return { 'office.name': office?.name ?? '', 'office.reference': office?.reference ?? '' }
    case 'address':
      return {
        'address.lines': address?.lines.join('\n') ?? '',
        'address.postcode': address?.postcode ?? '',
        'address.city': address?.city ?? '',
        'address.country': address?.country ?? 'FR',
      }
    case 'contact':
      return { 'contact.email': contact?.email ?? '', 'contact.phone': contact?.phone ?? '' }
    case 'kind':
    case 'form':
    case 'place':
    case 'standing':
    case 'delivery':
    case 'proof':
      return { [question]: answers[question] ?? '' }
  }
}

function parts(date: string | undefined): { day: string; month: string; year: string } {
  const { day, month, year } = date ? dateParts(date) : {}
  const text = (part: number | undefined) => (part === undefined ? '' : String(part))
  return { day: text(day), month: text(month), year: text(year) }
}
