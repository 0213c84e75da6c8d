import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { conflict, invalid } from '../../kernel/problems.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { parse } from '../../web/forms.ts'
import { columnsOf } from '../asking/answer-columns.ts'
import type { Answers } from '../kinds.ts'
import { indexRequest } from '../request-words.ts'
import { answerFaults } from '../rules/answers-faults.ts'
import { answerFields } from '../rules/answers-form.ts'
import { entitlementOf, type QuestionKey, questions } from '../rules/questions.ts'
import type { RequestState } from '../states.ts'
import type { CivilRequest } from '../store.ts'
import { actOn, changeRequest, type Seen } from './act-on.ts'

/** What may turn out to be mistyped. What was asked for, and by whose right, is another request. */
export const correctable = [
  'date',
  'subject',
  'declarant',
  'subject-birth',
  'spouse',
  'parents',
  'copies',
  'applicant',
  'address',
] as const satisfies QuestionKey[]
export type Correctable = (typeof correctable)[number]

const { date, subject, declarant, subjectBirth, spouse, parents, copies, applicant, address } = answerFields
const correctionForm = z
  .object({ date, subject, declarant, subjectBirth, spouse, parents, copies, applicant, address })
  .partial()

/** While the town still looks at it. */
const correctedIn: readonly RequestState[] = ['under-review', 'waiting-for-applicant']
export const mayBeCorrected = ({ state }: Pick<CivilRequest, 'state'>): boolean => correctedIn.includes(state)

/** The answers of this request that can be corrected: those that were given, and the copies. */
export const correctableIn = ({ answers }: Pick<CivilRequest, 'answers'>): Correctable[] =>
  correctable.filter(key => key === 'copies' || answers[questions[key]] !== undefined)

/**
 * Sets right what was mistyped, as the applicant confirmed; the trail says which answers changed, and not to what. What
 * the rules say is computed anew. Throws `invalid` by field, 409 when it is too late.
 */
export function correctRequest(town: Town, clerk: Clerk, seen: Seen, sent: unknown): Promise<CivilRequest> {
  return actOn(town, clerk, seen, async (tx, request, now) => {
    if (!mayBeCorrected(request)) throw conflict('too-late-to-correct')
    const given = parse(correctionForm, sent)
    const keys = correctableIn(request)
    const corrected = keys.flatMap(key => {
      const name = questions[key]
      return name in given && given[name] !== undefined ? [[name, given[name]] as const] : []
    })
    const answers: Answers = { ...request.answers, ...Object.fromEntries(corrected) }
    const today = dayInParis(now)
    const { mostCopies } = await settingsOf(tx)
    const faults = keys.flatMap(key => answerFaults(key, answers, { today, mostCopies }))
    if (faults.length > 0) throw invalid(faults)
    const changed = corrected
      .map(([name]) => name)
      .filter(name => !isDeepStrictEqual(answers[name], request.answers[name]))
    if (changed.length === 0) return request
    const told = entitlementOf(answers, today)
    const granted = told?.allowed
      ? { ground: told.ground, source: told.source, information: told.information, proofs: told.proofs }
      : null
    const righted = await changeRequest(tx, now, request, { ...columnsOf(answers), answers, granted })
    await indexRequest(tx, righted)
    await audit(tx, now, clerk, {
      action: 'civil-request.corrected',
      subject: { kind: 'civil-request', id: request.id },
      details: { answers: changed },
    })
    return righted
  })
}
