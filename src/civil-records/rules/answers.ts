import type { Answers } from '../kinds.ts'
import { formsOf, isPublic } from './entitlement.ts'
import { actDateFault } from './partial-dates.ts'
import { eventFault, surelyBefore } from './plausible.ts'
import { type Context, entitlementOf, type QuestionKey, questionKeys, questions, questionsFor } from './questions.ts'

/** What stays true whatever act is asked for. */
const lasting: readonly QuestionKey[] = [
  'kind',
  'form',
  'place',
  'copies',
  'applicant',
  'delivery',
  'address',
  'contact',
]

/**
 * The answers with that one given or changed. What it makes senseless is forgotten, so that it is asked again or no more:
 * another kind of act is about another event and other people; another date may contradict a birth or a death told after.
 */
export function answered(
  answers: Answers,
  key: QuestionKey,
  given: Answers,
  today: Temporal.PlainDate,
  context: Context,
): Answers {
  const told = { ...without(answers, [key]), ...given }
  const otherAct = answers.kind !== undefined && answers.kind !== told.kind
  return forget(otherAct ? only(told, lasting) : told, today, context)
}

/**
 * The answers without those that the facts rule out and, once the rules allow the record, those that no question of the
 * path asks for: what is sent is what the law needs and no more. While it is open whether the record may be had, names
 * that were typed are kept. Forgetting twice is forgetting once.
 */
export function forget(answers: Answers, today: Temporal.PlainDate, context: Context): Answers {
  const sound = without(answers, senseless(answers, today, context))
  const allowed = entitlementOf(sound, today)?.allowed && (sound.place === 'here' || sound.place === 'lived-here')
  const path = allowed ? [...questionsFor(sound, today, context), ...lasting] : questionKeys
  const kept = only(sound, path)
  return Object.keys(kept).length === Object.keys(answers).length ? kept : forget(kept, today, context)
}

/** The questions whose answers contradict others, or cannot be asked with them. */
function senseless(answers: Answers, today: Temporal.PlainDate, context: Context): QuestionKey[] {
  const { kind, form, place, date, died, subjectBirth, copies, delivery } = answers
  const wrong: QuestionKey[] = []
  const drop = (when: unknown, ...keys: QuestionKey[]) => void (when && wrong.push(...keys))
  drop(kind && form && !formsOf(kind).includes(form), 'form')
  drop(kind && form && isPublic(kind, form), 'standing', 'minor', 'died', 'office', 'proof')
  drop(kind && kind !== 'death' && place === 'lived-here', 'place')
  drop(kind && kind !== 'recognition', 'declarant')
  drop(kind && kind !== 'marriage', 'spouse', 'subject-birth')
  drop(date && actDateFault(date, today), 'date')
  drop(date && died && died !== 'no' && surelyBefore(died, date), 'died')
  drop(kind && date && subjectBirth && eventFault(kind, date, subjectBirth.date), 'subject-birth')
  drop(context.mostCopies === 1 || (copies && copies > context.mostCopies), 'copies')
  drop(delivery === 'collection', 'address')
  drop(context.account, 'contact')
  return wrong
}

const only = (answers: Answers, keys: readonly QuestionKey[]): Answers => {
  const fields = new Set<string>(keys.map(key => questions[key]))
  return Object.fromEntries(Object.entries(answers).filter(([field]) => fields.has(field))) as Answers
}

const without = (answers: Answers, keys: readonly QuestionKey[]): Answers =>
  only(
    answers,
    questionKeys.filter(key => !keys.includes(key)),
  )
