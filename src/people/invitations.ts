import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { and, asc, eq, gt, isNull } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, invalid, notFound, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { siblings } from './children.ts'
import { forgetHousehold } from './forget.ts'
import type { HoldsOf } from './holds.ts'
import { writeLetter, writeToFamily } from './letters.ts'
import { householdInvitations, householdMembers } from './schema.ts'
import { guardiansOf, householdOf } from './store.ts'

const LIFETIME = Temporal.Duration.from({ hours: 14 * 24 })
/** Open at once: letters are written to whoever is named. */
const MOST_OPEN = 3
const MOST_ADULTS = 6

export const inviteForm = z.object({ email: z.string().trim().min(1).max(254).pipe(z.email()) })

/** An invitation that waits; its id is the hash of the link's secret. */
export type OpenInvitation = { id: string; email: string; expiresAt: Temporal.Instant }

/** The invitations of a household that were not taken up yet. */
export async function openInvitations(
  db: Queries,
  householdId: Id<'household'>,
  now: Temporal.Instant,
): Promise<OpenInvitation[]> {
  const { tokenHash, email, expiresAt } = householdInvitations
  return db
    .select({ id: tokenHash, email, expiresAt })
    .from(householdInvitations)
    .where(
      and(
        eq(householdInvitations.householdId, householdId),
        isNull(householdInvitations.usedAt),
        gt(householdInvitations.expiresAt, now),
      ),
    )
    .orderBy(asc(householdInvitations.createdAt))
}

/**
 * Asks another adult by e-mail to join the household: they will book, pay and see all of it. Whether the address has an
 * account is not said. Throws `invalid` for an adult who is there, 409 `too-many-invitations`.
 */
export async function inviteAdult(town: Town, actor: Actor, email: string): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    if (actor.kind !== 'resident' && actor.kind !== 'on-behalf') throw notFound()
    const householdId = await householdOf(tx, actor)
    const adults = await guardiansOf(tx, householdId)
    const same = (other: string | null) => other?.toLowerCase() === email.toLowerCase()
    if (adults.some(adult => same(adult.email))) throw invalid([{ field: 'email', code: 'already-adult' }])
    const open = await openInvitations(tx, householdId, now)
    // Asked again: the letter is written anew, and the link before stops working.
    for (const { id } of open.filter(one => same(one.email))) {
      await tx.delete(householdInvitations).where(eq(householdInvitations.tokenHash, id))
    }
    if (open.filter(one => !same(one.email)).length >= MOST_OPEN || adults.length >= MOST_ADULTS) {
      throw conflict('too-many-invitations')
    }
    const secret = randomBytes(32).toString('base64url')
    const tokenHash = hashOf(secret)
    await tx.insert(householdInvitations).values({
      tokenHash,
      householdId,
      email,
      invitedBy: actor.personId,
      createdAt: now,
      expiresAt: now.add(LIFETIME),
    })
    const inviter = adults.find(({ id }) => id === actor.personId)
    const to = { personId: null, email, language: inviter?.language ?? 'fr' }
    await writeLetter(tx, town, to, {
      kind: 'invitation',
      key: tokenHash,
      path: `/invitation/${secret}`,
      params: () => ({ inviter: inviter ? `${inviter.firstName} ${inviter.lastName}` : '' }),
    })
    await audit(tx, now, actor, { action: 'adult.invited', subject: { kind: 'household', id: householdId } })
  })
}

/** Takes an invitation back. Throws 404 for one that is not open, or not the household's. */
export async function withdrawInvitation(town: Town, actor: Actor, invitationId: string): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const householdId = await householdOf(tx, actor)
    const open = await openInvitations(tx, householdId, now)
    if (!open.some(({ id }) => id === invitationId)) throw notFound()
    await tx.delete(householdInvitations).where(eq(householdInvitations.tokenHash, invitationId))
    await audit(tx, now, actor, { action: 'adult.uninvited', subject: { kind: 'household', id: householdId } })
  })
}

/** Who invites whom, for the page behind the link. Throws 410 `gone` for a link that does not work. */
export async function invitationOf(
  db: Queries,
  now: Temporal.Instant,
  secret: string,
): Promise<{ householdId: Id<'household'>; inviter: string; tokenHash: string }> {
  const [row] = await db
    .select()
    .from(householdInvitations)
    .where(
      and(
        eq(householdInvitations.tokenHash, hashOf(secret)),
        isNull(householdInvitations.usedAt),
        gt(householdInvitations.expiresAt, now),
      ),
    )
  const inviter = row && (await guardiansOf(db, row.householdId)).find(({ id }) => id === row.invitedBy)
  if (!row || !inviter) throw new Problem(410, 'gone')
  const { householdId, tokenHash } = row
  return { householdId, tokenHash, inviter: `${inviter.firstName} ${inviter.lastName}` }
}

/**
 * Joins the household of whoever holds the link. The household the asker came with is forgotten when nothing is in it;
 * with children or accounts in it, throws 409 `in-another-household`: a clerk brings the two together.
 */
export async function acceptInvitation(town: Town, holdsOf: HoldsOf, actor: Actor, secret: string): Promise<void> {
  if (actor.kind !== 'resident') throw notFound()
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const { householdId, tokenHash } = await invitationOf(tx, now, secret)
    const own = await householdOf(tx, actor).catch(noHousehold)
    const used = await tx
      .update(householdInvitations)
      .set({ usedAt: now })
      .where(and(eq(householdInvitations.tokenHash, tokenHash), isNull(householdInvitations.usedAt)))
      .returning({ id: householdInvitations.tokenHash })
    if (used.length === 0) throw new Problem(410, 'gone')
    if (own === householdId) return
    if (own) {
      const alone = (await guardiansOf(tx, own)).length === 1
      const empty =
        (await siblings(tx, own)).length === 0 && (await holdsOf(tx, { householdId: own }, now)).length === 0
      if (!alone || !empty) throw conflict('in-another-household')
      await forgetHousehold(tx, now, own, false)
    }
    await tx.insert(householdMembers).values({
      householdId,
      personId: actor.personId,
      role: 'guardian',
      confirmedAt: now,
      createdAt: now,
    })
    const joined = (await guardiansOf(tx, householdId)).find(({ id }) => id === actor.personId)
    await writeToFamily(tx, town, householdId, {
      kind: 'joined',
      key: tokenHash,
      path: '/famille',
      params: () => ({ adult: joined ? `${joined.firstName} ${joined.lastName}` : '' }),
    })
    await audit(tx, now, actor, { action: 'adult.joined', subject: { kind: 'household', id: householdId } })
  })
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')

function noHousehold(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'no-household') return undefined
  throw error
}
