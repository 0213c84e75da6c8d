import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { and, eq, gte, inArray, lte, sql, tableColumns } from '../db/drizzle.ts'
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
  childrenClosed,
  closedSlots,
  closesFor,
  closureEffect,
  isClosedDay,
  notEaten,
} from './staff-closure-effect.ts'
import { writeClosureLetters } from './staff-closure-letters.ts'
import { lockPlaces, type Slot, slotKey } from './store.ts'

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
  for (const slot of await closedSlots(town.db.read, closed)) await endWaiting(town, declaration, slot)
  const { households } = await closureEffect(town.db.read, closed)
  const waiting = [...households].sort()
  while (waiting.length > 0)
    await Promise.all(waiting.splice(0, AT_ONCE).map(id => cancelForHousehold(town, declaration, id)))
  await town.db.transaction(async tx => {
    await moveDeclaration(tx, declarationId, 'closing', 'closed')
  })
}

/** The days of a declaration, all its parts having the same ones. */
function closedDaysOf({ closures }: Declaration): ClosedDays | undefined {
  const [first] = closures
  return first && { parts: closures, from: first.from, to: first.to }
}

/** Nobody waits for a place on a day that is closed; a place that was kept for an answer is kept no longer. */
async function endWaiting(town: Town, declaration: Declaration, { school, day }: { school: School; day: Slot['day'] }) {
  const slot = { schoolId: school.id, day }
  await town.db.transaction(async tx => {
    await lockPlaces(tx, school, new Set([day.toString()]))
    const rows = await tx
      .select()
      .from(mealWaiting)
      .where(
        and(
          eq(mealWaiting.schoolId, school.id),
          eq(mealWaiting.day, day),
          inArray(mealWaiting.state, ['waiting', 'offered']),
        ),
      )
    const closing = await childrenClosed(tx, declaration.closures, slot, rows)
    const ended = rows.filter(({ childId }) => closing(childId))
    if (ended.length === 0) return
    const ids = ended.map(({ id }) => id)
    await tx.update(mealWaiting).set({ state: 'left' }).where(inArray(mealWaiting.id, ids))
    await freeSeveral(tx, slot, ended.filter(({ state }) => state === 'offered').length)
    const details = { day: day.toString(), waiting: ids.length, closure: declaration.id }
    await audit(tx, town.clock.now(), system('closures'), {
      action: 'waiting.ended-by-closure',
      subject: { kind: 'school', id: school.id },
      details,
    })
  })
}

async function freeSeveral(tx: Tx, { schoolId, day }: Slot, places: number): Promise<void> {
  if (places === 0) return
  await tx
    .update(mealDays)
    .set({ taken: sql`${mealDays.taken} - ${places}` })
    .where(and(eq(mealDays.schoolId, schoolId), eq(mealDays.day, day)))
}

async function cancelForHousehold(town: Town, declaration: Declaration, householdId: Id<'household'>): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const affected = await mealsOfHousehold(tx, declaration, householdId)
    if (affected.length === 0) return
    await lockSlots(
      tx,
      affected.map(({ meal }) => meal),
    )
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
    if (cancelled.length === 0) return
    for (const slots of Map.groupBy(cancelled, slotKey).values())
      if (slots[0]) await freeSeveral(tx, slots[0], slots.length)
    await offerToOthers(tx, town, declaration, cancelled)
    await promiseCredit(tx, now, town, declaration, cancelled)
    await audit(tx, now, system('closures'), {
      action: 'meals.cancelled-by-closure',
      subject: { kind: 'household', id: householdId },
      details: { closure: declaration.id, meals: cancelled.map(({ id }) => id) },
    })
    await writeClosureLetters(tx, { town, now }, declaration, householdId, cancelled)
  })
}

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
async function offerToOthers(tx: Tx, town: Town, { closures }: Declaration, freed: readonly Slot[]): Promise<void> {
  const [first] = closures
  if (!first || closures.every(({ className }) => className === null)) return
  const now = town.clock.now()
  const slots = [...new Map(freed.map(slot => [slotKey(slot), slot])).values()]
  await offerPlaces(tx, { town, now }, await canteenCalendar(tx, town.config, now, first.from, first.to), slots)
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
