import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  closedStates,
  isClosed,
  mayMove,
  needsReason,
  openStates,
  type RequestState,
  requestStates,
} from '../../src/civil-records/states.ts'

/** Every allowed move, written by hand; what is not here must be refused. */
const allowed = [
  'draft → submitted',
  'draft → withdrawn',
  'draft → expired',
  'submitted → under-review',
  'submitted → withdrawn',
  'under-review → submitted',
  'under-review → waiting-for-applicant',
  'under-review → ready-to-print',
  'under-review → refused',
  'under-review → withdrawn',
  'waiting-for-applicant → under-review',
  'waiting-for-applicant → refused',
  'waiting-for-applicant → withdrawn',
  'waiting-for-applicant → expired',
  'ready-to-print → under-review',
  'ready-to-print → signed',
  'ready-to-print → withdrawn',
  'signed → under-review',
  'signed → posted',
  'signed → ready-for-collection',
  'signed → withdrawn',
  'posted → signed',
  'ready-for-collection → collected',
  'ready-for-collection → posted',
  'ready-for-collection → expired',
  'ready-for-collection → withdrawn',
  'refused → under-review',
]

const everyMove = requestStates.flatMap(from => requestStates.map(to => [from, to] as const))

for (const [from, to] of everyMove) {
  const name = `${from} → ${to}`
  if (allowed.includes(name)) test(`allowed: ${name}`, () => assert.ok(mayMove(from, to)))
  else test(`forbidden: ${name}`, () => assert.ok(!mayMove(from, to)))
}

test('the table of allowed moves names known states only', () => {
  const names = everyMove.map(([from, to]) => `${from} → ${to}`)
  assert.deepEqual(
    allowed.filter(name => !names.includes(name)),
    [],
  )
})

test('a request is either still to do, or closed, or a draft', () => {
  for (const state of requestStates) {
    const open = (openStates as readonly RequestState[]).includes(state)
    assert.equal(open || isClosed(state), state !== 'draft', state)
    assert.ok(!(open && isClosed(state)), state)
  }
  assert.deepEqual([...closedStates], ['posted', 'collected', 'refused', 'withdrawn', 'expired'])
})

test('a refusal says why, always; nothing else must', () => {
  assert.deepEqual(requestStates.filter(needsReason), ['refused'])
})

test('from every state a request can come to an end', () => {
  const ends = (from: RequestState, seen: readonly RequestState[] = []): boolean =>
    isClosed(from) || requestStates.some(to => mayMove(from, to) && !seen.includes(to) && ends(to, [...seen, from]))
  for (const state of requestStates) assert.ok(ends(state), state)
})
