import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eq, like } from '../../src/db/drizzle.ts'
import { startBullmqRelay, startBullmqWorker } from '../../src/jobs/bullmq.ts'
import { outbox as promise } from '../../src/jobs/outbox.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { startRedis } from '../support/redis.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const redis = await startRedis()
after(() => redis.stop())

const promised = (key: string) =>
  t.town.db.transaction(tx => promise(tx, t.town.clock.now(), { topic: 'test.work', payload: { key }, key }))
const row = async (key: string) => (await t.town.db.read.select().from(outbox).where(eq(outbox.key, key)))[0]
const partsWith = (work: (key: string) => Promise<void>) => ({
  ...t.jobs,
  handlers: { 'test.work': ({ key }: { key: string }) => work(key) },
})
async function until(condition: () => boolean | Promise<boolean>) {
  for (let n = 0; n < 1000; n++) {
    if (await condition()) return
    await pause(20)
  }
  throw new Error('never came true')
}
const later = (seconds: number) => t.at(t.town.clock.now().add({ seconds }).toString())

test('work goes through Redis to a worker and is done once', async () => {
  const done: string[] = []
  const parts = partsWith(async key => void done.push(key))
  const worker = startBullmqWorker(parts, redis.url)
  const relay = startBullmqRelay(parts, redis.url)
  for (let n = 0; n < 30; n++) await promised(`redis:${n}`)
  relay.ring()
  await until(() => done.length === 30)
  await until(async () => {
    const rows = await t.town.db.read.select().from(outbox).where(like(outbox.key, 'redis:%'))
    return rows.every(r => r.state === 'done')
  })
  await relay.stop()
  await worker.stop()
  assert.equal(new Set(done).size, 30)
})

test('a failed attempt is tried again through Redis, and its failure can be seen there', async () => {
  let tries = 0
  const parts = partsWith(async () => {
    tries++
    if (tries === 1) throw new Error('not yet')
  })
  const worker = startBullmqWorker(parts, redis.url)
  const relay = startBullmqRelay(parts, redis.url)
  await promised('second-try')
  relay.ring()
  await until(
    async () => (await row('second-try'))?.attempts === 1 && (await row('second-try'))?.lastError === 'not yet',
  )
  assert.equal((await relay.queue.getFailed()).length, 1)
  later(60)
  await until(async () => (await row('second-try'))?.state === 'done')
  await relay.stop()
  await worker.stop()
  assert.equal(tries, 2)
})

test('what Redis forgot is handed over again', async () => {
  const done: string[] = []
  const parts = partsWith(async key => void done.push(key))
  const relay = startBullmqRelay(parts, redis.url)
  await promised('flushed')
  await until(async () => (await relay.queue.getWaitingCount()) === 1)
  await redis.flush()
  const worker = startBullmqWorker(parts, redis.url)
  await pause(300)
  assert.deepEqual(done, [])
  later(61)
  relay.ring()
  await until(async () => (await row('flushed'))?.state === 'done')
  await relay.stop()
  await worker.stop()
  assert.deepEqual(done, ['flushed'])
})

test('while Redis is down promises are kept, and done when it is back', async () => {
  const done: string[] = []
  const parts = partsWith(async key => void done.push(key))
  const worker = startBullmqWorker(parts, redis.url)
  const relay = startBullmqRelay(parts, redis.url)
  await redis.kill()
  await promised('while-down')
  await pause(500)
  assert.equal((await row('while-down'))?.state, 'waiting')
  await redis.restart()
  // Handed over in vain while Redis was down: the lease must end first.
  await until(async () => {
    later(30)
    await pause(100)
    return (await row('while-down'))?.state === 'done'
  })
  await relay.stop()
  await worker.stop()
  assert.deepEqual(done, ['while-down'])
})
