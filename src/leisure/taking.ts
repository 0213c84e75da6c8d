import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, asc, eq, inArray, lt, sql } from '../db/drizzle.ts'
import { forUpdate, inList, listOf } from '../db/lists.ts'
import type { Id } from '../kernel/ids.ts'
import { HALVES, type Half, leisureSessions, leisureSignupDays, type Part } from './schema.ts'

/** A day at a group, as a sign-up asks for it. */
export type AskedDay = { day: Temporal.PlainDate; groupId: Id<'leisure-group'>; part: Part }

/** The half-days that a part of a day takes places of. */
export const halvesOf = (part: Part): readonly Half[] => (part === 'day' ? HALVES : [part])

/** The key of a group's half-day. */
export const sessionKey = (groupId: string, day: Temporal.PlainDate | string, half: Half) => `${groupId} ${day} ${half}`

/** The half-days that a day asks for a place in. */
export const sessionKeysOf = ({ groupId, day, part }: AskedDay) =>
  halvesOf(part).map(half => sessionKey(groupId, day, half))

export type Places = Pick<typeof leisureSessions.$inferSelect, 'id' | 'groupId' | 'day' | 'half' | 'capacity' | 'taken'>

const columns = {
  id: leisureSessions.id,
  groupId: leisureSessions.groupId,
  day: leisureSessions.day,
  half: leisureSessions.half,
  capacity: leisureSessions.capacity,
  taken: leisureSessions.taken,
}

const ofGroupsAndDays = and(inList(leisureSessions.groupId, 'groups'), inList(leisureSessions.day, 'days'))
const placesAt = prepared(db => db.select(columns).from(leisureSessions).where(ofGroupsAndDays).prepare())
const placesForUpdate = prepared(db =>
  forUpdate(db.select(columns).from(leisureSessions).where(ofGroupsAndDays).orderBy(asc(leisureSessions.id))).prepare(),
)

const asked = (days: readonly AskedDay[]) => ({
  groups: listOf(new Set(days.map(({ groupId }) => groupId))),
  days: listOf(new Set(days.map(({ day }) => day.toString()))),
})

const byKey = (rows: readonly Places[]) => new Map(rows.map(row => [sessionKey(row.groupId, row.day, row.half), row]))

/** The places of the half-days asked for, by `sessionKey`, as they stand now. */
export async function placesOf(db: Queries, days: readonly AskedDay[]): Promise<ReadonlyMap<string, Places>> {
  return days.length === 0 ? new Map() : byKey(await placesAt(db).execute(asked(days)))
}

/**
 * As `placesOf`, keeping them for this transaction: call it once, with every day it will take or free, before the first
 * `takeDays`; two transactions then never wait for each other in a circle.
 */
export async function lockPlaces(tx: Tx, days: readonly AskedDay[]): Promise<ReadonlyMap<string, Places>> {
  return days.length === 0 ? new Map() : byKey(await placesForUpdate(tx).execute(asked(days)))
}

const takeOneOfEach = prepared(db =>
  db
    .update(leisureSessions)
    .set({ taken: sql`${leisureSessions.taken} + 1` })
    .where(and(inList(leisureSessions.id, 'ids'), lt(leisureSessions.taken, leisureSessions.capacity)))
    .returning({ id: leisureSessions.id })
    .prepare(),
)

const freeOneOfEach = prepared(db =>
  db
    .update(leisureSessions)
    .set({ taken: sql`${leisureSessions.taken} - 1` })
    .where(inList(leisureSessions.id, 'ids'))
    .returning({ id: leisureSessions.id })
    .prepare(),
)

/**
 * Takes a place in each of these half-days, or in none: one conditional write, nothing read before. Gives the days that had
 * no place left (or are not held at all); empty when all places were taken. Only the counters move: see `markTaken`.
 */
export async function takeDays(
  tx: Tx,
  places: ReadonlyMap<string, Places>,
  days: readonly AskedDay[],
): Promise<AskedDay[]> {
  const missing = days.filter(day => sessionKeysOf(day).some(key => !places.has(key)))
  if (missing.length > 0) return missing
  const ids = days.flatMap(day => sessionKeysOf(day).map(key => places.get(key)?.id ?? ''))
  const got = new Set<string>((await takeOneOfEach(tx).execute({ ids: listOf(ids) })).map(({ id }) => id))
  if (got.size === ids.length) return []
  if (got.size > 0) await freeOneOfEach(tx).execute({ ids: listOf(got) })
  return days.filter(day => sessionKeysOf(day).some(key => !got.has(places.get(key)?.id ?? '')))
}

/** Gives back the places of these days. Only the counters move: see `giveBackDays`. */
async function freeDays(tx: Tx, places: ReadonlyMap<string, Places>, days: readonly AskedDay[]): Promise<void> {
  const ids = days.flatMap(day => sessionKeysOf(day).flatMap(key => places.get(key)?.id ?? []))
  if (ids.length > 0) await freeOneOfEach(tx).execute({ ids: listOf(ids) })
}

/** Days of sign-ups as they are written down. */
export type SignupDay = typeof leisureSignupDays.$inferSelect

/** Says of days of a sign-up that they have their places. Throws a unique violation when the child has another place that day. */
export async function markTaken(
  tx: Tx,
  signupId: Id<'leisure-signup'>,
  days: readonly Pick<AskedDay, 'day'>[],
): Promise<void> {
  await tx
    .update(leisureSignupDays)
    .set({ state: 'taken' })
    .where(
      and(
        eq(leisureSignupDays.signupId, signupId),
        inArray(
          leisureSignupDays.day,
          days.map(({ day }) => day),
        ),
      ),
    )
}

/**
 * Frees days that have their places, for the counters and on the sign-up: what was freed, each once however often it is
 * asked. `cancelled` says when, whether too late for nothing, and whether it was the town that gave the day up.
 */
export async function giveBackDays(
  tx: Tx,
  places: ReadonlyMap<string, Places>,
  signupId: Id<'leisure-signup'>,
  days: readonly Pick<AskedDay, 'day'>[],
  cancelled?: { at: Temporal.Instant; late: boolean; byTown: boolean },
): Promise<SignupDay[]> {
  if (days.length === 0) return []
  const freed = await tx
    .update(leisureSignupDays)
    .set({
      state: 'freed',
      ...(cancelled ? { cancelledAt: cancelled.at, late: cancelled.late, excused: cancelled.byTown } : {}),
    })
    .where(
      and(
        eq(leisureSignupDays.signupId, signupId),
        eq(leisureSignupDays.state, 'taken'),
        inArray(
          leisureSignupDays.day,
          days.map(({ day }) => day),
        ),
      ),
    )
    .returning()
  await freeDays(tx, places, freed)
  return freed
}
