// Drafts or issues a month in a process of its own, for a test to kill: `node bill-until-killed.ts draft|issue 2026-10`.
import { pino } from 'pino'
import { draftRun } from '../../src/billing/draft.ts'
import { issueInvoices } from '../../src/billing/issue.ts'
import { runOf } from '../../src/billing/run-store.ts'
import { readConfig } from '../../src/config.ts'
import { system } from '../../src/kernel/actor.ts'
import { buildTown } from '../../src/town.ts'

const [what, period = ''] = process.argv.slice(2)
const month = Temporal.PlainYearMonth.from(period)
const clock = { now: () => Temporal.Instant.from('2026-11-02T09:00:00+01:00') }
const running = await buildTown(readConfig('test', process.env), { clock, log: pino({ level: 'silent' }) })
if (what === 'draft') await draftRun(running.town, system('test'), month)
else {
  const run = await runOf(running.town.db.read, month)
  if (run) await issueInvoices(running.town, run.id)
}
await running.close()
