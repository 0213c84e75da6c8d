import { z } from 'zod'
import { countAttempt, type Limit, uncountAttempt } from '../../access/attempts.ts'
import { subscriberOf } from '../../access/rules.ts'
import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, count, desc, eq, inArray, isNull, ne } from '../../db/drizzle.ts'
import { forUpdate } from '../../db/lists.ts'
import { documentOf, type KeptDocument } from '../../documents/keep.ts'
import { type Actor, personAmong } from '../../kernel/actor.ts'
import type { Id } from '../../kernel/ids.ts'
import { invalid, notFound, Problem, signInFirst } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { writeToApplicant } from '../letters.ts'
import { requestOfLink } from '../links.ts'
import { readTrackingNumber } from '../rules/tracking-number.ts'
import { civilAsks, civilFiles, civilMessages, civilMoves, civilRequests } from '../schema.ts'
import { type CivilRequest, requestById, requestOfPerson } from '../store.ts'

export const followForm = z.object({
  number: z.string().trim().min(1).max(60),
  birthYear: z
    .string()
    .trim()
    .min(1)
    .regex(/^\d{4}$/, 'not-a-year'),
})

/** Only wrong guesses count. The number cannot be guessed (54 bits); this keeps out whoever tries, and saves the work. */
const GUESSES_OF_NUMBER: Limit = { what: 'civil-follow-of-number', times: 10, minutes: 15 }
const GUESSES_FROM_ADDRESS: Limit = { what: 'civil-follow-from-address', times: 10, minutes: 15 }
/** Nobody's letter box is flooded from here. */
const LINKS_OF_REQUEST: Limit = { what: 'civil-link-of-request', times: 3, minutes: 60 }

/**
 * The request with that number of an applicant born in that year. Throws `invalid` in the same words and after the same
 * work for a number that is not one, an unknown one and another year; 429 `too-many-attempts` after too many tries.
 */
export async function findRequest(
  town: Town,
  form: z.output<typeof followForm>,
  from: { address: string },
): Promise<Id<'civil-request'>> {
  const number = readTrackingNumber(form.number) ?? form.number.toUpperCase()
  const subscriber = subscriberOf(from.address)
  await town.db.transaction(async tx => {
    await slowed(() => countAttempt(tx, town, GUESSES_FROM_ADDRESS, subscriber))
    await slowed(() => countAttempt(tx, town, GUESSES_OF_NUMBER, number))
  })
  const [found] = await town.db.read
    .select({ id: civilRequests.id })
    .from(civilRequests)
    .where(
      and(
        eq(civilRequests.number, number),
        eq(civilRequests.applicantBirthYear, Number(form.birthYear)),
        ne(civilRequests.state, 'draft'),
      ),
    )
  if (!found) throw invalid([{ field: 'number', code: 'unknown-request' }])
  await town.db.transaction(async tx => {
    await uncountAttempt(tx, town, GUESSES_FROM_ADDRESS, subscriber)
    await uncountAttempt(tx, town, GUESSES_OF_NUMBER, number)
  })
  return found.id
}

/** Sends the link of the whole page to the address the town has. To the asker it is the same whether it has one. */
export async function sendFullLink(town: Town, requestId: Id<'civil-request'>): Promise<void> {
  await town.db.transaction(async tx => {
    await slowed(() => countAttempt(tx, town, LINKS_OF_REQUEST, requestId))
    const request = await requestById(tx, requestId)
    if (!request.email) return
    const now = town.clock.now()
    await writeToApplicant(tx, town, request, {
      text: 'civil.follow-link',
      key: `${requestId}:${now.epochMilliseconds}`,
      params: {},
    })
    const subject = { kind: 'civil-request', id: requestId }
    await audit(tx, now, { kind: 'anonymous' }, { action: 'civil-request.link-sent', subject })
  })
}

/** A page of its own says that there were too many tries, with the telephone: not the form again. */
async function slowed(tried: () => Promise<void>): Promise<void> {
  try {
    await tried()
  } catch (error) {
    throw error instanceof Problem && error.status === 429 ? new Problem(429, error.code, error.params) : error
  }
}

/**
 * Whose requests are asked for: one's own, or those of the resident for whom a clerk of the civil registry acts.
 * Throws 401 to nobody, 404 to any other clerk.
 */
export function applicantOf(actor: Actor): Id<'person'> {
  if (actor.kind === 'anonymous') throw signInFirst()
  const personId = personAmong(actor, 'civil-registry')
  if (!personId) throw notFound()
  return personId
}

