import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Clerk } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { conflict, invalid, notFound } from '../kernel/problems.ts'
import { schoolingOn } from '../people/rules.ts'
import { childrenById } from '../people/store.ts'
import { schoolForClerk } from '../schools/clerk-schools.ts'
import type { Town } from '../town-context.ts'
import { attendances, mealBookings } from './schema.ts'
import { listedRows } from './staff-attendance-list.ts'
import { rowOutcome, type TickedRow } from './staff-attendance-rules.ts'
import { lockPlaces } from './store.ts'

export type SentRow = TickedRow & { childId: string }

/** What was saved: rows written, and children whose row a colleague had changed since the page was opened. */
export type SavedAttendance = { present: number; absent: number; keptAsColleague: readonly Id<'person'>[] }

/**
 * Writes down who is there, from a list as it was shown and ticked. `complete` says for which children an empty box means
 * « absent ». Rows that were not shown are not touched. Throws 404 for a school of others, 422 for a day to come, or for a
 * day that is over without its reason.
 */
export async function saveAttendance(
  town: Town,
  clerk: Clerk,
  asked: {
    schoolId: string
    day: Temporal.PlainDate
    rows: readonly SentRow[]
    complete: (childId: string) => boolean
    reason?: string
  },
): Promise<SavedAttendance> {
  const now = town.clock.now()
  const { day } = asked
  const reason = reasonFor(day, dayInParis(now), asked.reason)
  return town.db.transaction(async tx => {
    const school = await schoolForClerk(tx, clerk, asked.schoolId)
    const slot = { schoolId: school.id, day }
    // One list is saved after the other: the second one sees the ticks of the first.
    await lockPlaces(tx, school, new Set([day.toString()]))
    const known = new Map((await listedRows(tx, slot)).map(row => [row.childId as string, row]))
    const written: { childId: Id<'person'>; present: boolean }[] = []
    const keptAsColleague: Id<'person'>[] = []
    for (const sent of asked.rows) {
      const row = known.get(sent.childId)
      if (!row) continue // the booking was cancelled meanwhile: there is no meal to tick
      const outcome = rowOutcome(sent, row, asked.complete(sent.childId))
      if (outcome === 'changed-meanwhile') keptAsColleague.push(row.childId)
      if (typeof outcome === 'string') continue
      const present = outcome.write === 'present'
      await writeRow(tx, now, clerk, { ...slot, childId: row.childId, present, booked: row.booked, reason })
      if (!present) await creditUnbooked(tx, town, { ...slot, childId: row.childId, booked: row.booked })
      written.push({ childId: row.childId, present })
    }
    if (written.length > 0) {
      const ids = (present: boolean) => written.filter(row => row.present === present).map(({ childId }) => childId)
      await audit(tx, now, clerk, {
        action: 'attendance.saved',
        subject: { kind: 'school', id: school.id },
        details: { day: day.toString(), present: ids(true), absent: ids(false), ...(reason ? { reason } : {}) },
      })
    }
    const present = written.filter(row => row.present).length
    return { present, absent: written.length - present, keptAsColleague }
  })
}

/**
 * A child of the school who eats without having booked: allowed though the day is full, and charged as such.
 * Throws 404 for a child of another school.
 */
export async function addUnbooked(
  town: Town,
  clerk: Clerk,
  asked: { schoolId: string; day: Temporal.PlainDate; childId: string; reason?: string },
): Promise<void> {
  const now = town.clock.now()
  const { day } = asked
  const reason = reasonFor(day, dayInParis(now), asked.reason)
  await town.db.transaction(async tx => {
    const school = await schoolForClerk(tx, clerk, asked.schoolId)
    const childId = asked.childId as Id<'person'>
    const child = (await childrenById(tx, [childId])).get(childId)
    if (!child || schoolingOn(child.schoolings, day)?.schoolId !== school.id) throw notFound()
    const booked = await isBooked(tx, childId, day)
    await writeRow(tx, now, clerk, { schoolId: school.id, day, childId, present: true, booked, reason })
    await audit(tx, now, clerk, {
      action: 'attendance.unbooked-child',
      subject: { kind: 'child', id: childId },
      details: { day: day.toString(), booked, ...(reason ? { reason } : {}) },
    })
  })
}

/**
 * Says of one child whether it was there, and if not, why that costs nothing. What was invoiced and is no longer due is
 * credited. Throws 409 `stale-page` when the row was changed since the page was opened.
 */
