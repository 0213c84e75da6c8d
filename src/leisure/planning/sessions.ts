import type { Tx } from '../../db/database.ts'
import { and, eq, lte } from '../../db/drizzle.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { type FieldError, invalid } from '../../kernel/problems.ts'
import { HALVES, type Half, leisureSessions } from '../schema.ts'
import type { Group, Session } from '../store.ts'
import { endLinesFor } from '../waiting/line-ends.ts'
import { whoIsIn } from './who-is-in.ts'

/** A half-day whose places are all needed, and the field of the form where that is told. */
type Needed = { session: Session; field: string }

/** Gives a group its usual places on those days, morning and afternoon. */
export async function insertUsual(
  tx: Tx,
  group: Pick<Group, 'id' | 'places'>,
  days: readonly Temporal.PlainDate[],
): Promise<void> {
  await insertSessions(
    tx,
    days.flatMap(day => HALVES.map(half => ({ groupId: group.id, day, half, capacity: group.places }))),
  )
}

const ROWS_AT_ONCE = 200

/** Adds half-days, all free. */
export async function insertSessions(
  tx: Tx,
  rows: readonly { groupId: Id<'leisure-group'>; day: Temporal.PlainDate; half: Half; capacity: number }[],
): Promise<void> {
  const values = rows.map(row => ({ id: newId<'leisure-session'>(), ...row, taken: 0 }))
  for (let n = 0; n < values.length; n += ROWS_AT_ONCE)
    await tx.insert(leisureSessions).values(values.slice(n, n + ROWS_AT_ONCE))
}

/** Sets the places of a half-day, unless more are taken. Whether it did: one conditional write, nothing read before. */
export async function setCapacity(tx: Tx, id: Id<'leisure-session'>, capacity: number): Promise<boolean> {
  const changed = await tx
    .update(leisureSessions)
    .set({ capacity })
    .where(and(eq(leisureSessions.id, id), lte(leisureSessions.taken, capacity)))
    .returning({ id: leisureSessions.id })
  return changed.length > 0
}

/** Takes a half-day away, unless somebody is in. Whether it did. */
export async function removeSession(tx: Tx, id: Id<'leisure-session'>): Promise<boolean> {
  const removed = await tx
    .delete(leisureSessions)
    .where(and(eq(leisureSessions.id, id), eq(leisureSessions.taken, 0)))
    .returning({ id: leisureSessions.id })
  return removed.length > 0
}

/** Takes half-days away: who waited for them is told. Throws 422 with who is in when somebody has a place. */
export async function removeSessions(
  tx: Tx,
  sessions: readonly Session[],
  now: Temporal.Instant,
  fieldOf: (session: Session) => string,
): Promise<void> {
  const needed: Needed[] = []
  for (const session of sessions)
    if (!(await removeSession(tx, session.id))) needed.push({ session, field: fieldOf(session) })
  await refuseNeeded(tx, needed)
  await endLinesFor(
    tx,
    now,
    sessions.map(({ groupId, day, half }) => ({ groupId, day, part: half })),
  )
}

/** Throws 422 with the number of places taken and who has them, field by field. Nothing to refuse, nothing thrown. */
export async function refuseNeeded(tx: Tx, needed: readonly Needed[]): Promise<void> {
  if (needed.length === 0) return
  const ids = needed.map(({ session }) => session.id)
  // As it is now: somebody may have taken a place since it was read.
  const current = new Map((await currentOf(tx, ids)).map(session => [session.id, session]))
  const names = await whoIsIn(tx, ids)
  throw invalid(
    needed.map(({ session, field }): FieldError => {
      const theirs = names.get(session.id) ?? []
      const params = { count: current.get(session.id)?.taken ?? session.taken, day: session.day.toString() }
      return theirs.length > 0
        ? { field, code: 'places-taken-by', params: { ...params, names: theirs.join(', ') } }
        : { field, code: 'places-taken', params }
    }),
  )
}

async function currentOf(tx: Tx, ids: readonly Id<'leisure-session'>[]): Promise<Session[]> {
  const rows = []
  for (const id of ids) rows.push(...(await tx.select().from(leisureSessions).where(eq(leisureSessions.id, id))))
  return rows
}
