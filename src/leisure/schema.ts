import {
  boolean,
  check,
  day,
  id,
  index,
  instant,
  integer,
  json,
  primaryKey,
  ref,
  table,
  text,
  uniqueIndex,
} from '../db/columns.ts'
import { sql } from '../db/drizzle.ts'
import type { PeriodKind } from './days-of-period.ts'
import type { Allocation, Audience } from './openings.ts'

export const UNITS = ['day', 'half-day', 'half-day-with-meal', 'week'] as const
export type Unit = (typeof UNITS)[number]

export const HALVES = ['morning', 'afternoon'] as const
export type Half = (typeof HALVES)[number]

export const PARTS = ['day', ...HALVES] as const
/** What of a day a child comes for. */
export type Part = (typeof PARTS)[number]

/**
 * Where a sign-up stands. `wished`: ranked, places not given yet. `waiting`: in line. `offered`: a place is kept until an
 * answer. `held`: in a basket, with its places. `booked`: confirmed. Ended ones: `cancelled` after it was booked, `left` by
 * the family before, `lapsed` when time ran out.
 */
export const SIGNUP_STATES = ['wished', 'waiting', 'offered', 'held', 'booked', 'cancelled', 'left', 'lapsed'] as const
export type SignupState = (typeof SIGNUP_STATES)[number]

export const WISH_OUTCOMES = ['given', 'full', 'full-settled', 'same-day', 'enough', 'busy', 'closed'] as const
/**
 * What becomes of a wish. `given`. `full`: no place was left when its turn came, it waits. The others do not wait:
 * `full-settled`, no place was left and another wish was given instead; `same-day`, a dearer wish has one of these days;
 * `enough`, the child has as many as the family wanted; `busy`, the child is elsewhere on one of these days; `closed`, one of
 * these days is not to be had any more.
 */
export type WishOutcome = (typeof WISH_OUTCOMES)[number]

/** A place where children are received. */
export const leisureCentres = table(
  'leisure_centres',
  {
    id: id<'leisure-centre'>(),
    name: text().notNull(),
    /** In one line, as on an envelope. */
    address: text().notNull(),
    phone: text(),
    email: text(),
    offers: text().notNull(),
    toBring: text().notNull(),
    /** The largest number of children its premises hold. */
    premises: integer().notNull(),
    meals: boolean().notNull(),
    /** Grows by one at each change, so that a page shown before it can tell that it is old. */
    revision: integer().notNull().default(1),
  },
  t => [uniqueIndex('leisure_centres_name').on(t.name)],
)

/** Days on which centres open, both ends included. Of two periods no day is the same. */
export const leisurePeriods = table(
  'leisure_periods',
  {
    id: id<'leisure-period'>(),
    name: text().notNull(),
    /** Says also whether the law counts it as around school or out of school: `careOf`. */
    kind: text().$type<PeriodKind>().notNull(),
    from: day().notNull(),
    to: day().notNull(),
    weekdays: json<readonly number[]>().notNull(),
    /** Under an educational contract of the town (PEDT). */
    pedt: boolean().notNull(),
    /** How long a day lasts without a break, in minutes. */
    minutesADay: integer().notNull(),
    /** Until how many days before the day parents cancel for nothing. */
    cancelDays: integer().notNull(),
    /** How places are given when sign-ups open. */
    allocation: text().$type<Allocation>().notNull(),
    /** Until when wishes may be told and changed. */
    wishesUntil: instant(),
    copiedFrom: ref<'leisure-period'>(),
    revision: integer().notNull().default(1),
  },
  t => [uniqueIndex('leisure_periods_name').on(t.name), index('leisure_periods_days').on(t.from, t.to)],
)

/** A centre that opens in a period: what a clerk plans on one page, by one revision. */
export const leisurePlans = table(
  'leisure_plans',
  {
    centreId: ref<'leisure-centre'>().notNull(),
    periodId: ref<'leisure-period'>().notNull(),
    revision: integer().notNull().default(1),
  },
  t => [primaryKey({ columns: [t.centreId, t.periodId] })],
)

/** Children of some ages at a centre in a period. Age counts on the day. */
export const leisureGroups = table(
  'leisure_groups',
  {
    id: id<'leisure-group'>(),
    centreId: ref<'leisure-centre'>().notNull(),
    periodId: ref<'leisure-period'>().notNull(),
    name: text().notNull(),
    /** Whole years on the day, both included. */
    minAge: integer().notNull(),
    maxAge: integer().notNull(),
    units: json<readonly Unit[]>().notNull(),
    /** Hours of the town, as 08:30. */
    opensAt: text().notNull(),
    closesAt: text().notNull(),
    /** Places of a half-day, unless that half-day says otherwise. */
    places: integer().notNull(),
  },
  t => [index('leisure_groups_plan').on(t.centreId, t.periodId), index('leisure_groups_period').on(t.periodId)],
)

