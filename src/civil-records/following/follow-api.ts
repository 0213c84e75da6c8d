import { z } from 'zod'
import type { Town } from '../../town-context.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { requestStates } from '../states.ts'
import { answerForm, answerTown } from './answer.ts'
import { messagesOf, openAsk, ownFiles, sentRequestOf } from './follow.ts'
import { withdrawRequest } from './withdraw.ts'

const request = z.object({ id: z.string() })
const instant = z.iso.datetime()
const messagesAnswer = z
  .object({
    /** Until when the town waits for an answer; null when it waits for none. */
    answerBefore: z.iso.date().nullable(),
    messages: z.array(
      z.object({
        id: z.string(),
        at: instant,
        by: z.enum(['applicant', 'town']),
        text: z.string(),
        /** The same in French, when the text is in another language. */
        french: z.string().nullable(),
        files: z.array(z.object({ id: z.string(), name: z.string(), mediaType: z.string(), size: z.int() })),
      }),
    ),
  })
  .meta({ id: 'CivilMessages' })

/** A request that was sent, for the programs of its applicant. Files are sent from the pages. */
export function followApi(town: Town): Endpoint[] {
  const db = town.db.read
  const tag = 'civil records'
  return [
    endpoint({
      method: 'get',
      path: '/civil-records/requests/{id}/messages',
      tag,
      summary: 'What the town and the applicant wrote to each other',
      params: request,
      answer: messagesAnswer,
      handle: async ({ actor, params }) => {
        const { id, state } = await sentRequestOf(db, actor, params.id)
        const ask = state === 'waiting-for-applicant' ? await openAsk(db, id) : undefined
        const files = await ownFiles(db, id)
        return {
          answerBefore: ask?.dueOn ?? null,
          messages: (await messagesOf(db, id)).map(({ id, at, by, text, french }) => ({
            id,
            at,
            by,
            text,
            french,
            files: files
              .filter(({ messageId }) => messageId === id)
              .map(({ id, name, mediaType, size }) => ({ id, name, mediaType, size })),
          })),
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/requests/{id}/messages',
      tag,
      summary: 'Answer the town, or write to it. The same Idempotency-Key sends once',
      params: request,
      body: answerForm.pick({ text: true }),
      status: 201,
      answer: z.object({ messageId: z.string(), asked: z.boolean() }),
      problems: ['request-closed', 'too-many-messages'],
      handle: async ({ actor, params, body, idempotencyKey }) => {
        const found = await sentRequestOf(db, actor, params.id)
        return answerTown(town, actor, found, { text: body.text, files: [], key: idempotencyKey })
      },
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/requests/{id}/withdrawal',
      tag,
      summary: 'Stop a request, as long as it is in the state that was seen',
      params: request,
      body: z.object({ state: z.enum(requestStates) }),
      problems: ['cannot-withdraw', 'state-changed'],
      handle: async ({ actor, params, body }) => {
        const { id } = await sentRequestOf(db, actor, params.id)
        await withdrawRequest(town, actor, id, body.state)
      },
    }),
  ]
}
