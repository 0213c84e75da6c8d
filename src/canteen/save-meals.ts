import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { invalid, notFound } from '../kernel/problems.ts'
import { lunchesAtCentres } from '../leisure/lunches.ts'
import type { MealType } from '../people/schema.ts'
import { type Child, childrenOf, householdOf } from '../people/store.ts'
import { type School, schoolsById } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import { once } from '../web/idempotency.ts'
import { type CanteenCalendar, canteenCalendar } from './calendar.ts'
import { childDayState, type Ground, tableOn } from './child-days.ts'
import { promiseSummary } from './meals-mail.ts'
import { offerPlaces } from './offers.ts'
import { bookingChange } from './rules.ts'
import {
  type BookingRow,
  bookingsOf,
  bookRows,
  cancelRows,
  freePlaces,
  lockPlaces,
  type Slot,
  slotKey,
  takePlaces,
} from './store.ts'
import { joinLine, moveInLine, type WaitingRow, waitingOf } from './waiting-store.ts'

/** What a parent wants of a child's day. */
export type MealWish = {
  childId: string
  day: Temporal.PlainDate
  wish: 'book' | 'cancel' | 'wait' | 'leave'
  /** What the page that was answered showed: the booking's revision, 0 for none. A day changed since stays as it is. */
  revision?: number
  mealType?: MealType
}

/** What became of each wish; days are ISO text, for the answer is kept and given again to whoever repeats the request. */
export type SavedMeals = { changed: MealOutcome[]; already: MealOutcome[]; refused: RefusedWish[] }
export type MealOutcome = { childId: Id<'person'>; day: string; wish: MealWish['wish'] }
export type RefusedWish = MealOutcome & { code: string; params: Record<string, unknown> }

/** Four children, every day of a school year: what the largest form can ask for. */
export const MOST_WISHES = 800

/**
 * Books and cancels meals, joins and leaves waiting lists: what can be done is done, in one transaction, and the rest is
 * told with its reason. The same `key` with the same wishes is done once.
 * Throws 404 for somebody else's child and 422 when a day is asked for twice.
 */
export async function saveMeals(
  town: Town,
  actor: Actor,
  wishes: readonly MealWish[],
  key?: string,
): Promise<SavedMeals> {
  const now = town.clock.now()
  return once({ db: town.db, now }, { scope: scopeOf(actor), key, content: wishes }, async tx =>
    saveMealsIn(tx, { town, actor, now }, await householdOf(tx, actor, 'canteen'), wishes),
  )
}

/** Whose idempotency keys these are: a clerk's at the counter are other ones for each resident. */
export function scopeOf(actor: Actor): string {
  if (actor.kind === 'resident') return `meals:${actor.personId}`
  return actor.kind === 'on-behalf' ? `meals:${actor.personId}:${actor.clerk.accountId}` : 'meals'
}

export type Saving = { town: Town; actor: Actor; now: Temporal.Instant }

/** As `saveMeals`, for a household, in a transaction that has more to do. */
export async function saveMealsIn(
  tx: Tx,
  saving: Saving,
  householdId: Id<'household'>,
  wishes: readonly MealWish[],
): Promise<SavedMeals> {
  const { town, now } = saving
  const children = new Map((await childrenOf(tx, householdId)).map(child => [child.id as string, child]))
  const asked = wishes.map(wish => ({ ...wish, child: children.get(wish.childId), iso: wish.day.toString() }))
  if (!asked.every(isOfHousehold)) throw notFound()
  refuseTwice(asked)
  const [first] = asked
  if (!first) return { changed: [], already: [], refused: [] }

  const schools = await schoolsById(tx, new Set(asked.flatMap(({ child }) => child.schoolings.map(s => s.schoolId))))
  const places = await lockedPlaces(tx, schools, asked, now)
  const ids = new Set(asked.map(({ child }) => child.id))
  const from = asked.reduce((min, { day }) => (Temporal.PlainDate.compare(day, min) < 0 ? day : min), first.day)
  const to = asked.reduce((max, { day }) => (Temporal.PlainDate.compare(day, max) > 0 ? day : max), first.day)
  const bookings = new Map((await bookingsOf(tx, ids, from, to)).map(row => [key(row), row]))
  const waiting = new Map((await waitingOf(tx, ids, from, to)).map(row => [key(row), row]))
  const calendar = await canteenCalendar(tx, town.config, now, from, to)
  // Read with the places locked; who only cancels needs no look.
  const books = asked.some(({ wish }) => wish === 'book' || wish === 'wait')
  const atCentres = books ? await lunchesAtCentres(tx, ids, from, to) : new Set<string>()
  const ground: Ground = { householdId, now, schools, calendar, atCentres }
  const work: Work = {
    tx,
    saving,
    ground,
    calendar,
    places,
    bookings,
    waiting,
    done: { changed: [], already: [], refused: [] },
  }

  // What frees places comes first: they go to those who wait for them, then to what is booked here.
  await cancelAndLeave(
    work,
    asked.filter(({ wish }) => wish === 'cancel' || wish === 'leave'),
  )
  await bookAndWait(
    work,
    asked.filter(({ wish }) => wish === 'book' || wish === 'wait'),
  )
  await writeDown(work)
  return work.done
}

