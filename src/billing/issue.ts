import { audit } from '../audit/audit.ts'
import { prepared, type Tx } from '../db/database.ts'
import { and, asc, eq, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Actor } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import { conflict, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { biller } from './draft.ts'
import { type DraftedHousehold, invoiceMaker } from './invoice-draft.ts'
import { lockAccounts } from './ledger.ts'
import { HOUSEHOLDS_AT_ONCE, paced } from './pace.ts'
import { type BillingRun, holdRunIn, openRunBefore, progressOf, runById } from './run-store.ts'
import { billingRunHouseholds, billingRuns } from './schema.ts'
import { writeInvoices } from './write-invoices.ts'

/**
 * Asks for a drafted month to be issued; the worker does it. `total` is the one the clerk looked at: when the draft has
 * changed since, nothing is issued. Asked twice, it is done once. Throws 404 to who may not bill, `conflict` for a draft
 * that changed or is not ready, a month that is not over or an earlier one that waits, 403 `second-approval` when the town
 * wants another clerk than the one who drafted.
 */
export async function issueRun(
  town: Town,
  actor: Actor,
  runId: Id<'billing-run'>,
  { total }: { total: Cents },
): Promise<BillingRun> {
  const issuedBy = biller(actor)
  const now = town.clock.now()
  return town.db.transaction(async tx => {
    const run = await runById(tx, runId)
    if (run.state === 'issuing' || run.state === 'issued') return run
    await mayIssue(town, tx, run, issuedBy)
    const { town: identity, baseUrl, billing } = town.config
    const [issuing] = await tx
      .update(billingRuns)
      .set({ state: 'issuing', issuedBy, frozen: { town: identity, baseUrl, counterMeans: billing.counterMeans } })
      .where(and(eq(billingRuns.id, runId), eq(billingRuns.state, 'draft'), eq(billingRuns.total, total)))
      .returning()
    if (!issuing) throw conflict('draft-changed')
    await audit(tx, now, actor, {
      action: 'billing.issued',
      subject: { kind: 'billing-run', id: runId },
      details: { period: run.period, households: run.households, total },
    })
    await outbox(tx, now, { topic: 'billing.issue', payload: { runId }, key: `billing.issue:${runId}` })
    return issuing
  })
}

async function mayIssue(town: Town, tx: Tx, run: BillingRun, issuedBy: Id<'account'> | null): Promise<void> {
  if (Temporal.PlainDate.compare(dayInParis(town.clock.now()), lastDayOf(run)) <= 0) throw conflict('month-not-over')
  const earlier = await openRunBefore(tx, run.period)
  if (earlier) throw conflict('earlier-month-open', { month: earlier.period })
  if (town.config.billing.secondApproval && issuedBy !== null && run.draftedBy === issuedBy)
    throw new Problem(403, 'second-approval')
}

function lastDayOf({ period }: BillingRun): Temporal.PlainDate {
  const month = Temporal.PlainYearMonth.from(period)
  return month.toPlainDate({ day: month.daysInMonth })
}

/**
 * Issues the invoices of a run that was asked for: some households at a time, each piece a transaction of its own with
 * its numbers, postings and promises of PDFs. Killed anywhere and run again, also twice at once, it goes on where it was.
 */
export async function issueInvoices(
  town: Town,
  runId: Id<'billing-run'>,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<void> {
  const run = await runById(town.db.read, runId)
  if (run.state !== 'issuing') return
  const { toIssue, issued } = await progressOf(town.db.read, runId)
  for (let done = issued; ; ) {
    const some = await toIssueNext(town.db.read).execute({ runId })
    if (some.length === 0) break
    const count = await paced(() => issueHouseholds(town, run, some))
    if (count === undefined) return
    done += count
    onProgress(done, issued + toIssue)
  }
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    if (await holdRunIn(tx, runId, 'issuing'))
      await tx.update(billingRuns).set({ state: 'issued', issuedAt: now }).where(eq(billingRuns.id, runId))
  })
}

const toIssueNext = prepared(db =>
  db
    .select({ householdId: billingRunHouseholds.householdId, lines: billingRunHouseholds.lines })
    .from(billingRunHouseholds)
    .where(and(eq(billingRunHouseholds.runId, sql.placeholder('runId')), eq(billingRunHouseholds.state, 'to-issue')))
    .orderBy(asc(billingRunHouseholds.householdId))
    .limit(HOUSEHOLDS_AT_ONCE)
    .prepare(),
)

const claim = prepared(db =>
  db
    .update(billingRunHouseholds)
    .set({ state: 'issued' })
    .where(
      and(
        eq(billingRunHouseholds.runId, sql.placeholder('runId')),
        eq(billingRunHouseholds.state, 'to-issue'),
        inList(billingRunHouseholds.householdId, 'ids'),
      ),
    )
    .returning({ householdId: billingRunHouseholds.householdId, lines: billingRunHouseholds.lines })
    .prepare(),
)

/** Issues the invoices of some households. How many are done; undefined when the run is not being issued any more. */
async function issueHouseholds(
  town: Town,
  run: BillingRun,
  drafted: readonly DraftedHousehold[],
): Promise<number | undefined> {
  // Read before, so that the one writer is held for the writing only.
  const makeInvoice = await invoiceMaker(town.db.read, lastDayOf(run), drafted)
  const ids = drafted.map(each => each.householdId)
  return town.db.transaction(async tx => {
    if (!(await holdRunIn(tx, run.id, 'issuing'))) return undefined
    await lockAccounts(tx, ids)
    // The lines as they are now: a meal may have been taken back since they were read.
    const claimed = await claim(tx).execute({ runId: run.id, ids: listOf(ids) })
    const issuing = claimed.flatMap(each => makeInvoice(each) ?? [])
    await writeInvoices(town, tx, issuing, { period: run.period, runId: run.id })
    return claimed.length
  })
}
