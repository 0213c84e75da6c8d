import { createHash } from 'node:crypto'
import type { Actor } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { invalid } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import type { Upload } from '../../uploads/form.ts'
import { keepUploads } from '../../uploads/stored-files.ts'
import { once } from '../../web/idempotency.ts'
import type { Answers, Channel } from '../kinds.ts'
import { nextQuestion, type QuestionKey, questions } from '../rules/questions.ts'
import { type CivilRequest, requestById } from '../store.ts'
import { type Asking, askingOf, beginDraft, personAsking, withAnswer } from './draft.ts'
import { knownApplicant } from './known-applicant.ts'
import { keepProofs, MOST_PROOFS } from './papers.ts'
import { applicantOfOwnBirth } from './prefilled.ts'
import { mayShowPapers, send, slowDown, stopped, withFreshNumber } from './submit.ts'

/** What is asked for at once. */
export type WholeRequest = {
  /** As a request keeps them, not judged yet; what the path does not ask for is left out. */
  answers: { readonly [Name in keyof Answers]?: unknown }
  /** Papers that show who asks. */
  files?: readonly Upload[]
  channel: Channel
  /** The applicant's language when the town does not know them; French when left out. */
  language?: string
  /** The same key makes one request. */
  key?: string | undefined
}

/**
 * Makes a whole request at once, as the pages do in steps: for programs, the counter, and the demonstration. The e-mail
 * address of somebody without account is believed: whoever calls answers for it.
 * Throws `invalid` by field for what lacks or is wrong, 422 `not-entitled` and `kept-elsewhere` with what can be done
 * instead, 409 `key-reused`, 429 for too many of one person.
 */
export async function createRequest(town: Town, actor: Actor, whole: WholeRequest): Promise<CivilRequest> {
  const { files = [], channel, language = 'fr', key } = whole
  const db = town.db.read
  const personId = personAsking(actor)
  const known = await knownApplicant(town, db, personId)
  const answers = readAnswers(whole, await askingOf(town, db, personId))
  const kept = await keepUploads(town, files, 'papers')
  const now = town.clock.now()
  const content = { answers, files: files.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex')) }
  const asked = { scope: `civil-request of ${scopeOf(actor)}`, key, content }
  let mine: Id<'civil-request'> | undefined
  let made: { id: Id<'civil-request'> } | undefined
  try {
    made = await withFreshNumber(() =>
      once({ db: town.db, now }, asked, async tx => {
        await slowDown(tx, town, actor, undefined)
        const draft = await beginDraft(tx, town, actor, { channel, language: known?.language ?? language, answers })
        await keepProofs(tx, now, draft.id, kept)
        const email = personId ? known?.email : answers.contact?.email
        const { request } = await send(tx, town, actor, draft, email ?? null)
        mine = request.id
        return { id: request.id }
      }),
    )
  } finally {
    // Refused, or made before: nobody points to these bytes.
    if (!made || made.id !== mine) for (const { storedAs } of kept) await town.files.remove(storedAs)
  }
  return requestById(db, made.id)
}

/** The answers of a path from its first question to its last, each judged in the light of those before. */
function readAnswers({ answers: sent, files = [], channel }: WholeRequest, asking: Asking): Answers {
  let answers: Answers = {}
  for (;;) {
    const next = nextQuestion(answers, asking.today, asking.context)
    if (next === 'check') return answers
    if (typeof next !== 'string') throw stopped(next)
    const given = next === 'proof' ? proofOf(sent.proof, files, mayShowPapers(channel, answers)) : sent[questions[next]]
    const answer = given ?? usual(next, answers)
    if (answer === undefined) throw invalid([{ field: questions[next], code: 'required' }])
    answers = withAnswer(answers, next, answer, asking)
  }
}

function proofOf(wanted: unknown, files: readonly Upload[], mayShow: boolean): unknown {
  if (files.length > MOST_PROOFS) {
    throw invalid([{ field: 'papers', code: 'file-too-many', params: { most: MOST_PROOFS } }])
  }
  if (files.length > 0) return 'sent'
  if (wanted === 'at-counter' && mayShow) return wanted
  throw invalid([{ field: 'proof', code: 'papers-needed' }])
}

/** What goes without saying. */
function usual(question: QuestionKey, answers: Answers): unknown {
  if (question === 'copies') return 1
  if (question === 'applicant') return applicantOfOwnBirth(answers)
  return question === 'contact' ? {} : undefined
}

const scopeOf = (actor: Actor): string => {
  if (actor.kind === 'on-behalf') return `${actor.clerk.accountId} for ${actor.personId}`
  return 'accountId' in actor ? actor.accountId : actor.kind
}
