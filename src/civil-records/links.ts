import { createHash, randomBytes } from 'node:crypto'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq, gt, isNull } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { civilLinks } from './schema.ts'

type LinkPurpose = (typeof civilLinks.$inferSelect)['purpose']

/** How long a link of each kind works. `follow` is prolonged by a new one in every later letter. */
const LIFETIMES: Readonly<Record<LinkPurpose, Temporal.Duration>> = {
  resume: Temporal.Duration.from({ hours: 7 * 24 }),
  'confirm-email': Temporal.Duration.from({ hours: 7 * 24 }),
  follow: Temporal.Duration.from({ hours: 90 * 24 }),
}

/** Makes the secret of a link that opens one request. Only its hash is kept; earlier links go on until they end. */
export async function makeRequestLink(
  tx: Tx,
  now: Temporal.Instant,
  requestId: Id<'civil-request'>,
  purpose: LinkPurpose,
): Promise<string> {
  const secret = randomBytes(24).toString('base64url')
  const expiresAt = now.add(LIFETIMES[purpose])
  await tx.insert(civilLinks).values({ tokenHash: hashOf(secret), requestId, purpose, createdAt: now, expiresAt })
  return secret
}

/** Which request the link opens, while it works. Looking does not use it up: mail programs look at links too. */
export async function requestOfLink(
  db: Queries,
  now: Temporal.Instant,
  secret: string,
  purpose: LinkPurpose,
): Promise<Id<'civil-request'> | undefined> {
  const [link] = await db
    .select({ requestId: civilLinks.requestId })
    .from(civilLinks)
    .where(
      and(
        eq(civilLinks.tokenHash, hashOf(secret)),
        eq(civilLinks.purpose, purpose),
        isNull(civilLinks.usedAt),
        gt(civilLinks.expiresAt, now),
      ),
    )
  return link?.requestId
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
