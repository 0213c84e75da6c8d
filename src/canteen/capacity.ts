import { audit } from '../audit/audit.ts'
import { and, eq, lte } from '../db/drizzle.ts'
import type { Actor } from '../kernel/actor.ts'
import { conflict } from '../kernel/problems.ts'
import { schoolById } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { canteenCalendar } from './calendar.ts'
import { offerPlaces } from './offers.ts'
import { mealDays } from './schema.ts'
import { lockPlaces, type Slot } from './store.ts'

/**
 * Changes how many meals a school serves on a day; new places are offered to those who wait for them.
 * Throws 409 `capacity-below-taken` when more are taken already. Who may ask is for the caller to check.
 */
export async function changeDayCapacity(
  town: Town,
  actor: Actor,
  { schoolId, day, capacity }: Slot & { capacity: number },
): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const [places] = await lockPlaces(tx, await schoolById(tx, schoolId), new Set([day.toString()]))
    const changed = await tx
      .update(mealDays)
      .set({ capacity })
      .where(and(eq(mealDays.schoolId, schoolId), eq(mealDays.day, day), lte(mealDays.taken, capacity)))
      .returning({ id: mealDays.id })
    if (changed.length === 0) throw conflict('capacity-below-taken', { taken: places?.taken })
    const details = { day: day.toString(), from: places?.capacity, to: capacity }
    await audit(tx, now, actor, { action: 'capacity.changed', subject: { kind: 'school', id: schoolId }, details })
    await offerPlaces(tx, { town, now }, await canteenCalendar(tx, town.config, now, day, day), [{ schoolId, day }])
  })
}
