import type { Tx } from '../db/database.ts'
import { prepared } from '../db/database.ts'
import { sql } from '../db/drizzle.ts'
import { newId } from '../kernel/ids.ts'
import { outbox as outboxTable } from './schema.ts'

export type PromisedJob = {
  topic: string
  /** Ids, not copies: the handler reads what is true when it runs. */
  payload: unknown
  /** One piece of work, one key: promised twice, it is done once. */
  key: string
  /** Not before; at once when left out. */
  dueAt?: Temporal.Instant
}

const insertJob = prepared(db =>
  db
    .insert(outboxTable)
    .values({
      id: sql.placeholder('id'),
      topic: sql.placeholder('topic'),
      payload: sql.placeholder('payload'),
      key: sql.placeholder('key'),
      state: 'waiting',
      dueAt: sql.placeholder('dueAt'),
      attempts: 0,
      createdAt: sql.placeholder('now'),
    })
    .onConflictDoNothing()
    .prepare(),
)

/** Promises work that follows from this transaction: it will be done if, and only if, the transaction is kept. */
export async function outbox(tx: Tx, now: Temporal.Instant, job: PromisedJob): Promise<void> {
  await insertJob(tx).execute({
    id: newId<'job'>(),
    topic: job.topic,
    payload: job.payload,
    key: job.key,
    dueAt: job.dueAt ?? now,
    now,
  })
}
