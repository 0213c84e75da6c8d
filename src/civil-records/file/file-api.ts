import { z } from 'zod'
import { audit } from '../../audit/audit.ts'
import { type Actor, clerkAmong } from '../../kernel/actor.ts'
import type { Town } from '../../town-context.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { messagesOf, movesOf, ownFiles } from '../following/follow.ts'
import { deliveries, recordForms, recordKinds } from '../kinds.ts'
import { holdRequest, release, takeRequest } from '../queue/holding.ts'
import { filterOf, queueDelays, queueSorts, tabNames } from '../queue/queue-filter.ts'
import { queueMoment } from '../queue/queue-moment.ts'
import { cursorAfter, queueRows } from '../queue/queue-query.ts'
import { requestStates } from '../states.ts'
import { type CivilRequest, requestForClerk } from '../store.ts'
import { askApplicant, askForm } from './ask-applicant.ts'
import { acceptRequest } from './decide.ts'
import { notesOf } from './file-store.ts'
import { addNote, noteForm } from './notes.ts'
import { refusalForm, refuseRequest, rulesToday } from './refusal.ts'

const id = z.string()
const params = z.object({ requestId: id })
const version = z
  .int()
  .meta({ description: 'Of the request as it was seen; 409 `request-changed` when it is another by now' })

const short = {
  id,
  number: z.string().nullable(),
  state: z.enum(requestStates),
  version: z.int(),
  kind: z.enum(recordKinds).nullable(),
  form: z.enum(recordForms).nullable(),
  delivery: z.enum(deliveries).nullable(),
  submittedAt: z.iso.datetime().nullable(),
  dueOn: z.iso.date().nullable(),
  assignedTo: id.nullable(),
}
const row = z.object(short).meta({ id: 'CivilQueueRow' })
const state = z.object({ id, state: z.enum(requestStates), version: z.int() }).meta({ id: 'CivilRequestState' })

const queueQuery = z.object({
  tab: z.enum(tabNames).default('to-treat'),
  kind: z.enum(recordKinds).optional(),
  delay: z.enum(queueDelays).optional(),
  assigned: z.enum(['me', 'nobody', 'left']).optional(),
  sort: z.enum(queueSorts).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: z
    .string()
    .regex(/^[\w:.-]{1,40}~[\w-]{36}$/, 'not-understood')
    .optional()
    .meta({ description: 'The `next` of the page before' }),
})