/** Places of a group on a half-day. `taken` moves only by one conditional write, so that it never passes `capacity`. */
export const leisureSessions = table(
  'leisure_sessions',
  {
    id: id<'leisure-session'>(),
    groupId: ref<'leisure-group'>().notNull(),
    day: day().notNull(),
    half: text().$type<Half>().notNull(),
    capacity: integer().notNull(),
    taken: integer().notNull().default(0),
  },
  t => [
    uniqueIndex('leisure_sessions_place').on(t.groupId, t.day, t.half),
    check('leisure_sessions_never_oversold', sql`${t.taken} >= 0 and ${t.taken} <= ${t.capacity}`),
  ],
)

/** Who is to work at a centre on a day. */
export const leisureStaff = table(
  'leisure_staff',
  {
    centreId: ref<'leisure-centre'>().notNull(),
    day: day().notNull(),
    educators: integer().notNull(),
    /** The director also looks after children, where the law lets them count. */
    directorCounts: boolean().notNull(),
  },
  t => [primaryKey({ columns: [t.centreId, t.day] })],
)

/** From when who may sign up for a period. */
export const leisureOpenings = table(
  'leisure_openings',
  {
    periodId: ref<'leisure-period'>().notNull(),
    audience: text().$type<Audience>().notNull(),
    opensAt: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.periodId, t.audience] })],
)

/** What a family chose and has not confirmed yet: its places are held until `heldUntil`. One is open at a time. */
export const leisureBaskets = table(
  'leisure_baskets',
  {
    id: id<'leisure-basket'>(),
    householdId: ref<'household'>().notNull(),
    state: text().$type<'open' | 'confirmed' | 'lapsed'>().notNull(),
    heldUntil: instant().notNull(),
    createdAt: instant().notNull(),
    confirmedAt: instant(),
  },
  t => [
    uniqueIndex('leisure_baskets_one_open').on(t.householdId).where(sql`state = 'open'`),
    index('leisure_baskets_household').on(t.householdId, t.createdAt),
  ],
)

/** One choice of a family for a child at a centre: a day, a half-day or a whole week, whose days stand beneath it. */
export const leisureSignups = table(
  'leisure_signups',
  {
    id: id<'leisure-signup'>(),
    householdId: ref<'household'>().notNull(),
    childId: ref<'person'>().notNull(),
    centreId: ref<'leisure-centre'>().notNull(),
    periodId: ref<'leisure-period'>().notNull(),
    unit: text().$type<Unit>().notNull(),
    part: text().$type<Part>().notNull(),
    /** Lunch at the centre: always with a day or a week where the centre serves meals. */
    meal: boolean().notNull(),
    state: text().$type<SignupState>().notNull(),
    /** The basket it came by; null for one that was never in a basket. */
    basketId: ref<'leisure-basket'>(),
    /** From 1, the dearest first, among the wishes for the same child. */
    wishRank: integer(),
    /** Since when it is in line, be it waiting or wished. */
    since: instant().notNull(),
    offerExpiresAt: instant(),
    /** SHA-256 of the token in the offer's link. */
    tokenHash: text(),
    confirmedAt: instant(),
  },
  t => [
    index('leisure_signups_household').on(t.householdId, t.periodId),
    index('leisure_signups_period').on(t.periodId, t.state),
    index('leisure_signups_basket').on(t.basketId),
    uniqueIndex('leisure_signups_token').on(t.tokenHash),
  ],
)

/**
 * The days of a sign-up, each with the group that takes the child at its age on that day. `taken` while it has its place:
 * then no other of the child's has that day.
 */
export const leisureSignupDays = table(
  'leisure_signup_days',
  {
    signupId: ref<'leisure-signup'>().notNull(),
    day: day().notNull(),
    childId: ref<'person'>().notNull(),
    groupId: ref<'leisure-group'>().notNull(),
    part: text().$type<Part>().notNull(),
    state: text().$type<'asked' | 'taken' | 'freed'>().notNull(),
    cancelledAt: instant(),
    /** Cancelled after the town's deadline: charged all the same, unless excused. */
    late: boolean().notNull().default(false),
    /** The town accepted why the child could not come; or, of a day freed and not late, gave the day up itself. */
    excused: boolean().notNull().default(false),
  },
  t => [
    primaryKey({ columns: [t.signupId, t.day] }),
    uniqueIndex('leisure_signup_days_one_place').on(t.childId, t.day).where(sql`state = 'taken'`),
    index('leisure_signup_days_group').on(t.groupId, t.day, t.state),
  ],
)

/** Why a child could not come, with its paper: a clerk decides whether what was cancelled late, or missed, is charged. */
export const leisureClaims = table(
  'leisure_claims',
  {
    id: id<'leisure-claim'>(),
    householdId: ref<'household'>().notNull(),
    childId: ref<'person'>().notNull(),
    from: day().notNull(),
    to: day().notNull(),
    /** The doctor's certificate, or another paper; null once it was deleted. */
    fileId: ref<'file'>(),
    state: text().$type<'to-check' | 'accepted' | 'refused'>().notNull(),
    /** Why it was refused, as said to the parents. */
    refusal: text(),
    decidedBy: ref<'account'>(),
    decidedAt: instant(),
    createdAt: instant().notNull(),
  },
  t => [index('leisure_claims_state').on(t.state, t.createdAt), index('leisure_claims_child').on(t.childId)],
)

