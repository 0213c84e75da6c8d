import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq } from '../../db/drizzle.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import { HALVES, type Half, leisureStaff } from '../schema.ts'
import {
  type Centre,
  centreById,
  daysOf,
  type Group,
  groupsOfPlan,
  type LeisurePeriod,
  periodById,
  plansOf,
  type Session,
  type StaffDay,
  sessionsOf,
  staffOf,
} from '../store.ts'
import { endLinesFor } from '../waiting/line-ends.ts'
import { offerPlaces, withOffers } from '../waiting/offers.ts'
import { advance, type Plan } from './groups.ts'
import { holdPeriod } from './periods.ts'
import { refuseAbovePremises } from './premises.ts'
import { insertSessions, refuseNeeded, removeSession, setCapacity } from './sessions.ts'
import { type Ages, agesOf, checkStaff, ratioOf, type StaffCheck, staffNeeded } from './staffing.ts'

/** What a centre plans in a period. */
export type CentrePlan = {
  centre: Centre
  period: LeisurePeriod
  revision: number
  groups: readonly Group[]
  /** The days that can still be planned: from today on. */
  days: readonly Temporal.PlainDate[]
  /** How many days of the period are over. */
  past: number
  sessions: ReadonlyMap<string, Session>
  staff: ReadonlyMap<string, StaffDay>
}

/** The key of a half-day of a group, and the name of its input. */
export const placesField = (groupId: string, day: Temporal.PlainDate, half: Half) => `places.${groupId}.${day}.${half}`

/** What is planned at a centre in a period. Throws 404. */
export async function planOf(db: Queries, zone: string, asked: Plan, today: Temporal.PlainDate): Promise<CentrePlan> {
  const centre = await centreById(db, asked.centreId)
  const period = await periodById(db, asked.periodId)
  const groups = await groupsOfPlan(db, { centreId: centre.id, periodId: period.id })
  const plan = (await plansOf(db, period.id)).find(({ centreId }) => centreId === centre.id)
  const all = await daysOf(db, zone, period)
  const days = all.filter(day => Temporal.PlainDate.compare(day, today) >= 0)
  const sessions = await sessionsOf(db, groups)
  const staff = await staffOf(db, [centre.id], period)
  return {
    centre,
    period,
    revision: plan?.revision ?? 0,
    groups,
    days,
    past: all.length - days.length,
    sessions: new Map(sessions.map(session => [placesField(session.groupId, session.day, session.half), session])),
    staff: new Map(staff.map(row => [row.day.toString(), row])),
  }
}

/** A day's places against its staff, at its fullest half-day; null without places. */
export function staffCheckOf(
  { period, groups }: Pick<CentrePlan, 'period' | 'groups'>,
  staff: Pick<StaffDay, 'educators' | 'directorCounts'> | undefined,
  placesAt: (group: Group, half: Half) => number,
): (StaffCheck & { planned: Ages; told: boolean }) | null {
  const ratio = ratioOf(period)
  const [morning, afternoon] = HALVES.map(half =>
    agesTogether(groups.map(group => agesOf(group, placesAt(group, half)))),
  )
  if (!morning || !afternoon) return null
  const planned = staffNeeded(afternoon, ratio) > staffNeeded(morning, ratio) ? afternoon : morning
  if (planned.underSix + planned.fromSix === 0) return null
  const counted = staff ?? { educators: 0, directorCounts: false }
  return { ...checkStaff(counted, planned, ratio), planned, told: staff !== undefined }
}

const agesTogether = (list: readonly Ages[]): Ages => ({
  underSix: list.reduce((all, { underSix }) => all + underSix, 0),
  fromSix: list.reduce((all, { fromSix }) => all + fromSix, 0),
})

/** What a clerk asks for: half-days and days that are not named stay as they are. */
export type PlanChanges = {
  /** By `placesField`; null or 0: the group is not there on that half-day. */
  places: ReadonlyMap<string, number | null>
  /** By ISO day; null: nobody is planned. */
  staff: ReadonlyMap<string, { educators: number; directorCounts: boolean } | null>
}

