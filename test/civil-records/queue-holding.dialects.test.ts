// One file, one clerk: taking the next, holding it, letting it go, and being handed it. Through the use cases, many clerks
// at the same instant.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accounts } from '../../src/access/schema.ts'
import { holdRequest, mustHold, release, takeNext, takeRequest } from '../../src/civil-records/queue/holding.ts'
import { filterOf } from '../../src/civil-records/queue/queue-filter.ts'
import { civilRequests } from '../../src/civil-records/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { Problem } from '../../src/kernel/problems.ts'
import { clerkAccount } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { requestNow, submittedRequest } from './world.ts'

const t = await testTown()
const { town } = t
const everything = filterOf({})
const clerks = await Promise.all(Array.from({ length: 12 }, () => clerkAccount(t, 'civil-registry')))
const [anne, bruno] = [clerks[0]!.actor, clerks[1]!.actor]

const emptyTheQueue = () =>
  town.db.transaction(async tx => {
    await tx.delete(civilRequests)
  })
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code

test('many clerks who take the next at the same instant get as many different files, none skipped', async () => {
  await emptyTheQueue()
  const oldestFirst: string[] = []
  for (let n = 0; n < 15; n += 1) {
    t.at(`2026-11-23T09:${String(n).padStart(2, '0')}:00+01:00`)
    oldestFirst.push((await submittedRequest(t, { papers: 0 })).id)
  }
  const taken = await Promise.all(clerks.map(({ actor }) => takeNext(town, actor, everything)))
  assert.deepEqual(new Set(taken), new Set(oldestFirst.slice(0, clerks.length)))
  for (const [i, id] of taken.entries()) {
    const request = await requestNow(t, id!)
    assert.equal(request.state, 'under-review')
    assert.equal(request.assignedTo, clerks[i]!.actor.accountId)
    assert.equal(request.heldBy, clerks[i]!.actor.accountId)
  }
})

test('when fewer files than clerks are left, each file is taken once and the others are told there is none', async () => {
  await emptyTheQueue()
  const files = [
    await submittedRequest(t, { papers: 0 }),
    await submittedRequest(t, { papers: 0, state: 'under-review' }),
  ]
  const taken = await Promise.all(clerks.map(({ actor }) => takeNext(town, actor, everything)))
  const given = taken.filter(id => id !== undefined)
  assert.deepEqual(given.toSorted(), files.map(({ id }) => id).toSorted())
})

test('the next is the oldest that is nobody’s or mine, that nobody has open and that is not put aside', async () => {
  await emptyTheQueue()
  t.at('2026-11-23T09:00:00+01:00')
  await submittedRequest(t, { papers: 0, assignedTo: bruno.accountId })
  const aside = { onHoldUntil: Temporal.PlainDate.from('2026-11-25'), onHoldReason: 'La famille rappelle.' }
  const putAside = await submittedRequest(t, { papers: 0, set: aside })
  await submittedRequest(t, { papers: 0, state: 'waiting-for-applicant' })
  t.at('2026-11-23T10:00:00+01:00')
  const mine = await submittedRequest(t, { papers: 0, state: 'under-review', assignedTo: anne.accountId })
  t.at('2026-11-23T11:00:00+01:00')
  const free = await submittedRequest(t, { papers: 0 })
  assert.equal(await takeNext(town, anne, everything), mine.id)
  assert.equal(await takeNext(town, anne, everything), free.id, 'the one I have open is not given again')
  assert.equal(await takeNext(town, anne, everything), undefined)
  t.at('2026-11-25T09:00:00+01:00')
  assert.equal(await takeNext(town, clerks[2]!.actor, everything), putAside.id, 'back on its day')
})

test('what is taken fits the filter', async () => {
  await emptyTheQueue()
  t.at('2026-11-23T09:00:00+01:00')
  await submittedRequest(t, { papers: 0 })
  t.at('2026-11-23T10:00:00+01:00')
  const death = await submittedRequest(t, { papers: 0, answers: { kind: 'death' } })
  assert.equal(await takeNext(town, anne, filterOf({ acte: 'death', tri: 'number' })), death.id)
  assert.equal(await takeNext(town, anne, filterOf({ acte: 'death' })), undefined)
})

