import { auditEntries } from '../../audit/schema.ts'
import type { Queries } from '../../db/database.ts'
import { and, asc, count, desc, eq, gte, inArray, isNull, lte, ne, or } from '../../db/drizzle.ts'
import { documents } from '../../documents/schema.ts'
import { dayInParis, PARIS } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { knownApplicant } from '../asking/known-applicant.ts'
import { type Doubt, doubtsOf } from '../rules/doubts.ts'
import { civilNotes, civilRequests } from '../schema.ts'
import type { CivilRequest } from '../store.ts'

/** What clerks told each other, oldest first. */
export const notesOf = (db: Queries, requestId: Id<'civil-request'>) =>
  db
    .select()
    .from(civilNotes)
    .where(eq(civilNotes.requestId, requestId))
    .orderBy(asc(civilNotes.at), asc(civilNotes.id))

/** What clerks did to a request beside moving it and writing: from the audit trail, oldest first. */
export const deedsOf = (db: Queries, requestId: Id<'civil-request'>, actions: readonly string[]) =>
  db
    .select({
      at: auditEntries.at,
      action: auditEntries.action,
      accountId: auditEntries.actorAccountId,
      details: auditEntries.details,
    })
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.subjectKind, 'civil-request'),
        eq(auditEntries.subjectId, requestId),
        inArray(auditEntries.action, [...actions]),
      ),
    )
    .orderBy(asc(auditEntries.at), asc(auditEntries.id))
    .limit(200)

/** The letter of a refusal, once the worker drew it. */
export async function refusalDocument(db: Queries, moveId: Id<'civil-move'>) {
  const [document] = await db
    .select()
    .from(documents)
    .where(and(eq(documents.kind, 'civil-refusal'), eq(documents.subjectId, moveId)))
  return document
}

const shown = {
  id: civilRequests.id,
  number: civilRequests.number,
  state: civilRequests.state,
  kind: civilRequests.kind,
  form: civilRequests.form,
  answers: civilRequests.answers,
  submittedAt: civilRequests.submittedAt,
}
export type EarlierRequest = Pick<CivilRequest, keyof typeof shown>

/** As many of an applicant's other requests as a clerk would look through. */
const MOST_EARLIER = 20

const sameApplicant = ({ id, applicantKey, personId }: CivilRequest) =>
  and(
    ne(civilRequests.id, id),
    ne(civilRequests.state, 'draft'),
    or(
      applicantKey ? eq(civilRequests.applicantKey, applicantKey) : undefined,
      personId ? eq(civilRequests.personId, personId) : undefined,
      // Neither known: nobody's.
      applicantKey || personId ? undefined : isNull(civilRequests.id),
    ),
  )

/** Other requests of the same applicant, newest first, and how many there are. */
export async function requestsOfApplicant(db: Queries, request: CivilRequest) {
  const where = sameApplicant(request)
  const [all] = await db.select({ all: count() }).from(civilRequests).where(where)
  const rows: EarlierRequest[] = await db
    .select(shown)
    .from(civilRequests)
    .where(where)
    .orderBy(desc(civilRequests.submittedAt), desc(civilRequests.id))
    .limit(MOST_EARLIER)
  return { rows, all: all?.all ?? 0 }
}

/** Days around a request within which another of the same record is looked at. */
const NEAR = 30

/** Requests of the same record, by anybody, sent within thirty days of this one, newest first. */
export async function requestsOfRecord(
  db: Queries,
  { id, recordKey, submittedAt }: CivilRequest,
): Promise<EarlierRequest[]> {
  if (!recordKey || !submittedAt) return []
  const day = dayInParis(submittedAt)
  const midnight = (on: Temporal.PlainDate) => on.toZonedDateTime(PARIS).toInstant()
  return db
    .select(shown)
    .from(civilRequests)
    .where(
      and(
        ne(civilRequests.id, id),
        ne(civilRequests.state, 'draft'),
        eq(civilRequests.recordKey, recordKey),
        gte(civilRequests.submittedAt, midnight(day.subtract({ days: NEAR }))),
        lte(civilRequests.submittedAt, midnight(day.add({ days: NEAR + 1 }))),
      ),
    )
    .orderBy(desc(civilRequests.submittedAt), desc(civilRequests.id))
    .limit(MOST_EARLIER)
}

/** What a clerk should look at twice, from the requests around this one and from what the town knows of its applicant. */
export async function doubtsAbout(
  town: Town,
  db: Queries,
  request: CivilRequest,
  near: { ofRecord: readonly EarlierRequest[] },
): Promise<Doubt[]> {
  const { answers, submittedAt, personId } = request
  if (!submittedAt) return []
  const askedOn = dayInParis(submittedAt)
  const known = await knownOf(town, db, personId)
  return doubtsOf({
    answers,
    askedOn,
    othersOfApplicant: await daysOfApplicant(db, request, askedOn),
    othersOfRecord: near.ofRecord.flatMap(one => (one.submittedAt ? [dayInParis(one.submittedAt)] : [])),
    known,
  })
}

/** On which days the same applicant sent others, in the thirty days up to this one. */
async function daysOfApplicant(db: Queries, request: CivilRequest, askedOn: Temporal.PlainDate) {
  const since = askedOn.subtract({ days: NEAR }).toZonedDateTime(PARIS).toInstant()
  const rows = await db
    .select({ submittedAt: civilRequests.submittedAt })
    .from(civilRequests)
    .where(and(sameApplicant(request), gte(civilRequests.submittedAt, since)))
    .limit(100)
  return rows.flatMap(({ submittedAt }) => (submittedAt ? [dayInParis(submittedAt)] : []))
}

/** The applicant as the town knows them, when they have an account or are known at the desk. */
async function knownOf(town: Town, db: Queries, personId: Id<'person'> | null) {
  const known = await knownApplicant(town, db, personId)
  if (!known) return undefined
  const { firstName, lastName, address } = known
  return { firstName, lastName, ...(address ? { address } : {}) }
}
