// A town that took Guichet before it had leisure centres on invoices: what it holds must outlive the rebuilt tables.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type BetterSqlite3 from 'better-sqlite3'
import { charges, invoices } from '../../src/billing/schema.ts'
import { openSqlite } from '../../src/db/sqlite.ts'

const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3
const migrations = new URL('../../drizzle/sqlite/', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'guichet-upgrade-'))
after(() => rmSync(folder, { recursive: true, force: true }))

type Journal = { entries: { tag: string; when: number }[] }

/** A database as the first so many migrations made it. */
function townBefore(file: string, count: number): BetterSqlite3.Database {
  const db = new Sqlite(file)
  const { entries } = JSON.parse(readFileSync(new URL('meta/_journal.json', migrations), 'utf8')) as Journal
  db.exec('create table __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)')
  for (const { tag, when } of entries.slice(0, count)) {
    const sql = readFileSync(new URL(`${tag}.sql`, migrations), 'utf8')
    for (const statement of sql.split('--> statement-breakpoint')) db.exec(statement)
    const hash = createHash('sha256').update(sql).digest('hex')
    db.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)').run(hash, when)
  }
  return db
}

test('invoices and charges of before are the same after the upgrade, and one month is still invoiced once', async () => {
  const file = join(folder, 'before.sqlite')
  const before = townBefore(file, 2)
  const charge = before.prepare(
    `insert into charges (id, household_id, child_id, service, day, kind, meal_type, amount, explanation, source, period, corrects, credited, created_at)
     values (?, 'h1', 'c1', 'canteen', '2026-10-01', 'meal', 'vegetarian', 240, '[{"code":"resident"}]', ?, '2026-10', ?, 120, '2026-11-02T08:00:00.000Z')`,
  )
  charge.run('ch1', 'meal:1', null)
  charge.run('ch2', 'correction:ch1:1', 'ch1')
  before
    .prepare(
      `insert into invoices (id, number, household_id, payer_id, period, issue_date, due_date, total, frozen, run_id, created_at)
       values ('i1', 'F2026-000001', 'h1', 'p1', '2026-10', '2026-11-02', '2026-11-23', 240, '{"creditUsed":0}', 'r1', '2026-11-02T08:00:00.000Z')`,
    )
    .run()
  before.close()

  const town = openSqlite(file)
  assert.ok((await town.pendingMigrations()) > 0)
  await town.migrate()
  assert.equal(await town.pendingMigrations(), 0)
  const [first, second] = await town.read.select().from(charges).orderBy(charges.id)
  assert.deepEqual(
    { ...first, day: String(first?.day), createdAt: String(first?.createdAt) },
    {
      id: 'ch1',
      householdId: 'h1',
      childId: 'c1',
      service: 'canteen',
      day: '2026-10-01',
      kind: 'meal',
      mealType: 'vegetarian',
      amount: 240,
      explanation: [{ code: 'resident' }],
      source: 'meal:1',
      period: '2026-10',
      corrects: null,
      credited: 120,
      createdAt: '2026-11-02T08:00:00Z',
    },
  )
  assert.equal(second?.corrects, 'ch1')
  const [invoice] = await town.read.select().from(invoices)
  assert.deepEqual(
    [invoice?.number, invoice?.runId, invoice?.total, invoice?.frozen],
    ['F2026-000001', 'r1', 240, { creditUsed: 0 }],
  )
  const again = { ...invoice!, id: 'i2' as NonNullable<typeof invoice>['id'], number: 'F2026-000002' }
  await assert.rejects(
    town.transaction(async tx => {
      await tx.insert(invoices).values(again)
    }),
    'a month has one invoice',
  )
  await town.transaction(async tx => {
    await tx.insert(invoices).values({ ...again, runId: null })
  })
  await town.close()
})
