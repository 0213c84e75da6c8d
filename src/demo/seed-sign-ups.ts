import type { Tx } from '../db/database.ts'
import { and, eq, sql } from '../db/drizzle.ts'
import { PARIS } from '../kernel/clock.ts'
import { mondayOf } from '../kernel/days.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { groupFor } from '../leisure/age-bands.ts'
import {
  leisureAttendances,
  leisureSessions,
  leisureSignupDays,
  leisureSignups,
  leisureWishLists,
} from '../leisure/schema.ts'
import { centresOf, type Group, groupsOf, type LeisurePeriod, periodsOf, sessionsOf } from '../leisure/store.ts'
import { type AskedDay, halvesOf, sessionKey, sessionKeysOf } from '../leisure/taking.ts'
import { childrenById } from '../people/store.ts'
import type { Town } from '../town-context.ts'
import { type Chance, sameChance } from './chance.ts'
import { insertAll } from './insert-all.ts'
import type { DemoChild } from './seed-families.ts'

type SignupRow = typeof leisureSignups.$inferInsert
type DayRow = typeof leisureSignupDays.$inferInsert

/** How far ahead families have signed up for Wednesdays. */
const WEEKS_AHEAD = 6

/**
 * Children who come on Wednesdays since school began, with the registers of the days that are over; a first week of the
 * next holidays that fills; a group whose next Wednesdays are full, and who waits for it; wishes for the holidays after.
 * The first family, the one to sign in with, came in past months and has everything ahead to choose.
 */
export async function seedSignups(
  town: Town,
  today: Temporal.PlainDate,
  children: readonly DemoChild[],
  recordedBy: Id<'account'>,
): Promise<void> {
  const periods = (await periodsOf(town.db.read)).reverse()
  const wednesdays = periods.find(({ kind }) => kind === 'wednesdays')
  const [next, after] = periods.filter(
    ({ kind, from }) => kind !== 'wednesdays' && Temporal.PlainDate.compare(from, today) > 0,
  )
  const births = await childrenById(
    town.db.read,
    children.map(({ id }) => id),
  )
  const seeding: Seeding = {
    town,
    today,
    chance: sameChance(11),
    first: new Set(children.slice(0, 2)),
    children: children.flatMap(child => {
      const birthDate = births.get(child.id)?.birthDate
      return birthDate ? [{ ...child, birthDate, demo: child }] : []
    }),
  }
  if (wednesdays) await seedWednesdays(seeding, wednesdays, recordedBy)
  if (next?.allocation === 'first-come') await seedWeek(seeding, next)
  if (after?.allocation === 'wishes') await seedWishes(seeding, after)
}

type Seeding = {
  town: Town
  today: Temporal.PlainDate
  chance: Chance
  first: ReadonlySet<DemoChild>
  children: readonly (DemoChild & { birthDate: Temporal.PlainDate; demo: DemoChild })[]
}

/** The places of a period while they are given, and what is written of them in the end. */
async function worldOf(town: Town, period: LeisurePeriod) {
  const groups = await groupsOf(town.db.read, [period.id])
  const sessions = await sessionsOf(town.db.read, groups)
  const left = new Map(sessions.map(({ groupId, day, half, capacity }) => [sessionKey(groupId, day, half), capacity]))
  const meals = new Map((await centresOf(town.db.read)).map(centre => [centre.id, centre.meals]))
  return {
    groups,
    left,
    meals,
    days: [...new Map(sessions.map(({ day }) => [day.toString(), day])).values()].sort(Temporal.PlainDate.compare),
    signups: [] as SignupRow[],
    rows: [] as DayRow[],
  }
}
type World = Awaited<ReturnType<typeof worldOf>>

/** The group that takes a child of that age at a centre on a day, with a place left for the whole day. */
function placeOn(world: World, centreId: string, birthDate: Temporal.PlainDate, day: Temporal.PlainDate) {
  const placed = groupFor(
    birthDate,
    day,
    world.groups.filter(group => group.centreId === centreId),
  )
  if (!('group' in placed) || !placed.group.units.includes('day')) return undefined
  const asked: AskedDay = { day, groupId: placed.group.id, part: 'day' }
  return sessionKeysOf(asked).every(key => (world.left.get(key) ?? 0) > 0) ? asked : undefined
}

