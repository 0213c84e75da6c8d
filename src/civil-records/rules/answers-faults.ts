import { ageOn } from '../../kernel/days.ts'
import type { FieldError } from '../../kernel/problems.ts'
import type { ActName, Answers } from '../kinds.ts'
import { formsOf } from './entitlement.ts'
import { actDateFault, dateParts, earliest, wholeDatesSince } from './partial-dates.ts'
import { eventFault, surelyBefore } from './plausible.ts'
import type { QuestionKey } from './questions.ts'

/** Before parish registers, nobody's birth is told by a date. */
const OLDEST_BIRTH = Temporal.PlainDate.from('1600-01-01')
const OLDEST_APPLICANT = 120

/**
 * What is wrong with the answer to one question, in the light of those before it: an impossible date, a form that is not
 * made of that act, a name left out. The fields are named from the answer: `subject.lastName`.
 */
export function answerFaults(
  question: QuestionKey,
  answers: Answers,
  { today, mostCopies }: { today: Temporal.PlainDate; mostCopies: number },
): FieldError[] {
  const { kind, form, place, date, died, subjectBirth, parents, copies, applicant } = answers
  const fault = (field: string, code: string | undefined | false): FieldError[] => (code ? [{ field, code }] : [])
  const names = (field: string, name: ActName | undefined) => nameFaults(field, name, date, today)
  switch (question) {
    case 'form':
      return fault('form', kind && form && !formsOf(kind).includes(form) && 'not-a-choice')
    case 'place':
      return fault('place', place === 'lived-here' && kind !== 'death' && 'not-a-choice')
    case 'date':
      return fault('date', date && actDateFault(date, today))
    case 'died':
      return fault('died', died && died !== 'no' && deathFault(died, date, today))
    case 'subject':
      return names('subject', answers.subject)
    case 'declarant':
      return names('declarant', answers.declarant)
    case 'spouse':
      return names('spouse', answers.spouse)
    case 'subject-birth':
      return fault(
        'subjectBirth.date',
        subjectBirth &&
          (actDateFault(subjectBirth.date, today, OLDEST_BIRTH) ??
            (kind && date && eventFault(kind, date, subjectBirth.date))),
      )
    case 'parents':
      if (parents?.unknown === 'both') return []
      return [
        ...names('parents.first', parents?.first),
        ...(parents?.unknown === 'one' ? [] : names('parents.second', parents?.second)),
      ]
    case 'copies':
      return copies === undefined || (copies >= 1 && copies <= mostCopies)
        ? []
        : [{ field: 'copies', code: 'out-of-range', params: { min: 1, max: mostCopies } }]
    case 'applicant':
      return fault('applicant.birthDate', applicant && applicantFault(applicant.birthDate, today))
    default:
      return []
  }
}

/** First names and last name; in an act old enough to be asked for by its year, one of the two may not be known. */
function nameFaults(
  field: string,
  name: ActName | undefined,
  date: string | undefined,
  today: Temporal.PlainDate,
): FieldError[] {
  const { firstNames = '', lastName = '' } = name ?? {}
  const old = date !== undefined && dateParts(date).year < wholeDatesSince(today)
  if (old && (firstNames || lastName)) return []
  const missing = [!firstNames && 'firstNames', !lastName && 'lastName'].filter(part => part !== false)
  return missing.map(part => ({ field: `${field}.${part}`, code: 'required' }))
}

function deathFault(died: string, date: string | undefined, today: Temporal.PlainDate): string | undefined {
  if (Temporal.PlainDate.compare(earliest(died), today) > 0) return 'date-in-future'
  return date && surelyBefore(died, date) ? 'died-before-act' : undefined
}

function applicantFault(birthDate: string, today: Temporal.PlainDate): string | undefined {
  const born = earliest(birthDate)
  if (Temporal.PlainDate.compare(born, today) > 0) return 'date-in-future'
  return ageOn(born, today) > OLDEST_APPLICANT ? 'date-too-old' : undefined
}