/** What clerks of the civil registry do with requests; to everybody else these addresses do not exist. */
export function fileApi(town: Town): Endpoint[] {
  const db = town.db.read
  const tag = 'civil records desk'
  const ours = (actor: Actor) => clerkAmong(actor, 'civil-registry')
  const held = ['held-by-other', 'not-held', 'request-changed', 'move-forbidden']
  return [
    endpoint({
      method: 'get',
      path: '/civil-records/desk/requests',
      tag,
      summary: 'A page of the queue',
      query: queueQuery,
      answer: z.object({ requests: z.array(row), next: z.string().nullable() }),
      handle: async ({ actor, query }) => {
        const clerk = ours(actor)
        const { tab, kind, delay, assigned, sort, limit, after } = query
        const filter = filterOf({ etat: tab, acte: kind, delai: delay, agent: assigned, tri: sort })
        const [key = '', last = ''] = after?.split('~') ?? []
        const { clerks: _, ...moment } = await queueMoment(db, town.clock.now(), clerk)
        const rows = await queueRows(db, filter, moment, limit + 1, after ? { key, id: last } : undefined)
        const shown = rows.slice(0, limit)
        const end = shown.at(-1)
        const cursor = rows.length > limit && end ? cursorAfter(end, filter.sort) : undefined
        return { requests: shown.map(shortOf), next: cursor ? `${cursor.key}~${cursor.id}` : null }
      },
    }),
    endpoint({
      method: 'get',
      path: '/civil-records/desk/requests/{requestId}',
      tag,
      summary: 'All of a request that a clerk needs to decide; each look is written down',
      params,
      handle: async ({ actor, params: { requestId } }) => {
        const clerk = ours(actor)
        const request = await requestForClerk(db, clerk, requestId)
        await town.db.transaction(tx =>
          audit(tx, town.clock.now(), clerk, {
            action: 'civil-request.viewed',
            subject: { kind: 'civil-request', id: request.id },
          }),
        )
        const { answers, language, channel, email, granted } = request
        return {
          ...shortOf(request),
          answers,
          language,
          channel,
          email,
          granted,
          entitlementToday: rulesToday(town, request) ?? null,
          papers: (await ownFiles(db, request.id)).map(({ id, name, mediaType, size, purpose }) => ({
            id,
            name,
            mediaType,
            size,
            purpose,
          })),
          moves: (await movesOf(db, request.id)).map(({ at, from, to, by, reason }) => ({ at, from, to, by, reason })),
          messages: (await messagesOf(db, request.id)).map(({ id, at, by, text, french }) => ({
            id,
            at,
            by,
            text,
            french,
          })),
          notes: (await notesOf(db, request.id)).map(({ id, at, accountId, text }) => ({ id, at, accountId, text })),
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/desk/requests/{requestId}/hold',
      tag,
      summary: 'Take a request, or keep it some minutes more: every decision needs it',
      params,
      answer: state,
      problems: held,
      handle: async ({ actor, params: { requestId } }) => {
        const clerk = ours(actor)
        const { state: was, assignedTo } = await requestForClerk(db, clerk, requestId)
        const mine = was !== 'submitted' && assignedTo === clerk.accountId
        return stateOf(await (mine ? holdRequest : takeRequest)(town, clerk, requestId))
      },
    }),
    endpoint({
      method: 'delete',
      path: '/civil-records/desk/requests/{requestId}/hold',
      tag,
      summary: 'Let go of a request, so that a colleague can take it',
      params,
      handle: ({ actor, params: { requestId } }) => release(town, ours(actor), requestId),
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/desk/requests/{requestId}/acceptance',
      tag,
      summary: 'Accept a request whose act is prepared',
      params,
      body: z.object({ version }),
      answer: state,
      problems: [...held, 'act-missing'],
      handle: async ({ actor, params: { requestId }, body }) =>
        stateOf(await acceptRequest(town, ours(actor), requestId, body.version)),
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/desk/requests/{requestId}/ask',
      tag,
      summary: 'Ask the applicant for a paper or an answer, until a day; they get a letter',
      params,
      body: askForm.extend({ version }),
      answer: state,
      problems: held,
      handle: async ({ actor, params: { requestId }, body: { version, dueOn, ...ask } }) => {
        const sent = { ...ask, ...(dueOn ? { dueOn: dueOn.toString() } : {}) }
        return stateOf(await askApplicant(town, ours(actor), { id: requestId, version }, sent))
      },
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/desk/requests/{requestId}/refuse',
      tag,
      summary: 'Refuse a request, with its grounds of law and of fact; the letter follows',
      params,
      body: refusalForm.extend({ version }),
      answer: state,
      problems: held,
      handle: async ({ actor, params: { requestId }, body: { version, ...refusal } }) =>
        stateOf(await refuseRequest(town, ours(actor), { id: requestId, version }, refusal)),
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/desk/requests/{requestId}/notes',
      tag,
      summary: 'Write a note that only clerks read',
      params,
      body: noteForm,
      status: 201,
      answer: z.object({ id }),
      handle: async ({ actor, params: { requestId }, body }) => ({
        id: await addNote(town, ours(actor), requestId, body),
      }),
    }),
  ]
}

const stateOf = ({ id, state, version }: CivilRequest) => ({ id, state, version })

type Row = Pick<CivilRequest, keyof typeof short>
const shortOf = ({ id, number, state, version, kind, form, delivery, submittedAt, dueOn, assignedTo }: Row) => ({
  id,
  number,
  state,
  version,
  kind,
  form,
  delivery,
  submittedAt,
  dueOn,
  assignedTo,
})