type Asked = MealWish & { child: Child; iso: string }

type Work = {
  tx: Tx
  saving: Saving
  ground: Ground
  calendar: CanteenCalendar
  /** Places left, by slot, as they stand while the wishes are granted one after the other. */
  places: Map<string, number>
  bookings: ReadonlyMap<string, BookingRow>
  waiting: ReadonlyMap<string, WaitingRow>
  done: SavedMeals
}

const isOfHousehold = (wish: { child: Child | undefined }): wish is Asked => wish.child !== undefined
const key = ({ childId, day }: { childId: string; day: Temporal.PlainDate }) => `${childId} ${day}`

function refuseTwice(asked: readonly Asked[]) {
  const seen = new Set<string>()
  for (const [index, wish] of asked.entries()) {
    if (seen.has(key(wish))) throw invalid([{ field: `meals.${index}.day`, code: 'day-twice' }])
    seen.add(key(wish))
  }
}

/** Locks the days that may be changed at all, so that nothing asked for in vain leaves a row behind. */
async function lockedPlaces(
  tx: Tx,
  schools: ReadonlyMap<Id<'school'>, School>,
  asked: readonly Asked[],
  now: Temporal.Instant,
): Promise<Map<string, number>> {
  const today = dayInParis(now).toString()
  const daysOf = new Map<School, Set<string>>()
  for (const { child, day, iso } of asked) {
    const school = tableOn(child, schools, day)?.school
    if (!school || iso < today || !school.mealWeekdays.includes(day.dayOfWeek)) continue
    const days = daysOf.get(school)
    if (days) days.add(iso)
    else daysOf.set(school, new Set([iso]))
  }
  const left = new Map<string, number>()
  for (const [school, days] of [...daysOf].sort(([a], [b]) => (a.id < b.id ? -1 : 1)))
    for (const slot of await lockPlaces(tx, school, days)) left.set(slotKey(slot), slot.capacity - slot.taken)
  return left
}

/** The slot of a child's day: where the meal is booked, else where the child goes to school. */
function slotOf({ ground, bookings }: Work, wish: Asked): Slot | undefined {
  const booking = bookings.get(key(wish))
  if (booking?.state === 'booked') return booking
  const school = tableOn(wish.child, ground.schools, wish.day)?.school
  return school && { schoolId: school.id, day: wish.day }
}

/** What the rules say of a wish as things stand now: undefined when it may be granted, or why not. */
function obstacle(work: Work, wish: Asked): { code: string; params: Record<string, unknown> } | 'already' | undefined {
  const booking = work.bookings.get(key(wish))
  const slot = slotOf(work, wish)
  const waiting = work.waiting.get(key(wish))
  const day = childDayState(work.ground, wish.child, wish.day, {
    booking,
    waiting,
    placesLeft: (slot && work.places.get(slotKey(slot))) ?? 0,
  })
  if (day.state === 'not-open-yet') return { code: day.state, params: {} }
  if (wish.wish === 'wait' || wish.wish === 'leave') {
    const inLine = waiting?.state === 'waiting' || waiting?.state === 'offered'
    if (wish.wish === 'leave') return inLine ? undefined : 'already'
    if (inLine) return 'already'
    if (day.state === 'full') return undefined
    if (day.state === 'open') return { code: day.booked ? 'already-booked' : 'place-free', params: {} }
  }
  const isBooked = booking?.state === 'booked' && booking.householdId === work.ground.householdId
  if (isBooked ? wish.wish === 'book' : wish.wish === 'cancel') return 'already'
  const change = bookingChange(wish.wish === 'cancel' ? 'cancel' : 'book', day)
  if (wish.revision !== undefined && wish.revision !== (booking?.revision ?? 0))
    return { code: 'changed-meanwhile', params: {} }
  return change.allowed ? undefined : { code: change.code, params: change.params }
}

/** Whether a wish may be granted; why not is written down. */
function isGranted(work: Work, wish: Asked): boolean {
  const found = obstacle(work, wish)
  const outcome = outcomeOf(wish)
  if (found === 'already') work.done.already.push(outcome)
  else if (found) work.done.refused.push({ ...outcome, ...found })
  return found === undefined
}

const outcomeOf = ({ child, iso, wish }: Asked): MealOutcome => ({ childId: child.id, day: iso, wish })

