import { z } from 'zod'
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import type { Endpoint } from './api.ts'

const problem = z
  .object({
    type: z.url(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    instance: z.string(),
    params: z.record(z.string(), z.unknown()).optional(),
    errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'Why it was not done (RFC 9457)' })

/** The OpenAPI 3.1 document of all operations. */
export function openApiDocument(endpoints: readonly Endpoint[], town: { name: string; baseUrl: string }) {
  const paths: ZodOpenApiPathsObject = {}
  for (const e of endpoints) {
    const answers: Record<string, object> = {
      [String(e.status ?? (e.answer ? 200 : 204))]: e.answer
        ? { description: e.summary, content: { 'application/json': { schema: e.answer } } }
        : { description: e.summary },
      default: {
        description: e.problems ? `A problem: ${e.problems.join(', ')}` : 'A problem',
        content: { 'application/problem+json': { schema: problem } },
      },
    }
    paths[e.path] = {
      ...paths[e.path],
      [e.method]: {
        tags: [e.tag],
        summary: e.summary,
        ...(e.open ? { security: [] } : {}),
        requestParams: { ...(e.params ? { path: e.params } : {}), ...(e.query ? { query: e.query } : {}) },
        ...(e.body ? { requestBody: { required: true, content: { 'application/json': { schema: e.body } } } } : {}),
        responses: answers,
      },
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: `Guichet, ${town.name}`,
      version: '1',
      description: 'Amounts are integer cents of euro. Days are calendar days in Europe/Paris, instants are UTC.',
    },
    servers: [{ url: `${town.baseUrl}/api/v1` }],
    security: [{ session: [] }],
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'guichet' } } },
    paths,
  })
}
