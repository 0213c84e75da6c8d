import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, asc, between, eq, inArray, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { mealWaiting } from './schema.ts'

export type WaitingRow = Awaited<ReturnType<typeof waitingOf>>[number]

const columns = {
  id: mealWaiting.id,
  childId: mealWaiting.childId,
  householdId: mealWaiting.householdId,
  schoolId: mealWaiting.schoolId,
  day: mealWaiting.day,
  mealType: mealWaiting.mealType,
  state: mealWaiting.state,
  offerExpiresAt: mealWaiting.offerExpiresAt,
}

/** How many wait for the same school's day, up to and with this one. */
const rank = sql`(select count(*) from meal_waiting as ahead where ahead.school_id = meal_waiting.school_id
  and ahead.day = meal_waiting.day and ahead.state = 'waiting'
  and (ahead.since < meal_waiting.since or (ahead.since = meal_waiting.since and ahead.id <= meal_waiting.id)))`

const waitingBetween = prepared(db =>
  db
    .select({ ...columns, rank: rank.mapWith(Number) })
    .from(mealWaiting)
    .where(
      and(
        inList(mealWaiting.childId, 'children'),
        between(mealWaiting.day, sql.placeholder('from'), sql.placeholder('to')),
        inArray(mealWaiting.state, ['waiting', 'offered', 'expired']),
      ),
    )
    .orderBy(asc(mealWaiting.day))
    .prepare(),
)

/** The places in waiting lists of those children between two days, with the rank of those that wait; offers lapsed too. */
export async function waitingOf(
  db: Queries,
  children: Iterable<Id<'person'>>,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
) {
  return waitingBetween(db).execute({ children: listOf(children), from: from.toString(), to: to.toString() })
}

const line = prepared(db =>
  db
    .select(columns)
    .from(mealWaiting)
    .where(
      and(
        eq(mealWaiting.schoolId, sql.placeholder('schoolId')),
        inList(mealWaiting.day, 'days'),
        eq(mealWaiting.state, 'waiting'),
      ),
    )
    .orderBy(asc(mealWaiting.day), asc(mealWaiting.since), asc(mealWaiting.id))
    .prepare(),
)

/** Who waits for a place on those days, first come first. */
export async function lineFor(tx: Tx, schoolId: Id<'school'>, days: Iterable<Temporal.PlainDate | string>) {
  return line(tx).execute({ schoolId, days: listOf(days) })
}

type Joining = Pick<typeof mealWaiting.$inferSelect, 'childId' | 'householdId' | 'schoolId' | 'day' | 'mealType'>

/** Puts those at the end of the line; who was in it before and left it comes back at its end. */
export async function joinLine(tx: Tx, now: Temporal.Instant, rows: readonly Joining[]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insert(mealWaiting)
    .values(rows.map(row => ({ ...row, id: newId<'meal-waiting'>(), state: 'waiting' as const, since: now })))
    .onConflictDoUpdate({
      target: [mealWaiting.childId, mealWaiting.day],
      set: {
        // A new id too: among those who join in the same millisecond, the row's age would let it pass before others.
        id: sql`excluded.id`,
        householdId: sql`excluded.household_id`,
        schoolId: sql`excluded.school_id`,
        mealType: sql`excluded.meal_type`,
        state: 'waiting',
        since: now,
        offerExpiresAt: null,
        tokenHash: null,
      },
      setWhere: inArray(mealWaiting.state, ['left', 'expired', 'accepted']),
    })
}

/** Moves a place in the line from one state to another; false when it was not in it any more. */
export async function moveInLine(
  tx: Tx,
  row: Pick<WaitingRow, 'id' | 'state'>,
  to: 'offered' | 'accepted' | 'left' | 'expired',
  offer?: { offerExpiresAt: Temporal.Instant; tokenHash: string },
): Promise<boolean> {
  const moved = await tx
    .update(mealWaiting)
    .set({ state: to, ...offer })
    .where(and(eq(mealWaiting.id, row.id), eq(mealWaiting.state, row.state)))
    .returning({ id: mealWaiting.id })
  return moved.length === 1
}
