import { createHash, randomBytes } from 'node:crypto'
import type { Tx } from '../../src/db/database.ts'
import { eachDay } from '../../src/kernel/days.ts'
import { newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import {
  HALVES,
  leisureCentres,
  leisureDraws,
  leisureGroups,
  leisureOpenings,
  leisurePeriods,
  leisurePlans,
  leisureSessions,
  leisureStaff,
} from '../../src/leisure/schema.ts'
import { schoolHolidays } from '../../src/schools/schema.ts'
import type { LeisureRule } from '../../src/tariffs/leisure-rules.ts'
import { tariffs } from '../../src/tariffs/schema.ts'
import { GROUPS, type World, type WorldPlan } from './world.ts'

/** The week of the winter holidays that opens this morning, and its day that everybody wants. */
const MONDAY = Temporal.PlainDate.from('2027-02-22')
const FRIDAY = MONDAY.add({ days: 4 })
const WANTED = MONDAY.add({ days: 2 })

const BANDS = [
  { name: 'Les petits', minAge: 3, maxAge: 5 },
  { name: 'Les grands', minAge: 6, maxAge: 11 },
] as const

const effort = { kind: 'effort-rate', ratePerMillion: 15_000, floor: cents(300), ceiling: cents(1_800) } as const
const PRICES: LeisureRule = {
  day: { residents: effort, nonResidents: effort },
  halfDay: null,
  lunch: null,
  lunchOnDays: 'included',
  weekDiscount: 1_000,
  siblingReduction: 2_000,
  deposit: 0,
  chargedAt: 'attendance',
  chargesAbsence: true,
}

/** The centres of the world, whose children they take, and how to open their doors. */
export type Centres = {
  facts: Pick<World, 'period' | 'day' | 'groups' | 'places'>
  /** The youngest that a group takes on the day that is wanted; half a year older is fine too. */
  birthDateFor(group: string): Temporal.PlainDate
  open(tx: Tx, at: Temporal.Instant): Promise<number>
}

/** Five centres with two groups each, planned for one week of holidays. */
export async function planCentres(tx: Tx, plan: WorldPlan, now: Temporal.Instant): Promise<Centres> {
  await tx.insert(schoolHolidays).values({
    id: newId<'school-holiday'>(),
    zone: 'B',
    name: "Vacances d'Hiver",
    from: MONDAY.subtract({ days: 2 }),
    until: MONDAY.add({ days: 14 }),
    schoolYear: '2026-2027',
  })
  await tx.insert(tariffs).values({
    id: newId<'tariff'>(),
    service: 'leisure',
    from: Temporal.PlainDate.from('2026-09-01'),
    to: null,
    rule: PRICES,
    createdAt: now,
  })
  const period = newId<'leisure-period'>()
  await tx.insert(leisurePeriods).values({
    id: period,
    name: 'Vacances d’hiver 2027',
    kind: 'holidays',
    from: MONDAY,
    to: FRIDAY,
    weekdays: [1, 2, 3, 4, 5],
    pedt: false,
    minutesADay: 600,
    cancelDays: 7,
    allocation: plan.mode,
  })
  if (plan.mode === 'draw') {
    const seed = randomBytes(32).toString('hex')
    const fingerprint = createHash('sha256').update(seed).digest('hex')
    await tx.insert(leisureDraws).values({ periodId: period, seed, fingerprint, createdAt: now })
  }
  const groups: (World['groups'][number] & { minAge: number })[] = []
  for (let n = 0; n < GROUPS / BANDS.length; n++) groups.push(...(await planCentre(tx, period, n, plan.placesEach)))
  return {
    facts: {
      period,
      day: WANTED.toString(),
      groups: groups.map(({ id, centre, places }) => ({ id, centre, places })),
      places: GROUPS * plan.placesEach,
    },
    birthDateFor: group => WANTED.subtract({ years: groups.find(({ id }) => id === group)?.minAge ?? 0, days: 10 }),
    open: async (tx, opensAt) => {
      await tx.insert(leisureOpenings).values({ periodId: period, audience: 'everybody', opensAt })
      return opensAt.epochMilliseconds
    },
  }
}

async function planCentre(tx: Tx, period: typeof leisurePeriods.$inferInsert.id, n: number, placesEach: number) {
  const centre = newId<'leisure-centre'>()
  await tx.insert(leisureCentres).values({
    id: centre,
    name: `Centre de loisirs ${'ABCDE'[n]}`,
    address: `${n + 1} avenue du Parc, 59100 Valmont`,
    phone: '03 20 00 00 11',
    email: null,
    offers: 'Jeux dehors, peinture, contes.',
    toBring: 'Un manteau\nUne gourde',
    premises: BANDS.length * placesEach,
    meals: true,
  })
  await tx.insert(leisurePlans).values({ centreId: centre, periodId: period })
  const made: (World['groups'][number] & { minAge: number })[] = []
  for (const band of BANDS) {
    const id = newId<'leisure-group'>()
    await tx.insert(leisureGroups).values({
      ...band,
      id,
      centreId: centre,
      periodId: period,
      units: ['day', 'week'],
      opensAt: '08:00',
      closesAt: '18:00',
      places: placesEach,
    })
    const days = [...eachDay(MONDAY, FRIDAY)]
    await tx.insert(leisureSessions).values(
      days.flatMap(day =>
        HALVES.map(half => ({
          id: newId<'leisure-session'>(),
          groupId: id,
          day,
          half,
          capacity: placesEach,
        })),
      ),
    )
    made.push({ id, centre, places: placesEach, minAge: band.minAge })
  }
  await tx
    .insert(leisureStaff)
    .values([...eachDay(MONDAY, FRIDAY)].map(day => ({ centreId: centre, day, educators: 8, directorCounts: false })))
  return made
}
