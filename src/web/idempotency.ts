import { createHash } from 'node:crypto'
import { type Database, prepared, type Tx } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { conflict, invalid } from '../kernel/problems.ts'
import { idempotentAnswers } from './schema.ts'

/** Programs send a UUID; PostgreSQL refuses an index entry of some thousands. */
const LONGEST_KEY = 255

const answerOf = prepared(db =>
  db
    .select({ fingerprint: idempotentAnswers.fingerprint, body: idempotentAnswers.body })
    .from(idempotentAnswers)
    .where(
      and(eq(idempotentAnswers.scope, sql.placeholder('scope')), eq(idempotentAnswers.key, sql.placeholder('key'))),
    )
    .prepare(),
)

const keepAnswer = prepared(db =>
  db
    .insert(idempotentAnswers)
    .values({
      scope: sql.placeholder('scope'),
      key: sql.placeholder('key'),
      fingerprint: sql.placeholder('fingerprint'),
      status: 200,
      body: sql.placeholder('body'),
      createdAt: sql.placeholder('createdAt'),
    })
    .prepare(),
)

/**
 * Runs a write once per key: its answer is stored in its own transaction, and given again to whoever repeats the key.
 * Looked up before anything else, so that a repeated success is never answered « full » or « too late ».
 * Throws `conflict` when the key comes back with another content, `invalid` for an endless key.
 */
export async function once<Answer>(
  parts: { db: Database; now: Temporal.Instant },
  asked: { scope: string; key: string | undefined; content: unknown },
  work: (tx: Tx) => Promise<Answer>,
): Promise<Answer> {
  const { key, scope } = asked
  if (!key) return parts.db.transaction(work)
  if (key.length > LONGEST_KEY) throw invalid([{ field: 'key', code: 'too-long', params: { max: LONGEST_KEY } }])
  const fingerprint = createHash('sha256').update(JSON.stringify(asked.content)).digest('hex')
  const earlier = async () => {
    const [row] = await answerOf(parts.db.read).execute({ scope, key })
    if (row && row.fingerprint !== fingerprint) throw conflict('key-reused')
    return row
  }
  const known = await earlier()
  if (known) return known.body as Answer
  try {
    return await parts.db.transaction(async tx => {
      const answer = await work(tx)
      await keepAnswer(tx).execute({ scope, key, fingerprint, body: answer, createdAt: parts.now })
      return answer
    })
  } catch (error) {
    // Two at once with one key: the slower one is undone, whatever it met (the key itself, or what the faster one had
    // just done), and told what the faster one was.
    const winner = await earlier()
    if (winner) return winner.body as Answer
    throw error
  }
}