type Writing = Pick<SignupRow, 'state' | 'since'> & { householdId: Id<'household'>; wishRank?: number }

/** Writes a sign-up down, and takes its places unless it waits or is wished. */
function write(
  world: World,
  period: LeisurePeriod,
  { id: childId }: { id: Id<'person'> },
  { group, days }: { group: Group; days: readonly AskedDay[] },
  { state, since, householdId, wishRank }: Writing,
): void {
  const id = newId<'leisure-signup'>()
  const booked = state === 'booked'
  world.signups.push({
    id,
    householdId,
    childId,
    centreId: group.centreId,
    periodId: period.id,
    unit: 'day',
    part: 'day',
    meal: world.meals.get(group.centreId) ?? false,
    state,
    since,
    wishRank: wishRank ?? null,
    confirmedAt: booked ? since : null,
  })
  for (const { day, groupId, part } of days) {
    world.rows.push({ signupId: id, day, childId, groupId, part, state: booked ? 'taken' : 'asked' })
    if (!booked) continue
    for (const key of sessionKeysOf({ day, groupId, part })) world.left.set(key, (world.left.get(key) ?? 0) - 1)
  }
}

const morningOf = (day: Temporal.PlainDate) => day.toZonedDateTime({ timeZone: PARIS, plainTime: '08:20' }).toInstant()

async function seedWednesdays(seeding: Seeding, period: LeisurePeriod, recordedBy: Id<'account'>): Promise<void> {
  const { town, today, chance, children, first } = seeding
  const world = await worldOf(town, period)
  const centres = [...new Set(world.groups.map(({ centreId }) => centreId))]
  const until = today.add({ weeks: WEEKS_AHEAD })
  for (const child of children) {
    const isFirst = first.has(child.demo)
    if (!isFirst && !chance.happens(0.2)) continue
    const centreId = isFirst ? centres[0] : chance.one(centres)
    if (!centreId) continue
    const wanted = world.days.filter(
      day => Temporal.PlainDate.compare(day, isFirst ? today : until) <= 0 && chance.happens(isFirst ? 0.7 : 0.85),
    )
    for (const month of Map.groupBy(wanted, day => `${day.toPlainYearMonth()} ${child.householdOf(day)}`).values()) {
      const asked = month.flatMap(day => placeOn(world, centreId, child.birthDate, day) ?? [])
      const group = world.groups.find(({ id }) => id === asked[0]?.groupId)
      const [day] = month
      if (!group || !day) continue
      const since = morningOf(period.from.subtract({ months: 2 }))
      write(
        world,
        period,
        child,
        { group, days: asked },
        { state: 'booked', since, householdId: child.householdOf(day) },
      )
    }
  }
  const full = fillNextWednesday(world, seeding, period)
  await town.db.transaction(async tx => {
    await save(tx, world)
    if (full) await closeTo(tx, full)
    const came = world.rows
      .filter(({ day, state }) => state === 'taken' && Temporal.PlainDate.compare(day, today) < 0)
      .map(row => attendance(row, chance, recordedBy))
    await insertAll(came, some => tx.insert(leisureAttendances).values(some))
  })
}

/** On a Wednesday in three weeks one group is full: two families wait, the one to sign in with among them if it fits. */
function fillNextWednesday(world: World, { today, children }: Seeding, period: LeisurePeriod): AskedDay | undefined {
  const day = world.days.find(one => Temporal.PlainDate.compare(one, today.add({ weeks: 3 })) >= 0)
  const malo = children[1]
  if (!day || !malo) return undefined
  const group = world.groups.find(({ units, minAge }) => minAge === 3 && units.includes('day'))
  if (!group) return undefined
  const asked: AskedDay = { day, groupId: group.id, part: 'day' }
  const there = new Set(world.rows.filter(row => row.day.equals(day)).map(({ childId }) => childId))
  const waiting = children
    .filter(child => !there.has(child.id) && 'group' in groupFor(child.birthDate, day, [group]))
    .slice(0, 3)
  for (const [n, child] of waiting.entries())
    write(
      world,
      period,
      child,
      { group, days: [asked] },
      // The family to sign in with came last.
      {
        state: 'waiting',
        since: morningOf(today.subtract({ days: 3 + n })),
        householdId: child.householdOf(day),
      },
    )
  return asked
}

