import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import { draftRun } from '../../src/billing/draft.ts'
import { issueInvoices, issueRun } from '../../src/billing/issue.ts'
import { charges, invoiceLines, invoices } from '../../src/billing/schema.ts'
import { dialect } from '../../src/db/columns.ts'
import { asc, sql } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { system } from '../../src/kernel/actor.ts'
import { school } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { flat, manyFamilies, month, tariff } from './month.ts'

const FAMILIES = 300

const t = await testTown()
const { town } = t
t.at('2026-11-02T09:00:00+01:00')
await school(t)
await tariff(town, flat(300))
await manyFamilies(town, FAMILIES, ['2026-10-01', '2026-10-02', '2026-10-05'])

const countOf = async (table: typeof charges | typeof invoices) => {
  const [row] = await town.db.read.select({ n: sql<number>`count(*)` }).from(table)
  return Number(row?.n)
}

function start(what: 'draft' | 'issue'): ChildProcess {
  const database =
    dialect === 'postgres' ? { DATABASE_URL: town.config.database } : { SQLITE_FILE: town.config.database }
  const env = { ...process.env, ...database, FILES_DIR: town.config.filesDir, BASE_URL: town.config.baseUrl }
  const program = new URL('./bill-until-killed.ts', import.meta.url).pathname
  return spawn(process.execPath, [program, what, '2026-10'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Kills the process with `kill -9` as soon as it has written something more; tells how much there is then. */
async function killMidway(what: 'draft' | 'issue', table: typeof charges | typeof invoices): Promise<number> {
  const before = await countOf(table)
  const child = start(what)
  while ((await countOf(table)) === before && child.exitCode === null) await pause(1)
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return countOf(table)
}

test('killed while it prices and while it issues, the billing ends with no gap and no double', async () => {
  for (let kills = 0; kills < 2; kills++) {
    const written = await killMidway('draft', charges)
    assert.ok(written > 0 && written < FAMILIES * 3, `killed midway: ${written} charges`)
  }
  const run = await draftRun(town, system('test'), month('2026-10'))
  assert.deepEqual([run.households, run.total], [FAMILIES, FAMILIES * 900])
  assert.equal(await countOf(charges), FAMILIES * 3)

  await issueRun(town, system('test'), run.id, { total: run.total })
  for (let kills = 0; kills < 3; kills++) {
    const written = await killMidway('issue', invoices)
    assert.ok(written > 0 && written < FAMILIES, `killed midway: ${written} invoices`)
  }
  await issueInvoices(town, run.id)

  const all = await town.db.read.select().from(invoices).orderBy(asc(invoices.number))
  assert.deepEqual(
    all.map(invoice => invoice.number),
    Array.from({ length: FAMILIES }, (_, i) => `F2026-${String(i + 1).padStart(6, '0')}`),
  )
  assert.equal(new Set(all.map(invoice => invoice.householdId)).size, FAMILIES)
  assert.equal(
    all.reduce((total, invoice) => total + invoice.total, 0),
    run.total,
  )
  assert.equal((await town.db.read.select().from(invoiceLines)).length, FAMILIES)
  const promised = await town.db.read.select().from(outbox)
  assert.equal(promised.filter(job => job.topic === 'document.invoice').length, FAMILIES)
  assert.deepEqual(await checkLedger(town.db.read), [])
})
