import type { Logger } from 'pino'
import { instantText } from '../db/columns.ts'
import { type Database, prepared } from '../db/database.ts'
import { and, asc, eq, inArray, lte, sql } from '../db/drizzle.ts'
import type { Clock } from '../kernel/clock.ts'
import { type Job, LEASE } from './run.ts'
import { outbox } from './schema.ts'

const BATCH = 500
const POLL_MS = 500

const dueJobs = prepared(db =>
  db
    .select({ id: outbox.id, attempts: outbox.attempts })
    .from(outbox)
    .where(and(eq(outbox.state, 'waiting'), lte(outbox.dueAt, sql.placeholder('now'))))
    .orderBy(asc(outbox.dueAt))
    .limit(BATCH)
    .prepare(),
)

export type Relay = { ring(): void; stop(): Promise<void> }

/**
 * Hands due outbox rows to whatever carries them. A row handed over is leased: not done when the lease ends, it is
 * handed over again, so that a lost Redis or a killed worker loses nothing.
 */
export function startRelay(
  parts: { db: Database; clock: Clock; log: Logger },
  deliver: (jobs: Job[]) => Promise<void>,
): Relay {
  const { db, clock, log } = parts
  let stopped = false
  let rung = false
  let wake: (() => void) | undefined

  async function claim(): Promise<Job[]> {
    const now = clock.now()
    const waiting = await dueJobs(db.read).execute({ now: instantText(now) })
    if (waiting.length === 0) return []
    return db.transaction(async tx => {
      const jobs = await tx
        .update(outbox)
        .set({ dueAt: now.add(LEASE) })
        .where(
          and(
            inArray(
              outbox.id,
              waiting.map(job => job.id),
            ),
            eq(outbox.state, 'waiting'),
            lte(outbox.dueAt, now),
          ),
        )
        .returning({ id: outbox.id, attempts: outbox.attempts })
      return jobs
    })
  }

  async function loop() {
    while (!stopped) {
      try {
        const jobs = await claim()
        if (jobs.length > 0) await deliver(jobs)
        if (jobs.length === BATCH) continue
      } catch (error) {
        log.error({ err: error }, 'relay')
      }
      if (!rung && !stopped) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, POLL_MS)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      rung = false
      wake = undefined
    }
  }

  const running = loop()
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    stop: async () => {
      stopped = true
      wake?.()
      await running
    },
  }
}
