import { isDeepStrictEqual } from 'node:util'
import type { Town } from '../../town-context.ts'
import type { Answers } from '../kinds.ts'
import { isAnswered, nextQuestion, type QuestionKey, questionKeys, questionsFor } from '../rules/questions.ts'
import type { CivilRequest } from '../store.ts'
import { pageOf } from './ask-summary.ts'
import { type Asking, askingOf } from './draft.ts'
import { applicantOfOwnBirth } from './prefilled.ts'

export const START = '/etat-civil'
export const CHECK = '/etat-civil/demande/verifier'
export const STOPPED = '/etat-civil/demande/a-savoir'
export const FIRST = pageOf(questionKeys[0] ?? 'kind')

/** The page to go on with. */
function pageAfter(answers: Answers, { today, context }: Asking): string {
  const next = nextQuestion(answers, today, context)
  if (next === 'check') return CHECK
  return typeof next === 'string' ? pageOf(next) : STOPPED
}

export async function nextPage(town: Town, draft: CivilRequest | undefined): Promise<string> {
  return draft ? pageAfter(draft.answers, await askingOf(town, town.db.read, draft.personId)) : FIRST
}

/** How many questions are usual, while the answers do not tell yet. */
const USUAL = 12

/** Where a question stands on the path; undefined when it is not on it, or an earlier one is open. */
export function stepOf(
  question: QuestionKey,
  answers: Answers,
  asking: Asking,
): { number: number; total: number; back: string } | undefined {
  // Who asks for their own birth has not been asked who they are.
  const own = answers.applicant && isDeepStrictEqual(answers.applicant, applicantOfOwnBirth(answers))
  const path = questionsFor(answers, asking.today, asking.context).filter(
    key => key !== 'applicant' || key === question || !own,
  )
  const index = path.indexOf(question)
  const before = path.slice(0, Math.max(0, index))
  if (index < 0 || before.some(key => !isAnswered(answers, key))) return undefined
  const whole = pageAfter(answers, asking) === CHECK
  const previous = before.at(-1)
  return {
    number: index + 1,
    total: path.includes('delivery') ? path.length : Math.max(path.length, USUAL),
    back: whole ? CHECK : previous ? pageOf(previous) : START,
  }
}
