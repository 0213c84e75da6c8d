import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, between, eq, gte, inArray, lte, sql, tableColumns } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { system } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { childrenById } from '../people/store.ts'
import { type Closure, type Declaration, declarationById, moveDeclaration } from '../schools/closures.ts'
import { closureDeclarations } from '../schools/schema.ts'
import { type School, schoolsById } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import { offerPlaces } from './offers.ts'
import { attendances, mealBookings, mealDays, mealWaiting } from './schema.ts'
import {
  type ClosedDays,
  closedSlots,
  closesFor,
  closureEffect,
  isClosedDay,
  notEaten,
} from './staff-closure-effect.ts'
import { writeClosureLetters } from './staff-closure-letters.ts'
import { lockPlaces, type Slot, slotKey } from './store.ts'
import { moveInLine } from './waiting-store.ts'

/** Households cancelled side by side: they share a commit, and whoever books meanwhile waits for no more than these. */
const AT_ONCE = 8

export type DeclarationJob = { declarationId: Id<'closure-declaration'> }
type Booking = typeof mealBookings.$inferSelect

/**
 * Draws the consequences of a closure, a school's day and then a household at a time, so that nobody who books meanwhile
 * waits for more than one of these. Run again after a crash, it goes on where it was: what is done is not found any more.
 */
export async function closeDays(town: Town, { declarationId }: DeclarationJob): Promise<void> {
  const declaration = await declarationById(town.db.read, declarationId)
  if (declaration.state !== 'closing') return
  const closed = closedDaysOf(declaration)
  if (!closed) return
  // Whoever was booking when the days were closed holds their lock: after this, all they booked is seen, and no more comes.
  const slots = (await closedSlots(town.db.read, closed)).map(({ school, day }) => ({
    school,
    day,
    schoolId: school.id,
  }))
  for (const { school, day } of slots)
    await town.db.transaction(tx => lockPlaces(tx, school, new Set([day.toString()])))
  const { households } = await closureEffect(town.db.read, closed)
  const touched = [...new Set([...households, ...(await householdsWaiting(town.db.read, closed))])].sort()
  while (touched.length > 0)
    await Promise.all(touched.splice(0, AT_ONCE).map(id => closeForHousehold(town, declaration, id)))
  await offerToOthers(town, declaration, slots)
  await town.db.transaction(async tx => {
    await moveDeclaration(tx, declarationId, 'closing', 'closed')
  })
}

/** The days of a declaration, all its parts having the same ones. */
function closedDaysOf({ closures }: Declaration): ClosedDays | undefined {
  const [first] = closures
  return first && { parts: closures, from: first.from, to: first.to }
}

/** Who waits for a place, or has one offered, on the closed days: perhaps of a class that is not closed. */
async function householdsWaiting(db: Queries, { from, to }: ClosedDays): Promise<Id<'household'>[]> {
  const rows = await db
    .selectDistinct({ householdId: mealWaiting.householdId })
    .from(mealWaiting)
    .where(and(between(mealWaiting.day, from, to), inArray(mealWaiting.state, ['waiting', 'offered'])))
  return rows.map(row => row.householdId)
}

async function freeSeveral(tx: Tx, { schoolId, day }: Slot, places: number): Promise<void> {
  if (places === 0) return
  await tx
    .update(mealDays)
    .set({ taken: sql`${mealDays.taken} - ${places}` })
    .where(and(eq(mealDays.schoolId, schoolId), eq(mealDays.day, day)))
}

/** What the closure takes away from one household, its meals and its places in waiting lists, with one letter for all. */
async function closeForHousehold(town: Town, declaration: Declaration, householdId: Id<'household'>): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const affected = await mealsOfHousehold(tx, declaration, householdId)
    const waiting = await waitingOfHousehold(tx, declaration, householdId)
    if (affected.length === 0 && waiting.length === 0) return
    await lockSlots(tx, [...affected.map(({ meal }) => meal), ...waiting])
    // Read again under the lock: what was taken, left or offered meanwhile is another state now.
    const ended = await endWaiting(tx, await waitingOfHousehold(tx, declaration, householdId))
    const cancelled = await cancelMeals(tx, now, affected)
    if (cancelled.length === 0 && ended.length === 0) return
    const freed = [...cancelled, ...ended.filter(({ state }) => state === 'offered')]
    for (const slots of Map.groupBy(freed, slotKey).values())
      if (slots[0]) await freeSeveral(tx, slots[0], slots.length)
    await promiseCredit(tx, now, town, declaration, cancelled)
    const subject = { kind: 'household', id: householdId }
    const trail = (action: string, details: Record<string, unknown>) =>
      audit(tx, now, system('closures'), { action, subject, details: { closure: declaration.id, ...details } })
    if (cancelled.length > 0) await trail('meals.cancelled-by-closure', { meals: cancelled.map(({ id }) => id) })
    if (ended.length > 0) await trail('waiting.ended-by-closure', { days: ended.map(({ day }) => day.toString()) })
    await writeClosureLetters(tx, { town, now }, declaration, householdId, { cancelled, ended })
  })
}

async function cancelMeals(tx: Tx, now: Temporal.Instant, affected: readonly Affected[]): Promise<Booking[]> {
  const cancelled: Booking[] = []
  for (const [closure, theirs] of Map.groupBy(affected, ({ closure }) => closure)) {
    const ids = theirs.map(({ meal }) => meal.id)
    const rows = await tx
      .update(mealBookings)
      .set({
        state: 'cancelled',
        cancelledBy: closure.id,
        revision: sql`${mealBookings.revision} + 1`,
        changedAt: now,
      })
      .where(and(inArray(mealBookings.id, ids), eq(mealBookings.state, 'booked')))
      .returning()
    cancelled.push(...rows)
  }
  return cancelled
}

