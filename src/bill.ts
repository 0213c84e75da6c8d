import { draftRun } from './billing/draft.ts'
import { issueInvoices, issueRun } from './billing/issue.ts'
import { type BillingRun, oddityCounts, progressOf } from './billing/run-store.ts'
import { withTown } from './commands.ts'
import type { Config } from './config.ts'
import { system } from './kernel/actor.ts'
import { isoMonth } from './kernel/days.ts'
import { Problem } from './kernel/problems.ts'
import { withBar } from './progress-bar.ts'
import type { Town } from './town-context.ts'

const operator = system('command-line')

/**
 * `bill --month 2026-10`: drafts the month and says what is odd; with `--issue`, issues it too. As on the clerks' page, run
 * again it goes on where it was and changes nothing that is done. PDFs and mails are the worker's.
 */
export async function bill(config: Config, options: { month: string; issue: boolean }): Promise<void> {
  const month = isoMonth(options.month)
  if (!month) {
    console.error(`« ${options.month} » is not a month: write it as 2026-10.`)
    process.exitCode = 2
    return
  }
  try {
    await withTown(config, async ({ town }) => {
      const run = await withBar('pricing', 'families', progress => draftRun(town, operator, month, progress))
      await tell(town, run)
      if (!options.issue) return
      const issuing = await issueRun(town, operator, run.id, { total: run.total })
      await withBar('issuing', 'families', progress => issueInvoices(town, issuing.id, progress))
      const { issued, blocked } = await progressOf(town.db.read, run.id)
      console.log(`${issued} invoices issued${blocked > 0 ? `, ${blocked} families blocked` : ''}.`)
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    console.error(`Not done: ${error.code} ${JSON.stringify(error.params)}`)
    process.exitCode = 1
  }
}

async function tell(town: Town, run: BillingRun): Promise<void> {
  const { f } = town.languages.for('en')
  console.log(`${run.period}: ${run.households} families, ${f.money(run.total)} (${run.state})`)
  for (const [code, count] of await oddityCounts(town.db.read, run.id)) console.log(`  ${code}: ${count}`)
}
