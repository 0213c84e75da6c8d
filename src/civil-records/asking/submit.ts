import { randomBytes } from 'node:crypto'
import { countAttempt, type Limit } from '../../access/attempts.ts'
import { subscriberOf } from '../../access/rules.ts'
import { isUniqueViolation, type Tx } from '../../db/database.ts'
import { and, eq } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import type { Actor } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { conflict, notFound, Problem } from '../../kernel/problems.ts'
import { answerDay } from '../../settings/delays.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { removeLater } from '../../uploads/remove-later.ts'
import { lockedRequest } from '../following/follow.ts'
import type { Answers } from '../kinds.ts'
import { makeRequestLink } from '../links.ts'
import { moveRequest } from '../moves.ts'
import { indexRequest } from '../request-words.ts'
import { forget } from '../rules/answers.ts'
import { answerFaults } from '../rules/answers-faults.ts'
import { entitlementOf, nextQuestion, type QuestionKey, questionsFor, type Stop } from '../rules/questions.ts'
import { trackingNumber } from '../rules/tracking-number.ts'
import { civilFiles, type GrantedOn } from '../schema.ts'
import type { CivilRequest } from '../store.ts'
import { columnsOf } from './answer-columns.ts'
import { askingOf, requestOfAsker } from './draft.ts'
import { knownApplicant } from './known-applicant.ts'
import { proofsOf } from './papers.ts'

/** Nobody floods the clerks' queue from one place; a library or a town hall may be behind one address. */
const SENT_FROM_ADDRESS: Limit = { what: 'civil-requests-from-address', times: 20, minutes: 60 }
const SENT_BY_PERSON: Limit = { what: 'civil-requests-of-person', times: 10, minutes: 60 }

/** A request that the town has, and for who has no account the secret of the address that opens it. */
export type Sent = { request: CivilRequest; secret: string | undefined }

/**
 * Sends a draft of this asker; one that was sent already is given again, so that a button pressed twice sends one. Who has
 * no account and gave an e-mail address confirms it instead (`confirm-email.ts`). `seen` is the version that was looked at.
 * Throws 404 for another's, 409 `request-incomplete` with the question that is open, 409 `request-changed` when the answers
 * are not those that were seen, 422 `not-entitled` or `kept-elsewhere`, 429 for too many from one place.
 */
export async function submitRequest(
  town: Town,
  actor: Actor,
  draftId: string,
  { seen, address }: { seen?: number | undefined; address?: string | undefined } = {},
): Promise<Sent> {
  return withFreshNumber(() =>
    town.db.transaction(async tx => {
      const own = await requestOfAsker(tx, actor, draftId)
      if (!own) throw notFound()
      // The button pressed twice: the second press waits, and finds what the first one did.
      const draft = await lockedRequest(tx, own.id)
      if (draft.state === 'draft') {
        if (seen !== undefined && seen !== draft.version) throw conflict('request-changed')
        await slowDown(tx, town, actor, address)
        const email = (await knownApplicant(town, tx, draft.personId))?.email ?? null
        return send(tx, town, actor, draft, email)
      }
      return { request: draft, secret: await secretOf(tx, town, draft) }
    }),
  )
}

/** Two numbers of 54 bits of chance are never the same; should they be, another one is drawn. */
export async function withFreshNumber<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let left = 3; ; left -= 1) {
    try {
      return await work()
    } catch (error) {
      if (left === 0 || !isUniqueViolation(error)) throw error
    }
  }
}

/** Counts one more request of a person, or from an address of somebody unknown; a clerk at the counter is not slowed. */
export async function slowDown(tx: Tx, town: Town, actor: Actor, address: string | undefined): Promise<void> {
  if (actor.kind === 'resident') await countAttempt(tx, town, SENT_BY_PERSON, actor.personId)
  else if (actor.kind !== 'on-behalf' && address !== undefined)
    await countAttempt(tx, town, SENT_FROM_ADDRESS, subscriberOf(address))
}

