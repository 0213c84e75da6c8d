import type { Logger } from 'pino'
import { type Database, prepared } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { outbox } from './schema.ts'

export type Job = { id: Id<'job'>; attempts: number }
/** Does the work of one topic. May run twice for the same job, also after a crash halfway: must then change nothing more. */
export type Handler = (payload: never, job: { key: string }) => Promise<void>
export type Handlers = Readonly<Record<string, Handler>>
export type JobsParts = { db: Database; clock: Clock; log: Logger; handlers: Handlers }

/** How long a job may be silent before another runner takes it up. */
export const LEASE = Temporal.Duration.from({ seconds: 60 })
const HEARTBEAT_MS = 20_000
/** Doubling from one second: the twelfth try comes after about an hour and a half. */
const MOST_ATTEMPTS = 12

const take = prepared(db =>
  db
    .update(outbox)
    .set({ attempts: sql`${outbox.attempts} + 1`, dueAt: sql`${sql.placeholder('lease')}` })
    .where(
      and(
        eq(outbox.id, sql.placeholder('id')),
        eq(outbox.state, 'waiting'),
        eq(outbox.attempts, sql.placeholder('attempts')),
      ),
    )
    .returning({ topic: outbox.topic, payload: outbox.payload, key: outbox.key })
    .prepare(),
)

const finish = prepared(db =>
  db
    .update(outbox)
    .set({ state: 'done', doneAt: sql`${sql.placeholder('now')}`, lastError: null })
    .where(eq(outbox.id, sql.placeholder('id')))
    .prepare(),
)

/**
 * Runs one job: its handler, then the mark that it is done. A failure is written down and tried again later, ever less
 * often; after the last try the job is kept as `dead`, for a person to look at. Throws what the handler threw.
 */
export async function runJob(parts: JobsParts, job: Job): Promise<void> {
  const { db, clock } = parts
  const lease = () => clock.now().add(LEASE).toString({ fractionalSecondDigits: 3 })
  const [row] = await db.transaction(tx => take(tx).execute({ ...job, lease: lease() }))
  if (!row) return
  const heartbeat = setInterval(() => {
    db.transaction(async tx => {
      await tx
        .update(outbox)
        .set({ dueAt: clock.now().add(LEASE) })
        .where(and(eq(outbox.id, job.id), eq(outbox.state, 'waiting')))
    }).catch(error => parts.log.warn({ job: job.id, err: error }, 'lease not renewed'))
  }, HEARTBEAT_MS)
  try {
    const handler = parts.handlers[row.topic]
    if (!handler) throw new Error(`no handler for ${row.topic}`)
    await handler(row.payload as never, { key: row.key })
    const now = clock.now().toString({ fractionalSecondDigits: 3 })
    await db.transaction(tx => finish(tx).execute({ id: job.id, now }))
  } catch (error) {
    await putOff(parts, job, error)
    throw error
  } finally {
    clearInterval(heartbeat)
  }
}

/** When to try again after the n-th failure: doubling, at most an hour, spread so that many do not come back at once. */
export function retryAfter(attempts: number, chance: number): Temporal.Duration {
  const seconds = Math.min(3600, 2 ** attempts) * (0.5 + chance)
  return Temporal.Duration.from({ milliseconds: Math.round(seconds * 1000) })
}

async function putOff({ db, clock, log }: JobsParts, job: Job, error: unknown) {
  const attempts = job.attempts + 1
  const dead = attempts >= MOST_ATTEMPTS
  log.warn({ job: job.id, attempts, dead, err: error }, 'job failed')
  await db.transaction(async tx => {
    await tx
      .update(outbox)
      .set({
        state: dead ? 'dead' : 'waiting',
        dueAt: clock.now().add(retryAfter(attempts, Math.random())),
        lastError: error instanceof Error ? error.message.slice(0, 500) : String(error),
      })
      .where(and(eq(outbox.id, job.id), eq(outbox.state, 'waiting')))
  })
}

/** Puts a dead job back in line, with all its tries anew. */
export async function retryDeadJob(db: Database, now: Temporal.Instant, id: Id<'job'>): Promise<boolean> {
  return db.transaction(async tx => {
    const revived = await tx
      .update(outbox)
      .set({ state: 'waiting', attempts: 0, dueAt: now })
      .where(and(eq(outbox.id, id), eq(outbox.state, 'dead')))
      .returning({ id: outbox.id })
    return revived.length === 1
  })
}
