import { accounts } from '../src/access/schema.ts'
import { type Id, newId } from '../src/kernel/ids.ts'
import { cents } from '../src/kernel/money.ts'
import {
  children,
  familyQuotients,
  householdAddresses,
  householdMembers,
  households,
  persons,
  schoolings,
} from '../src/people/schema.ts'
import { schoolHolidays, schools } from '../src/schools/schema.ts'
import { tariffs } from '../src/tariffs/schema.ts'
import type { Town } from '../src/town-context.ts'
import { signedIn } from './signed-in.ts'

export type BenchFamily = { householdId: Id<'household'>; children: Id<'person'>[]; cookie: string }

/** Schools, holidays, a tariff, and families of two children, each with a signed-in parent. */
export async function benchFamilies(town: Town, howMany: number, schoolCount = 20): Promise<BenchFamily[]> {
  const now = town.clock.now()
  const from = Temporal.PlainDate.from('2026-09-01')
  const schoolIds = Array.from({ length: schoolCount }, () => newId<'school'>())
  const families: BenchFamily[] = []
  await town.db.transaction(async tx => {
    await tx.insert(schools).values(
      schoolIds.map((id, n) => ({
        id,
        uai: `059${String(n).padStart(4, '0')}A`,
        name: `École ${n}`,
        kind: 'École élémentaire',
        address: '1 rue',
        postcode: '59100',
        city: 'Valmont',
        phone: null,
        canteen: true,
        mealWeekdays: [1, 2, 4, 5],
        mealCapacity: 100_000,
      })),
    )
    const holidays = [
      ['Vacances de Noël', '2026-12-19', '2027-01-04'],
      ['Vacances d’Hiver', '2027-02-20', '2027-03-08'],
      ['Vacances de Printemps', '2027-04-17', '2027-05-03'],
      ['Vacances d’Été', '2027-07-03', '2027-09-01'],
    ] as const
    await tx.insert(schoolHolidays).values(
      holidays.map(([name, first, until]) => ({
        id: newId<'school-holiday'>(),
        zone: 'B',
        name,
        from: Temporal.PlainDate.from(first),
        until: Temporal.PlainDate.from(until),
        schoolYear: '2026-2027',
      })),
    )
    const effort = { kind: 'effort-rate', ratePerMillion: 3600, floor: cents(80), ceiling: cents(450) } as const
    await tx.insert(tariffs).values({
      id: newId<'tariff'>(),
      service: 'canteen',
      from,
      to: null,
      rule: {
        residents: effort,
        nonResidents: effort,
        mealTypes: {},
        unbooked: { kind: 'highest' },
        chargesAbsence: true,
      },
      createdAt: now,
    })
  })
  for (let n = 0; n < howMany; n += 200) {
    await town.db.transaction(async tx => {
      for (let i = n; i < Math.min(n + 200, howMany); i++) {
        const [parent, accountId, householdId] = [newId<'person'>(), newId<'account'>(), newId<'household'>()]
        const kids = [newId<'person'>(), newId<'person'>()]
        const person = { lastName: `Famille${i}`, language: 'fr', searchKey: `famille${i}`, createdAt: now }
        await tx.insert(persons).values([
          { ...person, id: parent, firstName: 'Awa', email: `p${i}@exemple.fr` },
          { ...person, id: kids[0]!, firstName: 'Inès', birthDate: Temporal.PlainDate.from('2018-03-10') },
          { ...person, id: kids[1]!, firstName: 'Malo', birthDate: Temporal.PlainDate.from('2020-05-11') },
        ])
        await tx.insert(households).values({ id: householdId, payerId: parent, createdAt: now })
        const member = { householdId, confirmedAt: now, createdAt: now }
        await tx
          .insert(householdMembers)
          .values([
            { ...member, personId: parent, role: 'guardian' },
            ...kids.map(personId => ({ ...member, personId, role: 'child' as const })),
          ])
        await tx.insert(householdAddresses).values({
          id: newId<'address'>(),
          householdId,
          from,
          lines: ['1 rue des Lilas'],
          postcode: '59100',
          city: 'Valmont',
          resident: true,
          createdAt: now,
        })
        await tx.insert(familyQuotients).values({
          id: newId<'family-quotient'>(),
          householdId,
          value: cents(64_000),
          from,
          to: from.add({ years: 1 }),
          state: 'confirmed',
          createdAt: now,
        })
        await tx
          .insert(children)
          .values(kids.map(personId => ({ personId, mealType: 'standard' as const, pai: false })))
        await tx.insert(schoolings).values(
          kids.map((childId, k) => ({
            id: newId<'schooling'>(),
            childId,
            schoolId: schoolIds[(i + k) % schoolCount]!,
            className: 'CP',
            from,
          })),
        )
        await tx.insert(accounts).values({
          id: accountId,
          personId: parent,
          email: `p${i}@exemple.fr`,
          emailVerifiedAt: now,
          clerk: false,
          services: [],
          administrator: false,
          createdAt: now,
        })
        const cookie = await signedIn(tx, town, accountId)
        families.push({ householdId, children: kids, cookie })
      }
    })
  }
  return families
}
