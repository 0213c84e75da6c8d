import type { Queries } from '../../db/database.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { ageOn } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { compareNames } from '../../people/rules.ts'
import { type Child, childrenById, householdsOfChild } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { type Ages, ratioOf } from '../planning/staffing.ts'
import type { Part } from '../schema.ts'
import { type StaffDay, staffOf } from '../store.ts'
import { type Noted, type Standing, shownAs, standingOf } from './register-rules.ts'
import { type GroupPlace, groupPlace, groupsOpenOn, notedOn, signedUpOn } from './register-store.ts'
import { type StaffNow, staffNow } from './staff-now.ts'

/** A child on the register of a group and day. */
export type RegisterRow = {
  child: Child
  /** In whole years on the day. */
  age: number
  /** Whose sign-up it is; of a child who is there without one, a household it lives in. */
  householdId: Id<'household'>
  signedUp: boolean
  part: Part
  meal: boolean
  noted: Noted | undefined
  standing: Standing
  /** What the page's forms carry: see `shownAs`. */
  shown: string
}

export type Register = GroupPlace & { day: Temporal.PlainDate; rows: readonly RegisterRow[] }

/** The registers of these groups on a day, in their order; children by name. */
async function registersOf(db: Queries, places: readonly GroupPlace[], day: Temporal.PlainDate): Promise<Register[]> {
  const ids = places.map(({ group }) => group.id)
  const signedUp = await signedUpOn(db, ids, day)
  const noted = await notedOn(
    db,
    ids,
    signedUp.map(({ childId }) => childId),
    day,
  )
  const listed = new Set(signedUp.map(({ childId }) => childId))
  const byChild = new Map(noted.map(row => [row.childId, row]))
  // Noted, and no longer signed up: what was written down does not vanish with the sign-up.
  const others = noted.filter(({ childId, groupId }) => !listed.has(childId) && ids.includes(groupId))
  const children = await childrenById(db, [...listed, ...others.map(({ childId }) => childId)])
  const homes = new Map<string, Id<'household'> | undefined>()
  for (const { childId } of others) homes.set(childId, (await householdsOfChild(db, childId))[0])
  const all = [
    ...signedUp.map(row => ({ ...row, signedUp: true })),
    ...others.flatMap(({ childId, groupId }) => {
      const householdId = homes.get(childId)
      return householdId ? [{ childId, groupId, householdId, part: 'day' as const, meal: false, signedUp: false }] : []
    }),
  ]
  const rows = all.flatMap(({ childId, groupId, householdId, part, meal, signedUp: has }) => {
    const child = children.get(childId)
    if (!child) return []
    const own = byChild.get(childId)
    const row: RegisterRow = {
      child,
      age: ageOn(child.birthDate, day),
      householdId,
      signedUp: has,
      part,
      meal,
      noted: own,
      standing: standingOf(own),
      shown: shownAs(own),
    }
    return [{ groupId, row }]
  })
  return places.map(place => ({
    ...place,
    day,
    rows: rows
      .filter(({ groupId }) => groupId === place.group.id)
      .map(({ row }) => row)
      .sort(
        (a, b) =>
          compareNames(a.child.lastName, b.child.lastName) || compareNames(a.child.firstName, b.child.firstName),
      ),
  }))
}

/** The register of one group on a day. Throws 404 for no group. */
export async function registerOf(db: Queries, groupId: string, day: Temporal.PlainDate): Promise<Register> {
  const [register] = await registersOf(db, [await groupPlace(db, groupId)], day)
  return register as Register
}

/** All groups of a centre that are open on a day. */
export async function registersOfCentre(
  db: Queries,
  centreId: Id<'leisure-centre'>,
  day: Temporal.PlainDate,
): Promise<Register[]> {
  return registersOf(db, await groupsOpenOn(db, centreId, day), day)
}

/** How many stand where on a register. */
export const countsOf = (rows: readonly Pick<RegisterRow, 'standing' | 'signedUp'>[]) => {
  const count = (standing: Standing) => rows.filter(row => row.standing === standing).length
  return {
    signedUp: rows.filter(row => row.signedUp).length,
    expected: count('expected'),
    present: count('present'),
    left: count('left'),
    absent: count('absent'),
  }
}

const agesOfRows = (rows: readonly RegisterRow[]): Ages => ({
  underSix: rows.filter(({ age }) => age < 6).length,
  fromSix: rows.filter(({ age }) => age >= 6).length,
})

/** The staff of a centre on a day, against the children of all its groups. */
export async function staffCheckOf(
  db: Queries,
  registers: readonly Register[],
): Promise<{ staff: StaffDay | undefined; now: StaffNow; ratio: ReturnType<typeof ratioOf> } | undefined> {
  const [first] = registers
  if (!first) return undefined
  const { centre, period, day } = first
  const [staff] = await staffOf(db, [centre.id], { from: day, to: day })
  const rows = registers.flatMap(register => register.rows)
  const here = rows.filter(({ standing }) => standing === 'present')
  const all = rows.filter(({ standing }) => standing === 'present' || standing === 'expected')
  const ratio = ratioOf(period)
  return { staff, now: staffNow(staff, agesOfRows(here), agesOfRows(all), ratio), ratio }
}

/** How a day lies to today: what can be noted on it, and how. */
export function whenOf(town: Town, day: Temporal.PlainDate): 'past' | 'today' | 'to-come' {
  const order = Temporal.PlainDate.compare(day, dayInParis(town.clock.now()))
  if (order === 0) return 'today'
  return order < 0 ? 'past' : 'to-come'
}
