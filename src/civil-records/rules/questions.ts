import { ageOn } from '../../kernel/days.ts'
import type { Answers } from '../kinds.ts'
import { type Instead, whoKeeps } from './elsewhere.ts'
import {
  type Asked,
  type Entitlement,
  entitlement,
  minority,
  needsParents,
  needsProof,
  needsStanding,
} from './entitlement.ts'
import { deathCouldOpen } from './openness.ts'
import { earliest } from './partial-dates.ts'

/** The questions in the order in which they are asked, each on a page of its own, and the answer that each gives. */
export const questions = {
  kind: 'kind',
  form: 'form',
  place: 'place',
  date: 'date',
  standing: 'standing',
  minor: 'minor',
  died: 'died',
  subject: 'subject',
  declarant: 'declarant',
  'subject-birth': 'subjectBirth',
  spouse: 'spouse',
  parents: 'parents',
  copies: 'copies',
  applicant: 'applicant',
  office: 'office',
  delivery: 'delivery',
  address: 'address',
  contact: 'contact',
  proof: 'proof',
} as const satisfies Record<string, keyof Answers>

export type QuestionKey = keyof typeof questions
export const questionKeys = Object.keys(questions) as readonly QuestionKey[]

export const isQuestion = (key: string): key is QuestionKey => Object.hasOwn(questions, key)

export type Context = {
  /** The applicant is signed in: the town knows where to write to. */
  account: boolean
  /** How many copies the town gives at most; with one there is nothing to ask. */
  mostCopies: number
}

/** Why the path ends before it is whole. */
export type Stop =
  | { stop: 'elsewhere'; whom: readonly Instead[] }
  | { stop: 'not-entitled'; entitlement: Extract<Entitlement, { allowed: false }> }

/** What was asked, once kind, form and date are known. */
export function askedOf(answers: Answers, today: Temporal.PlainDate): Asked | undefined {
  const { kind, form, date, standing, minor, died, applicant } = answers
  if (!kind || !form || !date) return undefined
  const applicantAge = applicant && ageOn(earliest(applicant.birthDate), today)
  return { kind, form, date, standing, minor, died, applicantAge, today }
}

/** What the rules say to these answers; undefined while a question that decides is open. */
export function entitlementOf(answers: Answers, today: Temporal.PlainDate): Entitlement | undefined {
  const asked = askedOf(answers, today)
  if (!asked || deciding(asked).some(key => answers[key] === undefined)) return undefined
  return entitlement(asked)
}

/** What must be known of a request, beside what was asked, to say who may have it. */
function deciding(asked: Asked): ('standing' | 'minor' | 'died')[] {
  const { kind, form, date, standing, today } = asked
  if (!needsStanding(kind, form)) return []
  if (!standing) return ['standing']
  if (standing === 'self') return minority(kind, date, today) === 'unsure' ? ['standing', 'minor'] : ['standing']
  const given = entitlement({ ...asked, died: 'no', applicantAge: undefined })
  // A death opens the act to who has no standing, as information; a multilingual extract is never that.
  return !given.allowed && form !== 'multilingual' && deathCouldOpen(asked) ? ['standing', 'died'] : ['standing']
}

/** Where the answers stop the path, if they do. */
function stopOf(answers: Answers, today: Temporal.PlainDate): Stop | undefined {
  const { kind, place } = answers
  const whom = kind && place ? whoKeeps(kind, place) : []
  if (whom.length > 0) return { stop: 'elsewhere', whom }
  const decided = entitlementOf(answers, today)
  return decided && !decided.allowed ? { stop: 'not-entitled', entitlement: decided } : undefined
}

/**
 * The questions of this path, in order, as far as the answers tell: those that an open answer may add are not in it yet.
 * It ends where the path stops: who must turn elsewhere or may not have the record is never asked for names.
 */
export function questionsFor(answers: Answers, today: Temporal.PlainDate, context: Context): QuestionKey[] {
  const keys: QuestionKey[] = ['kind', 'form', 'place', 'date']
  const { kind, form, place, standing, delivery } = answers
  if (kind && place && whoKeeps(kind, place).length > 0) return ['kind', 'form', 'place']
  const asked = askedOf(answers, today)
  if (!kind || !form || !asked) return keys
  keys.push(...deciding(asked))
  // An applicant who turns out to be a minor stops after saying so, not before.
  const { applicant, ...before } = answers
  const decided = entitlementOf(before, today)
  if (!decided?.allowed) return keys
  keys.push('subject')
  if (kind === 'recognition') keys.push('declarant')
  // A marriage names the birth of who is asked about only where parents are named too (décret n° 2017-890, art. 29).
  if (kind === 'marriage' && needsParents(asked)) keys.push('subject-birth')
  if (kind === 'marriage') keys.push('spouse')
  if (needsParents(asked)) keys.push('parents')
  if (context.mostCopies > 1) keys.push('copies')
  keys.push('applicant')
  if (stopOf(answers, today)) return keys
  if (standing === 'professional' && needsStanding(kind, form)) keys.push('office')
  keys.push('delivery')
  if (delivery === 'post') keys.push('address')
  if (!context.account) keys.push('contact')
  if (needsProof(decided)) keys.push('proof')
  return keys
}

export const isAnswered = (answers: Answers, key: QuestionKey): boolean => answers[questions[key]] !== undefined

/** The first question that is open; where the path stops; or `check` when all is told and can be looked over and sent. */
export function nextQuestion(
  answers: Answers,
  today: Temporal.PlainDate,
  context: Context,
): QuestionKey | 'check' | Stop {
  const keys = questionsFor(answers, today, context)
  return keys.find(key => !isAnswered(answers, key)) ?? stopOf(answers, today) ?? 'check'
}
