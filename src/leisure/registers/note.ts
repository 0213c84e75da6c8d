import { audit } from '../../audit/audit.ts'
import type { Tx } from '../../db/database.ts'
import { and, eq } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { invalid, notFound, Problem } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { leisureAttendances } from '../schema.ts'
import { lockPlaces } from '../taking.ts'
import { registerOf } from './register.ts'
import { type Deed, instantAt, type Noted, outcomeOf, standingOf } from './register-rules.ts'

export type OnRegister = { groupId: string; day: Temporal.PlainDate; childId: string }

/**
 * Notes what a clerk saw of a child of the register. The same deed twice, on one tablet or two, is done once; `same` says
 * that it was noted before. Throws 404 for a child who is not on that register, 422 for a day or an hour to come and for a
 * departure before the arrival, 409 `register-changed` when a colleague noted something else since the page was shown.
 */
export async function note(
  town: Town,
  clerk: Clerk,
  asked: OnRegister & { shown: string },
  deed: Deed,
): Promise<{ same: boolean }> {
  const now = town.clock.now()
  refuseToCome(asked.day, deed, now)
  return town.db.transaction(async tx => {
    const { day } = asked
    const { group } = await registerOf(tx, asked.groupId, day)
    // One note after the other, per group and day.
    await lockPlaces(tx, [{ groupId: group.id, day, part: 'day' }])
    const row = (await registerOf(tx, group.id, day)).rows.find(({ child }) => child.id === asked.childId)
    if (!row) throw notFound()
    const outcome = outcomeOf(row.noted, asked.shown, deed)
    if (outcome === 'same') return { same: true }
    if ('refused' in outcome) {
      if (outcome.refused === 'register-changed')
        throw new Problem(409, outcome.refused, {}, [{ field: '', code: outcome.refused }])
      throw invalid([{ field: 'leftAt', code: outcome.refused }])
    }
    const key = { childId: row.child.id, day }
    if ('remove' in outcome) await forget(tx, key)
    else await write(tx, now, clerk, { ...key, groupId: group.id }, outcome.write)
    const late = Temporal.PlainDate.compare(day, dayInParis(now)) < 0
    await audit(tx, now, clerk, {
      action: row.noted ? 'leisure-register.corrected' : 'leisure-register.noted',
      subject: { kind: 'child', id: row.child.id },
      details: {
        day: day.toString(),
        groupId: group.id,
        ...(row.noted ? { before: told(row.noted) } : {}),
        after: 'write' in outcome ? told(outcome.write) : { standing: 'expected' },
        ...(late ? { late } : {}),
      },
    })
    return { same: false }
  })
}

/** Hours for the trail; whoever collected the child stays on the register itself. */
const told = (noted: Noted) => ({
  standing: standingOf(noted),
  ...(noted.arrivedAt ? { arrivedAt: noted.arrivedAt.toString() } : {}),
  ...(noted.leftAt ? { leftAt: noted.leftAt.toString() } : {}),
})

type Key = { childId: Id<'person'>; day: Temporal.PlainDate }

async function forget(tx: Tx, { childId, day }: Key): Promise<void> {
  await tx
    .delete(leisureAttendances)
    .where(and(eq(leisureAttendances.childId, childId), eq(leisureAttendances.day, day)))
}

/** Writes the row of a child and day, whatever was there. */
export async function write(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  key: Key & { groupId: Id<'leisure-group'> },
  { present, arrivedAt, leftAt, collectedBy }: Noted,
): Promise<void> {
  const values = { present, arrivedAt, leftAt, collectedBy, recordedBy: clerk.accountId, recordedAt: now }
  await tx
    .insert(leisureAttendances)
    .values({ ...key, ...values })
    .onConflictDoUpdate({
      target: [leisureAttendances.childId, leisureAttendances.day],
      set: { ...values, groupId: key.groupId },
    })
}

function refuseToCome(day: Temporal.PlainDate, deed: Deed, now: Temporal.Instant): void {
  if (Temporal.PlainDate.compare(day, dayInParis(now)) > 0) throw invalid([{ field: '', code: 'day-to-come' }])
  const noted = deed.do === 'set' ? deed.noted : undefined
  const arrivedAt = deed.do === 'arrive' ? deed.at : noted?.arrivedAt
  const leftAt = deed.do === 'leave' ? deed.at : noted?.leftAt
  for (const [field, at] of [
    ['arrivedAt', arrivedAt],
    ['leftAt', leftAt],
  ] as const) {
    if (!at) continue
    if (Temporal.Instant.compare(at, now) > 0) throw invalid([{ field, code: 'hour-to-come' }])
    if (!dayInParis(at).equals(day)) throw invalid([{ field, code: 'hour-of-another-day' }])
  }
}

/** The hour typed, of that day; null when none was typed. */
export function typedInstant(day: Temporal.PlainDate, time: string | null): Temporal.Instant | null {
  return time === null ? null : instantAt(day, Temporal.PlainTime.from(time))
}
