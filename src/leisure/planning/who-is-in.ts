import type { Queries } from '../../db/database.ts'
import { and, eq, inArray } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { compareNames } from '../../people/rules.ts'
import { persons } from '../../people/schema.ts'
import { leisureSessions, leisureSignupDays } from '../schema.ts'
import { halvesOf } from '../taking.ts'

/** The names of the children who have a place on these half-days, by half-day. */
export async function whoIsIn(
  db: Queries,
  sessionIds: readonly Id<'leisure-session'>[],
): Promise<ReadonlyMap<Id<'leisure-session'>, readonly string[]>> {
  const names = new Map<Id<'leisure-session'>, string[]>()
  if (sessionIds.length === 0) return names
  const rows = await db
    .select({
      id: leisureSessions.id,
      half: leisureSessions.half,
      part: leisureSignupDays.part,
      firstName: persons.firstName,
      lastName: persons.lastName,
    })
    .from(leisureSessions)
    .innerJoin(
      leisureSignupDays,
      and(
        eq(leisureSignupDays.groupId, leisureSessions.groupId),
        eq(leisureSignupDays.day, leisureSessions.day),
        eq(leisureSignupDays.state, 'taken'),
      ),
    )
    .innerJoin(persons, eq(persons.id, leisureSignupDays.childId))
    .where(inArray(leisureSessions.id, [...sessionIds]))
  for (const { id, half, part, firstName, lastName } of rows)
    if (halvesOf(part).includes(half)) names.set(id, [...(names.get(id) ?? []), `${firstName} ${lastName}`])
  for (const theirs of names.values()) theirs.sort(compareNames)
  return names
}
