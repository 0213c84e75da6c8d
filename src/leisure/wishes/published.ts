import type { Queries } from '../../db/database.ts'
import { and, asc, between, countDistinct, eq } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { notFound } from '../../kernel/problems.ts'
import { rankOf } from '../opening/draw.ts'
import { drawOf } from '../opening/draws.ts'
import { type Half, leisureWishResults } from '../schema.ts'
import { centresOf, groupsOf, type LeisurePeriod } from '../store.ts'
import { allocationOf, type LeisureAllocation } from './allocations.ts'
import type { WishResultRow } from './give-places.ts'

/** Who got what, as it is published: by draw number only, with what anybody needs to give the places again and compare. */
export type Published = {
  allocation: LeisureAllocation
  seed: string
  /** By group, the short name under which the list speaks of it: « G1 ». */
  codes: ReadonlyMap<string, string>
  households: number
}

/** Throws 404 for a period whose places were not given by wishes, or not yet. */
export async function publishedOf(db: Queries, period: LeisurePeriod): Promise<Published> {
  const allocation = await allocationOf(db, period.id)
  if (!allocation?.finishedAt) throw notFound()
  const draw = await drawOf(db, period.id)
  if (!draw) throw notFound()
  const [row] = await db
    .select({ households: countDistinct(leisureWishResults.householdId) })
    .from(leisureWishResults)
    .where(eq(leisureWishResults.periodId, period.id))
  const groups = [...new Set(Object.keys(allocation.places).map(key => partsOf(key).groupId))].sort()
  return {
    allocation,
    seed: draw.seed,
    codes: new Map(groups.map((id, i) => [id, `G${i + 1}`])),
    households: row?.households ?? 0,
  }
}

/** The results of the households from one place to another, both included, in their order. */
export async function publishedResults(
  db: Queries,
  periodId: Id<'leisure-period'>,
  from: number,
  to: number,
): Promise<WishResultRow[]> {
  return db
    .select()
    .from(leisureWishResults)
    .where(and(eq(leisureWishResults.periodId, periodId), between(leisureWishResults.position, from, to)))
    .orderBy(asc(leisureWishResults.line))
}

/** The groups by their short names, as far as they still stand. */
export async function publishedGroups(db: Queries, period: LeisurePeriod, { codes }: Published) {
  const centres = new Map((await centresOf(db)).map(({ id, name }) => [id, name]))
  const known = new Map((await groupsOf(db, [period.id])).map(group => [group.id as string, group]))
  return [...codes].map(([id, code]) => {
    const group = known.get(id)
    return { code, group: group?.name ?? '', centre: group ? (centres.get(group.centreId) ?? '') : '' }
  })
}

/** The rank that the seed gives to a draw number, as 16 hexadecimal digits: the lowest comes first. */
export const drawRank = (seed: string, number: string): string => rankOf(seed, number).toString(16).padStart(16, '0')

const partsOf = (key: string) => {
  const [groupId = '', day = '', half = ''] = key.split(' ')
  return { groupId, day, half: half as Half }
}

/** « G1-2026-12-21-M »: a half-day under its short name, M in the morning, A in the afternoon (AM). */
export function halfDayCode(codes: Published['codes'], key: string): string {
  const { groupId, day, half } = partsOf(key)
  return [codes.get(groupId) ?? '-', day, half === 'morning' ? 'M' : 'A'].join('-')
}
