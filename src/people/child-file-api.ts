import { z } from 'zod'
import type { Town } from '../town-context.ts'
import { type Endpoint, endpoint } from '../web/api.ts'
import { readHealthSheet } from './child-file-health.ts'
import {
  CONSENTS,
  consentsForm,
  contactsForm,
  healthSheetForm,
  openFile,
  SWIMMING,
  writeConsents,
  writeContacts,
  writeHealthSheet,
} from './child-file-parts.ts'
import { FILE_PARTS, FILE_SERVICES, missingPieces, partState } from './child-file-rules.ts'
import { consentsOf, contactsOf, documentsOf, fileState } from './child-file-store.ts'
import { mayReadHealth } from './health.ts'

const child = z.object({ childId: z.string() })
const year = z.object({
  year: z
    .string()
    .optional()
    .meta({ description: 'A school year such as 2026-2027: this one without, the next from July' }),
})
const part = z.enum(FILE_PARTS)
const day = z.iso.date()
const contact = z.object({ name: z.string(), phone: z.string(), relationship: z.string() })
const answer = z
  .object({
    year: z.string(),
    parts: z.array(
      z.object({ part, state: z.enum(['done', 'to-do', 'to-confirm', 'to-check', 'refused', 'expired']) }),
    ),
    /** What each service lacks today, or on the first day of a year to come. */
    missing: z.array(
      z.object({
        service: z.enum(FILE_SERVICES),
        part,
        why: z.enum(['to-do', 'to-confirm', 'refused', 'expired']),
      }),
    ),
    contacts: z.array(contact),
    consents: z.array(
      z.object({ consent: z.enum(CONSENTS), given: z.boolean(), fromAge: z.int().nullable(), saidAt: z.string() }),
    ),
    /** The papers this household sent. */
    papers: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['vaccination', 'contra-indication', 'insurance']),
        state: z.enum(['to-check', 'accepted', 'refused']),
        validUntil: day.nullable(),
        refusal: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ChildFile' })
const sheetAnswer = z.object({
  allergies: z.string(),
  treatment: z.string(),
  advice: z.string(),
  doctorName: z.string(),
  doctorPhone: z.string().nullable(),
  swimming: z.enum(SWIMMING),
})

/** The child's file of a school year as the parents' programs read and fill it; papers are sent on its pages. */
export function childFileApi(town: Town): Endpoint[] {
  const db = town.db.read
  const tag = 'family'
  return [
    endpoint({
      method: 'get',
      path: '/children/{childId}/file',
      tag,
      summary: 'The child’s file of a school year: its parts, what is missing for which service',
      params: child,
      query: year,
      answer,
      handle: async ({ actor, params, query }) => {
        const {
          of,
          day: on,
          householdId,
          year: schoolYear,
        } = await openFile(db, town, actor, params.childId, query.year)
        const state = await fileState(db, of)
        const health = mayReadHealth(actor)
        const papers = (await documentsOf(db, of.childId)).filter(
          paper => paper.householdId === householdId && (health || paper.kind === 'insurance'),
        )
        return {
          year: schoolYear.label,
          parts: FILE_PARTS.map(one => ({ part: one, state: partState(state, one, on) })),
          missing: FILE_SERVICES.flatMap(service =>
            missingPieces(state, { service, day: on }).map(missing => ({ service, ...missing })),
          ),
          contacts: await contactsOf(db, householdId, of.childId),
          consents: (await consentsOf(db, of)).map(said => ({ ...said, saidAt: said.saidAt.toString() })),
          papers: papers.map(({ id, kind, state: stands, validUntil, refusal }) => ({
            id,
            kind,
            state: stands,
            validUntil,
            refusal,
          })),
        }
      },
    }),
    endpoint({
      method: 'put',
      path: '/children/{childId}/file/contacts',
      tag,
      summary: 'Say whom to call in an emergency, in this order, in place of the household’s list',
      params: child,
      query: year,
      body: contactsForm,
      handle: ({ actor, params, query, body }) => writeContacts(town, actor, { ...params, year: query.year }, body),
    }),
    endpoint({
      method: 'put',
      path: '/children/{childId}/file/consents',
      tag,
      summary: 'Say what the household allows this school year',
      params: child,
      query: year,
      body: consentsForm,
      handle: ({ actor, params, query, body }) => writeConsents(town, actor, { ...params, year: query.year }, body),
    }),
    endpoint({
      method: 'get',
      path: '/children/{childId}/file/health',
      tag,
      summary: 'Read the health sheet: each reading is written down',
      params: child,
      query: year,
      answer: z.object({ sheet: sheetAnswer.nullable() }),
      handle: async ({ actor, params, query }) => {
        const sheet = await readHealthSheet(town, actor, { ...params, year: query.year })
        if (!sheet) return { sheet: null }
        const { allergies, treatment, advice, doctorName, doctorPhone, swimming } = sheet
        return { sheet: { allergies, treatment, advice, doctorName, doctorPhone, swimming } }
      },
    }),
    endpoint({
      method: 'put',
      path: '/children/{childId}/file/health',
      tag,
      summary: 'Write the health sheet',
      params: child,
      query: year,
      body: healthSheetForm,
      handle: ({ actor, params, query, body }) => writeHealthSheet(town, actor, { ...params, year: query.year }, body),
    }),
  ]
}
