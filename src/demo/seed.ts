import { readFile } from 'node:fs/promises'
import { hashPassword } from '../access/passwords.ts'
import { accounts } from '../access/schema.ts'
import { addAccount } from '../access/store.ts'
import { draftRun } from '../billing/draft.ts'
import { issueRun } from '../billing/issue.ts'
import { count } from '../db/drizzle.ts'
import { type Actor, type Service, system } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { schoolYearOf } from '../kernel/days.ts'
import { newId } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import { addPerson } from '../people/persons.ts'
import { importSchoolHolidays, importSchools } from '../schools/import.ts'
import type { LeisureRule } from '../tariffs/leisure-rules.ts'
import type { Scale, TariffRule } from '../tariffs/rules.ts'
import { tariffs } from '../tariffs/schema.ts'
import type { Town } from '../town-context.ts'
import { seedMeals, seedMenus } from './seed-canteen.ts'
import { seedChildFiles } from './seed-child-files.ts'
import { seedCivilRecords } from './seed-civil-records.ts'
import { DEMO_PASSWORD, seedFamilies } from './seed-families.ts'
import { seedLeisure } from './seed-leisure.ts'
import { seedQueues } from './seed-queues.ts'

const LEISURE_CLERK = 'loisirs@valmont.example'

export type DemoSignIn = { email: string; password: string; role: string }

const clerks: readonly {
  firstName: string
  lastName: string
  email: string
  services: readonly Service[]
  administrator: boolean
  role: string
}[] = [
  {
    firstName: 'Paul',
    lastName: 'Wattel',
    email: 'cantine@valmont.example',
    services: ['canteen'],
    administrator: false,
    role: 'agent de la cantine',
  },
  {
    firstName: 'Nora',
    lastName: 'Haddad',
    email: 'regie@valmont.example',
    services: ['cash-office'],
    administrator: false,
    role: 'régie : factures et paiements',
  },
  {
    firstName: 'Karima',
    lastName: 'Lemaire',
    email: 'etat-civil@valmont.example',
    services: ['civil-registry'],
    administrator: false,
    role: 'agent de l’état civil',
  },
  {
    firstName: 'Samir',
    lastName: 'Belkacem',
    email: LEISURE_CLERK,
    services: ['leisure'],
    administrator: false,
    role: 'centres de loisirs',
  },
  {
    firstName: 'Claire',
    lastName: 'Desmet',
    email: 'admin@valmont.example',
    services: [],
    administrator: true,
    role: 'administratrice',
  },
]

/** One sign-in per role, for whoever tries the town. */
const demoSignIns: readonly DemoSignIn[] = [
  { email: 'amina.diallo@exemple.fr', password: DEMO_PASSWORD, role: 'parent de deux enfants' },
  { email: 'julie.lefebvre@exemple.fr', password: DEMO_PASSWORD, role: 'parent séparé, une semaine sur deux' },
  { email: 'marc.petit@exemple.fr', password: DEMO_PASSWORD, role: 'l’autre parent, hors de la ville' },
  ...clerks.map(({ email, role }) => ({ email, password: DEMO_PASSWORD, role })),
]

/** Fills an empty demonstration town: schools, families, two months of meals, last month's invoices. Leaves any other as it is. */
export async function seedDemoTown(town: Town): Promise<readonly DemoSignIn[]> {
  const [{ n } = { n: 0 }] = await town.db.read.select({ n: count() }).from(accounts)
  if (Number(n) > 0) return demoSignIns
  const operator = system('demo')
  const today = dayInParis(town.clock.now())
  await importSchoolHolidays(town, operator, await fixture('school-holidays-zone-b.csv'))
  await importSchools(town, operator, (await fixture('schools-roubaix.csv')).replaceAll(';Roubaix;', ';Valmont;'))
  await seedClerks(town)
  await seedTariffs(town, schoolYearOf(today).from)
  const children = await seedFamilies(town, today)
  await seedMenus(town, today)
  await seedMeals(town, today, children)
  await seedLeisure(town, today, LEISURE_CLERK, children)
  await seedChildFiles(town, today)
  await billLastMonth(town, operator, today)
  await seedQueues(town, today)
  await seedCivilRecords(town, today)
  return demoSignIns
}

const fixture = (name: string) => readFile(new URL(`../schools/fixtures/${name}`, import.meta.url), 'utf8')

async function seedClerks(town: Town): Promise<void> {
  const now = town.clock.now()
  const passwordHash = await hashPassword('demo', DEMO_PASSWORD)
  await town.db.transaction(async tx => {
    for (const { firstName, lastName, email, services, administrator } of clerks) {
      const personId = await addPerson(tx, now, { firstName, lastName, email, language: 'fr' })
      await addAccount(tx, now, {
        personId,
        email,
        passwordHash,
        emailVerifiedAt: now,
        clerk: true,
        services,
        administrator,
      })
    }
  })
}

/** Grids as towns of the North vote them: by quotient, one price outside the town. */
async function seedTariffs(town: Town, from: Temporal.PlainDate): Promise<void> {
  const lunch = { residents: byQuotient([60, 90, 115, 180, 310]), nonResidents: flat(480) }
  const meals: TariffRule = {
    ...lunch,
    mealTypes: { 'pai-basket': { residents: flat(50), nonResidents: flat(175) } },
    unbooked: { kind: 'surcharge', amount: cents(200) },
    chargesAbsence: true,
  }
  const leisure: LeisureRule = {
    day: { residents: byQuotient([320, 540, 810, 1150, 1480]), nonResidents: flat(2400) },
    halfDay: { residents: byQuotient([190, 310, 460, 650, 840]), nonResidents: flat(1400) },
    lunch,
    lunchOnDays: 'included',
    weekDiscount: 1_000,
    siblingReduction: 2_000,
    deposit: 0,
    chargedAt: 'attendance',
    chargesAbsence: true,
  }
  const row = { from, to: null, createdAt: town.clock.now() }
  await town.db.transaction(async tx => {
    await tx.insert(tariffs).values([
      { ...row, id: newId<'tariff'>(), service: 'canteen', rule: meals },
      { ...row, id: newId<'tariff'>(), service: 'leisure', rule: leisure },
    ])
  })
}

const flat = (price: number): Scale => ({ kind: 'flat', price: cents(price) })

/** One price for each bracket of quotients of the town. */
const byQuotient = (prices: readonly number[]): Scale => ({
  kind: 'brackets',
  brackets: prices.map((price, i) => ({ upTo: BRACKETS[i] ?? null, price: cents(price) })),
})
const BRACKETS = [22_867, 38_112, 64_791, 120_000].map(cents)

async function billLastMonth(town: Town, operator: Actor, today: Temporal.PlainDate): Promise<void> {
  const month = today.toPlainYearMonth().subtract({ months: 1 })
  const run = await draftRun(town, operator, month)
  // The jobs that the town's worker does as soon as it starts: issue, draw the PDFs, send the mails.
  await issueRun(town, operator, run.id, { total: run.total })
}