/**
 * Keeps the places and the staff of the days to come; more places go to who waits for them, and where there are none any
 * more nobody waits. Throws 404, 409 `leisure-changed` after a colleague's change, or 422 on the half-day's own field: fewer
 * places than are taken, with who is in, or more than the premises hold.
 */
export async function savePlan(
  town: Town,
  clerk: Clerk,
  asked: Plan & { revision: number },
  changes: PlanChanges,
): Promise<void> {
  const now = town.clock.now()
  await withOffers(town, async tx => {
    await holdPeriod(tx, asked.periodId)
    const plan = await planOf(tx, town.config.schoolZone, asked, dayInParis(now))
    const place = { centreId: plan.centre.id, periodId: plan.period.id }
    await advance(tx, place, asked.revision)
    const places = await savePlaces(tx, plan, changes.places)
    await refuseAbovePremises(tx, plan.centre, plan.groups, ({ groupId, day, half }) => placesField(groupId, day, half))
    const staff = await saveStaff(tx, plan, changes.staff)
    await audit(tx, now, clerk, {
      action: 'leisure-plan.changed',
      subject: { kind: 'leisure-centre', id: plan.centre.id },
      details: { periodId: plan.period.id, places, staff },
    })
    const halfDays = (list: typeof places) =>
      list.map(({ group, day, half }) => ({ groupId: group, day: Temporal.PlainDate.from(day), part: half }))
    await endLinesFor(tx, now, halfDays(places.filter(({ to }) => to === 0)))
    await offerPlaces(tx, { town, now }, halfDays(places.filter(({ from, to }) => to > from)))
  })
}

async function savePlaces(tx: Tx, { groups, days, sessions }: CentrePlan, wanted: PlanChanges['places']) {
  const needed: { session: Session; field: string }[] = []
  const added: { groupId: Id<'leisure-group'>; day: Temporal.PlainDate; half: Half; capacity: number }[] = []
  const changed: { group: Id<'leisure-group'>; day: string; half: Half; from: number; to: number }[] = []
  for (const group of groups)
    for (const day of days)
      for (const half of HALVES) {
        const field = placesField(group.id, day, half)
        if (!wanted.has(field)) continue
        const capacity = wanted.get(field) ?? 0
        const session = sessions.get(field)
        if (capacity === (session?.capacity ?? 0)) continue
        if (!session) added.push({ groupId: group.id, day, half, capacity })
        else if (!(await (capacity === 0 ? removeSession(tx, session.id) : setCapacity(tx, session.id, capacity))))
          needed.push({ session, field })
        changed.push({ group: group.id, day: day.toString(), half, from: session?.capacity ?? 0, to: capacity })
      }
  await refuseNeeded(tx, needed)
  await insertSessions(tx, added)
  return changed
}

async function saveStaff(tx: Tx, { centre, days, staff }: CentrePlan, wanted: PlanChanges['staff']) {
  const changed: { day: string; educators: number | null; directorCounts: boolean }[] = []
  for (const day of days) {
    const asked = wanted.get(day.toString())
    if (asked === undefined) continue
    const before = staff.get(day.toString())
    if (asked?.educators === before?.educators && asked?.directorCounts === before?.directorCounts) continue
    if (asked)
      await tx
        .insert(leisureStaff)
        .values({ centreId: centre.id, day, ...asked })
        .onConflictDoUpdate({ target: [leisureStaff.centreId, leisureStaff.day], set: asked })
    else await tx.delete(leisureStaff).where(and(eq(leisureStaff.centreId, centre.id), eq(leisureStaff.day, day)))
    changed.push({
      day: day.toString(),
      educators: asked?.educators ?? null,
      directorCounts: asked?.directorCounts ?? false,
    })
  }
  return changed
}
