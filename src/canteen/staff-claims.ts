import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, asc, count, eq, inArray } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import { fileOf } from '../people/files.ts'
import { schoolingOn } from '../people/rules.ts'
import { type Child, childrenById, mailRecipients } from '../people/store.ts'
import { schoolsForClerk } from '../schools/clerk-schools.ts'
import type { School } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { type AbsenceOutcome, absenceOutcomes } from './absences.ts'
import { calendarUrl, daysInWords } from './meals-mail.ts'
import { absenceClaims, mealBookings } from './schema.ts'
import { absenceRuleOf } from './settings.ts'

type Claim = typeof absenceClaims.$inferSelect

/** One paper for a child's absence of one or several days, to be looked at together. */
export type ClaimToCheck = {
  /** Of the first of its days. */
  id: Id<'absence-claim'>
  child: Child
  school: School | undefined
  className: string
  receivedAt: Temporal.Instant
  /** Each day, with what the town's rule says of it. */
  days: readonly { claim: Claim; outcome: AbsenceOutcome }[]
}

/** How many papers wait for an answer, in the whole town. */
export async function countClaims(db: Queries): Promise<number> {
  const [row] = await db.select({ n: count() }).from(absenceClaims).where(eq(absenceClaims.state, 'to-check'))
  return Number(row?.n ?? 0)
}

/** The papers to look at for this clerk's schools, oldest first. */
export async function claimsToCheck(town: Town, clerk: Clerk): Promise<ClaimToCheck[]> {
  const claims = await town.db.read
    .select()
    .from(absenceClaims)
    .where(eq(absenceClaims.state, 'to-check'))
    .orderBy(asc(absenceClaims.createdAt), asc(absenceClaims.day))
    .limit(500)
  return papersOf(town, town.db.read, clerk, claims)
}

/** One paper with its days. Throws 404 for one of a school that is not the clerk's, or that has its answer. */
export async function claimToCheck(town: Town, db: Queries, clerk: Clerk, id: string): Promise<ClaimToCheck> {
  const [first] = await db
    .select()
    .from(absenceClaims)
    .where(and(eq(absenceClaims.id, id as Id<'absence-claim'>), eq(absenceClaims.state, 'to-check')))
  if (!first) throw notFound()
  const claims = await db
    .select()
    .from(absenceClaims)
    .where(
      and(
        eq(absenceClaims.childId, first.childId),
        eq(absenceClaims.fileId, first.fileId),
        eq(absenceClaims.state, 'to-check'),
      ),
    )
    .orderBy(asc(absenceClaims.day))
  const [paper] = await papersOf(town, db, clerk, claims)
  if (!paper) throw notFound()
  return paper
}

/** The certificate as it was sent. It may tell an illness: the look is in the audit trail. */
export async function certificateOf(town: Town, clerk: Clerk, id: string) {
  return town.db.transaction(async tx => {
    const paper = await claimToCheck(town, tx, clerk, id)
    const claim = paper.days[0]?.claim
    if (!claim) throw notFound()
    const subject = { kind: 'child', id: paper.child.id }
    await audit(tx, town.clock.now(), clerk, { action: 'health.certificate-viewed', subject })
    return fileOf(tx, claim.householdId, claim.fileId)
  })
}

/**
 * The town's answer, day by day: `accepted` days cost nothing, the others are refused with the reason the parents read.
 * Throws 422 `reason-needed` for a refusal without reason, 409 `already-decided` when a colleague was faster.
 */
export async function decideClaim(
  town: Town,
  clerk: Clerk,
  id: string,
  { accepted, refusal }: { accepted: readonly string[]; refusal: string },
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const paper = await claimToCheck(town, tx, clerk, id)
    const yes = paper.days.flatMap(({ claim }) => (accepted.includes(claim.id) ? [claim] : []))
    const no = paper.days.flatMap(({ claim }) => (accepted.includes(claim.id) ? [] : [claim]))
    const words = refusal.trim().slice(0, 500)
    if (no.length > 0 && words === '') throw invalid([{ field: 'refusal', code: 'reason-needed' }])
    const said = { decidedBy: clerk.accountId, decidedAt: now }
    const moved = [
      ...(await decide(tx, yes, { ...said, state: 'accepted' as const })),
      ...(await decide(tx, no, { ...said, state: 'refused' as const, refusal: words })),
    ]
    if (moved.length < paper.days.length) throw conflict('already-decided')
    await promiseCredit(tx, town, now, paper, yes)
    const days = (claims: readonly Claim[]) => claims.map(({ day }) => day.toString())
    await audit(tx, now, clerk, {
      action: 'absence.decided',
      subject: { kind: 'child', id: paper.child.id },
      details: { accepted: days(yes), refused: days(no) },
    })
    await writeAnswer(tx, town, now, paper, { yes, no, words })
  })
}

