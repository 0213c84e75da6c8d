// Nonsense, other people's ids and forged requests against every operation that the OpenAPI document names: a new one is
// tried from the day it is there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type supertest from 'supertest'
import { family } from '../support/family.ts'
import type { Visitor } from '../support/town.ts'
import { changedTables, isOfTheTown } from './database.ts'
import { hostileText, hostileValue, inAddress } from './hostile.ts'
import { type Operation, operationsOf, type Schema, sample } from './openapi.ts'
import { signIn } from './sign-in.ts'
import { abusedTown } from './world.ts'

const RUNS = 10
// Tells an answer that hangs from one that a busy machine delays.
const PATIENCE_MS = 5_000

const { t, watcher, first, other, administrator, canteenClerk, cashClerk, theirIds } = await abusedTown()
const operations = await operationsOf(t.app)
const readings = operations.filter(({ method, params }) => method === 'get' && !params.some(({ name }) => isId(name)))
const choices = { day: '2026-12-07', from: '2026-12-07', to: '2026-12-18', month: '2026-12' }
const own = { ...choices, childId: other.children[0]!.id }

function isId(name: string): boolean {
  return name === 'id' || name.endsWith('Id')
}

type Wish = {
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
  raw?: [type: string, body: string]
}

function send(visitor: Visitor, operation: Operation, { params, query, body, raw }: Wish): supertest.Test {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => inAddress(params[name] ?? ''))
  const search = Object.entries(query).map(([name, value]) => `${inAddress(name)}=${inAddress(value)}`)
  const asking = visitor[operation.method](`/api/v1${path}${search.length > 0 ? `?${search.join('&')}` : ''}`)
  if (raw) return asking.set('Content-Type', raw[0]).send(raw[1])
  if (body === undefined) return asking
  return asking.set('Content-Type', 'application/json').send(JSON.stringify(body))
}

const sampleOf = (operation: Operation, mine: Record<string, unknown> = own): Wish => ({
  params: Object.fromEntries(
    operation.params
      .filter(one => one.in === 'path')
      .map(one => [one.name, String(sample(one.schema, mine, one.name))]),
  ),
  query: {},
  body: operation.body && sample(operation.body, mine),
})

