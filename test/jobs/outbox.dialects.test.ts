import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { startInProcessJobs } from '../../src/jobs/in-process.ts'
import { outbox as promise } from '../../src/jobs/outbox.ts'
import { retryAfter, retryDeadJob, runJob } from '../../src/jobs/run.ts'
import { dailyAt, everyMinutes, promiseScheduled } from '../../src/jobs/schedule.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()

const row = async (key: string) => (await t.town.db.read.select().from(outbox).where(eq(outbox.key, key)))[0]
const promised = (key: string, topic = 'test.work') =>
  t.town.db.transaction(tx => promise(tx, t.town.clock.now(), { topic, payload: { key }, key }))
const partsWith = (work: (key: string) => Promise<void>) => ({
  ...t.jobs,
  handlers: { 'test.work': ({ key }: { key: string }) => work(key) },
})

test('work promised in a transaction that fails is never done', async () => {
  await t.town.db
    .transaction(async tx => {
      await promise(tx, t.town.clock.now(), { topic: 'test.work', payload: {}, key: 'undone' })
      throw new Error('no')
    })
    .catch(() => {})
  assert.equal(await row('undone'), undefined)
})

test('work promised twice under one key is done once', async () => {
  await promised('one')
  await promised('one')
  const done: string[] = []
  const job = await row('one')
  const parts = partsWith(async key => void done.push(key))
  await Promise.all([runJob(parts, job!), runJob(parts, job!)])
  await runJob(parts, { id: job!.id, attempts: 1 })
  assert.deepEqual(done, ['one'])
  assert.equal((await row('one'))?.state, 'done')
})

test('work that fails is tried again later, and kept for a person to look at after the last try', async () => {
  await promised('poison')
  const parts = partsWith(async () => {
    throw new Error('the mail server is down')
  })
  const first = await row('poison')
  await assert.rejects(runJob(parts, first!))
  const after = await row('poison')
  assert.equal(after?.state, 'waiting')
  assert.equal(after?.attempts, 1)
  assert.equal(after?.lastError, 'the mail server is down')
  assert.ok(Temporal.Instant.compare(after.dueAt, t.town.clock.now()) > 0)
  for (let n = 1; n < 12; n++) await assert.rejects(runJob(parts, { id: first!.id, attempts: n }))
  assert.equal((await row('poison'))?.state, 'dead')

  assert.equal(await retryDeadJob(t.town.db, t.town.clock.now(), first!.id), true)
  assert.equal(await retryDeadJob(t.town.db, t.town.clock.now(), first!.id), false)
  await runJob(
    partsWith(async () => {}),
    { id: first!.id, attempts: 0 },
  )
  assert.equal((await row('poison'))?.state, 'done')
})

test('each failure waits about twice as long as the one before, an hour and a half at most', () => {
  assert.equal(retryAfter(1, 0.5).total('seconds'), 2)
  assert.equal(retryAfter(5, 0.5).total('seconds'), 32)
  assert.equal(retryAfter(30, 0.9999).total('seconds') <= 5400, true)
})

test('a topic that nobody handles is a failure that is seen, not silence', async () => {
  await promised('unknown', 'nobody.knows')
  await assert.rejects(runJob(t.jobs, (await row('unknown'))!), /no handler/)
  assert.match((await row('unknown'))?.lastError ?? '', /no handler/)
})

test('the runner does what was promised, and stopping waits for what has begun', async () => {
  const done: string[] = []
  const keys = Array.from({ length: 40 }, (_, n) => `runner:${n}`)
  const parts = partsWith(async key => {
    await new Promise(resolve => setTimeout(resolve, 5))
    done.push(key)
  })
  const runner = startInProcessJobs(parts)
  for (const key of keys) await promised(key)
  runner.ring()
  while (done.length < 40) await new Promise(resolve => setTimeout(resolve, 10))
  await runner.stop()
  assert.deepEqual(done.filter(k => k.startsWith('runner')).sort(), keys.sort())
  for (const key of keys) assert.equal((await row(key))?.state, 'done')
})

test('a job taken up by a worker that died is handed over again after its lease', async () => {
  await promised('orphan')
  const job = await row('orphan')
  // As a killed worker leaves it: taken, with a lease, and never finished.
  await t.town.db.transaction(async tx => {
    await tx
      .update(outbox)
      .set({ attempts: 1, dueAt: t.town.clock.now().add({ seconds: 60 }) })
      .where(eq(outbox.id, job!.id))
  })
  const done: string[] = []
  const runner = startInProcessJobs(partsWith(async key => void done.push(key)))
  await new Promise(resolve => setTimeout(resolve, 700))
  assert.deepEqual(done, [], 'not before the lease ends')
  t.at(t.town.clock.now().add({ seconds: 61 }).toString())
  while (done.length === 0) await new Promise(resolve => setTimeout(resolve, 20))
  await runner.stop()
  assert.deepEqual(done, ['orphan'])
})

test('two schedulers of the same turn make one job', async () => {
  const scheduled = [{ topic: 'test.daily', period: dailyAt(Temporal.PlainTime.from('06:00')) }]
  const { db, clock } = t.town
  await Promise.all([promiseScheduled(db, clock, scheduled), promiseScheduled(db, clock, scheduled)])
  const rows = await db.read.select().from(outbox).where(eq(outbox.topic, 'test.daily'))
  assert.equal(rows.length, 1)
})

test('a daily turn is due from its hour in Paris, summer and winter', () => {
  const turn = dailyAt(Temporal.PlainTime.from('06:00'))
  assert.equal(turn(Temporal.Instant.from('2026-07-10T03:59:59Z')), '2026-07-09')
  assert.equal(turn(Temporal.Instant.from('2026-07-10T04:00:00Z')), '2026-07-10')
  assert.equal(turn(Temporal.Instant.from('2026-12-10T04:59:59Z')), '2026-12-09')
  assert.equal(turn(Temporal.Instant.from('2026-12-10T05:00:00Z')), '2026-12-10')
  assert.notEqual(
    everyMinutes(10)(Temporal.Instant.from('2026-12-10T05:00:00Z')),
    everyMinutes(10)(Temporal.Instant.from('2026-12-10T05:10:00Z')),
  )
})
