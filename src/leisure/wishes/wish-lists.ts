import type { Queries, Tx } from '../../db/database.ts'
import { and, asc, eq, inArray, sql } from '../../db/drizzle.ts'
import { PARIS } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { leisureSignups, leisureWishLists } from '../schema.ts'
import { type Signup, withDays } from '../signups.ts'
import type { LeisurePeriod } from '../store.ts'

export type WishListRow = typeof leisureWishLists.$inferSelect

/** How many wishes a family may rank for one child. */
export const MOST_WISHES = 40

/**
 * Until when wishes may be told and changed: as the town set, else until the period begins. Places may be given from then on.
 */
export const wishesEnd = ({ wishesUntil, from }: Pick<LeisurePeriod, 'wishesUntil' | 'from'>): Temporal.Instant =>
  wishesUntil ?? from.toZonedDateTime(PARIS).toInstant()

/** What a household told beside its wishes; undefined before its first wish. */
export async function wishListOf(
  db: Queries,
  householdId: Id<'household'>,
  periodId: Id<'leisure-period'>,
): Promise<WishListRow | undefined> {
  const [row] = await db
    .select()
    .from(leisureWishLists)
    .where(and(eq(leisureWishLists.householdId, householdId), eq(leisureWishLists.periodId, periodId)))
  return row
}

/** A household's wishes of a period, each child's dearest first. */
export async function wishesOf(
  db: Queries,
  householdId: Id<'household'>,
  periodId: Id<'leisure-period'>,
): Promise<Signup[]> {
  const rows = await db
    .select()
    .from(leisureSignups)
    .where(
      and(
        eq(leisureSignups.householdId, householdId),
        eq(leisureSignups.periodId, periodId),
        eq(leisureSignups.state, 'wished'),
      ),
    )
    .orderBy(asc(leisureSignups.wishRank), asc(leisureSignups.id))
  return withDays(db, rows)
}

const AT_ONCE = 500

/** All wishes of a period that have no result yet, some hundred at a time. */
export async function* wishesOfPeriod(db: Queries, periodId: Id<'leisure-period'>): AsyncGenerator<Signup[], void> {
  let after = ''
  for (;;) {
    const rows = await db
      .select()
      .from(leisureSignups)
      .where(
        and(
          eq(leisureSignups.periodId, periodId),
          eq(leisureSignups.state, 'wished'),
          sql`${leisureSignups.id} > ${after}`,
        ),
      )
      .orderBy(asc(leisureSignups.id))
      .limit(AT_ONCE)
    const last = rows.at(-1)
    if (!last) return
    yield await withDays(db, rows)
    after = last.id
  }
}

/** What these households told beside their wishes. */
export async function wishListsOf(
  db: Queries,
  periodId: Id<'leisure-period'>,
  householdIds: readonly Id<'household'>[],
): Promise<WishListRow[]> {
  if (householdIds.length === 0) return []
  return db
    .select()
    .from(leisureWishLists)
    .where(and(eq(leisureWishLists.periodId, periodId), inArray(leisureWishLists.householdId, [...householdIds])))
}

/**
 * Writes down that a household changes its wishes, and keeps its list from others until the transaction ends. Gives the list
 * as it is now, its revision grown.
 */
export async function touchWishList(
  tx: Tx,
  now: Temporal.Instant,
  householdId: Id<'household'>,
  periodId: Id<'leisure-period'>,
): Promise<WishListRow> {
  const [row] = await tx
    .insert(leisureWishLists)
    .values({ householdId, periodId, most: {}, revision: 1, changedAt: now })
    .onConflictDoUpdate({
      target: [leisureWishLists.householdId, leisureWishLists.periodId],
      set: { revision: sql`${leisureWishLists.revision} + 1`, changedAt: now },
    })
    .returning()
  if (!row) throw new Error('a list of wishes was not written')
  return row
}