/** The secret of a period's draw: its fingerprint is published before the opening, itself after. */
export const leisureDraws = table('leisure_draws', {
  periodId: ref<'leisure-period'>().primaryKey(),
  /** 32 random bytes as hexadecimal. */
  seed: text().notNull(),
  /** SHA-256 of the seed as hexadecimal. */
  fingerprint: text().notNull(),
  createdAt: instant().notNull(),
})

/** What a household told of a period by wishes, beside the wishes themselves. */
export const leisureWishLists = table(
  'leisure_wish_lists',
  {
    householdId: ref<'household'>().notNull(),
    periodId: ref<'leisure-period'>().notNull(),
    /** By child, how many of its wishes the family would like at most; a child that is left out, all of them. */
    most: json<Readonly<Record<string, number>>>().notNull(),
    /** Grows by one at each change, so that a page shown before it can tell that it is old. */
    revision: integer().notNull(),
    changedAt: instant().notNull(),
    /** When the family was written its result. */
    toldAt: instant(),
  },
  t => [primaryKey({ columns: [t.householdId, t.periodId] }), index('leisure_wish_lists_period').on(t.periodId)],
)

/** Places given by wishes: by which criteria, of which places, when. */
export const leisureAllocations = table('leisure_allocations', {
  periodId: ref<'leisure-period'>().primaryKey(),
  /** The criteria as they were, the weightiest first. */
  criteria: json<readonly Audience[]>().notNull(),
  /** The places left of each half-day before the first was given, by `sessionKey`. */
  places: json<Readonly<Record<string, number>>>().notNull(),
  allocatedBy: ref<'account'>(),
  allocatedAt: instant().notNull(),
  /** When the last family had its result; null while places are being given. */
  finishedAt: instant(),
})

/** What became of a wish when places were given: kept as it was, for everybody to check by draw number. */
export const leisureWishResults = table(
  'leisure_wish_results',
  {
    signupId: ref<'leisure-signup'>().primaryKey(),
    periodId: ref<'leisure-period'>().notNull(),
    householdId: ref<'household'>().notNull(),
    /** Its line in the list, from 1: households by criteria and draw, their children, their wishes. */
    line: integer().notNull(),
    /** From 1: the household's place by criteria, then by draw number. */
    position: integer().notNull(),
    drawNumber: text().notNull(),
    /** Those of the allocation's criteria that the household met. */
    criteria: json<readonly Audience[]>().notNull(),
    /** From 1, among the household's children who have wishes, the eldest first. */
    childNumber: integer().notNull(),
    wishRank: integer().notNull(),
    /** How many the family would like at most for that child; null for all. */
    most: integer(),
    centreId: ref<'leisure-centre'>().notNull(),
    unit: text().$type<Unit>().notNull(),
    part: text().$type<Part>().notNull(),
    /** The half-days it asks for, by `sessionKey`. */
    asks: json<readonly string[]>().notNull(),
    outcome: text().$type<WishOutcome>().notNull(),
    /** In which round it was given, or found full. */
    round: integer().notNull(),
    /** Since when it is in line, for those that wait: what keeps their order. */
    waitsSince: instant(),
    /** When it was written on the sign-up; null until then. */
    appliedAt: instant(),
  },
  t => [
    uniqueIndex('leisure_wish_results_line').on(t.periodId, t.line),
    index('leisure_wish_results_household').on(t.householdId, t.periodId),
  ],
)

/** That both parents of a household work, as it was proved: what some openings and criteria go by. */
export const leisureWorkProofs = table(
  'leisure_work_proofs',
  {
    id: id<'leisure-work-proof'>(),
    householdId: ref<'household'>().notNull(),
    state: text().$type<'to-check' | 'accepted' | 'refused'>().notNull(),
    /** Last day on which it counts, once accepted. */
    validUntil: day(),
    /** The paper, until a clerk has decided. */
    fileId: ref<'file'>(),
    /** Why it was refused, as said to the parents. */
    refusal: text(),
    decidedBy: ref<'account'>(),
    decidedAt: instant(),
    createdAt: instant().notNull(),
  },
  t => [index('leisure_work_proofs_household').on(t.householdId), index('leisure_work_proofs_state').on(t.state)],
)

/** Whether a child was there: ticked on the register of the group and day. */
export const leisureAttendances = table(
  'leisure_attendances',
  {
    childId: ref<'person'>().notNull(),
    day: day().notNull(),
    groupId: ref<'leisure-group'>().notNull(),
    present: boolean().notNull(),
    arrivedAt: instant(),
    leftAt: instant(),
    /** Who collected the child, as the educator wrote or chose it. */
    collectedBy: text(),
    recordedBy: ref<'account'>().notNull(),
    recordedAt: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.childId, t.day] }), index('leisure_attendances_group').on(t.groupId, t.day)],
)
