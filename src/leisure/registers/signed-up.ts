import type { Queries } from '../../db/database.ts'
import { and, asc, eq, ne } from '../../db/drizzle.ts'
import { ageOn, mondayOf } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { compareNames } from '../../people/rules.ts'
import { type Child, childrenById } from '../../people/store.ts'
import {
  leisureCentres,
  leisureGroups,
  leisureSignupDays,
  leisureSignups,
  type Part,
  type SignupState,
  type Unit,
} from '../schema.ts'

/** A sign-up of a period as a list shows it, whatever its state: its days are those of the filter. */
export type SignedUp = {
  id: Id<'leisure-signup'>
  householdId: Id<'household'>
  child: Child
  /** In whole years on its first day. */
  age: number
  centreId: Id<'leisure-centre'>
  centre: string
  state: SignupState
  unit: Unit
  part: Part
  meal: boolean
  /** Each with the group that takes the child at its age that day; days given up only of sign-ups that have ended. */
  days: readonly { day: Temporal.PlainDate; groupId: Id<'leisure-group'>; group: string }[]
}

/** What of the list is asked for; all of it where nothing is named. */
export type SignedUpFilter = {
  centreId?: string | undefined
  groupId?: string | undefined
  /** Its Monday. */
  week?: Temporal.PlainDate | undefined
  states?: readonly SignupState[] | undefined
}

const ENDED: readonly SignupState[] = ['cancelled', 'left', 'lapsed']

/** The sign-ups of a period by centre and name. */
export async function signedUpInPeriod(
  db: Queries,
  periodId: Id<'leisure-period'>,
  { centreId, groupId, week, states }: SignedUpFilter = {},
): Promise<SignedUp[]> {
  const rows = await db
    .select({
      id: leisureSignups.id,
      householdId: leisureSignups.householdId,
      childId: leisureSignups.childId,
      centreId: leisureSignups.centreId,
      centre: leisureCentres.name,
      state: leisureSignups.state,
      unit: leisureSignups.unit,
      part: leisureSignups.part,
      meal: leisureSignups.meal,
      day: leisureSignupDays.day,
      dayState: leisureSignupDays.state,
      groupId: leisureSignupDays.groupId,
      group: leisureGroups.name,
    })
    .from(leisureSignups)
    .innerJoin(leisureSignupDays, eq(leisureSignupDays.signupId, leisureSignups.id))
    .innerJoin(leisureGroups, eq(leisureGroups.id, leisureSignupDays.groupId))
    .innerJoin(leisureCentres, eq(leisureCentres.id, leisureSignups.centreId))
    .where(
      and(
        eq(leisureSignups.periodId, periodId),
        // What was only looked at and left is nobody's sign-up.
        ne(leisureSignups.state, 'lapsed'),
        centreId ? eq(leisureSignups.centreId, centreId as Id<'leisure-centre'>) : undefined,
        groupId ? eq(leisureSignupDays.groupId, groupId as Id<'leisure-group'>) : undefined,
      ),
    )
    .orderBy(asc(leisureSignupDays.day))
  const shown = rows.filter(
    row =>
      (!states || states.includes(row.state)) &&
      (!week || mondayOf(row.day).equals(week)) &&
      (row.dayState !== 'freed' || ENDED.includes(row.state)),
  )
  const children = await childrenById(db, [...new Set(shown.map(({ childId }) => childId))])
  return [...Map.groupBy(shown, ({ id }) => id).values()]
    .flatMap(days => {
      const [first] = days
      const child = first && children.get(first.childId)
      if (!first || !child) return []
      const { childId: _child, day, dayState: _state, groupId: _group, group: _name, ...signup } = first
      const own = days.map(one => ({ day: one.day, groupId: one.groupId, group: one.group }))
      return [{ ...signup, child, age: ageOn(child.birthDate, day), days: own }]
    })
    .sort(
      (a, b) =>
        compareNames(a.centre, b.centre) ||
        compareNames(a.child.lastName, b.child.lastName) ||
        compareNames(a.child.firstName, b.child.firstName) ||
        Temporal.PlainDate.compare(a.days[0]?.day ?? '2000-01-01', b.days[0]?.day ?? '2000-01-01'),
    )
}
