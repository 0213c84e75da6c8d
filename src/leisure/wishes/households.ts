import type { Queries } from '../../db/database.ts'
import { and, eq, inArray, isNotNull } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { householdMembers } from '../../people/schema.ts'

const AT_ONCE = 500

/** The households that each of these children belongs to and is checked in. */
export async function householdsOfChildren(
  db: Queries,
  ids: readonly Id<'person'>[],
): Promise<ReadonlyMap<Id<'person'>, readonly Id<'household'>[]>> {
  const homes = new Map<Id<'person'>, Id<'household'>[]>()
  for (let n = 0; n < ids.length; n += AT_ONCE) {
    const rows = await db
      .select({ householdId: householdMembers.householdId, childId: householdMembers.personId })
      .from(householdMembers)
      .where(
        and(
          inArray(householdMembers.personId, ids.slice(n, n + AT_ONCE)),
          eq(householdMembers.role, 'child'),
          isNotNull(householdMembers.confirmedAt),
        ),
      )
    for (const { householdId, childId } of rows) homes.set(childId, [...(homes.get(childId) ?? []), householdId])
  }
  return homes
}
