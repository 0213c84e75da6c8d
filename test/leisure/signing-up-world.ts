import { eq } from '../../src/db/drizzle.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import type { Allocation, Audience } from '../../src/leisure/openings.ts'
import {
  HALVES,
  leisureCentres,
  leisureGroups,
  leisureOpenings,
  leisurePeriods,
  leisurePlans,
  leisureSessions,
  type Part,
  type Unit,
} from '../../src/leisure/schema.ts'
import { holdChoices } from '../../src/leisure/signing-up/hold.ts'
import type { Choice } from '../../src/leisure/signing-up/rules.ts'
import { signupsOfHousehold } from '../../src/leisure/signups.ts'
import type { Family } from '../support/family.ts'
import type { TestTown } from '../support/town.ts'

export const day = (iso: string) => Temporal.PlainDate.from(iso)

/** The first week of the Christmas holidays of 2026, without Friday the 25th. */
export const XMAS = ['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24']
export const XMAS_2 = ['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31']

const ALL_UNITS: readonly Unit[] = ['day', 'half-day', 'half-day-with-meal', 'week']

export type GivenGroup = { name?: string; minAge?: number; maxAge?: number; places?: number; units?: readonly Unit[] }

type GivenPlan = {
  centre?: string
  meals?: boolean
  name?: string
  kind?: 'wednesdays' | 'holidays' | 'summer'
  days?: readonly string[]
  groups?: readonly GivenGroup[]
  allocation?: Allocation
  opensAt?: string | null
  audience?: Audience
  /** Another centre of that period. */
  period?: Id<'leisure-period'>
}

let plans = 0

/** A centre that opens in a period whose sign-ups are open, with one group of 3 to 11 unless others are given. */
export async function plan(t: TestTown, given: GivenPlan = {}) {
  const number = ++plans
  const centreId = newId<'leisure-centre'>()
  const periodId = given.period ?? newId<'leisure-period'>()
  const days = (given.days ?? [...XMAS, ...XMAS_2]).map(day)
  const groups = (given.groups ?? [{}]).map(group => ({
    id: newId<'leisure-group'>(),
    centreId,
    periodId,
    name: group.name ?? 'Les enfants',
    minAge: group.minAge ?? 3,
    maxAge: group.maxAge ?? 11,
    units: group.units ?? ALL_UNITS,
    opensAt: '08:00',
    closesAt: '18:00',
    places: group.places ?? 10,
  }))
  await t.town.db.transaction(async tx => {
    await tx.insert(leisureCentres).values({
      id: centreId,
      name: given.centre ?? `Centre ${number}`,
      address: '12 avenue du Parc, 59100 Valmont',
      offers: 'Jeux',
      toBring: 'Une gourde',
      premises: 80,
      meals: given.meals ?? true,
    })
    if (!given.period) {
      await tx.insert(leisurePeriods).values({
        id: periodId,
        name: given.name ?? `Vacances ${number}`,
        kind: given.kind ?? 'holidays',
        from: days[0]!,
        to: days.at(-1)!,
        weekdays: [1, 2, 3, 4, 5],
        pedt: false,
        minutesADay: 600,
        cancelDays: 7,
        allocation: given.allocation ?? 'first-come',
      })
      if (given.opensAt !== null)
        await tx.insert(leisureOpenings).values({
          periodId,
          audience: given.audience ?? 'everybody',
          opensAt: Temporal.Instant.from(given.opensAt ?? '2026-11-20T08:00:00+01:00'),
        })
    }
    await tx.insert(leisurePlans).values({ centreId, periodId })
    await tx.insert(leisureGroups).values(groups)
    await tx
      .insert(leisureSessions)
      .values(
        groups.flatMap(({ id: groupId, places: capacity }) =>
          days.flatMap(on =>
            HALVES.map(half => ({ id: newId<'leisure-session'>(), groupId, day: on, half, capacity, taken: 0 })),
          ),
        ),
      )
  })
  return { centreId, periodId, groups: groups.map(({ id }) => id) }
}

type Plan = Awaited<ReturnType<typeof plan>>

/** A choice of single days unless another unit is given. */
export const choice = (
  { centreId }: Pick<Plan, 'centreId'>,
  childId: string,
  days: readonly string[],
  given: { unit?: Unit; part?: Part; meal?: boolean } = {},
): Choice => ({ childId, centreId, unit: 'day', part: 'day', meal: true, ...given, days: days.map(day) })

/** Puts days of the family's first child in its basket. */
export const hold = (
  t: TestTown,
  family: Family,
  plan: Plan,
  days: readonly string[],
  given: Parameters<typeof choice>[3] & { wait?: boolean; key?: string; child?: string } = {},
) => {
  const { wait = true, key, child = family.children[0]!.id, ...rest } = given
  return holdChoices(t.town, family.actor, plan.periodId, [choice(plan, child, days, rest)], {
    key,
    waitWhenFull: wait,
  })
}

/** Of a household's sign-ups, each as « état: jours avec leur état ». */
export async function told(t: TestTown, family: Pick<Family, 'household'>): Promise<string[]> {
  const signups = await signupsOfHousehold(t.town.db.read, family.household)
  return signups.map(
    ({ state, days }) =>
      `${state}: ${days.map(({ day: on, state: how }) => `${on.toString().slice(5)} ${how}`).join(', ')}`,
  )
}

/** How many places of a group are taken, morning and afternoon of a day. */
export async function takenOn(t: TestTown, group: Id<'leisure-group'>, iso: string): Promise<number[]> {
  const rows = await t.town.db.read.select().from(leisureSessions).where(eq(leisureSessions.groupId, group))
  return HALVES.map(half => rows.find(row => row.half === half && row.day.toString() === iso)?.taken ?? -1)
}
