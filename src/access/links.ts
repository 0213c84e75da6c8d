import { createHash, randomBytes } from 'node:crypto'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq, gt, isNull, lt } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { LINK_LIFETIMES, type LinkPurpose } from './rules.ts'
import { accountTokens } from './schema.ts'

/** What a link that came by mail stands for. */
export type Link = { accountId: Id<'account'>; purpose: LinkPurpose; data: Record<string, string> }

/** Makes the secret of a link for an account; earlier links of that kind stop working. Only its hash is kept. */
export async function makeLink(tx: Tx, now: Temporal.Instant, { accountId, purpose, data }: Link): Promise<string> {
  await revokeLinks(tx, accountId, purpose)
  const secret = randomBytes(32).toString('base64url')
  const expiresAt = now.add(LINK_LIFETIMES[purpose])
  await tx
    .insert(accountTokens)
    .values({ tokenHash: linkHash(secret), accountId, purpose, data, createdAt: now, expiresAt })
  return secret
}

/** Ends the links of an account, of one kind or of all. */
export async function revokeLinks(tx: Tx, accountId: Id<'account'>, purpose?: LinkPurpose): Promise<void> {
  await tx
    .delete(accountTokens)
    .where(
      and(
        eq(accountTokens.accountId, accountId),
        isNull(accountTokens.usedAt),
        purpose ? eq(accountTokens.purpose, purpose) : undefined,
      ),
    )
}

/** What the link stands for, while it works. Looking does not use it up: mail programs look at links too. */
export async function lookAtLink(
  db: Queries,
  now: Temporal.Instant,
  secret: string,
  purposes: readonly LinkPurpose[],
): Promise<Link | undefined> {
  const [row] = await db
    .select()
    .from(accountTokens)
    .where(
      and(
        eq(accountTokens.tokenHash, linkHash(secret)),
        isNull(accountTokens.usedAt),
        gt(accountTokens.expiresAt, now),
      ),
    )
  return row && purposes.includes(row.purpose) ? row : undefined
}

/** Uses the link up. Undefined when it was used in between, or does not work any more: of two clicks, one wins. */
export async function useLink(
  tx: Tx,
  now: Temporal.Instant,
  secret: string,
  purposes: readonly LinkPurpose[],
): Promise<Link | undefined> {
  if (!(await lookAtLink(tx, now, secret, purposes))) return undefined
  const [row] = await tx
    .update(accountTokens)
    .set({ usedAt: now })
    .where(and(eq(accountTokens.tokenHash, linkHash(secret)), isNull(accountTokens.usedAt)))
    .returning()
  return row
}

/** Whose account a link was for, even when it has been used or is too old. */
export async function accountOfLink(db: Queries, secret: string): Promise<Id<'account'> | undefined> {
  const [row] = await db
    .select({ accountId: accountTokens.accountId })
    .from(accountTokens)
    .where(eq(accountTokens.tokenHash, linkHash(secret)))
  return row?.accountId
}

/** Forgets links that ended a month ago: until then their page can say why they do not work. */
export async function forgetOldLinks(tx: Tx, now: Temporal.Instant): Promise<void> {
  await tx.delete(accountTokens).where(lt(accountTokens.expiresAt, now.subtract({ hours: 30 * 24 })))
}

export const linkHash = (secret: string) => createHash('sha256').update(secret).digest('hex')
