// Run by the rush in a process of its own, for the engine is chosen when a process starts: migrates the database that the
// environment names, fills it by the plan given, and writes what it made to a file.
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { hashPassword } from '../../src/access/passwords.ts'
import { accounts } from '../../src/access/schema.ts'
import { readConfig } from '../../src/config.ts'
import type { Tx } from '../../src/db/database.ts'
import { rowInserter } from '../../src/db/insert-rows.ts'
import { openDatabase } from '../../src/db/open.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { cents } from '../../src/kernel/money.ts'
import {
  children,
  familyQuotients,
  householdAddresses,
  householdMembers,
  households,
  persons,
  schoolings,
} from '../../src/people/schema.ts'
import { schools } from '../../src/schools/schema.ts'
import { sessions } from '../../src/web/schema.ts'
import { newSession } from '../signed-in.ts'
import { type Centres, planCentres } from './plan-centres.ts'
import { HOST } from './town-process.ts'
import type { World, WorldFamily, WorldPlan } from './world.ts'

const PASSWORD = 'une ville ouverte ce matin'
const SINCE = Temporal.PlainDate.from('2026-09-01')
const UNTIL = Temporal.PlainDate.from('2027-08-31')
const TWO_DEVICES = 100
const BATCH = 500

const [plan, file] = [JSON.parse(process.argv[2] ?? '{}') as WorldPlan, process.argv[3] ?? '']
const config = readConfig('production', process.env)
const db = await openDatabase(config.database)
await db.migrate()
const now = Temporal.Now.instant()
const passwordHash = await hashPassword('production', PASSWORD)

const insert = {
  persons: rowInserter(persons),
  households: rowInserter(households),
  members: rowInserter(householdMembers),
  addresses: rowInserter(householdAddresses),
  quotients: rowInserter(familyQuotients),
  children: rowInserter(children),
  schoolings: rowInserter(schoolings),
  accounts: rowInserter(accounts),
  sessions: rowInserter(sessions),
}

const schoolId = newId<'school'>()
await db.transaction(async tx => {
  await tx.insert(schools).values({
    id: schoolId,
    uai: '0590001A',
    name: 'École du Parc',
    kind: 'École élémentaire',
    address: '1 rue du Parc',
    postcode: '59100',
    city: 'Valmont',
    phone: null,
    canteen: true,
    mealWeekdays: [1, 2, 4, 5],
    mealCapacity: 500,
  })
})
const centres = await db.transaction(tx => planCentres(tx, plan, now))
const families: WorldFamily[] = []
for (let from = 0; from < plan.households; from += BATCH)
  families.push(...(await db.transaction(tx => addFamilies(tx, from, Math.min(from + BATCH, plan.households)))))
const world: World = {
  mode: plan.mode,
  ...centres.facts,
  families,
  others: {
    ...(await db.transaction(addOthers)),
    emails: Array.from({ length: 50 }, (_, n) => emailOf(n)),
    password: PASSWORD,
  },
  opensAt: await db.transaction(tx => centres.open(tx, Temporal.Now.instant().add({ milliseconds: plan.opensInMs }))),
}
await db.close()
await writeFile(file, JSON.stringify(world))