test('a colleague is told who has the file, and since when; left alone, it is free after the town’s minutes', async () => {
  t.at('2026-11-23T14:02:00+01:00')
  const { id } = await submittedRequest(t, { papers: 0 })
  await holdRequest(town, anne, id)
  t.at('2026-11-23T14:15:00+01:00')
  await holdRequest(town, anne, id)
  t.at('2026-11-23T14:34:59+01:00')
  await assert.rejects(holdRequest(town, bruno, id), error => {
    assert.ok(error instanceof Problem)
    assert.equal(error.status, 409)
    assert.match(String(error.params['name']), /^Claire Agent/)
    assert.equal(String(error.params['since']), '2026-11-23T13:02:00Z')
    return problem('held-by-other')(error)
  })
  t.at('2026-11-23T14:35:00+01:00')
  assert.equal((await holdRequest(town, bruno, id)).heldBy, bruno.accountId)
  await assert.rejects(
    town.db.transaction(tx => mustHold(tx, town.clock.now(), anne, { id })),
    problem('held-by-other'),
  )
})

test('who lingered over a letter goes on, as long as nobody else took the file', async () => {
  t.at('2026-11-23T15:00:00+01:00')
  const { id } = await submittedRequest(t, { papers: 0 })
  await assert.rejects(
    town.db.transaction(tx => mustHold(tx, town.clock.now(), anne, { id })),
    problem('not-held'),
  )
  await holdRequest(town, anne, id)
  t.at('2026-11-23T16:00:00+01:00')
  await town.db.transaction(tx => mustHold(tx, town.clock.now(), anne, { id }))
  await assert.rejects(holdRequest(town, bruno, id), problem('held-by-other'), 'the minutes began anew')
})

test('of many clerks who open one file at the same instant, one has it', async () => {
  const { id } = await submittedRequest(t, { papers: 0 })
  const tries = await Promise.allSettled(clerks.map(({ actor }) => takeRequest(town, actor, id)))
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
  const refused = tries.filter(one => one.status === 'rejected')
  assert.ok(refused.every(({ reason }) => problem('held-by-other')(reason)))
})

test('a closed file is nobody’s to take', async () => {
  const { id } = await submittedRequest(t, { papers: 0, state: 'refused' })
  await assert.rejects(takeRequest(town, anne, id), problem('desk-action-refused'))
  assert.equal((await requestNow(t, id)).heldBy, null)
})

test('a file that is let go can be opened by a colleague, and stays whose it is', async () => {
  const { id } = await submittedRequest(t, { papers: 0 })
  await takeRequest(town, anne, id)
  await release(town, bruno, id)
  await assert.rejects(holdRequest(town, bruno, id), problem('held-by-other'), 'only the holder lets go')
  await release(town, anne, id)
  assert.equal((await holdRequest(town, bruno, id)).assignedTo, anne.accountId)
})

test('the files of a clerk who was moved to another service are given to who takes the next', async () => {
  await emptyTheQueue()
  t.at('2026-11-24T09:00:00+01:00')
  const moved = await clerkAccount(t, 'civil-registry')
  const { id } = await submittedRequest(t, { papers: 0 })
  await takeRequest(town, moved.actor, id)
  t.at('2026-11-24T10:00:00+01:00')
  assert.equal(await takeNext(town, anne, everything), undefined)
  await town.db.transaction(async tx => {
    await tx
      .update(accounts)
      .set({ services: ['canteen'] })
      .where(eq(accounts.id, moved.actor.accountId))
  })
  assert.equal(await takeNext(town, anne, everything), id)
  assert.equal((await requestNow(t, id)).assignedTo, anne.accountId)
})

test('to a clerk of another service there is no file to take, open or let go', async () => {
  const canteen = (await clerkAccount(t, 'canteen')).actor
  const { id } = await submittedRequest(t, { papers: 0 })
  for (const attempt of [
    takeNext(town, canteen, everything),
    takeRequest(town, canteen, id),
    holdRequest(town, canteen, id),
    release(town, canteen, id),
  ])
    await assert.rejects(attempt, problem('not-found'))
})
