import type { Queries } from '../../db/database.ts'
import { mondayOf } from '../../kernel/days.ts'
import type { Opening } from '../openings.ts'
import { type PlacesLeft, placesLeft } from '../places.ts'
import {
  type Centre,
  centresOf,
  type Group,
  groupsOf,
  type LeisurePeriod,
  openingsOf,
  periodsOf,
  type Session,
  sessionsOf,
} from '../store.ts'

/** A group as families see it; `left` counts the half-days to come. */
export type PublicGroup = { group: Group; left: PlacesLeft; sessions: readonly Session[] }
/** A period that is not over, at one centre. */
export type PublicPeriod = { period: LeisurePeriod; openings: readonly Opening[]; groups: readonly PublicGroup[] }
export type PublicCentre = { centre: Centre; periods: readonly PublicPeriod[] }

/** What families can find from that day on: each centre with the periods in which it still opens, the next one first. */
export async function publicCentres(db: Queries, today: Temporal.PlainDate): Promise<PublicCentre[]> {
  const toCome = (day: Temporal.PlainDate) => Temporal.PlainDate.compare(day, today) >= 0
  const periods = (await periodsOf(db)).filter(({ to }) => toCome(to)).reverse()
  const ids = periods.map(({ id }) => id)
  const groups = await groupsOf(db, ids)
  const openings = await openingsOf(db, ids)
  const sessions = Map.groupBy(
    (await sessionsOf(db, groups)).filter(({ day }) => toCome(day)),
    ({ groupId }) => groupId,
  )
  const groupsIn = (centre: Centre, period: LeisurePeriod): PublicGroup[] =>
    groups
      .filter(({ centreId, periodId }) => centreId === centre.id && periodId === period.id)
      .flatMap(group => {
        const own = sessions.get(group.id)
        return own ? [{ group, left: placesLeft(own), sessions: own }] : []
      })
  return (await centresOf(db)).map(centre => ({
    centre,
    periods: periods.flatMap(period => {
      const own = groupsIn(centre, period)
      return own.length > 0 ? [{ period, openings: openings.get(period.id) ?? [], groups: own }] : []
    }),
  }))
}

/** The words of a week, by group: a week of holidays, or the one Wednesday of a week of term. */
export type WeekOfPlaces = {
  monday: Temporal.PlainDate
  /** The days of that week on which the centre opens. */
  days: readonly Temporal.PlainDate[]
  /** In the order of the groups; null where a group is not there that week. */
  left: readonly (PlacesLeft | null)[]
}

/** The places left of a centre's groups week by week. */
export function weeksOfPlaces(groups: readonly PublicGroup[]): WeekOfPlaces[] {
  const all = groups.flatMap(({ sessions }) => sessions)
  const weeks = Map.groupBy(all, ({ day }) => mondayOf(day).toString())
  return [...weeks]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([monday, inWeek]) => ({
      monday: Temporal.PlainDate.from(monday),
      days: [...new Map(inWeek.map(({ day }) => [day.toString(), day])).values()].sort(Temporal.PlainDate.compare),
      left: groups.map(({ group }) => {
        const own = inWeek.filter(({ groupId }) => groupId === group.id)
        return own.length > 0 ? placesLeft(own) : null
      }),
    }))
}
