import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { count, eq } from '../src/db/drizzle.ts'
import { startBullmqRelay, startBullmqWorker } from '../src/jobs/bullmq.ts'
import { outbox as promise } from '../src/jobs/outbox.ts'
import { outbox } from '../src/jobs/schema.ts'
import { startRedis } from '../test/support/redis.ts'
import { benchTown } from './bench-town.ts'
import type { Figure } from './figure.ts'

const JOBS = 10_000
const AT_ONCE = 50

/** From outbox rows to done rows through Redis, against BullMQ alone with the same concurrency. */
export async function benchJobs(): Promise<Figure[]> {
  const redis = await startRedis({ appendonly: false })
  try {
    const floor = await bareBullmq(redis.url)
    const value = await ours(redis.url)
    return [{ name: 'outbox rows to done jobs through BullMQ', value, floor, ratio: value / floor, unit: 'jobs/s' }]
  } finally {
    await redis.stop()
  }
}

async function bareBullmq(url: string): Promise<number> {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  const queue = new Queue('bare', { connection })
  let done = 0
  const finished = Promise.withResolvers<void>()
  const began = performance.now()
  const worker = new Worker(
    'bare',
    async () => {
      if (++done === JOBS) finished.resolve()
    },
    { connection: connection.duplicate(), concurrency: AT_ONCE },
  )
  for (let n = 0; n < JOBS; n += 500) {
    const jobs = Array.from({ length: 500 }, () => ({ name: 'x', data: {}, opts: { removeOnComplete: true } }))
    await queue.addBulk(jobs)
  }
  await finished.promise
  const seconds = (performance.now() - began) / 1000
  await worker.close()
  await queue.close()
  connection.disconnect()
  return JOBS / seconds
}

async function ours(url: string): Promise<number> {
  const t = await benchTown()
  const { db, clock } = t.running.town
  const now = clock.now()
  await db.transaction(async tx => {
    for (let n = 0; n < JOBS; n++) await promise(tx, now, { topic: 'bench', payload: { n }, key: `bench:${n}` })
  })
  const parts = { ...t.running.jobs, handlers: { bench: async () => {} } }
  const began = performance.now()
  const worker = startBullmqWorker(parts, url)
  const relay = startBullmqRelay(parts, url)
  for (;;) {
    const [row] = await db.read.select({ n: count() }).from(outbox).where(eq(outbox.state, 'done'))
    if (row?.n === JOBS) break
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const seconds = (performance.now() - began) / 1000
  await relay.stop()
  await worker.stop()
  await t.close()
  return JOBS / seconds
}
