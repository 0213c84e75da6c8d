import { z } from 'zod'
import { dayInParis } from '../../kernel/clock.ts'
import { invalid } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { applicantOf, sentRequestOf } from '../following/follow.ts'
import { recordForms, recordKinds, standings } from '../kinds.ts'
import { answerFaults } from '../rules/answers-faults.ts'
import { answerFields } from '../rules/answers-form.ts'
import { entitlement } from '../rules/entitlement.ts'
import { requestStates } from '../states.ts'
import { type CivilRequest, requestsOfPerson } from '../store.ts'
import { createRequest } from './create-request.ts'

const partial = 'A day as far as it is known: `2001-05-12`, `1931-05` or `1931`'

/** What a request says; which of the answers are needed depends on the others, as on the pages. */
const whole = z.strictObject(answerFields).partial()

const requestAnswer = z
  .object({
    id: z.string(),
    number: z.string().nullable(),
    state: z.enum(requestStates),
    kind: z.enum(recordKinds).nullable(),
    form: z.enum(recordForms).nullable(),
    copies: z.int().nullable(),
    delivery: z.enum(['post', 'collection']).nullable(),
    submittedAt: z.iso.datetime().nullable(),
    answerBefore: z.iso.date().nullable(),
    version: z.int(),
  })
  .meta({ id: 'CivilRequest' })

const verdict = z
  .object({
    allowed: z.boolean(),
    reason: z.string().optional().meta({ description: 'Why not' }),
    ground: z.string().optional().meta({ description: 'Why' }),
    source: z.string().meta({ description: 'The law that says so, in French' }),
    information: z.boolean().optional().meta({ description: 'Given as plain information, not signed' }),
    proofs: z.array(z.string()).optional().meta({ description: 'What must be shown' }),
    instead: z.array(z.enum(recordForms)).optional().meta({ description: 'What can be had instead' }),
    opensOn: z.iso.date().optional().meta({ description: 'From when anyone may have it' }),
  })
  .meta({ id: 'CivilEntitlement' })

const question = z.object({
  kind: z.enum(recordKinds),
  form: z.enum(recordForms),
  standing: z.enum(standings),
  date: answerFields.date.meta({ description: partial }),
})

/** Asking for records by programs, in the name of the person who is signed in. */
export function askApi(town: Town): Endpoint[] {
  const tag = 'civil records'
  return [
    endpoint({
      method: 'get',
      path: '/civil-records/entitlement',
      tag,
      summary: 'Whether somebody of that standing may have that record, and the law that says so',
      open: true,
      query: question,
      answer: verdict,
      handle: async ({ query }) => {
        const today = dayInParis(town.clock.now())
        const faults = answerFaults('date', query, { today, mostCopies: 1 })
        if (faults.length > 0) throw invalid(faults)
        const said = entitlement({ ...query, today })
        const { source } = said
        if (said.allowed) {
          const { ground, information, proofs } = said
          return { allowed: true, ground, source, information, proofs }
        }
        const { reason, instead, opensOn } = said
        return { allowed: false, reason, source, instead, ...(opensOn ? { opensOn: opensOn.toString() } : {}) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/civil-records/requests',
      tag,
      summary:
        'Ask for a record. Papers are sent from the pages, or shown at the town hall. The same Idempotency-Key asks once',
      body: whole,
      status: 201,
      answer: requestAnswer,
      problems: ['not-entitled', 'kept-elsewhere', 'key-reused', 'too-many-attempts'],
      handle: async ({ actor, body, idempotencyKey }) => {
        applicantOf(actor)
        const channel = actor.kind === 'on-behalf' ? 'counter' : 'online'
        return shown(await createRequest(town, actor, { answers: body, channel, key: idempotencyKey }))
      },
    }),
    endpoint({
      method: 'get',
      path: '/civil-records/requests',
      tag,
      summary: 'My requests, newest first, those not sent yet included',
      answer: z.object({ requests: z.array(requestAnswer) }),
      handle: async ({ actor }) => ({
        requests: (await requestsOfPerson(town.db.read, applicantOf(actor))).map(shown),
      }),
    }),
    endpoint({
      method: 'get',
      path: '/civil-records/requests/{id}',
      tag,
      summary: 'One of my requests that was sent',
      params: z.object({ id: z.string() }),
      answer: requestAnswer,
      handle: async ({ actor, params }) => shown(await sentRequestOf(town.db.read, actor, params.id)),
    }),
  ]
}

function shown(request: CivilRequest): z.input<typeof requestAnswer> {
  const { id, number, state, kind, form, copies, delivery, submittedAt, dueOn, version } = request
  return {
    id,
    number,
    state,
    kind,
    form,
    copies,
    delivery,
    submittedAt: submittedAt?.toString() ?? null,
    answerBefore: dueOn?.toString() ?? null,
    version,
  }
}
