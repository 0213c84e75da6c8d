import { dialect } from '../../db/columns.ts'
import { prepared, type Queries, type Tx } from '../../db/database.ts'
import { and, asc, eq, inArray, max, sql } from '../../db/drizzle.ts'
import { rowInserter } from '../../db/insert-rows.ts'
import { forUpdate, inList, listOf } from '../../db/lists.ts'
import type { Id } from '../../kernel/ids.ts'
import { notFound } from '../../kernel/problems.ts'
import {
  leisureBaskets,
  leisureCentres,
  leisureGroups,
  leisurePeriods,
  leisureSignupDays,
  leisureSignups,
} from '../schema.ts'
import type { LeisurePeriod } from '../store.ts'
import type { AskedDay } from '../taking.ts'
import type { ChildDay, OfferingGroup } from './rules.ts'

export type BasketRow = typeof leisureBaskets.$inferSelect

const periodWithId = prepared(db =>
  db
    .select()
    .from(leisurePeriods)
    .where(eq(leisurePeriods.id, sql.placeholder('periodId')))
    .prepare(),
)

/** Throws 404 for no period. */
export async function periodAsked(db: Queries, periodId: string): Promise<LeisurePeriod> {
  const [period] = await periodWithId(db).execute({ periodId })
  if (!period) throw notFound()
  return period
}

const groupsInPeriod = prepared(db =>
  db
    .select({
      id: leisureGroups.id,
      centreId: leisureGroups.centreId,
      name: leisureGroups.name,
      minAge: leisureGroups.minAge,
      maxAge: leisureGroups.maxAge,
      units: leisureGroups.units,
      opensAt: leisureGroups.opensAt,
      closesAt: leisureGroups.closesAt,
      meals: leisureCentres.meals,
      centreName: leisureCentres.name,
    })
    .from(leisureGroups)
    .innerJoin(leisureCentres, eq(leisureCentres.id, leisureGroups.centreId))
    .where(eq(leisureGroups.periodId, sql.placeholder('periodId')))
    .orderBy(asc(leisureGroups.minAge), asc(leisureGroups.id))
    .prepare(),
)

/** A group with its centre's name, as pages need it. */
export type NamedGroup = OfferingGroup & { name: string; opensAt: string; closesAt: string; centreName: string }

/** The groups of a period at all centres, the youngest first. */
export const offeringGroups = (db: Queries, periodId: Id<'leisure-period'>): Promise<NamedGroup[]> =>
  groupsInPeriod(db).execute({ periodId })

const childDaysOn = prepared(db =>
  db
    .select({
      childId: leisureSignupDays.childId,
      day: leisureSignupDays.day,
      householdId: leisureSignups.householdId,
      centreId: leisureSignups.centreId,
      signupId: leisureSignupDays.signupId,
      unit: leisureSignups.unit,
      part: leisureSignupDays.part,
      meal: leisureSignups.meal,
      dayState: leisureSignupDays.state,
      state: leisureSignups.state,
    })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        inList(leisureSignupDays.childId, 'children'),
        inList(leisureSignupDays.day, 'days'),
        inArray(leisureSignupDays.state, ['taken', 'asked']),
        inArray(leisureSignups.state, ['wished', 'waiting', 'offered', 'held', 'booked']),
      ),
    )
    .prepare(),
)

/** The days of those children that have a place or are in line, of whichever household. */
export const childDaysOf = (
  db: Queries,
  children: Iterable<string>,
  days: Iterable<Temporal.PlainDate>,
): Promise<ChildDay[]> =>
  childDaysOn(db).execute({ children: listOf(children), days: listOf(new Set([...days].map(String))) })

/**
 * The same once the places are locked: what another request of the family wrote since they were read first. Nothing on
 * SQLite, where one writes at a time.
 */
export const childDaysMeanwhile = async (...asked: Parameters<typeof childDaysOf>): Promise<ChildDay[]> =>
  dialect === 'sqlite' ? [] : childDaysOf(...asked)

const lastOfLines = prepared(db =>
  db
    .select({ since: max(leisureSignups.since) })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        inList(leisureSignupDays.groupId, 'groups'),
        inList(leisureSignupDays.day, 'days'),
        eq(leisureSignupDays.state, 'asked'),
        eq(leisureSignups.state, 'waiting'),
      ),
    )
    .prepare(),
)

/**
 * The instant from which who joins the lines of these days stands behind everybody there: now, or a millisecond after the
 * last one, whose clock may be ahead. Call it with their places locked: the rank that is told is then the one that stays.
 */
export async function endOfLines(tx: Tx, days: readonly AskedDay[], now: Temporal.Instant): Promise<Temporal.Instant> {
  const [row] = await lastOfLines(tx).execute({
    groups: listOf(new Set(days.map(({ groupId }) => groupId))),
    days: listOf(new Set(days.map(({ day }) => day.toString()))),
  })
  const after = row?.since?.add({ milliseconds: 1 })
  return after && Temporal.Instant.compare(after, now) > 0 ? after : now
}

const openBasketOf = prepared(db =>
  forUpdate(
    db
      .select()
      .from(leisureBaskets)
      .where(and(eq(leisureBaskets.householdId, sql.placeholder('householdId')), eq(leisureBaskets.state, 'open'))),
  ).prepare(),
)

const shownBasket = prepared(db =>
  db
    .select()
    .from(leisureBaskets)
    .where(and(eq(leisureBaskets.householdId, sql.placeholder('householdId')), eq(leisureBaskets.state, 'open')))
    .prepare(),
)

/** The household's open basket, if there is one; its time may be up. */
export async function openBasketOfHousehold(db: Queries, householdId: Id<'household'>): Promise<BasketRow | undefined> {
  return (await shownBasket(db).execute({ householdId }))[0]
}

/** The household's open basket, which nobody else fills, confirms or ends until the transaction ends. */
export async function lockOpenBasket(tx: Tx, householdId: Id<'household'>): Promise<BasketRow | undefined> {
  return (await openBasketOf(tx).execute({ householdId }))[0]
}

const basketWithId = prepared(db =>
  forUpdate(
    db
      .select()
      .from(leisureBaskets)
      .where(eq(leisureBaskets.id, sql.placeholder('basketId'))),
  ).prepare(),
)

/** That basket, whoever's it is, kept until the transaction ends. */
export async function lockBasket(tx: Tx, basketId: string): Promise<BasketRow | undefined> {
  return (await basketWithId(tx).execute({ basketId }))[0]
}

const newBasket = prepared(db =>
  db
    .insert(leisureBaskets)
    .values({
      id: sql.placeholder('id') as never,
      householdId: sql.placeholder('householdId') as never,
      state: 'open',
      heldUntil: sql.placeholder('heldUntil') as never,
      createdAt: sql.placeholder('now') as never,
      confirmedAt: null,
    })
    .prepare(),
)

/** Opens a basket. Throws a unique violation when the household opened another one at the same time. */
export const insertBasket = (
  tx: Tx,
  row: { id: Id<'leisure-basket'>; householdId: Id<'household'>; heldUntil: Temporal.Instant; now: Temporal.Instant },
) => newBasket(tx).execute(row)

/** Writes sign-ups down. */
export const insertSignups = rowInserter(leisureSignups)
/** Writes down days of sign-ups. Throws a unique violation when a child has another place that day. */
export const insertSignupDays = rowInserter(leisureSignupDays)