/** The answer came soon and is a success, or a refusal in words that left nothing behind but what is `noted`. */
async function answersWell(asking: supertest.Test, noted: readonly string[] = []): Promise<number> {
  const before = await watcher.fingerprint()
  const began = performance.now()
  const answer = await asking.ok(() => true)
  const took = performance.now() - began
  assert.ok(took < PATIENCE_MS, `answered after ${Math.round(took)} ms`)
  assert.ok(answer.status < 500, `${answer.status} ${answer.text}`)
  const changed = changedTables(before, await watcher.fingerprint())
  if (answer.status < 400) {
    if (changed.some(isOfTheTown)) assert.ok(changed.includes('audit_entries'), `changed ${changed}, unaudited`)
    return answer.status
  }
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, `${answer.status} ${answer.text}`)
  const problem = answer.body as { code: string; title: string; detail: string; errors?: { message: string }[] }
  assert.match(problem.code, /^[a-z]+(-[a-z]+)*$/)
  for (const words of [problem.title, problem.detail, ...(problem.errors ?? []).map(({ message }) => message)]) {
    assert.match(words, /\p{L}{2,}/u, answer.text)
    assert.doesNotMatch(words, /^[\w-]+(:|\.)[\w.-]+$|\{\{|undefined|\bat \/|node_modules/, `not words: ${words}`)
  }
  assert.doesNotMatch(answer.text, /node_modules|\.ts:\d+|SQLITE|select .* from/i)
  assert.deepEqual(
    changed.filter(table => !noted.includes(table)),
    [],
    `${answer.status} left something behind`,
  )
  return answer.status
}

/** A body that is a sample with one or more fields spoilt, or none at all. */
function spoilt(schema: Schema, base: unknown): fc.Arbitrary<unknown> {
  const value = hostileValue(theirIds)
  const properties = Object.keys(schema.properties ?? {})
  if (properties.length === 0 || !base || typeof base !== 'object') return value
  const oneField = fc.tuple(fc.constantFrom(...properties), value).map(([name, bad]) => ({ ...base, [name]: bad }))
  const inside = properties.flatMap(name => {
    const items = schema.properties?.[name]?.items
    const item = (base as Record<string, unknown>)[name]
    if (!items?.properties || !Array.isArray(item)) return []
    return [
      spoilt(items, item[0]).map(bad => ({ ...base, [name]: [bad] })),
      fc.constantFrom(2_000, 10_000).map(n => ({ ...base, [name]: Array.from({ length: n }, () => item[0]) })),
    ]
  })
  const unknownField = fc
    .tuple(fc.constantFrom('__proto__', 'id', 'householdId', 'admin', ''), value)
    .map(([name, bad]) => JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(bad) ?? 'null'}}`) as object)
    .map(more => ({ ...base, ...more }))
  const without = fc.constantFrom(...properties).map(name => ({ ...base, [name]: undefined }))
  return fc.oneof(oneField, oneField, ...inside, unknownField, without, value)
}

function nonsense(operation: Operation, base: Wish): fc.Arbitrary<Wish> {
  const text = hostileText(theirIds)
  const names = (place: 'path' | 'query') => operation.params.filter(one => one.in === place).map(({ name }) => name)
  const some = (place: 'path' | 'query', given: Record<string, string>) =>
    fc
      .record(Object.fromEntries(names(place).map(name => [name, fc.option(text, { nil: undefined })])))
      .map(bad => Object.fromEntries(Object.entries({ ...given, ...defined(bad) })))
  const body = operation.body ? spoilt(operation.body, base.body) : fc.constant(undefined)
  return fc.record({ params: some('path', base.params), query: some('query', {}), body })
}

const defined = (values: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))

test('the document names operations to try', () => {
  assert.ok(operations.length > 10)
  assert.ok(theirIds.length > 20)
})

for (const operation of operations) {
  test(`${operation.name}: nonsense is refused in words, at once, and leaves nothing behind`, async () => {
    const mine = await family(t, { children: ['Inès', 'Malo'] })
    const visitor = mine.parent
    const base = sampleOf(operation, { ...choices, childId: mine.children[0]!.id })
    await fc.assert(
      fc.asyncProperty(nonsense(operation, base), async wish => {
        await answersWell(send(visitor, operation, wish))
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    for (const raw of RAW_BODIES) if (operation.body) await answersWell(send(visitor, operation, { ...base, raw }))
    const query = { page: '-1', limit: '1e9', before: '\u0000', __proto__: 'x', 'a[b]': '1' }
    await answersWell(send(visitor, operation, { ...base, query }))
    if (operation.method === 'get') return
    for (const key of ['k'.repeat(6_000), randomText(6_000), '\u00e9\u00ff', ' ', '']) {
      const asking = send(visitor, operation, { ...base, params: { ...base.params, id: 'nobody' } })
      // A refusal too is remembered under its key.
      await answersWell(asking.set('Idempotency-Key', key), ['idempotent_answers'])
    }
    // Whatever was taken can be shown.
    const again = await signIn(t, mine)
    for (const reading of readings) await answersWell(send(again, reading, sampleOf(reading)))
  })
}

const RAW_BODIES: [string, string][] = [
  ['application/json', '{"a":'],
  ['application/json', 'null'],
  ['application/json', '"text"'],
  ['application/json', '[]'],
  ['application/json', '{"a":1,"a":2}'],
  ['application/json; charset=klingon', '{}'],
  ['application/x-www-form-urlencoded', 'a[b][c]=1&a=2'],
  ['multipart/form-data; boundary=x', '--x\r\n'],
  ['text/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ['application/json', JSON.stringify({ a: 'x'.repeat(200_000) })],
]

/** Letters that no engine can pack. */
const randomText = (length: number) =>
  Array.from({ length }, () => String.fromCharCode(33 + Math.floor(Math.random() * 90))).join('')

test('whoever has not signed in learns and changes nothing, but where an operation is open to all', async () => {
  for (const operation of operations.filter(({ open }) => !open)) {
    const status = await answersWell(send(t.visitor(), operation, sampleOf(operation)))
    assert.ok(status === 401 || status === 404, `${operation.name}: ${status}`)
  }
})

test('what is another family’s does not exist, whatever the operation', async () => {
  const named = operations.filter(({ params }) => params.some(one => one.in === 'path' && isId(one.name)))
  assert.ok(named.length > 3)
  const visitor = await signIn(t, other)
  for (const operation of named) {
    const base = sampleOf(operation)
    for (const id of theirIds) {
      const params = { ...base.params }
      for (const name of Object.keys(params).filter(isId)) params[name] = id
      const status = await answersWell(send(visitor, operation, { ...base, params }))
      assert.ok(status === 404 || (operation.body && status === 422), `${operation.name} ${id}: ${status}`)
    }
  }
})

test('ids of another family inside what is sent open nothing', async () => {
  const visitor = await signIn(t, other)
  const theirs = { ...own, childId: first.children[1]!.id, householdId: first.household, personId: first.personId }
  const before = await watcher.fingerprint()
  for (const operation of operations.filter(({ body, open }) => body && !open)) {
    if (!/[iI]ds?"/.test(JSON.stringify(operation.body))) continue
    for (const id of theirIds) {
      const wish = { ...sampleOf(operation, { ...theirs, id, invoiceIds: [id], invoiceId: id }), params: { id } }
      const status = await answersWell(send(visitor, operation, wish))
      assert.ok(status >= 400, `${operation.name} ${id}: ${status}`)
    }
  }
  assert.deepEqual(changedTables(before, await watcher.fingerprint()), [])
})

test('an operation of the town hall does not exist for families, nor for clerks of other services', async () => {
  for (const operation of operations.filter(({ path }) => /desk|clerk|runs|staff/.test(path))) {
    const status = await answersWell(send(other.parent, operation, sampleOf(operation)))
    assert.ok(status === 404 || status === 422, `${operation.name}: ${status}`)
  }
})

test('clerks too are refused nonsense in words', async () => {
  for (const operation of operations) {
    for (const visitor of [administrator, canteenClerk, cashClerk]) {
      if (operation.path === '/sessions') continue
      await fc.assert(
        fc.asyncProperty(nonsense(operation, sampleOf(operation)), async wish => {
          await answersWell(send(visitor, operation, wish))
        }),
        { numRuns: 4, endOnFailure: true },
      )
    }
  }
})

test('a write that another site makes a browser send is refused, whatever the operation', async () => {
  for (const operation of operations.filter(({ method }) => method !== 'get')) {
    const asked = (headers: Record<string, string>) =>
      answersWell(send(other.parent, operation, sampleOf(operation)).set(headers))
    assert.equal(await asked({ Origin: 'https://evil.example' }), 403, operation.name)
    assert.equal(await asked({ Origin: 'null' }), 403, operation.name)
    assert.equal(await asked({ 'Sec-Fetch-Site': 'cross-site' }), 403, operation.name)
    assert.equal(await asked({ 'Sec-Fetch-Site': 'same-site' }), 403, operation.name)
  }
})