async function decide(tx: Tx, claims: readonly Claim[], set: Partial<Claim>) {
  if (claims.length === 0) return []
  const ids = claims.map(({ id }) => id)
  return tx
    .update(absenceClaims)
    .set(set)
    .where(and(inArray(absenceClaims.id, ids), eq(absenceClaims.state, 'to-check')))
    .returning({ id: absenceClaims.id })
}

/** What is invoiced already is credited; billing knows which. */
async function promiseCredit(
  tx: Tx,
  town: Town,
  now: Temporal.Instant,
  { child }: ClaimToCheck,
  claims: readonly Claim[],
): Promise<void> {
  const [first] = claims
  if (!first) return
  const meals = await tx
    .select({ id: mealBookings.id })
    .from(mealBookings)
    .where(
      and(
        eq(mealBookings.childId, child.id),
        eq(mealBookings.householdId, first.householdId),
        inArray(
          mealBookings.day,
          claims.map(({ day }) => day),
        ),
        eq(mealBookings.state, 'booked'),
      ),
    )
  if (meals.length === 0) return
  const { t, f } = town.languages.for('fr')
  await outbox(tx, now, {
    topic: 'billing.credit',
    payload: {
      sources: meals.map(({ id }) => `meal:${id}`),
      reason: t('canteen-staff:credit.attendance', { day: f.day(first.day) }),
    },
    key: `billing.credit:claim:${first.id}`,
  })
}

async function writeAnswer(
  tx: Tx,
  town: Town,
  now: Temporal.Instant,
  { child, days }: ClaimToCheck,
  { yes, no, words }: { yes: readonly Claim[]; no: readonly Claim[]; words: string },
): Promise<void> {
  const [first] = days
  if (!first) return
  for (const recipient of await mailRecipients(tx, first.claim.householdId)) {
    const translator = town.languages.for(recipient.language)
    const { t } = translator
    const value = (claims: readonly Claim[]) =>
      daysInWords(
        translator,
        claims.map(({ day }) => day),
      )
    await town.mailer.write(tx, now, {
      key: `canteen.absence:${first.claim.id}:${recipient.personId}`,
      kind: 'absence-answer',
      to: recipient,
      content: {
        subject: t('canteen-staff:mail.absence.subject', { name: child.firstName }),
        paragraphs: [
          t('canteen-staff:mail.absence.intro', { name: child.firstName }),
          ...(no.length > 0 ? [t('canteen-staff:mail.absence.reason'), words] : []),
        ],
        facts: [
          ...(yes.length > 0 ? [{ label: t('canteen-staff:mail.absence.accepted'), value: value(yes) }] : []),
          ...(no.length > 0 ? [{ label: t('canteen-staff:mail.absence.refused'), value: value(no) }] : []),
        ],
        action: { label: t('canteen-staff:mail.closed.action'), url: calendarUrl(town, first.claim.day) },
      },
    })
  }
}

async function papersOf(town: Town, db: Queries, clerk: Clerk, claims: readonly Claim[]): Promise<ClaimToCheck[]> {
  const { wholeTown, schools } = await schoolsForClerk(db, clerk)
  const children = await childrenById(db, [...new Set(claims.map(({ childId }) => childId))])
  const today = dayInParis(town.clock.now())
  const rule = absenceRuleOf(town.config)
  const papers: ClaimToCheck[] = []
  for (const [, theirs] of Map.groupBy(claims, ({ childId, fileId }) => `${childId} ${fileId}`)) {
    const [first] = theirs
    const child = first && children.get(first.childId)
    if (!first || !child) continue
    const schooling = schoolingOn(child.schoolings, first.day)
    const school = schools.find(({ id }) => id === schooling?.schoolId)
    if (!wholeTown && !school) continue
    const absence = {
      days: theirs.map(({ day }) => day),
      certificateReceivedOn: dayInParis(first.createdAt),
      causedByTown: false,
    }
    const outcomes = new Map(absenceOutcomes(absence, rule, today).map(each => [each.day.toString(), each]))
    papers.push({
      id: first.id,
      child,
      school,
      className: schooling?.className ?? '',
      receivedAt: first.createdAt,
      days: theirs.flatMap(claim => {
        const outcome = outcomes.get(claim.day.toString())
        return outcome ? [{ claim, outcome }] : []
      }),
    })
  }
  return papers
}
