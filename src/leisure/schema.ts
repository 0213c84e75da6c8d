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
