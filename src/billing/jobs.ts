import type { DocumentPool } from '../documents/pool.ts'
import type { Handlers } from '../jobs/run.ts'
import { dailyAt, type Scheduled } from '../jobs/schedule.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { type CreditSources, creditSources } from './credit-sources.ts'
import { askForDeposits, type DepositWish } from './deposits.ts'
import { makeCreditNote, makeInvoice } from './documents.ts'
import { fillDraft } from './draft.ts'
import { issueInvoices } from './issue.ts'
import { remind } from './reminders.ts'
import { runById } from './run-store.ts'
import { settleAllDeposits, settleDeposits } from './settle-deposits.ts'

type OfRun = { runId: Id<'billing-run'> }

/** The work of billing that nobody waits for on a page. Each may be done twice without harm. */
export function billingJobs(town: Town, pdf: DocumentPool): Handlers {
  return {
    'billing.draft': async ({ runId }: OfRun) => {
      const run = await runById(town.db.read, runId)
      if (run.state === 'drafting') await fillDraft(town, run)
    },
    'billing.issue': ({ runId }: OfRun) => issueInvoices(town, runId),
    'billing.credit': (payload: CreditSources, { key }: { key: string }) => creditSources(town, payload, key),
    'billing.deposit': (wish: DepositWish) => askForDeposits(town, wish),
    'billing.settle-deposits': ({ signupIds }: { signupIds: readonly Id<'leisure-signup'>[] }) =>
      settleDeposits(town, signupIds),
    'billing.settle-all-deposits': () => settleAllDeposits(town),
    'billing.remind': () => remind(town),
    'document.invoice': ({ invoiceId }: { invoiceId: Id<'invoice'> }) => makeInvoice(town, pdf, invoiceId),
    'document.credit-note': ({ creditNoteId }: { creditNoteId: Id<'credit-note'> }) =>
      makeCreditNote(town, pdf, creditNoteId),
  }
}

/** Reminders leave in the morning, when the town hall's telephone is answered. */
export const billingScheduled: readonly Scheduled[] = [
  { topic: 'billing.settle-all-deposits', period: dailyAt(Temporal.PlainTime.from('06:00')) },
  { topic: 'billing.remind', period: dailyAt(Temporal.PlainTime.from('09:00')) },
]