/** Nobody waits for a place on a day that is closed; a place that was kept for an answer is kept no longer. */
async function endWaiting(tx: Tx, rows: readonly WaitingPlace[]): Promise<WaitingPlace[]> {
  const ended: WaitingPlace[] = []
  for (const row of rows) if (await moveInLine(tx, row, 'left')) ended.push(row)
  return ended
}

type WaitingPlace = typeof mealWaiting.$inferSelect

/** The household's places in waiting lists that the closure ends. */
async function waitingOfHousehold(tx: Tx, declaration: Declaration, householdId: Id<'household'>) {
  const closed = closedDaysOf(declaration)
  if (!closed) return []
  const rows = await tx
    .select()
    .from(mealWaiting)
    .where(
      and(
        eq(mealWaiting.householdId, householdId),
        between(mealWaiting.day, closed.from, closed.to),
        inArray(mealWaiting.state, ['waiting', 'offered']),
      ),
    )
    .orderBy(mealWaiting.day)
  const children = await childrenById(tx, [...new Set(rows.map(({ childId }) => childId))])
  return rows.filter(row => declaration.closures.some(part => closesFor(part, row, children.get(row.childId))))
}

type Affected = Awaited<ReturnType<typeof mealsOfHousehold>>[number]

/** The household's booked meals that the closure takes away, each with the part of it that does. */
async function mealsOfHousehold(tx: Tx, declaration: Declaration, householdId: Id<'household'>) {
  const closed = closedDaysOf(declaration)
  if (!closed) return []
  const meals = await tx
    .select(tableColumns(mealBookings))
    .from(mealBookings)
    .leftJoin(attendances, and(eq(attendances.childId, mealBookings.childId), eq(attendances.day, mealBookings.day)))
    .where(
      and(
        eq(mealBookings.householdId, householdId),
        gte(mealBookings.day, closed.from),
        lte(mealBookings.day, closed.to),
        eq(mealBookings.state, 'booked'),
        notEaten,
      ),
    )
    .orderBy(mealBookings.day)
  const children = await childrenById(tx, [...new Set(meals.map(({ childId }) => childId))])
  return meals.flatMap(meal => {
    if (!isClosedDay(meal.day, closed)) return []
    const closure = declaration.closures.find(part => closesFor(part, meal, children.get(meal.childId)))
    return closure ? [{ meal, closure }] : []
  })
}

/** Locks the places of those meals' days, in the order of the schools' ids as everybody does. */
export async function lockSlots(tx: Tx, meals: readonly Slot[]): Promise<void> {
  const schools = await schoolsById(tx, new Set(meals.map(({ schoolId }) => schoolId)))
  const bySchool = Map.groupBy(meals, ({ schoolId }) => schoolId)
  for (const [schoolId, slots] of [...bySchool].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const school = schools.get(schoolId)
    if (school) await lockPlaces(tx, school, new Set(slots.map(({ day }) => day.toString())))
  }
}

/** When one class is out, its places are for the children of the others who wait. */
async function offerToOthers(
  town: Town,
  { closures }: Declaration,
  slots: readonly (Slot & { school: School })[],
): Promise<void> {
  const [first] = closures
  if (!first || closures.every(({ className }) => className === null)) return
  const now = town.clock.now()
  for (const { school, day } of slots)
    await town.db.transaction(async tx => {
      await lockPlaces(tx, school, new Set([day.toString()]))
      const calendar = await canteenCalendar(tx, town.config, now, day, day)
      await offerPlaces(tx, { town, now }, calendar, [{ schoolId: school.id, day }])
    })
}

/** What was invoiced is credited, what was not is not charged; billing knows which. */
async function promiseCredit(
  tx: Tx,
  now: Temporal.Instant,
  town: Town,
  declaration: Declaration,
  cancelled: readonly Booking[],
): Promise<void> {
  const [closure] = declaration.closures
  const [first] = cancelled
  if (!closure || !first) return
  await outbox(tx, now, {
    topic: 'billing.credit',
    payload: { sources: cancelled.map(({ id }) => `meal:${id}`), reason: creditReason(town, closure) },
    key: `billing.credit:closure:${declaration.id}:${first.id}:${first.revision}`,
  })
}

/** Printed on the credit note, which is a paper of the town: in French. */
const creditReason = (town: Town, { reason, from }: Closure) => {
  const { t, f } = town.languages.for('fr')
  return t('canteen-staff:credit.closure', { reason: t(`canteen-staff:closures.reasons.${reason}`), day: f.day(from) })
}

/** How many meals a declaration has cancelled so far: how far it is. */
export async function mealsCancelledBy(
  db: Queries,
  { closures }: Declaration,
): Promise<{
  meals: number
  households: number
}> {
  const [row] = await db
    .select({
      meals: sql<number>`count(*)`.mapWith(Number),
      households: sql<number>`count(distinct ${mealBookings.householdId})`.mapWith(Number),
    })
    .from(mealBookings)
    .where(
      inArray(
        mealBookings.cancelledBy,
        closures.map(({ id }) => id as string),
      ),
    )
  return row ?? { meals: 0, households: 0 }
}

/** Closures whose meals are still being cancelled, or booked again. */
export async function countClosing(db: Queries): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`count(*)`.mapWith(Number) })
    .from(closureDeclarations)
    .where(inArray(closureDeclarations.state, ['closing', 'reopening']))
  return row?.n ?? 0
}
