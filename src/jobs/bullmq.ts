import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { type Relay, startRelay } from './relay.ts'
import { type Job, type JobsParts, runJob } from './run.ts'

export const QUEUE = 'guichet'
const AT_ONCE = 50

/**
 * Carries outbox rows to workers through Redis. Redis is never on a request's way and never the truth: lost or flushed,
 * the rows that are not done are handed over again. Retries are the rows' own, so each attempt is a BullMQ job of its own.
 */
export function startBullmqRelay(parts: Omit<JobsParts, 'handlers'>, redisUrl: string): Relay & { queue: Queue } {
  const connection = connect(redisUrl, parts.log)
  const queue = new Queue<Job>(QUEUE, { connection })
  queue.on('error', error => parts.log.warn({ err: error }, 'queue'))
  const relay = startRelay(parts, async jobs => {
    await queue.addBulk(
      jobs.map(job => ({
        name: 'outbox',
        data: job,
        opts: {
          jobId: `${job.id}.${job.attempts}`,
          attempts: 1,
          removeOnComplete: true,
          removeOnFail: { count: 1000 },
        },
      })),
    )
  })
  return {
    queue,
    ring: relay.ring,
    stop: async () => {
      await relay.stop()
      await queue.close()
      connection.disconnect()
    },
  }
}

/** Runs jobs handed over through Redis. Stopping waits for those that have begun. */
export function startBullmqWorker(parts: JobsParts, redisUrl: string): { stop(): Promise<void> } {
  // A worker waits for Redis as long as it takes: that is its whole work.
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null })
  connection.on('error', error => parts.log.warn({ err: error }, 'redis'))
  const running = new Set<Promise<void>>()
  const run = async ({ data }: { data: Job }) => {
    const work = runJob(parts, data)
    running.add(work)
    await work.finally(() => running.delete(work))
  }
  const worker = new Worker<Job>(QUEUE, run, {
    connection,
    concurrency: AT_ONCE,
    // The default of 1 fails a job for good when its worker is killed twice.
    maxStalledCount: 20,
  })
  worker.on('error', error => parts.log.warn({ err: error }, 'worker'))
  return {
    stop: async () => {
      // Asked politely while Redis is away, BullMQ waits until it is back.
      await worker.close(connection.status !== 'ready')
      await Promise.allSettled(running)
      connection.disconnect()
    },
  }
}

/** For adding: while Redis is down, an add fails at once instead of waiting for ever; the relay comes back to it. */
function connect(url: string, log: JobsParts['log']) {
  const connection = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 })
  connection.on('error', error => log.warn({ err: error }, 'redis'))
  return connection
}
