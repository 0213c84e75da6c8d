import { audit } from '../../audit/audit.ts'
import type { Queries } from '../../db/database.ts'
import { and, desc, eq, gte } from '../../db/drizzle.ts'
import type { Actor } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { invalid, notFound } from '../../kernel/problems.ts'
import { fileOf, fileRow } from '../../people/files.ts'
import { childrenOf, householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { Upload } from '../../uploads/form.ts'
import { keepUpload } from '../../uploads/stored-files.ts'
import { once } from '../../web/idempotency.ts'
import { leisureClaims } from '../schema.ts'
import { scopeOf } from '../signing-up/scope.ts'
import { type MissedDay, missedDays } from './claimable.ts'

export type ClaimForm = { days: readonly { childId: string; day: Temporal.PlainDate }[]; paper: Upload }

/**
 * Sends a doctor's paper for some days; a clerk then decides. The same `key` twice sends one. Throws 404 for somebody
 * else's child, `invalid` for no day, a day that cannot be excused (any more), and for a paper that is no photo or PDF.
 */
export async function claimDays(town: Town, actor: Actor, { days, paper }: ClaimForm, key?: string): Promise<void> {
  const now = town.clock.now()
  if (days.length === 0) throw invalid([{ field: 'days', code: 'no-day' }])
  const sent = { scope: scopeOf(actor), key, content: { claim: days, size: paper.bytes.length } }
  const householdId = await householdOf(town.db.read, actor, 'leisure')
  const file = await keepUpload(town, paper, 'paper')
  const sending = newId<'leisure-claim'>()
  let done: { sending: string } | undefined
  try {
    done = await once({ db: town.db, now }, sent, async tx => {
      const open = await missedDays(tx, town, householdId)
      const runs = runsOf(open, await chosenAmong(tx, householdId, open, days))
      const fileId = await fileRow(tx, now, { ...file, householdId, purpose: 'leisure-absence' })
      await tx.insert(leisureClaims).values(
        runs.map(({ childId, from, to }) => ({
          id: newId<'leisure-claim'>(),
          householdId,
          childId,
          from,
          to,
          fileId,
          state: 'to-check' as const,
          createdAt: now,
        })),
      )
      for (const [id, theirs] of Map.groupBy(runs, ({ childId }) => childId)) {
        const details = { days: theirs.map(({ from, to }) => `${from}/${to}`) }
        await audit(tx, now, actor, { action: 'leisure-claim.sent', subject: { kind: 'child', id }, details })
      }
      return { sending }
    })
  } finally {
    // Refused, or sent before: nobody points to these bytes.
    if (done?.sending !== sending) await town.files.remove(file.storedAs)
  }
}

async function chosenAmong(
  db: Queries,
  householdId: Id<'household'>,
  open: readonly MissedDay[],
  days: ClaimForm['days'],
): Promise<Set<MissedDay>> {
  const children = await childrenOf(db, householdId)
  if (!days.every(({ childId }) => children.some(({ id }) => id === childId))) throw notFound()
  const chosen = days.map(asked => open.find(({ child, day }) => child.id === asked.childId && day.equals(asked.day)))
  if (!chosen.every(day => day !== undefined)) throw invalid([{ field: 'days', code: 'not-excusable' }])
  return new Set(chosen)
}

type Run = { childId: Id<'person'>; from: Temporal.PlainDate; to: Temporal.PlainDate }

/** The days chosen as stretches: one ends where a day that could be excused was not chosen. */
function runsOf(open: readonly MissedDay[], chosen: ReadonlySet<MissedDay>): Run[] {
  const runs: Run[] = []
  let run: Run | undefined
  for (const missed of open) {
    const { child, day } = missed
    if (!chosen.has(missed)) run = undefined
    else if (run?.childId === child.id) run.to = day
    else {
      run = { childId: child.id, from: day, to: day }
      runs.push(run)
    }
  }
  return runs
}

/** The papers a household sent in the last months, newest first. */
export async function claimsOf(db: Queries, town: Town, householdId: Id<'household'>) {
  const since = dayInParis(town.clock.now()).subtract({ months: 3 })
  return db
    .select()
    .from(leisureClaims)
    .where(and(eq(leisureClaims.householdId, householdId), gte(leisureClaims.to, since)))
    .orderBy(desc(leisureClaims.createdAt), desc(leisureClaims.from))
}

/** The paper of one of the household's claims. Throws 404 for any other, and for one that was deleted. */
export async function paperOf(db: Queries, householdId: Id<'household'>, claimId: string) {
  const [claim] = await db
    .select({ fileId: leisureClaims.fileId })
    .from(leisureClaims)
    .where(and(eq(leisureClaims.id, claimId as Id<'leisure-claim'>), eq(leisureClaims.householdId, householdId)))
  if (!claim) throw notFound()
  return fileOf(db, householdId, claim.fileId)
}
