import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq, isNull, sql } from '../../db/drizzle.ts'
import { type Actor, clerkAmong } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, invalid } from '../../kernel/problems.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { Town } from '../../town-context.ts'
import { fieldErrors } from '../../web/forms.ts'
import type { Answers, Channel } from '../kinds.ts'
import { answered } from '../rules/answers.ts'
import { answerFaults } from '../rules/answers-faults.ts'
import { answerFields } from '../rules/answers-form.ts'
import { type Context, type QuestionKey, questions } from '../rules/questions.ts'
import { civilRequests } from '../schema.ts'
import type { CivilRequest } from '../store.ts'

/**
 * The person who asks, when the town knows them; else the draft is known to their browser alone. Throws 404 to a clerk of
 * another service who acts for them.
 */
export function personAsking(actor: Actor): Id<'person'> | null {
  if (actor.kind === 'on-behalf') clerkAmong(actor, 'civil-registry')
  return actor.kind === 'resident' || actor.kind === 'on-behalf' ? actor.personId : null
}

/** What the path of questions depends on, beside the answers. */
export type Asking = { today: Temporal.PlainDate; context: Context }

export async function askingOf(town: Town, db: Queries, personId: Id<'person'> | null): Promise<Asking> {
  const { mostCopies } = await settingsOf(db)
  return { today: dayInParis(town.clock.now()), context: { account: personId !== null, mostCopies } }
}

/**
 * The request of that id when it is this asker's: their own, or nobody's. Who has no account shows by their session or by
 * a secret link that the id is theirs: whoever calls has looked at that.
 */
export async function requestOfAsker(
  db: Queries,
  actor: Actor,
  id: string | undefined,
): Promise<CivilRequest | undefined> {
  if (!id) return undefined
  const personId = personAsking(actor)
  const [request] = await db
    .select()
    .from(civilRequests)
    .where(
      and(
        eq(civilRequests.id, id as Id<'civil-request'>),
        personId ? eq(civilRequests.personId, personId) : isNull(civilRequests.personId),
      ),
    )
  return request
}

/** The same, when it was not sent yet. */
export async function draftOf(db: Queries, actor: Actor, id: string | undefined): Promise<CivilRequest | undefined> {
  const request = await requestOfAsker(db, actor, id)
  return request?.state === 'draft' ? request : undefined
}

/** The answer to one question, put to the others. Throws `invalid` by field. */
export function withAnswer(
  answers: Answers,
  question: QuestionKey,
  sent: unknown,
  { today, context }: Asking,
): Answers {
  const field = questions[question]
  const read = answerFields[field].safeParse(sent)
  if (!read.success) {
    throw invalid(
      fieldErrors(read.error).map(error => ({ ...error, field: error.field ? `${field}.${error.field}` : field })),
    )
  }
  const given: Answers = { [field]: read.data }
  const faults = answerFaults(question, { ...answers, ...given }, { today, mostCopies: context.mostCopies })
  if (faults.length > 0) throw invalid(faults)
  return answered(answers, question, given, today, context)
}

/** Begins a request. */
export async function beginDraft(
  tx: Tx,
  town: Town,
  actor: Actor,
  draft: { language: string; channel: Channel; answers: Answers },
): Promise<CivilRequest> {
  const now = town.clock.now()
  const id = newId<'civil-request'>()
  const [begun] = await tx
    .insert(civilRequests)
    .values({ id, state: 'draft', version: 1, personId: personAsking(actor), ...draft, createdAt: now, updatedAt: now })
    .returning()
  if (!begun) throw new Error('a request was not kept')
  await audit(tx, now, actor, { action: 'civil-request.begun', subject: { kind: 'civil-request', id } })
  return begun
}

/**
 * Keeps the answers of a draft, as they were seen and changed. Throws 409 `request-changed` when the draft was changed or
 * sent in another window meanwhile.
 */
export async function keepAnswers(tx: Tx, town: Town, draft: CivilRequest, answers: Answers): Promise<CivilRequest> {
  const [saved] = await tx
    .update(civilRequests)
    .set({ answers, version: sql`${civilRequests.version} + 1`, updatedAt: town.clock.now() })
    .where(
      and(eq(civilRequests.id, draft.id), eq(civilRequests.state, 'draft'), eq(civilRequests.version, draft.version)),
    )
    .returning()
  if (!saved) throw conflict('request-changed')
  return saved
}

/** A draft that nobody's account had becomes the asker's own: they opened it by its link, and are signed in now. */
export async function adoptDraft(tx: Tx, town: Town, actor: Actor, id: Id<'civil-request'>): Promise<void> {
  const personId = personAsking(actor)
  if (!personId) return
  const now = town.clock.now()
  const [adopted] = await tx
    .update(civilRequests)
    .set({ personId, version: sql`${civilRequests.version} + 1`, updatedAt: now })
    .where(and(eq(civilRequests.id, id), eq(civilRequests.state, 'draft'), isNull(civilRequests.personId)))
    .returning({ id: civilRequests.id })
  if (adopted) await audit(tx, now, actor, { action: 'civil-request.adopted', subject: { kind: 'civil-request', id } })
}
