import { draftRun } from '../../src/billing/draft.ts'
import { issueInvoices, issueRun } from '../../src/billing/issue.ts'
import { invoicesOf } from '../../src/billing/store.ts'
import { attendances, mealBookings } from '../../src/canteen/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { system } from '../../src/kernel/actor.ts'
import { dayInParis } from '../../src/kernel/clock.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import {
  children,
  familyQuotients,
  householdMembers,
  households,
  type MealType,
  persons,
} from '../../src/people/schema.ts'
import { schools } from '../../src/schools/schema.ts'
import type { TariffRule } from '../../src/tariffs/rules.ts'
import { tariffs } from '../../src/tariffs/schema.ts'
import type { Town } from '../../src/town-context.ts'
import type { Family } from '../support/family.ts'

export const day = (iso: string) => Temporal.PlainDate.from(iso)
export const month = (iso: string) => Temporal.PlainYearMonth.from(iso)

/** 1.20 € up to 400 €, 2.40 € up to 640 €, 3.60 € above; 5.00 € for others; 1.50 € more unbooked; absences are due. */
export const brackets: TariffRule = {
  residents: {
    kind: 'brackets',
    brackets: [
      { upTo: cents(40_000), price: cents(120) },
      { upTo: cents(64_000), price: cents(240) },
      { upTo: null, price: cents(360) },
    ],
  },
  nonResidents: { kind: 'flat', price: cents(500) },
  mealTypes: {},
  unbooked: { kind: 'surcharge', amount: cents(150) },
  chargesAbsence: true,
}

export const flat = (price: number): TariffRule => {
  const scale = { kind: 'flat', price: cents(price) } as const
  return { ...brackets, residents: scale, nonResidents: scale }
}

/** A tariff of the canteen, as if voted long ago; from September 2026 on when nothing is said. */
export async function tariff(town: Town, rule: TariffRule = brackets, from = '2026-09-01'): Promise<void> {
  await town.db.transaction(async tx => {
    await tx.insert(tariffs).values({
      id: newId<'tariff'>(),
      service: 'canteen',
      from: day(from),
      to: null,
      rule,
      createdAt: town.clock.now(),
    })
  })
}

/** A confirmed quotient in cents; it counts from a day, and was confirmed at an instant. */
export async function quotient(
  town: Town,
  householdId: Id<'household'>,
  value: number,
  from = '2026-09-01',
  decidedAt = '2026-09-01T00:00:00Z',
): Promise<void> {
  const at = Temporal.Instant.from(decidedAt)
  await town.db.transaction(async tx => {
    await tx.insert(familyQuotients).values({
      id: newId<'family-quotient'>(),
      householdId,
      value: cents(value),
      from: day(from),
      to: day('2027-12-31'),
      state: 'confirmed',
      decidedAt: at,
      createdAt: at,
    })
  })
}

/** Meals booked by a family for one of its children, as they stand after the month. Gives their sources. */
export async function meals(
  town: Town,
  family: Pick<Family, 'household' | 'children'>,
  days: readonly string[],
  of: { child?: number; mealType?: MealType } = {},
): Promise<string[]> {
  const now = town.clock.now()
  const childId = family.children[of.child ?? 0]!.id
  const [school] = await town.db.read.select({ id: schools.id }).from(schools).limit(1)
  return town.db.transaction(async tx => {
    const sources: string[] = []
    for (const each of days) {
      const id = newId<'meal-booking'>()
      sources.push(`meal:${id}`)
      await tx.insert(mealBookings).values({
        id,
        householdId: family.household,
        childId,
        schoolId: school!.id,
        mealType: of.mealType ?? 'standard',
        day: day(each),
        state: 'booked',
        changedAt: now,
        createdAt: now,
      })
    }
    return sources
  })
}

/** What the staff wrote down of a child on a day. */
export async function attendance(
  town: Town,
  family: Pick<Family, 'children' | 'accountId'>,
  on: string,
  what: { present: boolean; booked: boolean; justification?: string },
): Promise<void> {
  const [school] = await town.db.read.select({ id: schools.id }).from(schools).limit(1)
  await town.db.transaction(async tx => {
    await tx.insert(attendances).values({
      id: newId<'attendance'>(),
      childId: family.children[0]!.id,
      schoolId: school!.id,
      day: day(on),
      ...what,
      recordedBy: family.accountId,
      recordedAt: town.clock.now(),
    })
  })
}

/** A meal that is not to be eaten after all. */
export async function cancelMeal(town: Town, source: string): Promise<void> {
  const id = source.slice('meal:'.length) as Id<'meal-booking'>
  await town.db.transaction(async tx => {
    await tx.update(mealBookings).set({ state: 'cancelled' }).where(eq(mealBookings.id, id))
  })
}

/** A household's invoices today, the latest first. */
export const invoicesOfHousehold = (town: Town, householdId: Id<'household'>) =>
  invoicesOf(town.db.read, householdId, dayInParis(town.clock.now()))

/** Bills a month from its draft to the last invoice; PDFs and mails are left to be made. */
export async function bill(town: Town, period: string) {
  const actor = system('test')
  const run = await draftRun(town, actor, month(period))
  await issueRun(town, actor, run.id, { total: run.total })
  await issueInvoices(town, run.id)
  return run
}

/** Many families at once, of one child each, who booked the same days; nobody of them signs in. */
export async function manyFamilies(town: Town, count: number, days: readonly string[]): Promise<void> {
  const now = town.clock.now()
  const [school] = await town.db.read.select({ id: schools.id }).from(schools).limit(1)
  const person = (firstName: string, birthDate: string | null) => ({
    id: newId<'person'>(),
    firstName,
    lastName: 'Martin',
    birthDate: birthDate ? day(birthDate) : null,
    language: 'fr',
    searchKey: 'martin',
    createdAt: now,
  })
  await town.db.transaction(async tx => {
    for (let i = 0; i < count; i++) {
      const householdId = newId<'household'>()
      const [payer, child] = [person('Camille', null), person('Lou', '2018-04-01')]
      await tx.insert(persons).values([payer, child])
      await tx.insert(children).values({ personId: child.id, mealType: 'standard', pai: false })
      await tx.insert(households).values({ id: householdId, payerId: payer.id, createdAt: now })
      const member = { householdId, confirmedAt: now, createdAt: now }
      await tx.insert(householdMembers).values([
        { ...member, personId: payer.id, role: 'guardian' },
        { ...member, personId: child.id, role: 'child' },
      ])
      await tx.insert(mealBookings).values(
        days.map(each => ({
          id: newId<'meal-booking'>(),
          householdId,
          childId: child.id,
          schoolId: school!.id,
          day: day(each),
          mealType: 'standard' as const,
          state: 'booked' as const,
          changedAt: now,
          createdAt: now,
        })),
      )
    }
  })
}
