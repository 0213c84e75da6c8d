import { prepared, type Queries } from '../db/database.ts'
import { and, between, eq, or, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { leisureSignupDays, leisureSignups } from './schema.ts'

const lunchesBetween = prepared(db =>
  db
    .select({ childId: leisureSignupDays.childId, day: leisureSignupDays.day })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .where(
      and(
        inList(leisureSignupDays.childId, 'children'),
        between(leisureSignupDays.day, sql.placeholder('from'), sql.placeholder('to')),
        eq(leisureSignupDays.state, 'taken'),
        // As `coversLunch`.
        or(eq(leisureSignupDays.part, 'day'), eq(leisureSignups.meal, true)),
      ),
    )
    .prepare(),
)

/**
 * The days on which these children are at a centre at lunchtime, both ends included, as `<child> <day>`: be the place
 * booked, in a basket or offered, by whichever household.
 */
export async function lunchesAtCentres(
  db: Queries,
  childIds: Iterable<Id<'person'>>,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Promise<ReadonlySet<string>> {
  const days = await lunchesBetween(db).execute({
    children: listOf(childIds),
    from: from.toString(),
    to: to.toString(),
  })
  return new Set(days.map(({ childId, day }) => `${childId} ${day}`))
}