/**
 * Moves a whole draft to the clerks' queue, in the transaction of whoever checked that it may be: with its number, the day
 * the town wants to have answered, and why this applicant may have it, computed anew with today's date. The acknowledgement
 * is promised.
 */
export async function send(tx: Tx, town: Town, actor: Actor, draft: CivilRequest, email: string | null): Promise<Sent> {
  const now = town.clock.now()
  const { answers, granted } = await wholeAnswers(tx, town, draft)
  const { kind, applicant } = answers
  if (!kind || !applicant) throw conflict('request-incomplete')
  const { delays } = await settingsOf(tx)
  const request = await moveRequest(tx, now, actor, draft, {
    to: 'submitted',
    set: {
      answers,
      granted,
      email,
      number: trackingNumber(randomBytes),
      ...columnsOf(answers),
      submittedAt: now,
      dueOn: answerDay(dayInParis(now), delays[kind]),
    },
  })
  await indexRequest(tx, request)
  if (!answers.proof) await dropProofs(tx, now, request)
  await outbox(tx, now, {
    topic: 'civil.acknowledge',
    payload: { requestId: request.id },
    key: `civil.acknowledge:${request.id}`,
  })
  return { request, secret: await secretOf(tx, town, request) }
}

/** What opens the request to who has no account: an address of its own, from now on. */
async function secretOf(tx: Tx, town: Town, { id, personId }: CivilRequest): Promise<string | undefined> {
  return personId ? undefined : makeRequestLink(tx, town.clock.now(), id, 'follow')
}

/** The answers that count, and no others, when all are there and the law gives what is asked. */
export async function wholeAnswers(
  tx: Tx,
  town: Town,
  draft: CivilRequest,
): Promise<{ answers: Answers; granted: GrantedOn }> {
  const { today, context } = await askingOf(town, tx, draft.personId)
  const answers = forget(draft.answers, today, context)
  const next = nextQuestion(answers, today, context)
  if (next !== 'check') throw stopped(next)
  // What was right when it was written may not be any more: a name that was enough for the act of another date.
  const wrong = questionsFor(answers, today, context).find(
    question => answerFaults(question, answers, { today, mostCopies: context.mostCopies }).length > 0,
  )
  if (wrong) throw stopped(wrong)
  const papers = await proofsOf(tx, draft.id)
  if (answers.proof === 'sent' && papers.length === 0) throw stopped('proof')
  if (answers.proof === 'at-counter' && !mayShowPapers(draft.channel, answers)) throw stopped('proof')
  const decided = entitlementOf(answers, today)
  if (!decided?.allowed) throw stopped('standing')
  const { ground, source, information, proofs } = decided
  return { answers, granted: { ground, source, information, proofs } }
}

/** Whether papers may be shown instead of sent: who collects the record does, and who stands at the counter now. */
export const mayShowPapers = (channel: CivilRequest['channel'], { delivery }: Answers): boolean =>
  delivery === 'collection' || channel === 'counter'

/** Why answers cannot be sent, as a problem. */
export function stopped(next: QuestionKey | Stop): Problem {
  if (typeof next === 'string') return conflict('request-incomplete', { question: next })
  if (next.stop === 'elsewhere') return new Problem(422, 'kept-elsewhere', { whom: next.whom })
  const { reason, source, instead, whom, opensOn } = next.entitlement
  return new Problem(422, 'not-entitled', {
    reason,
    source,
    instead,
    ...(whom ? { whom } : {}),
    ...(opensOn ? { opensOn: opensOn.toString() } : {}),
  })
}

/** Papers that were sent for another answer than the last one are not the town's to keep. */
async function dropProofs(tx: Tx, now: Temporal.Instant, { id }: CivilRequest): Promise<void> {
  const dropped = await tx
    .delete(civilFiles)
    .where(and(eq(civilFiles.requestId, id), eq(civilFiles.purpose, 'proof')))
    .returning({ storedAs: civilFiles.storedAs })
  for (const { storedAs } of dropped) await removeLater(tx, now, storedAs)
}
