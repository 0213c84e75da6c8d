import { audit } from '../audit/audit.ts'
import type { Queries } from '../db/database.ts'
import { and, desc, eq, gte } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { eachDay } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import { fileOf, fileRow } from '../people/files.ts'
import { type Child, childrenOf, householdOf } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import type { Upload } from '../uploads/form.ts'
import { keepUpload } from '../uploads/stored-files.ts'
import { once } from '../web/idempotency.ts'
import { absenceOutcomes } from './absences.ts'
import { childrenDays } from './month.ts'
import { scopeOf } from './save-meals.ts'
import { absenceClaims, attendances } from './schema.ts'
import { absenceRuleOf } from './settings.ts'

/** A booked meal that can no longer be cancelled, which a certificate can still excuse. */
export type MissedMeal = { child: Child; day: Temporal.PlainDate; until: Temporal.PlainDate }

/** A meal known to be locked lies at most this far ahead. */
const LOCKED_AHEAD = 31

/**
 * The meals of a household that a doctor's paper sent today may excuse: booked, past their limit, within the town's days,
 * without a paper yet, and not ticked as eaten.
 */
export async function missedMeals(db: Queries, town: Town, householdId: Id<'household'>): Promise<MissedMeal[]> {
  const today = dayInParis(town.clock.now())
  const rule = absenceRuleOf(town.config)
  const from = today.subtract({ days: rule.certificateWithinDays })
  const to = today.add({ days: LOCKED_AHEAD })
  const children = await childrenOf(db, householdId)
  const days = await childrenDays(db, town, { householdId, children, from, to })
  const settled = await settledDays(db, children, from)
  return children.flatMap(child =>
    [...eachDay(from, to)]
      .filter(day => {
        const { state, booked } = days.meal(child, day)
        return booked && (state.state === 'locked' || state.state === 'past') && !settled.has(`${child.id} ${day}`)
      })
      .map(day => ({ child, day, until: day.add({ days: rule.certificateWithinDays }) })),
  )
}

/** Days with a paper already, or eaten, as `<child> <day>`. */
async function settledDays(db: Queries, children: readonly Child[], from: Temporal.PlainDate): Promise<Set<string>> {
  const settled = new Set<string>()
  for (const { id } of children) {
    const claims = await db
      .select({ day: absenceClaims.day })
      .from(absenceClaims)
      .where(and(eq(absenceClaims.childId, id), gte(absenceClaims.day, from)))
    const eaten = await db
      .select({ day: attendances.day })
      .from(attendances)
      .where(and(eq(attendances.childId, id), gte(attendances.day, from), eq(attendances.present, true)))
    for (const { day } of [...claims, ...eaten]) settled.add(`${id} ${day}`)
  }
  return settled
}

export type ClaimForm = { days: readonly { childId: string; day: Temporal.PlainDate }[]; paper: Upload }

/**
 * Sends a doctor's paper for some missed meals; a clerk then decides. Throws 404 for somebody else's child, `invalid` for
 * no day, a day that cannot be excused (any more), and for a paper that is no photo or PDF.
 */
export async function claimAbsence(town: Town, actor: Actor, { days, paper }: ClaimForm, key?: string): Promise<void> {
  const now = town.clock.now()
  if (days.length === 0) throw invalid([{ field: 'days', code: 'no-day' }])
  await claimed(town.db.read, town, await householdOf(town.db.read, actor, 'canteen'), days)
  const file = await keepUpload(town, paper, 'paper')
  const sending = newId<'absence-claim'>()
  let sent: { sending: string } | undefined
  try {
    const asked = { scope: scopeOf(actor), key, content: { absence: days, size: file.size } }
    sent = await once({ db: town.db, now }, asked, async tx => {
      const householdId = await householdOf(tx, actor, 'canteen')
      const missed = await claimed(tx, town, householdId, days)
      const fileId = await fileRow(tx, now, { ...file, householdId, purpose: 'absence' })
      await tx.insert(absenceClaims).values(
        missed.map(({ child, day }) => ({
          id: newId<'absence-claim'>(),
          childId: child.id,
          householdId,
          day,
          fileId,
          state: 'to-check' as const,
          createdAt: now,
        })),
      )
      for (const [id, ofChild] of Map.groupBy(missed, ({ child }) => child.id)) {
        const details = { days: ofChild.map(({ day }) => day.toString()) }
        await audit(tx, now, actor, { action: 'absence.claimed', subject: { kind: 'child', id }, details })
      }
      return { sending }
    })
  } finally {
    // Refused, or sent before: nobody points to these bytes.
    if (sent?.sending !== sending) await town.files.remove(file.storedAs)
  }
}

async function claimed(
  db: Queries,
  town: Town,
  householdId: Id<'household'>,
  days: ClaimForm['days'],
): Promise<MissedMeal[]> {
  const children = await childrenOf(db, householdId)
  if (!days.every(({ childId }) => children.some(({ id }) => id === childId))) throw notFound()
  const open = await missedMeals(db, town, householdId)
  const today = dayInParis(town.clock.now())
  const chosen = days.map(asked => open.find(({ child, day }) => child.id === asked.childId && day.equals(asked.day)))
  if (!chosen.every(meal => meal !== undefined)) throw invalid([{ field: 'days', code: 'not-excusable' }])
  for (const ofChild of Map.groupBy(chosen, ({ child }) => child.id).values()) {
    const absence = { days: ofChild.map(({ day }) => day), certificateReceivedOn: today, causedByTown: false }
    const outcomes = absenceOutcomes(absence, absenceRuleOf(town.config), today)
    if (outcomes.some(outcome => !outcome.excused && outcome.why === 'certificate-late'))
      throw invalid([{ field: 'days', code: 'not-excusable' }])
  }
  return chosen
}

/** The papers a household sent in the last months, newest first. */
export async function claimsOf(db: Queries, town: Town, householdId: Id<'household'>) {
  const since = dayInParis(town.clock.now()).subtract({ months: 3 })
  return db
    .select()
    .from(absenceClaims)
    .where(and(eq(absenceClaims.householdId, householdId), gte(absenceClaims.day, since)))
    .orderBy(desc(absenceClaims.day))
}

/** The paper of one of the household's claims. Throws 404 for any other. */
export async function paperOf(db: Queries, householdId: Id<'household'>, claimId: string) {
  const [claim] = await db
    .select({ fileId: absenceClaims.fileId })
    .from(absenceClaims)
    .where(and(eq(absenceClaims.id, claimId as Id<'absence-claim'>), eq(absenceClaims.householdId, householdId)))
  if (!claim) throw notFound()
  return fileOf(db, householdId, claim.fileId)
}