/** As many places as are taken. */
async function closeTo(tx: Tx, { groupId, day, part }: AskedDay): Promise<void> {
  for (const half of halvesOf(part))
    await tx
      .update(leisureSessions)
      .set({ capacity: sql`${leisureSessions.taken}` })
      .where(and(eq(leisureSessions.groupId, groupId), eq(leisureSessions.day, day), eq(leisureSessions.half, half)))
}

function attendance({ childId, day, groupId }: DayRow, chance: Chance, recordedBy: Id<'account'>) {
  const present = chance.happens(0.95)
  const at = (hour: number, minute: number) =>
    day.toZonedDateTime({ timeZone: PARIS, plainTime: Temporal.PlainTime.from({ hour, minute }) }).toInstant()
  return {
    childId,
    day,
    groupId,
    present,
    arrivedAt: present ? at(8, chance.whole(5, 55)) : null,
    leftAt: present ? at(17, chance.whole(0, 55)) : null,
    collectedBy: present ? 'Parent' : null,
    recordedBy,
    recordedAt: at(18, 5),
  }
}

async function seedWeek(seeding: Seeding, period: LeisurePeriod): Promise<void> {
  const { town, today, chance, children, first } = seeding
  const world = await worldOf(town, period)
  const centres = [...new Set(world.groups.map(({ centreId }) => centreId))]
  const monday = world.days[0] && mondayOf(world.days[0])
  const week = world.days.filter(day => monday && mondayOf(day).equals(monday))
  for (const child of children) {
    if (first.has(child.demo) || !chance.happens(0.25)) continue
    const centreId = chance.one(centres)
    const asked = week.flatMap(day => placeOn(world, centreId, child.birthDate, day) ?? [])
    const group = world.groups.find(({ id }) => id === asked[0]?.groupId)
    const [day] = asked
    if (!group || !day) continue
    const since = morningOf(today.subtract({ days: 2 }))
    const householdId = child.householdOf(day.day)
    write(world, period, child, { group, days: asked }, { state: 'booked', since, householdId })
  }
  await town.db.transaction(tx => save(tx, world))
}

async function seedWishes(seeding: Seeding, period: LeisurePeriod): Promise<void> {
  const { town, today, chance, children, first } = seeding
  const world = await worldOf(town, period)
  const centres = [...new Set(world.groups.map(({ centreId }) => centreId))]
  const lists = new Map<Id<'household'>, typeof leisureWishLists.$inferInsert>()
  const since = morningOf(today.subtract({ days: 1 }))
  for (const child of children) {
    if (first.has(child.demo) || !chance.happens(0.12)) continue
    const [day] = world.days
    if (!day) continue
    const householdId = child.householdOf(day)
    let wishRank = 0
    for (const centreId of centres) {
      const asked = placeOn(world, centreId, child.birthDate, day)
      const group = world.groups.find(({ id }) => id === asked?.groupId)
      if (!asked || !group) continue
      wishRank += 1
      write(world, period, child, { group, days: [asked] }, { state: 'wished', since, householdId, wishRank })
    }
    if (wishRank > 0)
      lists.set(householdId, { householdId, periodId: period.id, most: {}, revision: 1, changedAt: since })
  }
  await town.db.transaction(async tx => {
    await save(tx, world)
    await insertAll([...lists.values()], some => tx.insert(leisureWishLists).values(some))
  })
}

/** Writes what was signed up for, and counts the places it takes. */
async function save(tx: Tx, world: World): Promise<void> {
  await insertAll(world.signups, some => tx.insert(leisureSignups).values(some))
  await insertAll(world.rows, some => tx.insert(leisureSignupDays).values(some))
  const taken = Map.groupBy(
    world.rows.filter(({ state }) => state === 'taken'),
    ({ groupId, day }) => `${groupId} ${day}`,
  )
  for (const [row, ...others] of taken.values()) {
    if (!row) continue
    await tx
      .update(leisureSessions)
      .set({ taken: sql`${leisureSessions.taken} + ${1 + others.length}` })
      .where(and(eq(leisureSessions.groupId, row.groupId), eq(leisureSessions.day, row.day)))
  }
}
