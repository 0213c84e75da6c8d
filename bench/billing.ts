import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type BetterSqlite3 from 'better-sqlite3'
import { audit } from '../src/audit/audit.ts'
import { draftRun } from '../src/billing/draft.ts'
import { issueInvoices, issueRun } from '../src/billing/issue.ts'
import { openDatabase } from '../src/db/open.ts'
import { anonymous, system } from '../src/kernel/actor.ts'
import { newId } from '../src/kernel/ids.ts'
import type { Town } from '../src/town-context.ts'
import { benchTown } from './bench-town.ts'
import type { Figure } from './figure.ts'

const HOUSEHOLDS = 10_000
const CHILDREN = 15_000
const MONTH = Temporal.PlainYearMonth.from('2026-09')
/** What billing writes; read back, it is what the floor writes too. */
const WRITTEN = [
  'charges',
  'billing_runs',
  'billing_run_households',
  'billing_oddities',
  'invoices',
  'invoice_lines',
  'ledger_postings',
  'ledger_lines',
  'number_series',
  'outbox',
]

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3

/**
 * The month's billing of a town of 10,000 households and 15,000 children: priced, compared, issued, without PDFs, in the
 * small transactions and with the pauses that let parents book meanwhile. Floor: the same rows by raw prepared inserts, in
 * one transaction. And what a small write waits for meanwhile, against the same when nothing is billed.
 */
export async function benchBilling(): Promise<Figure[]> {
  const t = await benchTown()
  const { town } = t.running
  const file = join(t.folder, 'guichet.sqlite')
  seed(file)
  const quiet = await waits(town, pause(3_000))
  const taken = stopwatch()
  const billing = bill(town)
  const busy = await waits(town, billing)
  await billing
  const ours = taken()
  const floor = await bareInserts(file, join(t.folder, 'floor.sqlite'))
  await t.close()
  const name = `billing ${HOUSEHOLDS} households, ${CHILDREN} children`
  return [
    { name: `${name}, processor`, value: ours.cpu, floor: floor.cpu, ratio: ours.cpu / floor.cpu, unit: 's' },
    { name: `${name}, with pauses`, value: ours.wall, floor: floor.wall, ratio: ours.wall / floor.wall, unit: 's' },
    { name: 'a small write meanwhile, 99th percentile', value: busy, floor: quiet, ratio: busy / quiet, unit: 'ms' },
  ]
}

async function bill(town: Town): Promise<void> {
  const run = await draftRun(town, system('bench'), MONTH)
  if (run.households !== HOUSEHOLDS) throw new Error(`${run.households} households were priced`)
  await issueRun(town, system('bench'), run.id, { total: run.total })
  await issueInvoices(town, run.id)
}

/** Seconds since it was started, on the wall and of the processor: of these two, a busy neighbour changes only the first. */
function stopwatch(): () => { wall: number; cpu: number } {
  const [start, before] = [performance.now(), process.cpuUsage()]
  return () => {
    const { user, system } = process.cpuUsage(before)
    return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1_000_000 }
  }
}

/** The 99th percentile of what a durable write waits for, in milliseconds, until the work is done. */
async function waits(town: Town, work: Promise<unknown>): Promise<number> {
  const taken: number[] = []
  let working = true
  const stop = () => {
    working = false
  }
  work.then(stop, stop)
  while (working) {
    const start = performance.now()
    await town.db.transaction(tx =>
      audit(tx, town.clock.now(), anonymous, { action: 'bench.waited', subject: { kind: 'bench', id: newId() } }),
    )
    taken.push(performance.now() - start)
    await pause(25)
  }
  return taken.sort((a, b) => a - b)[Math.floor(taken.length * 0.99)] ?? 0
}

async function bareInserts(from: string, to: string): Promise<{ wall: number; cpu: number }> {
  const empty = await openDatabase(to)
  await empty.migrate()
  await empty.close()
  const ours = new Sqlite(from, { readonly: true })
  const db = new Sqlite(to)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  const work = WRITTEN.map(table => {
    const rows = ours.prepare(`select * from ${table}`).raw().all() as unknown[][]
    const marks = rows[0]?.map(() => '?').join(', ')
    return { rows, insert: marks ? db.prepare(`insert into ${table} values (${marks})`) : undefined }
  })
  ours.close()
  const taken = stopwatch()
  db.transaction(() => {
    for (const { rows, insert } of work) for (const row of rows) insert?.run(row)
  })()
  const seconds = taken()
  db.close()
  return seconds
}

