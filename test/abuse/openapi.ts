import type { Express } from 'express'
import supertest from 'supertest'

/** What the OpenAPI document says of a value. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  example?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  minLength?: number
  minimum?: number
  exclusiveMinimum?: number
}

export type Operation = {
  name: string
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  path: string
  open: boolean
  params: { name: string; in: 'path' | 'query'; schema: Schema }[]
  body: Schema | undefined
}

type Document = {
  paths: Record<string, Record<string, OperationObject>>
  components?: { schemas?: Record<string, Schema> }
}
type OperationObject = {
  security?: unknown[]
  parameters?: { name: string; in: 'path' | 'query'; schema: Schema }[]
  requestBody?: { content: { 'application/json'?: { schema: Schema } } }
}

/** Every operation that the town's own OpenAPI document names. */
export async function operationsOf(app: Express): Promise<Operation[]> {
  const document = (await supertest(app).get('/api/openapi.json')).body as Document
  const known = document.components?.schemas ?? {}
  const found: Operation[] = []
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, one] of Object.entries(operations)) {
      const body = one.requestBody?.content['application/json']?.schema
      found.push({
        name: `${method.toUpperCase()} ${path}`,
        method: method as Operation['method'],
        path,
        open: one.security?.length === 0,
        params: (one.parameters ?? []).map(each => ({ ...each, schema: unfolded(each.schema, known) })),
        body: body && unfolded(body, known),
      })
    }
  }
  return found
}

function unfolded(schema: Schema, known: Record<string, Schema>, depth = 0): Schema {
  if (depth > 12) return {}
  const name = schema.$ref?.split('/').at(-1)
  if (name) return unfolded(known[name] ?? {}, known, depth + 1)
  const each = (one: Schema) => unfolded(one, known, depth + 1)
  return {
    ...schema,
    ...(schema.properties
      ? { properties: Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, each(one)])) }
      : {}),
    ...(schema.items ? { items: each(schema.items) } : {}),
    ...(schema.oneOf ? { oneOf: schema.oneOf.map(each) } : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map(each) } : {}),
  }
}

/** A value that fits the schema, taking those of `own` by the names of properties first. */
export function sample(schema: Schema, own: Record<string, unknown>, name = ''): unknown {
  if (name in own) return own[name]
  if (schema.const !== undefined) return schema.const
  if (schema.example !== undefined) return schema.example
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0]
  if (choice) return sample(choice, own, name)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, one]) => [key, sample(one, own, key)]),
      )
    case 'array':
      return schema.items ? [sample(schema.items, own, name)] : []
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return textLike(schema)
  }
}

function textLike({ format, minLength = 1 }: Schema): string {
  if (format === 'date') return '2026-12-07'
  if (format === 'date-time') return '2026-12-07T10:00:00Z'
  if (format === 'email') return 'quelqu.un@exemple.fr'
  if (format === 'uuid') return '01900000-0000-7000-8000-000000000000'
  return 'Texte'.padEnd(minLength, 'x')
}
