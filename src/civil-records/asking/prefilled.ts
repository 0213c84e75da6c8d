import type { Answers } from '../kinds.ts'
import { isWhole } from '../rules/partial-dates.ts'
import type { QuestionKey } from '../rules/questions.ts'
import type { KnownApplicant } from './known-applicant.ts'

/** What the page of an open question shows in its fields, to be looked at: what the town knows, or what is usual. */
export function prefilled(question: QuestionKey, answers: Answers, known: KnownApplicant | undefined): Answers {
  switch (question) {
    case 'copies':
      return { copies: 1, ...answers }
    case 'parents':
      return { parents: {}, ...answers }
    case 'subject':
      if (answers.standing !== 'self' || !known) return answers
      return { subject: { firstNames: known.firstName, lastName: known.lastName }, ...answers }
    case 'applicant':
      if (!known) return answers
      return {
        applicant: { firstName: known.firstName, lastName: known.lastName, birthDate: known.birthDate ?? '' },
        ...answers,
      }
    case 'address':
      return known?.address ? { address: known.address, ...answers } : answers
    default:
      return answers
  }
}

/**
 * Who asks for the act of their own birth has said who they are: they are not asked again. Undefined for anybody else. The
 * town writes to the first of the first names, as people are called; the check page lets them say otherwise.
 */
export function applicantOfOwnBirth({ kind, standing, date, subject }: Answers): Answers['applicant'] {
  if (kind !== 'birth' || standing !== 'self' || !date || !isWhole(date) || !subject) return undefined
  const [firstName] = subject.firstNames.split(/[\s,]+/)
  return firstName && subject.lastName ? { firstName, lastName: subject.lastName, birthDate: date } : undefined
}
