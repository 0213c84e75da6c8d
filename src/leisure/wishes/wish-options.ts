import { mondayOf } from '../../kernel/days.ts'
import { mayBookOn } from '../../people/custody.ts'
import { compareNames } from '../../people/rules.ts'
import type { Child } from '../../people/store.ts'
import type { Unit } from '../schema.ts'
import { type Choice, daysOfWeek, groupOn, type Offer, offersOf, openDaysOfWeek } from '../signing-up/rules.ts'
import type { LeisurePeriod } from '../store.ts'
import { sessionKeysOf } from '../taking.ts'
import type { WishGround } from './wish-ground.ts'

/** A way to come at a centre. */
export type WayToCome = Offer & { centreId: string; centreName: string }

/** Which days a wish is for: a week of holidays, a day, or every day of the period to come. */
export type When =
  | { kind: 'week'; monday: Temporal.PlainDate }
  | { kind: 'day'; day: Temporal.PlainDate }
  | { kind: 'all' }

/** The ways to come that a child may wish for: those of the groups that take it on some day, centre by centre. */
export function waysFor(ground: WishGround, child: Child): WayToCome[] {
  const ways = new Map<string, WayToCome>()
  for (const day of ground.days) {
    for (const { centreId, centreName } of ground.groups) {
      const group = groupOn(ground, child, centreId, day)
      if (typeof group === 'string') continue
      for (const offer of offersOf(group)) {
        const way = { ...offer, centreId, centreName }
        if (!ways.has(wayKey(way)) && comesOn(ground, child, way, day)) ways.set(wayKey(way), way)
      }
    }
  }
  return [...ways.values()].sort(
    (a, b) => compareNames(a.centreName, b.centreName) || UNIT_ORDER.indexOf(a.unit) - UNIT_ORDER.indexOf(b.unit),
  )
}

/** The longest first. */
const UNIT_ORDER: readonly Unit[] = ['week', 'day', 'half-day-with-meal', 'half-day']

/** A way to come as a form sends it. */
export const wayKey = ({ centreId, unit, part, meal }: Offer & { centreId: string }) =>
  [centreId, unit, part, meal ? 'meal' : 'no-meal'].join(' ')

/** Weeks before days in holidays; all Wednesdays before each in term. */
export function whensOf(ground: WishGround, { kind }: Pick<LeisurePeriod, 'kind'>): When[] {
  const days = ground.days.map((day): When => ({ kind: 'day', day }))
  if (kind === 'wednesdays') return days.length > 1 ? [{ kind: 'all' }, ...days] : days
  const mondays = new Map(ground.days.map(day => [mondayOf(day).toString(), mondayOf(day)]))
  return [...[...mondays.values()].map((monday): When => ({ kind: 'week', monday })), ...days]
}

/** When, as a form sends it. */
export function whenKey(when: When): string {
  switch (when.kind) {
    case 'all':
      return 'all'
    case 'week':
      return `week ${when.monday}`
    case 'day':
      return `day ${when.day}`
  }
}

/**
 * The choice that a way to come and days make for a child: a week is all of its open days, and when only some days of a week
 * or period are the child's, those alone. Its days may be none, or not what the way needs: the rules say so.
 */
export function choiceOf(ground: WishGround, child: Child, way: WayToCome, when: When): Choice {
  const { centreId, unit, part, meal } = way
  return { childId: child.id, centreId, unit, part, meal, days: daysFor(ground, child, way, when) }
}

function daysFor(ground: WishGround, child: Child, way: WayToCome, when: When): Temporal.PlainDate[] {
  if (when.kind === 'day') return [when.day]
  if (when.kind === 'week' && way.unit === 'week') return openDaysOfWeek(ground, child, way.centreId, when.monday)
  const days = when.kind === 'all' ? ground.days : ground.days.filter(isIn(daysOfWeek(when.monday)))
  return days.filter(day => comesOn(ground, child, way, day))
}

const isIn = (days: readonly Temporal.PlainDate[]) => {
  const known = new Set(days.map(String))
  return (day: Temporal.PlainDate) => known.has(day.toString())
}

/** Whether a child may come that way on that day, other places and meals apart. */
function comesOn(ground: WishGround, child: Child, way: WayToCome, day: Temporal.PlainDate): boolean {
  const group = groupOn(ground, child, way.centreId, day)
  if (typeof group === 'string') return false
  const offered = offersOf(group).some(
    ({ unit, part, meal }) => unit === way.unit && part === way.part && meal === way.meal,
  )
  const held = sessionKeysOf({ day, groupId: group.id, part: way.part }).every(key => ground.sessions.has(key))
  return offered && held && (!child.custody || mayBookOn(child.custody, ground.householdId, day))
}