/** A request that was sent, of the person who asks. Throws 404 for any other, and for drafts. */
export async function sentRequestOf(db: Queries, actor: Actor, id: string): Promise<CivilRequest> {
  return sent(await requestOfPerson(db, applicantOf(actor), id))
}

/** The request that a secret link opens. Throws 410 `gone` when the link ended or never was. */
export async function requestBehind(db: Queries, now: Temporal.Instant, secret: string): Promise<CivilRequest> {
  const id = await requestOfLink(db, now, secret, 'follow')
  if (!id) throw new Problem(410, 'gone')
  return sent(await requestById(db, id))
}

function sent(request: CivilRequest): CivilRequest {
  if (request.state === 'draft') throw notFound()
  return request
}

/** The request, kept from others until the transaction ends. Throws 404. */
export async function lockedRequest(tx: Tx, id: Id<'civil-request'>): Promise<CivilRequest> {
  const [request] = await forUpdate(tx.select().from(civilRequests).where(eq(civilRequests.id, id)))
  if (!request) throw notFound()
  return request
}

export type CivilMove = typeof civilMoves.$inferSelect
export type CivilAsk = typeof civilAsks.$inferSelect
export type CivilFile = typeof civilFiles.$inferSelect
export type CivilMessage = typeof civilMessages.$inferSelect

/** What happened to a request, in order. */
export async function movesOf(db: Queries, requestId: Id<'civil-request'>): Promise<CivilMove[]> {
  return db
    .select()
    .from(civilMoves)
    .where(eq(civilMoves.requestId, requestId))
    .orderBy(asc(civilMoves.at), asc(civilMoves.id))
}

/** What the town waits for, when it does: the last thing that it asked for. */
export async function openAsk(db: Queries, requestId: Id<'civil-request'>): Promise<CivilAsk | undefined> {
  const [ask] = await db
    .select()
    .from(civilAsks)
    .where(and(eq(civilAsks.requestId, requestId), isNull(civilAsks.answeredAt)))
    .orderBy(desc(civilAsks.askedAt), desc(civilAsks.id))
    .limit(1)
  return ask
}

/** What the town and the applicant wrote to each other, in order. */
export async function messagesOf(db: Queries, requestId: Id<'civil-request'>): Promise<CivilMessage[]> {
  return db
    .select()
    .from(civilMessages)
    .where(eq(civilMessages.requestId, requestId))
    .orderBy(asc(civilMessages.at), asc(civilMessages.id))
}

const OWN = ['proof', 'answer'] as const

/** The applicant's own papers, as long as the town has them. */
export async function ownFiles(db: Queries, requestId: Id<'civil-request'>): Promise<CivilFile[]> {
  return db
    .select()
    .from(civilFiles)
    .where(and(eq(civilFiles.requestId, requestId), inArray(civilFiles.purpose, [...OWN])))
    .orderBy(asc(civilFiles.createdAt), asc(civilFiles.id))
}

/** One of the applicant's own papers. Throws 404 for any other: a scan of the act is not theirs to load down. */
export async function ownFile(db: Queries, requestId: Id<'civil-request'>, fileId: string): Promise<CivilFile> {
  const file = (await ownFiles(db, requestId)).find(({ id }) => id === fileId)
  if (!file) throw notFound()
  return file
}

/** What the applicant may load down, when it is drawn: the acknowledgement and the refusal. Never the record itself. */
export async function applicantDocument(
  db: Queries,
  request: CivilRequest,
  which: 'acknowledgement' | 'refusal',
): Promise<KeptDocument | undefined> {
  if (which === 'acknowledgement') return documentOf(db, 'civil-acknowledgement', request.id)
  const last = (await movesOf(db, request.id)).at(-1)
  return last?.to === 'refused' ? documentOf(db, 'civil-refusal', last.id) : undefined
}

export const PAGE_SIZE = 25

/** A person's requests, newest first, one page of them, and whether more follow. */
export async function pageOfRequests(db: Queries, personId: Id<'person'>, page: number) {
  const where = eq(civilRequests.personId, personId)
  const rows = await db
    .select()
    .from(civilRequests)
    .where(where)
    .orderBy(desc(civilRequests.createdAt), desc(civilRequests.id))
    .limit(PAGE_SIZE)
    .offset((page - 1) * PAGE_SIZE)
  const [all] = await db.select({ all: count() }).from(civilRequests).where(where)
  return { rows, all: all?.all ?? 0 }
}
