import {
  codeText,
  day,
  id,
  index,
  instant,
  integer,
  json,
  primaryKey,
  ref,
  table,
  text,
  uniqueIndex,
} from '../db/columns.ts'
import type { Answers, Channel, Delivery, PartialDate, RecordForm, RecordKind, Standing } from './kinds.ts'
import type { RequestState } from './states.ts'

/** Why this applicant may have this record, as the rules said on the day of the request. */
export type GrantedOn = { ground: string; source: string; information: boolean; proofs: readonly string[] }

/**
 * Somebody asks for a record. While a draft, `answers` is all there is; the columns beside it are copied from the answers
 * when the request is sent, for the clerks' queue and search.
 */
export const civilRequests = table(
  'civil_requests',
  {
    id: id<'civil-request'>(),
    /** Twelve letters and digits that can be said on the phone; given when the request is sent. */
    number: text(),
    state: text().$type<RequestState>().notNull(),
    /** Goes up with every change: who acts on what they saw says which version that was. */
    version: integer().notNull(),
    channel: text().$type<Channel>().notNull(),
    language: text().notNull(),
    /** The applicant, when the town knows them: an account, or a resident at the counter. */
    personId: ref<'person'>(),
    /** Where the applicant is written to, once they showed that it is theirs; without it letters are printed. */
    email: text(),
    answers: json<Answers>().notNull(),
    kind: text().$type<RecordKind>(),
    form: text().$type<RecordForm>(),
    standing: text().$type<Standing>(),
    recordDate: text().$type<PartialDate>(),
    copies: integer(),
    delivery: text().$type<Delivery>(),
    granted: json<GrantedOn>(),
    /** Names of the act and of the applicant, without accents and case, for the clerks' search. */
    searchKey: text(),
    /** Equal for two requests of the same act. */
    recordKey: text(),
    /** Equal for two requests of the same applicant, with or without account. */
    applicantKey: text(),
    applicantBirthYear: integer(),
    submittedAt: instant(),
    /** When the town wants to have answered (Europe/Paris day). */
    dueOn: day(),
    /** Whose file it is. Nobody's until a clerk takes it or is given it. */
    assignedTo: ref<'account'>(),
    /** Who has it open for work: nobody else may act on it until then. */
    heldBy: ref<'account'>(),
    heldSince: instant(),
    heldUntil: instant(),
    /** Put aside by a clerk until that day. */
    onHoldUntil: day(),
    onHoldReason: text(),
    /** When the town first answered, and in how many of its working days: its delay is measured by this. */
    answeredAt: instant(),
    answerDays: integer(),
    closedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  t => [
    uniqueIndex('civil_requests_number').on(t.number),
    // The clerks' queue walks these four in its order, and finds in them whatever else it filters by (`queue-query.ts`).
    index('civil_requests_queue').on(
      t.state,
      t.submittedAt,
      t.id,
      t.kind,
      t.delivery,
      t.assignedTo,
      t.dueOn,
      t.onHoldUntil,
    ),
    index('civil_requests_due').on(
      t.state,
      t.dueOn,
      t.id,
      t.kind,
      t.delivery,
      t.assignedTo,
      t.submittedAt,
      t.onHoldUntil,
    ),
    index('civil_requests_by_number').on(
      t.state,
      t.number,
      t.id,
      t.kind,
      t.delivery,
      t.assignedTo,
      t.dueOn,
      t.onHoldUntil,
    ),
    index('civil_requests_assigned').on(
      t.assignedTo,
      t.state,
      t.submittedAt,
      t.id,
      t.kind,
      t.delivery,
      t.dueOn,
      t.onHoldUntil,
    ),
    index('civil_requests_on_hold').on(t.onHoldUntil, t.state),
    index('civil_requests_person').on(t.personId),
    index('civil_requests_record').on(t.recordKey),
    index('civil_requests_applicant').on(t.applicantKey),
    index('civil_requests_closed').on(t.closedAt),
    index('civil_requests_answered').on(t.answeredAt, t.kind, t.answerDays),
    index('civil_requests_received').on(t.submittedAt, t.kind),
    index('civil_requests_created').on(t.state, t.createdAt),
  ],
)

/** The words of each request's `searchKey`: the clerks' search finds them by how they begin. */
export const civilRequestWords = table(
  'civil_request_words',
  { word: codeText().notNull(), requestId: ref<'civil-request'>().notNull() },
  t => [primaryKey({ columns: [t.word, t.requestId] }), index('civil_request_words_request').on(t.requestId)],
)

/** Words of a decision in French, and in the applicant's language when it is another. */
export type Told = { french: string; translated?: string }

/** A refusal as it was told: the rules it rests on, what made them apply, and what can be had instead. */
export type ReasonedRefusal = {
  ground: string
  law: readonly Told[]
  facts: readonly Told[]
  instead: readonly Told[]
}

/** Every move from state to state, with its reason: the applicant's timeline and the figures are made of these. */
export const civilMoves = table(
  'civil_moves',
  {
    id: id<'civil-move'>(),
    requestId: ref<'civil-request'>().notNull(),
    at: instant().notNull(),
    from: text().$type<RequestState>().notNull(),
    to: text().$type<RequestState>().notNull(),
    /** `resident`, `clerk`, `system` or `anonymous`, as in the audit trail. */
    by: text().notNull(),
    accountId: ref<'account'>(),
    /** What the applicant is told of why. */
    reason: text(),
    /** Of a refusal: its grounds, from which the letter is drawn. */
    refusal: json<ReasonedRefusal>(),
  },
  t => [index('civil_moves_request').on(t.requestId, t.at), index('civil_moves_at').on(t.to, t.at)],
)

/** Secrets of links that open one request without an account. Only the hash is kept. */
export const civilLinks = table(
  'civil_links',
  {
    tokenHash: text().primaryKey(),
    requestId: ref<'civil-request'>().notNull(),
    purpose: text().$type<'resume' | 'confirm-email' | 'follow'>().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  t => [index('civil_links_request').on(t.requestId)],
)

/** What the town and the applicant wrote to each other about a request. */
export const civilMessages = table(
  'civil_messages',
  {
    id: id<'civil-message'>(),
    requestId: ref<'civil-request'>().notNull(),
    at: instant().notNull(),
    by: text().$type<'applicant' | 'town'>().notNull(),
    /** The clerk who wrote. */
    accountId: ref<'account'>(),
    /** In the applicant's language. */
    text: text().notNull(),
    /** The same in French, when the applicant reads another language. */
    french: text(),
  },
  t => [index('civil_messages_request').on(t.requestId, t.at)],
)

/** A paper or an answer the town waits for; without it by that day the request is closed. */
export const civilAsks = table(
  'civil_asks',
  {
    id: id<'civil-ask'>(),
    requestId: ref<'civil-request'>().notNull(),
    messageId: ref<'civil-message'>().notNull(),
    askedAt: instant().notNull(),
    dueOn: day().notNull(),
    remindedAt: instant(),
    answeredAt: instant(),
  },
  t => [index('civil_asks_request').on(t.requestId), index('civil_asks_open').on(t.answeredAt, t.dueOn)],
)

/** What clerks tell each other; the applicant never sees it. */
export const civilNotes = table(
  'civil_notes',
  {
    id: id<'civil-note'>(),
    requestId: ref<'civil-request'>().notNull(),
    at: instant().notNull(),
    accountId: ref<'account'>().notNull(),
    text: text().notNull(),
  },
  t => [index('civil_notes_request').on(t.requestId, t.at)],
)

/** Papers of a request. Those of the applicant are deleted when it is closed: the town keeps no copy of identity papers. */
export const civilFiles = table(
  'civil_files',
  {
    id: id<'civil-file'>(),
    requestId: ref<'civil-request'>().notNull(),
    purpose: text().$type<'proof' | 'answer' | 'scan'>().notNull(),
    messageId: ref<'civil-message'>(),
    name: text().notNull(),
    mediaType: text().notNull(),
    size: integer().notNull(),
    storedAs: text().notNull(),
    createdAt: instant().notNull(),
  },
  t => [index('civil_files_request').on(t.requestId)],
)

/** The act as a clerk found it in the registers: what is printed is made from this. The pictures of a scan are files. */
export const civilActs = table('civil_acts', {
  requestId: ref<'civil-request'>().primaryKey(),
  registerYear: integer().notNull(),
  volume: text().notNull(),
  actNumber: text().notNull(),
  /** What was typed, a text per field of `act-fields.ts`; `readAct` makes the act of it. */
  typed: json<Readonly<Record<string, string>>>().notNull(),
  preparedBy: ref<'account'>().notNull(),
  preparedAt: instant().notNull(),
})

/** Records printed together as one PDF, in order. */
export const civilBatches = table(
  'civil_batches',
  {
    id: id<'civil-batch'>(),
    requestIds: json<readonly string[]>().notNull(),
    createdBy: ref<'account'>().notNull(),
    createdAt: instant().notNull(),
  },
  t => [index('civil_batches_created').on(t.createdAt)],
)
