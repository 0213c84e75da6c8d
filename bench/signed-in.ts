import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Tx } from '../src/db/database.ts'
import type { Id } from '../src/kernel/ids.ts'
import type { Town } from '../src/town-context.ts'
import { sessions } from '../src/web/schema.ts'

/** A session of that account as signing in makes one, without the password's hash that would take a hundred times as long. */
export async function signedIn(tx: Tx, town: Town, accountId: Id<'account'>): Promise<string> {
  const { row, cookie } = newSession(town.config.secret, accountId, town.clock.now())
  await tx.insert(sessions).values(row)
  return cookie
}

/** The row of a session, and the cookie that opens it where pages are served over http. */
export function newSession(
  secret: string,
  accountId: Id<'account'>,
  now: Temporal.Instant,
): { row: typeof sessions.$inferInsert; cookie: string } {
  const sessionId = randomBytes(24).toString('base64url')
  const seal = createHmac('sha256', secret).update(sessionId).digest('base64').replace(/=+$/, '')
  return {
    row: {
      idHash: createHash('sha256').update(sessionId).digest('hex'),
      accountId,
      data: { cookie: { originalMaxAge: 1_209_600_000, httpOnly: true, path: '/' }, accountId },
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now.add({ hours: 24 * 14 }),
    },
    cookie: `guichet=${encodeURIComponent(`s:${sessionId}.${seal}`)}`,
  }
}
