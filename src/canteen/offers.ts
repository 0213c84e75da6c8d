import { createHash, randomBytes } from 'node:crypto'
import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { system } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { lunchesAtCentres } from '../leisure/lunches.ts'
import { mayBookOn } from '../people/custody.ts'
import { childrenById } from '../people/store.ts'
import { schoolById } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { type CanteenCalendar, canteenCalendar } from './calendar.ts'
import { tableOn } from './child-days.ts'
import { offerExpires } from './cut-off.ts'
import { writeOffer } from './meals-mail.ts'
import { mealWaiting } from './schema.ts'
import { bookingsOf, freePlaces, lockPlaces, type Slot, takePlaces } from './store.ts'
import { lineFor, moveInLine } from './waiting-store.ts'

type Offering = { town: Town; now: Temporal.Instant }

/**
 * Offers the free places of those days to whoever waits for one, first come first served, until none is left. An offer
 * takes its place, so that nobody else does; it is mailed, and ends by itself. After the cut-off nothing is offered.
 * The days must be locked (`lockPlaces`). Gives the slot of each offer made.
 */
export async function offerPlaces(
  tx: Tx,
  { town, now }: Offering,
  calendar: CanteenCalendar,
  slots: readonly Slot[],
): Promise<Slot[]> {
  const offered: Slot[] = []
  for (const [schoolId, days] of Map.groupBy(slots, ({ schoolId }) => schoolId)) {
    const noneLeft = new Set<string>()
    for (const row of await lineFor(tx, schoolId, new Set(days.map(({ day }) => day.toString())))) {
      const { day } = row
      const expiresAt = offerExpires(now, calendar.deadline(day))
      if (!expiresAt || noneLeft.has(day.toString())) continue
      const eats = await mayStillEat(tx, calendar, row)
      // Who waits for a day that was closed meanwhile is told so by the closure, which ends the waiting. Who is at a leisure
      // centre is passed over: that place may be given up again.
      if (eats === 'day-closed' || eats === 'at-centre') continue
      if (!eats) {
        await moveInLine(tx, row, 'left')
        continue
      }
      if ((await takePlaces(tx, schoolId, [day])).length === 0) {
        noneLeft.add(day.toString())
        continue
      }
      const token = randomBytes(32).toString('base64url')
      await moveInLine(tx, row, 'offered', { offerExpiresAt: expiresAt, tokenHash: offerTokenHash(token) })
      const promised = {
        topic: 'canteen.offer-ends',
        payload: { waitingId: row.id },
        key: `canteen.offer-ends:${row.id}`,
      }
      // One millisecond later: until the end, the end included, the offer stands.
      await outbox(tx, now, { ...promised, dueAt: expiresAt.add({ milliseconds: 1 }) })
      await audit(tx, now, system('waiting-list'), {
        action: 'meals.offered',
        subject: { kind: 'child', id: row.childId },
        details: { day: day.toString(), until: expiresAt.toString() },
      })
      await writeOffer(tx, { town, now }, { ...row, expiresAt, token })
      offered.push({ schoolId, day })
    }
  }
  return offered
}

export const offerTokenHash = (token: string) => createHash('sha256').update(token).digest('hex')

type InLine = Awaited<ReturnType<typeof lineFor>>[number]

/** Who has left the school, has the meal by now, or has another parent's week, is not asked any more. */
async function mayStillEat(
  tx: Tx,
  calendar: CanteenCalendar,
  row: InLine,
): Promise<boolean | 'day-closed' | 'at-centre'> {
  const child = (await childrenById(tx, [row.childId])).get(row.childId)
  if (!child) return false
  const school = await schoolById(tx, row.schoolId)
  const table = tableOn(child, new Map([[school.id, school]]), row.day)
  if (!table) return false
  const serving = calendar.serving(table.school, table.className, row.day)
  if (!serving.serves) return serving.why === 'closure' ? 'day-closed' : false
  if (child.custody && !mayBookOn(child.custody, row.householdId, row.day)) return false
  const [booking] = await bookingsOf(tx, [row.childId], row.day, row.day)
  if (booking?.state === 'booked') return false
  return (await lunchesAtCentres(tx, [row.childId], row.day, row.day)).size > 0 ? 'at-centre' : true
}

/** Ends an offer that nobody took in time: the place goes to the next in line. Nothing happens before its time. */
export async function endOffer(town: Town, waitingId: Id<'meal-waiting'>): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const find = () => tx.select().from(mealWaiting).where(eq(mealWaiting.id, waitingId))
    const [before] = await find()
    if (before?.state !== 'offered') return
    await lockPlaces(tx, await schoolById(tx, before.schoolId), new Set([before.day.toString()]))
    const [row] = await find()
    if (row?.state !== 'offered' || !row.offerExpiresAt) return
    if (Temporal.Instant.compare(now, row.offerExpiresAt) <= 0) return
    if (!(await moveInLine(tx, row, 'expired'))) return
    await freePlaces(tx, row.schoolId, [row.day])
    const calendar = await canteenCalendar(tx, town.config, now, row.day, row.day)
    await offerPlaces(tx, { town, now }, calendar, [row])
  })
}
