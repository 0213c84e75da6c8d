import type { Queries } from '../../db/database.ts'
import { and, between, eq } from '../../db/drizzle.ts'
import type { Id } from '../../kernel/ids.ts'
import { residentOn } from '../../people/rules.ts'
import { childrenById, householdsOfChild, pricingFacts } from '../../people/store.ts'
import { careOf } from '../planning/staffing.ts'
import { leisureAttendances, leisureGroups, leisurePeriods, leisureSignupDays, leisureSignups } from '../schema.ts'
import { partHours } from './part-hours.ts'
import type { CareDay } from './statistics-rules.ts'

export type Asked = {
  /** All centres where none is named. */
  centreId?: string | undefined
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

type CountedDay = CareDay & { centreId: Id<'leisure-centre'> }

/** Every day of a child that counts between two days, both included: signed up for, there, or to be paid. */
export async function careDays(db: Queries, { centreId, from, to }: Asked): Promise<CountedDay[]> {
  const ofCentre = centreId ? eq(leisureGroups.centreId, centreId as Id<'leisure-centre'>) : undefined
  const group = {
    centreId: leisureGroups.centreId,
    opensAt: leisureGroups.opensAt,
    closesAt: leisureGroups.closesAt,
    kind: leisurePeriods.kind,
  }
  const signedUp = await db
    .select({
      ...group,
      childId: leisureSignupDays.childId,
      householdId: leisureSignups.householdId,
      day: leisureSignupDays.day,
      part: leisureSignupDays.part,
      meal: leisureSignups.meal,
      dayState: leisureSignupDays.state,
      late: leisureSignupDays.late,
      excused: leisureSignupDays.excused,
      state: leisureSignups.state,
    })
    .from(leisureSignupDays)
    .innerJoin(leisureSignups, eq(leisureSignups.id, leisureSignupDays.signupId))
    .innerJoin(leisureGroups, eq(leisureGroups.id, leisureSignupDays.groupId))
    .innerJoin(leisurePeriods, eq(leisurePeriods.id, leisureGroups.periodId))
    .where(and(between(leisureSignupDays.day, from, to), ofCentre))
  const attended = await db
    .select({
      ...group,
      childId: leisureAttendances.childId,
      day: leisureAttendances.day,
      present: leisureAttendances.present,
      arrivedAt: leisureAttendances.arrivedAt,
      leftAt: leisureAttendances.leftAt,
    })
    .from(leisureAttendances)
    .innerJoin(leisureGroups, eq(leisureGroups.id, leisureAttendances.groupId))
    .innerJoin(leisurePeriods, eq(leisurePeriods.id, leisureGroups.periodId))
    .where(and(between(leisureAttendances.day, from, to), ofCentre))
  const key = (one: { childId: string; day: Temporal.PlainDate }) => `${one.childId} ${one.day}`
  const noted = new Map(attended.map(row => [key(row), row]))
  const standing = signedUp.filter(
    one =>
      (one.dayState === 'taken' && one.state === 'booked') ||
      (one.dayState === 'freed' && one.late && !one.excused && (one.state === 'booked' || one.state === 'cancelled')),
  )
  const known = new Set(standing.filter(one => one.dayState === 'taken').map(key))
  const others = attended.filter(one => one.present && !known.has(key(one)))
  const children = await childrenById(db, [...new Set([...standing, ...others].map(({ childId }) => childId))])
  const homes = new Map<Id<'person'>, Id<'household'> | undefined>()
  for (const { childId } of others)
    if (!homes.has(childId)) homes.set(childId, (await householdsOfChild(db, childId))[0])
  const households = new Set([...standing.map(one => one.householdId), ...homes.values()])
  const facts = await pricingFacts(
    db,
    [...households].filter(id => id !== undefined),
  )
  const resident = (householdId: Id<'household'> | undefined, day: Temporal.PlainDate) =>
    householdId !== undefined && residentOn(facts.get(householdId)?.residency ?? [], day)
  const counted = standing.flatMap((one): CountedDay[] => {
    const child = children.get(one.childId)
    if (!child) return []
    const taken = one.dayState === 'taken'
    const { childId, day, centreId: centre, excused, part, meal } = one
    return [
      {
        childId,
        day,
        centreId: centre,
        birthDate: child.birthDate,
        care: careOf(one.kind),
        resident: resident(one.householdId, day),
        booked: taken ? partHours(one, part, meal) : null,
        open: partHours(one, 'day', true),
        // A place given back late is paid; whoever came all the same has a row of its own.
        noted: taken ? noted.get(key(one)) : undefined,
        billed: !excused,
      },
    ]
  })
  const unbooked = others.flatMap((one): CountedDay[] => {
    const child = children.get(one.childId)
    if (!child) return []
    const { childId, day, centreId: centre } = one
    return [
      {
        childId,
        day,
        centreId: centre,
        birthDate: child.birthDate,
        care: careOf(one.kind),
        resident: resident(homes.get(childId), day),
        booked: null,
        open: partHours(one, 'day', true),
        noted: one,
        billed: false,
      },
    ]
  })
  return [...counted, ...unbooked]
}