/** Households of one parent who is signed in and one child of an age that one of the groups takes. */
async function addFamilies(tx: Tx, from: number, to: number): Promise<WorldFamily[]> {
  const made = Array.from({ length: to - from }, (_, i) => household(from + i, centres))
  const rows = <T>(of: (one: (typeof made)[number]) => T | T[]) => made.flatMap(of)
  const member = (one: (typeof made)[number], personId: Id<'person'>, role: 'guardian' | 'child') => ({
    householdId: one.household,
    personId,
    role,
    confirmedAt: now,
    createdAt: now,
  })
  const person = (n: number) => ({ lastName: `Famille${n}`, language: 'fr', searchKey: `famille${n}`, createdAt: now })
  await insert.persons(
    tx,
    rows(one => [
      { ...person(one.n), id: one.parent, firstName: 'Awa', email: emailOf(one.n) },
      { ...person(one.n), id: one.child, firstName: 'Inès', birthDate: one.birthDate },
    ]),
  )
  await insert.households(
    tx,
    rows(one => ({ id: one.household, payerId: one.parent, createdAt: now })),
  )
  await insert.members(
    tx,
    rows(one => [member(one, one.parent, 'guardian'), member(one, one.child, 'child')]),
  )
  const address = { from: SINCE, lines: ['1 rue des Lilas'], postcode: '59100', city: 'Valmont', resident: true }
  await insert.addresses(
    tx,
    rows(one => ({ ...address, id: newId<'address'>(), householdId: one.household, createdAt: now })),
  )
  const quotient = { from: SINCE, to: UNTIL, state: 'confirmed' as const, createdAt: now }
  await insert.quotients(
    tx,
    rows(one => ({
      ...quotient,
      id: newId<'family-quotient'>(),
      householdId: one.household,
      value: cents(40_000 + (one.n % 90) * 1_000),
    })),
  )
  await insert.children(
    tx,
    rows(one => ({ personId: one.child, mealType: 'standard' as const, pai: false })),
  )
  await insert.schoolings(
    tx,
    rows(one => ({ id: newId<'schooling'>(), childId: one.child, schoolId, className: 'CP', from: SINCE })),
  )
  const account = { emailVerifiedAt: now, clerk: false, services: [], administrator: false, passwordHash }
  await insert.accounts(
    tx,
    rows(one => ({ ...account, id: one.account, personId: one.parent, email: emailOf(one.n), createdAt: now })),
  )
  await insert.sessions(
    tx,
    rows(one => [one.visit.row, ...(one.n < TWO_DEVICES ? [one.second.row] : [])]),
  )
  return made.map(({ n, household, child, visit, second, wish }) => ({
    household,
    child,
    cookie: overHttps(visit.cookie),
    ...(n < TWO_DEVICES ? { secondCookie: overHttps(second.cookie) } : {}),
    centre: wish.centre,
    group: wish.id,
  }))
}

function household(n: number, { facts, birthDateFor }: Centres) {
  const wish = facts.groups[n % facts.groups.length]
  if (!wish) throw new Error('a world without groups')
  const account = newId<'account'>()
  return {
    n,
    wish,
    household: newId<'household'>(),
    parent: newId<'person'>(),
    child: newId<'person'>(),
    account,
    birthDate: birthDateFor(wish.id).subtract({ days: randomBytes(1)[0] ?? 0 }),
    visit: newSession(config.secret, account, now),
    second: newSession(config.secret, account, now),
  }
}

/** The name that sessions have on an address that begins with https. */
function overHttps(cookie: string): string {
  return `__Host-${cookie}`
}

function emailOf(n: number): string {
  return `famille${n}@${HOST}`
}

/** A clerk who serves everybody, and a parent who comes to pay. */
async function addOthers(tx: Tx): Promise<{ clerk: string; payer: string }> {
  const person = { lastName: 'Autre', language: 'fr', searchKey: 'autre', createdAt: now }
  const [clerk, parent, household] = [newId<'person'>(), newId<'person'>(), newId<'household'>()]
  await insert.persons(tx, [
    { ...person, id: clerk, firstName: 'Claire' },
    { ...person, id: parent, firstName: 'Paul' },
  ])
  await insert.households(tx, [{ id: household, payerId: parent, createdAt: now }])
  await insert.members(tx, [
    { householdId: household, personId: parent, role: 'guardian', confirmedAt: now, createdAt: now },
  ])
  const [atDesk, atHome] = [newId<'account'>(), newId<'account'>()]
  const services = ['canteen', 'cash-office', 'civil-registry', 'leisure'] as const
  const account = { emailVerifiedAt: now, administrator: false, createdAt: now }
  await insert.accounts(tx, [
    { ...account, id: atDesk, personId: clerk, email: `agente@${HOST}`, clerk: true, services },
    { ...account, id: atHome, personId: parent, email: `autre@${HOST}`, clerk: false, services: [] },
  ])
  const visits = [newSession(config.secret, atDesk, now), newSession(config.secret, atHome, now)]
  await insert.sessions(
    tx,
    visits.map(({ row }) => row),
  )
  return { clerk: overHttps(visits[0]?.cookie ?? ''), payer: overHttps(visits[1]?.cookie ?? '') }
}