/** A town by raw statements, which is a hundred times quicker than through our own code: only its billing is measured. */
function seed(file: string): void {
  const db = new Sqlite(file)
  db.pragma('synchronous = OFF')
  const now = '2026-09-01T00:00:00.000Z'
  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row)
    const known =
      statements.get(table) ??
      db.prepare(`insert into ${table} (${names.join()}) values (${names.map(n => `@${n}`).join()})`)
    statements.set(table, known)
    known.run(row)
  }
  const statements = new Map<string, BetterSqlite3.Statement>()
  const days = [1, 3, 4, 7, 8, 10, 11, 14, 15, 17, 18, 21, 22, 24].map(day => `2026-09-${String(day).padStart(2, '0')}`)
  const brackets = [40_000, 60_000, 80_000, 100_000, null].map((upTo, i) => ({ upTo, price: 120 + 80 * i }))
  const scale = { kind: 'brackets', brackets }
  const rule = {
    residents: scale,
    nonResidents: scale,
    mealTypes: {},
    unbooked: { kind: 'same' },
    chargesAbsence: true,
  }
  db.transaction(() => {
    const tariff = {
      id: newId(),
      service: 'canteen',
      '"from"': '2026-09-01',
      rule: JSON.stringify(rule),
      created_at: now,
    }
    db.prepare(`insert into tariffs (id, service, "from", rule, created_at) values (?, ?, ?, ?, ?)`).run(
      Object.values(tariff),
    )
    const schoolIds = Array.from({ length: 20 }, (_, n) => {
      const id = newId()
      insert('schools', {
        id,
        uai: `059${String(n).padStart(4, '0')}A`,
        name: `École ${n}`,
        kind: 'École élémentaire',
        canteen: 1,
        address: '1 rue',
        postcode: '59100',
        city: 'Valmont',
        meal_weekdays: '[1,2,4,5]',
        meal_capacity: 1e3,
      })
      return id
    })
    const person = (firstName: string, birth_date: string | null) => {
      const id = newId()
      const name = { first_name: firstName, last_name: 'Martin', search_key: 'martin' }
      insert('persons', { id, ...name, birth_date, language: 'fr', created_at: now })
      return id
    }
    const member = (household_id: string, person_id: string, role: string) =>
      insert('household_members', { household_id, person_id, role, confirmed_at: now, created_at: now })
    for (let i = 0; i < HOUSEHOLDS; i++) {
      const householdId = newId()
      const payer = person('Camille', null)
      insert('households', { id: householdId, payer_id: payer, created_at: now })
      member(householdId, payer, 'guardian')
      db.prepare(
        `insert into household_addresses (id, household_id, "from", lines, postcode, city, resident, created_at)
         values (?, ?, '2020-01-01', '["1 rue des Lilas"]', '59100', 'Valmont', 1, ?)`,
      ).run(newId(), householdId, now)
      db.prepare(
        `insert into family_quotients (id, household_id, value, "from", "to", state, created_at)
         values (?, ?, ?, '2026-01-01', '2027-12-31', 'confirmed', ?)`,
      ).run(newId(), householdId, (i % 150) * 1_000, now)
      for (let n = 0; n < (i % 2 === 0 ? 1 : 2); n++) {
        const child = person('Lou', '2018-04-01')
        const school_id = schoolIds[(i + n) % schoolIds.length]
        insert('children', { person_id: child, meal_type: 'standard', pai: 0 })
        member(householdId, child, 'child')
        db.prepare(
          `insert into schoolings (id, child_id, school_id, class_name, "from") values (?, ?, ?, 'CP', '2026-09-01')`,
        ).run(newId(), child, school_id)
        for (const day of days)
          insert('meal_bookings', {
            id: newId(),
            child_id: child,
            household_id: householdId,
            school_id,
            day,
            meal_type: 'standard',
            state: 'booked',
            revision: 1,
            changed_at: now,
            created_at: now,
          })
      }
    }
  })()
  db.close()
}
