import { boolean, check, day, id, index, instant, integer, json, ref, table, text, uniqueIndex } from '../db/columns.ts'
import { sql } from '../db/drizzle.ts'
import type { MealType } from '../people/schema.ts'

/** Places of a school on a day. `taken` moves only by one conditional write, so that it never passes `capacity`. */
export const mealDays = table(
  'meal_days',
  {
    id: id<'meal-day'>(),
    schoolId: ref<'school'>().notNull(),
    day: day().notNull(),
    capacity: integer().notNull(),
    taken: integer().notNull(),
    /** When the kitchen's count was fixed; later changes are marked against it. */
    countedAt: instant(),
    count: json<Record<MealType, number>>(),
  },
  t => [
    uniqueIndex('meal_days_school_day').on(t.schoolId, t.day),
    check('meal_days_never_oversold', sql`${t.taken} >= 0 and ${t.taken} <= ${t.capacity}`),
  ],
)

/** A week that repeats: « every Monday and Thursday from September to July ». */
export const mealPatterns = table(
  'meal_patterns',
  {
    id: id<'meal-pattern'>(),
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    weekdays: json<readonly number[]>().notNull(),
    mealType: text().$type<MealType>().notNull(),
    from: day().notNull(),
    to: day().notNull(),
    createdAt: instant().notNull(),
    /** When the parent ended it before its time. */
    stoppedAt: instant(),
  },
  t => [index('meal_patterns_child').on(t.childId), index('meal_patterns_household').on(t.householdId, t.to)],
)

/** One row per child and day, whatever happened to it since: booked, cancelled, booked again. */
export const mealBookings = table(
  'meal_bookings',
  {
    id: id<'meal-booking'>(),
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    schoolId: ref<'school'>().notNull(),
    day: day().notNull(),
    mealType: text().$type<MealType>().notNull(),
    state: text().$type<'booked' | 'cancelled'>().notNull(),
    /** Why it was cancelled: by the parent, or a closure's id. */
    cancelledBy: text(),
    /** Grows by one at each change, so that a page shown before it can tell that it is old. */
    revision: integer().notNull().default(1),
    changedAt: instant().notNull(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('meal_bookings_child_day').on(t.childId, t.day),
    index('meal_bookings_school_day').on(t.schoolId, t.day, t.state),
    index('meal_bookings_household').on(t.householdId, t.day),
  ],
)

/** Families waiting for a place on a full day, first come first served. */
export const mealWaiting = table(
  'meal_waiting',
  {
    id: id<'meal-waiting'>(),
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    schoolId: ref<'school'>().notNull(),
    day: day().notNull(),
    mealType: text().$type<MealType>().notNull(),
    state: text().$type<'waiting' | 'offered' | 'accepted' | 'left' | 'expired'>().notNull(),
    since: instant().notNull(),
    offerExpiresAt: instant(),
    tokenHash: text(),
  },
  t => [
    uniqueIndex('meal_waiting_child_day').on(t.childId, t.day),
    index('meal_waiting_line').on(t.schoolId, t.day, t.state, t.since),
    uniqueIndex('meal_waiting_token').on(t.tokenHash),
  ],
)

/** Who really ate. Written by the staff; corrections keep their reason. */
export const attendances = table(
  'attendances',
  {
    id: id<'attendance'>(),
    childId: ref<'person'>().notNull(),
    schoolId: ref<'school'>().notNull(),
    day: day().notNull(),
    present: boolean().notNull(),
    booked: boolean().notNull(),
    /** An absence that costs nothing: certificate, or the town's decision. */
    justification: text(),
    correction: text(),
    /** Grows by one at each change: two clerks who tick at once do not undo each other's ticks. */
    revision: integer().notNull().default(1),
    recordedBy: ref<'account'>().notNull(),
    recordedAt: instant().notNull(),
  },
  t => [
    uniqueIndex('attendances_child_day').on(t.childId, t.day),
    index('attendances_school_day').on(t.schoolId, t.day),
  ],
)

/** « My child was ill »: a paper sent by the parents for a day missed after the cut-off, and what the town said. */
export const absenceClaims = table(
  'absence_claims',
  {
    id: id<'absence-claim'>(),
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    day: day().notNull(),
    /** The certificate; one paper may be for several days. */
    fileId: ref<'file'>().notNull(),
    state: text().$type<'to-check' | 'accepted' | 'refused'>().notNull(),
    /** Why it was refused, as said to the parents. */
    refusal: text(),
    decidedBy: ref<'account'>(),
    decidedAt: instant(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('absence_claims_child_day').on(t.childId, t.day),
    index('absence_claims_household').on(t.householdId, t.day),
    index('absence_claims_state').on(t.state, t.createdAt),
  ],
)

export type DishKind = 'starter' | 'main' | 'side' | 'dairy' | 'dessert' | 'snack' | 'bread'

/** The town's menus, one row per dish. */
export const menuDishes = table(
  'menu_dishes',
  {
    id: id<'menu-dish'>(),
    day: day().notNull(),
    kind: text().$type<DishKind>().notNull(),
    position: integer().notNull(),
    name: text().notNull(),
    vegetarian: boolean().notNull(),
    allergens: json<readonly string[]>().notNull(),
    labels: json<readonly string[]>().notNull(),
    updatedAt: instant().notNull(),
  },
  t => [uniqueIndex('menu_dishes_place').on(t.day, t.kind, t.position)],
)

/** Secret addresses of a household's calendar feed. Only the hash is kept; a revoked one answers 404. */
export const calendarFeeds = table(
  'calendar_feeds',
  {
    tokenHash: text().primaryKey(),
    householdId: ref<'household'>().notNull(),
    createdAt: instant().notNull(),
    revokedAt: instant(),
  },
  t => [index('calendar_feeds_household').on(t.householdId)],
)