async function cancelAndLeave(work: Work, wishes: readonly Asked[]) {
  const { tx, saving, ground, calendar, done } = work
  const granted = wishes.filter(wish => isGranted(work, wish))
  if (granted.length === 0) return
  const freed: Slot[] = []
  for (const [child, theirs] of Map.groupBy(granted, ({ child }) => child)) {
    const days = theirs.filter(({ wish }) => wish === 'cancel').map(({ day }) => day)
    if (days.length > 0) {
      const asked = { childId: child.id, householdId: ground.householdId, days, by: 'parent' }
      const rows = await cancelRows(tx, saving.now, asked)
      freed.push(...rows)
      done.changed.push(...rows.map(({ day }) => ({ childId: child.id, day: day.toString(), wish: 'cancel' as const })))
    }
    for (const wish of theirs.filter(({ wish }) => wish === 'leave')) {
      const row = work.waiting.get(key(wish))
      if (!row || !(await moveInLine(tx, row, 'left'))) continue
      if (row.state === 'offered') freed.push(row)
      done.changed.push(outcomeOf(wish))
    }
  }
  for (const slots of inTurns(freed)) {
    for (const [schoolId, days] of bySchool(slots)) await freePlaces(tx, schoolId, days)
    for (const slot of slots) work.places.set(slotKey(slot), (work.places.get(slotKey(slot)) ?? 0) + 1)
  }
  for (const slot of await offerPlaces(tx, saving, calendar, freed))
    work.places.set(slotKey(slot), (work.places.get(slotKey(slot)) ?? 0) - 1)
}

async function bookAndWait(work: Work, wishes: readonly Asked[]) {
  const { tx, saving, ground, done } = work
  const booked: { wish: Asked; slot: Slot; offer: WaitingRow | undefined }[] = []
  const joining: { wish: Asked; slot: Slot }[] = []
  for (const wish of wishes) {
    if (!isGranted(work, wish)) continue
    const slot = slotOf(work, wish)
    if (!slot) continue
    if (wish.wish === 'wait') {
      joining.push({ wish, slot })
      continue
    }
    const inLine = work.waiting.get(key(wish))
    const offer = inLine?.state === 'offered' ? inLine : undefined
    if (!offer) work.places.set(slotKey(slot), (work.places.get(slotKey(slot)) ?? 0) - 1)
    booked.push({ wish, slot, offer })
  }
  const { householdId } = ground
  const rowOf = ({ wish, slot }: { wish: Asked; slot: Slot }) => ({
    childId: wish.child.id,
    householdId,
    schoolId: slot.schoolId,
    day: slot.day,
    mealType: wish.mealType ?? wish.child.mealType,
  })
  const added = new Set((await bookRows(tx, saving.now, booked.map(rowOf))).map(key))
  const taking: Slot[] = []
  for (const { wish, slot, offer } of booked) {
    const isNew = added.has(key({ childId: wish.child.id, day: wish.day }))
    done[isNew ? 'changed' : 'already'].push(outcomeOf(wish))
    if (!isNew) continue
    const inLine = work.waiting.get(key(wish))
    if (inLine && inLine.state !== 'expired') await moveInLine(tx, inLine, 'accepted')
    if (!offer) taking.push(slot)
  }
  for (const slots of inTurns(taking))
    for (const [schoolId, days] of bySchool(slots)) {
      const taken = await takePlaces(tx, schoolId, days)
      // Under the lock the places counted are there; if not, something wrote past it, and nothing of this may stay.
      if (taken.length !== days.length) throw new Error(`places of ${schoolId} changed under their lock`)
    }
  await joinLine(tx, saving.now, joining.map(rowOf))
  done.changed.push(...joining.map(({ wish }) => outcomeOf(wish)))
}

/** Slots in turns that name none twice: two children of one school take two places of a day, one after the other. */
function inTurns(slots: readonly Slot[]): Slot[][] {
  const turns: Map<string, Slot>[] = []
  for (const slot of slots) {
    const free = turns.find(turn => !turn.has(slotKey(slot)))
    if (free) free.set(slotKey(slot), slot)
    else turns.push(new Map([[slotKey(slot), slot]]))
  }
  return turns.map(turn => [...turn.values()])
}

function bySchool(slots: readonly Slot[]): Map<Id<'school'>, Temporal.PlainDate[]> {
  const days = new Map<Id<'school'>, Temporal.PlainDate[]>()
  for (const { schoolId, day } of slots) days.set(schoolId, [...(days.get(schoolId) ?? []), day])
  return days
}

/** One line in the audit trail for each child, and one letter to the household for all. */
async function writeDown({ tx, saving, ground, done }: Work) {
  const { actor, now } = saving
  for (const [childId, outcomes] of Map.groupBy(done.changed, ({ childId }) => childId)) {
    const details: Record<string, unknown> = {}
    for (const [wish, days] of Map.groupBy(outcomes, ({ wish }) => wish)) details[wish] = days.map(({ day }) => day)
    await audit(tx, now, actor, { action: 'meals.changed', subject: { kind: 'child', id: childId }, details })
  }
  if (done.changed.some(({ wish }) => wish === 'book' || wish === 'cancel'))
    await promiseSummary(tx, now, ground.householdId)
}
