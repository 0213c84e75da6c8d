import { and, asc, eq, lte } from '../db/drizzle.ts'
import { type JobsParts, runJob } from './run.ts'
import { outbox } from './schema.ts'

/** Runs every job that is due, and those they promise in turn, until none is left. Failures are kept, to be tried later. */
export async function runDueJobs(parts: JobsParts): Promise<void> {
  for (;;) {
    const due = await parts.db.read
      .select({ id: outbox.id, attempts: outbox.attempts })
      .from(outbox)
      .where(and(eq(outbox.state, 'waiting'), lte(outbox.dueAt, parts.clock.now())))
      .orderBy(asc(outbox.dueAt), asc(outbox.id))
      .limit(100)
    if (due.length === 0) return
    for (const job of due) await runJob(parts, job).catch(() => {}) // written down by runJob
  }
}
