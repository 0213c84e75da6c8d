import { isDeepStrictEqual } from 'node:util'
import { countAttempt, type Limit } from '../../access/attempts.ts'
import { subscriberOf } from '../../access/rules.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Town } from '../../town-context.ts'
import type { Answers, Channel } from '../kinds.ts'
import { type QuestionKey, questionKeys } from '../rules/questions.ts'
import type { CivilRequest } from '../store.ts'
import { endLinks } from './confirm-email.ts'
import { askingOf, beginDraft, draftOf, keepAnswers, personAsking, withAnswer } from './draft.ts'
import { knownApplicant } from './known-applicant.ts'
import { applicantOfOwnBirth } from './prefilled.ts'
import { mayShowPapers } from './submit.ts'

const BEGUN_FROM_ADDRESS: Limit = { what: 'civil-drafts-from-address', times: 60, minutes: 60 }

/**
 * Keeps the answer to one question; the first one begins the request. Undefined when there is no draft to put it in: it
 * was sent, or is too old. Throws `invalid` by field, 409 `request-changed`, 429 for too many begun from one address.
 */
export async function answerQuestion(
  town: Town,
  actor: Actor,
  draftId: string | undefined,
  { question, sent }: { question: QuestionKey; sent: unknown },
  from: { address: string; language: string; channel: Channel },
): Promise<CivilRequest | undefined> {
  return town.db.transaction(async tx => {
    const personId = personAsking(actor)
    const asking = await askingOf(town, tx, personId)
    const draft = await draftOf(tx, actor, draftId)
    if (!draft) {
      if (question !== questionKeys[0]) return undefined
      const answers = withAnswer({}, question, sent, asking)
      if (!personId) await countAttempt(tx, town, BEGUN_FROM_ADDRESS, subscriberOf(from.address))
      const known = await knownApplicant(town, tx, personId)
      const { channel, language } = from
      return beginDraft(tx, town, actor, { channel, language: known?.language ?? language, answers })
    }
    const told = withAnswer(draft.answers, question, sent, asking)
    const answers = withOwnName(shownWhereTheyCan(told, draft.channel), draft.answers, question)
    // A link that went to another address than the one given now must not send the request.
    if (answers.contact?.email !== draft.answers.contact?.email)
      await endLinks(tx, town.clock.now(), draft.id, 'confirm-email')
    return keepAnswers(tx, town, draft, answers)
  })
}

/** Who changes their mind and has the record posted cannot show papers at the counter: they are asked for them again. */
function shownWhereTheyCan(answers: Answers, channel: Channel): Answers {
  if (answers.proof !== 'at-counter' || mayShowPapers(channel, answers)) return answers
  const { proof: _, ...others } = answers
  return others
}

/** Who asks for their own birth is not asked who they are, unless they said it otherwise than the act does. */
function withOwnName(answers: Answers, before: Answers, question: QuestionKey): Answers {
  if (question === 'applicant') return answers
  const own = applicantOfOwnBirth(answers)
  const told = answers.applicant
  const asBefore = isDeepStrictEqual(told, applicantOfOwnBirth(before))
  return own && (!told || asBefore) ? { ...answers, applicant: own } : answers
}
