import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, count, eq, inArray, isNotNull, lt, ne } from '../../db/drizzle.ts'
import { type Clerk, system } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { conflict, invalid, notFound } from '../../kernel/problems.ts'
import { fileOf } from '../../people/files.ts'
import { files } from '../../people/schema.ts'
import { type Child, childrenById } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { removeLater } from '../../uploads/remove-later.ts'
import { creditStays } from '../credit-stays.ts'
import { leisureClaims, leisureSignupDays } from '../schema.ts'
import { writeClaimAnswer } from './claim-mail.ts'
import { type Missed, missedDaysOf } from './claimable.ts'

type Claim = typeof leisureClaims.$inferSelect

/** A paper with the days it would excuse, as they stand now. */
export type ClaimToCheck = {
  claim: Claim
  child: Child
  days: readonly { signupId: Id<'leisure-signup'>; day: Temporal.PlainDate; why: Missed }[]
}

/** How many papers wait for an answer. */
export async function countLeisureClaims(db: Queries): Promise<number> {
  const [row] = await db.select({ n: count() }).from(leisureClaims).where(eq(leisureClaims.state, 'to-check'))
  return Number(row?.n ?? 0)
}

/** The papers to look at, oldest first. */
export async function claimsToCheck(town: Town, db: Queries): Promise<ClaimToCheck[]> {
  const claims = await db
    .select()
    .from(leisureClaims)
    .where(eq(leisureClaims.state, 'to-check'))
    .orderBy(asc(leisureClaims.createdAt), asc(leisureClaims.id))
    .limit(200)
  return withDays(town, db, claims)
}

/** One paper that waits for an answer. Throws 404 for any other. */
export async function claimToCheck(town: Town, db: Queries, id: string): Promise<ClaimToCheck> {
  const claims = await db
    .select()
    .from(leisureClaims)
    .where(and(eq(leisureClaims.id, id as Id<'leisure-claim'>), eq(leisureClaims.state, 'to-check')))
  const [one] = await withDays(town, db, claims)
  if (!one) throw notFound()
  return one
}

async function withDays(town: Town, db: Queries, claims: readonly Claim[]): Promise<ClaimToCheck[]> {
  const today = dayInParis(town.clock.now())
  const children = await childrenById(db, [...new Set(claims.map(({ childId }) => childId))])
  const papers: ClaimToCheck[] = []
  for (const claim of claims) {
    const child = children.get(claim.childId)
    if (child) papers.push({ claim, child, days: await missedDaysOf(db, claim, today) })
  }
  return papers
}

/** The certificate as it was sent. It may tell an illness: the look is in the audit trail. */
export async function certificateOf(town: Town, clerk: Clerk, id: string) {
  return town.db.transaction(async tx => {
    const { claim, child } = await claimToCheck(town, tx, id)
    const subject = { kind: 'child', id: child.id }
    const details = { claimId: claim.id }
    await audit(tx, town.clock.now(), clerk, { action: 'health.certificate-viewed', subject, details })
    return fileOf(tx, claim.householdId, claim.fileId)
  })
}

/**
 * The town's answer: the days `accepted` (ISO) cost nothing, the others are charged, for the reason the parents read.
 * Throws 404, 422 `reason-needed` for a refusal without reason, 409 `already-decided` when a colleague was faster.
 */
export async function decideClaim(
  town: Town,
  clerk: Clerk,
  id: string,
  { accepted, refusal }: { accepted: readonly string[]; refusal: string },
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const paper = await claimToCheck(town, tx, id)
    const { claim, child } = paper
    const yes = paper.days.filter(({ day }) => accepted.includes(day.toString()))
    const no = paper.days.filter(({ day }) => !accepted.includes(day.toString()))
    const words = refusal.trim().slice(0, 500)
    const refused = no.length > 0 || yes.length === 0
    if (refused && words === '') throw invalid([{ field: 'refusal', code: 'reason-needed' }])
    const decided = await tx
      .update(leisureClaims)
      .set({
        state: yes.length > 0 ? 'accepted' : 'refused',
        refusal: refused ? words : null,
        decidedBy: clerk.accountId,
        decidedAt: now,
      })
      .where(and(eq(leisureClaims.id, claim.id), eq(leisureClaims.state, 'to-check')))
      .returning({ id: leisureClaims.id })
    if (decided.length === 0) throw conflict('already-decided')
    await excuse(tx, now, claim, yes)
    const days = (list: ClaimToCheck['days']) => list.map(({ day }) => day)
    await audit(tx, now, clerk, {
      action: 'leisure-claim.decided',
      subject: { kind: 'child', id: child.id },
      details: { claimId: claim.id, accepted: days(yes).map(String), refused: days(no).map(String) },
    })
    await writeClaimAnswer(tx, town, claim, {
      name: child.firstName,
      accepted: days(yes),
      refused: days(no),
      words: refused ? words : '',
    })
  })
}

/** These days cost nothing: what was charged already is given back. */
async function excuse(tx: Tx, now: Temporal.Instant, claim: Claim, days: ClaimToCheck['days']): Promise<void> {
  for (const [signupId, theirs] of Map.groupBy(days, one => one.signupId)) {
    const list = theirs.map(({ day }) => day)
    await tx
      .update(leisureSignupDays)
      .set({ excused: true })
      .where(and(eq(leisureSignupDays.signupId, signupId), inArray(leisureSignupDays.day, list)))
    await creditStays(tx, now, {
      signupId,
      days: list,
      reason: 'claim-accepted',
      key: `claim:${claim.id}:${signupId}`,
    })
  }
}

/** How long a paper is kept after its answer: a family has two months to object (administrative code, R421-1). */
const KEPT = Temporal.Duration.from({ months: 2 })

/** Deletes the papers whose answer nobody can object to any more: they tell of health. */
export async function forgetPapers(town: Town): Promise<void> {
  const now = town.clock.now()
  const until = now.toZonedDateTimeISO('UTC').subtract(KEPT).toInstant()
  await town.db.transaction(async tx => {
    const old = await tx
      .select({ id: leisureClaims.id, fileId: leisureClaims.fileId })
      .from(leisureClaims)
      .where(
        and(ne(leisureClaims.state, 'to-check'), lt(leisureClaims.decidedAt, until), isNotNull(leisureClaims.fileId)),
      )
      .limit(200)
    if (old.length === 0) return
    const ids = old.map(({ id }) => id)
    await tx.update(leisureClaims).set({ fileId: null }).where(inArray(leisureClaims.id, ids))
    for (const fileId of new Set(old.flatMap(claim => claim.fileId ?? []))) await forgetFile(tx, now, fileId)
    const subject = { kind: 'leisure-claim', id: 'papers' }
    await audit(tx, now, system('leisure-claims'), {
      action: 'leisure-claim.papers-deleted',
      subject,
      details: { claims: ids },
    })
  })
}

/** One paper may have served for several children: it goes with the last of its claims. */
async function forgetFile(tx: Tx, now: Temporal.Instant, fileId: Id<'file'>): Promise<void> {
  const [used] = await tx
    .select({ id: leisureClaims.id })
    .from(leisureClaims)
    .where(eq(leisureClaims.fileId, fileId))
    .limit(1)
  if (used) return
  const [file] = await tx.delete(files).where(eq(files.id, fileId)).returning({ storedAs: files.storedAs })
  if (file) await removeLater(tx, now, file.storedAs)
}