export async function correctAttendance(
  town: Town,
  clerk: Clerk,
  asked: {
    childId: string
    day: Temporal.PlainDate
    present: boolean
    /** Why the absence costs nothing; without, it is charged as the town decided. */
    justification?: string | undefined
    revision: number
    reason?: string | undefined
  },
): Promise<void> {
  const now = town.clock.now()
  const { day, present } = asked
  const reason = reasonFor(day, dayInParis(now), asked.reason)
  await town.db.transaction(async tx => {
    const childId = asked.childId as Id<'person'>
    const child = (await childrenById(tx, [childId])).get(childId)
    const schoolId = child && (await mealSchool(tx, childId, day, schoolingOn(child.schoolings, day)?.schoolId))
    if (!schoolId) throw notFound()
    const school = await schoolForClerk(tx, clerk, schoolId)
    await lockPlaces(tx, school, new Set([day.toString()]))
    const [before] = await tx
      .select()
      .from(attendances)
      .where(and(eq(attendances.childId, childId), eq(attendances.day, day)))
    if ((before?.revision ?? 0) !== asked.revision) throw conflict('stale-page')
    const booked = await isBooked(tx, childId, day)
    if (!booked && !present && !before) throw conflict('not-booked-there')
    const justification = present || !booked ? null : (asked.justification ?? null)
    const row = { schoolId: school.id, day, childId, booked, present, reason }
    await writeRow(tx, now, clerk, { ...row, justification })
    if (!present) await creditUnbooked(tx, town, row)
    if (justification !== null) await creditBooked(tx, town, childId, day)
    await audit(tx, now, clerk, {
      action: 'attendance.corrected',
      subject: { kind: 'child', id: childId },
      // What excuses a child may be an illness: the words stay out of the trail.
      details: { day: day.toString(), present, justified: justification !== null, ...(reason ? { reason } : {}) },
    })
  })
}

/** On the day itself nobody asks why; later, a change says its reason. Throws 422 for a day to come. */
function reasonFor(day: Temporal.PlainDate, today: Temporal.PlainDate, typed: string | undefined): string | null {
  const order = Temporal.PlainDate.compare(day, today)
  if (order > 0) throw invalid([{ field: '', code: 'day-to-come' }])
  const reason = typed?.trim() ?? ''
  if (order < 0 && reason === '') throw invalid([{ field: 'reason', code: 'reason-for-correction' }])
  return reason === '' ? null : reason.slice(0, 300)
}

type Row = {
  schoolId: Id<'school'>
  day: Temporal.PlainDate
  childId: Id<'person'>
  present: boolean
  booked: boolean
  reason: string | null
  justification?: string | null
}

async function writeRow(tx: Tx, now: Temporal.Instant, clerk: Clerk, row: Row): Promise<void> {
  const { reason, justification = null, ...facts } = row
  const said = { ...facts, justification, correction: reason, recordedBy: clerk.accountId, recordedAt: now }
  await tx
    .insert(attendances)
    .values({ id: newId<'attendance'>(), ...said })
    .onConflictDoUpdate({
      target: [attendances.childId, attendances.day],
      set: { ...said, revision: sql`${attendances.revision} + 1` },
    })
}

/** Where the child's meal of the day is: where it is booked, else where the child goes to school. */
async function mealSchool(tx: Tx, childId: Id<'person'>, day: Temporal.PlainDate, attended: Id<'school'> | undefined) {
  const [booking] = await tx
    .select({ schoolId: mealBookings.schoolId, state: mealBookings.state })
    .from(mealBookings)
    .where(and(eq(mealBookings.childId, childId), eq(mealBookings.day, day)))
  return booking?.state === 'booked' ? booking.schoolId : attended
}

async function isBooked(tx: Tx, childId: Id<'person'>, day: Temporal.PlainDate): Promise<boolean> {
  const rows = await tx
    .select({ id: mealBookings.id })
    .from(mealBookings)
    .where(and(eq(mealBookings.childId, childId), eq(mealBookings.day, day), eq(mealBookings.state, 'booked')))
  return rows.length > 0
}

/** A child who was not there after all owes nothing for a meal nobody booked. */
async function creditUnbooked(tx: Tx, town: Town, row: Pick<Row, 'childId' | 'day' | 'booked'>): Promise<void> {
  if (row.booked) return
  const [found] = await tx
    .select({ id: attendances.id, revision: attendances.revision })
    .from(attendances)
    .where(and(eq(attendances.childId, row.childId), eq(attendances.day, row.day)))
  if (found) await promiseCredit(tx, town, `unbooked:${found.id}`, `${found.id}:${found.revision}`, row.day)
}

async function creditBooked(tx: Tx, town: Town, childId: Id<'person'>, day: Temporal.PlainDate): Promise<void> {
  const [booking] = await tx
    .select({ id: mealBookings.id, revision: mealBookings.revision })
    .from(mealBookings)
    .where(and(eq(mealBookings.childId, childId), eq(mealBookings.day, day), eq(mealBookings.state, 'booked')))
  if (booking) await promiseCredit(tx, town, `meal:${booking.id}`, `absence:${booking.id}:${booking.revision}`, day)
}

async function promiseCredit(tx: Tx, town: Town, source: string, key: string, day: Temporal.PlainDate): Promise<void> {
  const { t, f } = town.languages.for('fr')
  await outbox(tx, town.clock.now(), {
    topic: 'billing.credit',
    payload: { sources: [source], reason: t('canteen-staff:credit.attendance', { day: f.day(day) }) },
    key: `billing.credit:${key}`,
  })
}
