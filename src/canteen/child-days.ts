import type { Id } from '../kernel/ids.ts'
import { mayBookOn } from '../people/custody.ts'
import { schoolingOn } from '../people/rules.ts'
import type { Child } from '../people/store.ts'
import type { School } from '../schools/store.ts'
import type { CanteenCalendar } from './calendar.ts'
import { type DayState, dayState } from './rules.ts'
import type { BookingRow } from './store.ts'
import type { WaitingRow } from './waiting-store.ts'

/** Beside the states of the rules: a day of a school year whose calendar the town does not know yet. */
export type ChildDayState = DayState | { state: 'not-open-yet' }

/** Where a child eats on a day: its school, when that has a canteen, and its class. */
export type TableOfDay = { school: School; className: string }

/** What is known when a household asks about days of its children. */
export type Ground = {
  householdId: Id<'household'>
  now: Temporal.Instant
  schools: ReadonlyMap<Id<'school'>, School>
  calendar: CanteenCalendar
  /** Children's days at leisure centres, lunchtime included, as `<child> <day>`. */
  atCentres: ReadonlySet<string>
}

/** The school with a canteen that a child attends on a day, if any. */
export function tableOn(
  child: Child,
  schools: ReadonlyMap<Id<'school'>, School>,
  day: Temporal.PlainDate,
): TableOfDay | undefined {
  const schooling = schoolingOn(child.schoolings, day)
  const school = schooling && schools.get(schooling.schoolId)
  return schooling && school?.canteen ? { school, className: schooling.className } : undefined
}

/** What the household may do with that day of its child. */
export function childDayState(
  ground: Ground,
  child: Child,
  day: Temporal.PlainDate,
  known: { booking: BookingRow | undefined; waiting: WaitingRow | undefined; placesLeft: number },
): ChildDayState {
  const { householdId, now, calendar } = ground
  const table = tableOn(child, ground.schools, day)
  if (!calendar.isOpen(day)) return { state: 'not-open-yet' }
  return dayState({
    day,
    now,
    enrolled: table !== undefined,
    serving: table ? calendar.serving(table.school, table.className, day) : { serves: false, why: 'weekend' },
    ours: child.custody === undefined || mayBookOn(child.custody, householdId, day),
    booking: whose(known.booking, householdId),
    atCentre: ground.atCentres.has(`${child.id} ${day}`),
    placesLeft: known.placesLeft,
    waiting: placeInLine(known.waiting),
    cutOff: calendar.cutOff(day),
    calendar: calendar.workingDays,
  })
}

function whose(booking: BookingRow | undefined, householdId: Id<'household'>) {
  if (booking?.state !== 'booked') return 'none'
  return booking.householdId === householdId ? 'ours' : 'other-household'
}

function placeInLine(waiting: WaitingRow | undefined) {
  if (waiting?.state === 'waiting') return { rank: waiting.rank }
  if (waiting?.state === 'offered' && waiting.offerExpiresAt) return { offeredUntil: waiting.offerExpiresAt }
  return undefined
}
