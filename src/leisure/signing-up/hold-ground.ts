import { bookingsOf } from '../../canteen/store.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { mondayOf } from '../../kernel/days.ts'
import { type AskedDay, placesOf } from '../taking.ts'
import { outcomeOf, type Wanted, type Work } from './holding.ts'
import { type Choice, childDayKey, coversLunch, daysOfWeek, type Ground, judge, type OfferingGroup } from './rules.ts'
import { childDaysOf, offeringGroups } from './store.ts'

/** What the choices are judged by, in four queries whatever their number; and the places as they stand. */
export async function groundOf({ tx, householdId, period, children, choices, now }: Work) {
  const groups: readonly OfferingGroup[] = await offeringGroups(tx, period.id)
  const places = await placesOf(tx, daysToKnow(choices, groups))
  const ids = new Set(choices.map(({ childId }) => childId))
  const days = new Map(choices.flatMap(({ days }) => days).map(day => [day.toString(), day]))
  const known = await childDaysOf(tx, ids, days.values())
  const atLunch = choices.filter(coversLunch).flatMap(choice => choice.days)
  const [first, ...rest] = atLunch.toSorted(Temporal.PlainDate.compare)
  const meals = first
    ? await bookingsOf(
        tx,
        [...children.values()].map(({ id }) => id),
        first,
        rest.at(-1) ?? first,
      )
    : []
  const ground: Ground = {
    householdId,
    today: dayInParis(now),
    groups,
    sessions: places,
    childDays: Map.groupBy(known, ({ childId, day }) => childDayKey(childId, day)),
    canteen: new Set(
      meals.filter(({ state }) => state === 'booked').map(({ childId, day }) => childDayKey(childId, day)),
    ),
  }
  return { ground, places }
}

/** The days whose places must be known: those chosen, and the rest of the weeks that are chosen whole. */
function daysToKnow(choices: readonly Choice[], groups: readonly OfferingGroup[]): AskedDay[] {
  return choices.flatMap(({ centreId, unit, days }) => {
    const [first] = days
    const known = unit === 'week' && first ? [...daysOfWeek(mondayOf(first)), ...days] : days
    const own = groups.filter(group => group.centreId === centreId)
    return own.flatMap(({ id }) => known.map(day => ({ day, groupId: id, part: 'day' as const })))
  })
}

/** The choices that the rules allow; why not is written down. Of two for one child and day, the first counts. */
export function judgeAll(work: Work, ground: Ground): Wanted[] {
  const chosen = new Set<string>()
  return work.choices.flatMap((choice, index): Wanted[] => {
    const child = work.children.get(choice.childId)
    if (!child) return []
    const judged = judge(ground, child, choice)
    const outcome = outcomeOf({ index, choice })
    if ('already' in judged) {
      work.already.push({ ...outcome, signupId: judged.already })
      return []
    }
    if ('refused' in judged) {
      work.refused.push({ ...outcome, code: judged.refused, refusedDays: judged.days.map(String) })
      return []
    }
    const twice = choice.days.filter(day => chosen.has(childDayKey(choice.childId, day)))
    if (twice.length > 0) {
      work.refused.push({ ...outcome, code: 'chosen-twice', refusedDays: twice.map(String) })
      return []
    }
    for (const day of choice.days) chosen.add(childDayKey(choice.childId, day))
    return [{ index, choice, days: judged.days }]
  })
}
