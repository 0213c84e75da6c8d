import { audit } from '../audit/audit.ts'
import { prepared, type Tx } from '../db/database.ts'
import { and, asc, eq, sql } from '../db/drizzle.ts'
import { rowInserter } from '../db/insert-rows.ts'
import { inList, listOf } from '../db/lists.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Actor } from '../kernel/actor.ts'
import { townWorkingDays } from '../kernel/calendar.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate } from '../kernel/money.ts'
import { conflict, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { biller } from './draft.ts'
import { type DraftedHousehold, type InvoiceDraft, invoiceMaker } from './invoice-draft.ts'
import {
  type CreditPart,
  creditsOf,
  householdAccount,
  lockAccounts,
  type Posting,
  type PostingLine,
  postAll,
  revenueAccount,
} from './ledger.ts'
import { takeNumbers } from './numbers.ts'
import { HOUSEHOLDS_AT_ONCE, paced } from './pace.ts'
import { documentNumber, dueDate, numberSeriesOf } from './rules.ts'
import { type BillingRun, holdRunIn, openRunBefore, progressOf, runById } from './run-store.ts'
import { billingRunHouseholds, billingRuns, invoiceLines, invoices } from './schema.ts'

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
  const month = Temporal.PlainYearMonth.from(run.period)
  const lastDay = month.toPlainDate({ day: month.daysInMonth })
  if (Temporal.PlainDate.compare(dayInParis(town.clock.now()), lastDay) <= 0) throw conflict('month-not-over')
  const earlier = await openRunBefore(tx, run.period)
  if (earlier) throw conflict('earlier-month-open', { month: earlier.period })
  if (town.config.billing.secondApproval && issuedBy !== null && run.draftedBy === issuedBy)
    throw new Problem(403, 'second-approval')
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

const insertInvoices = rowInserter(invoices)
const insertLines = rowInserter(invoiceLines)

/** Issues the invoices of some households. How many are done; undefined when the run is not being issued any more. */
async function issueHouseholds(
  town: Town,
  run: BillingRun,
  drafted: readonly DraftedHousehold[],
): Promise<number | undefined> {
  const now = town.clock.now()
  const issueDate = dayInParis(now)
  const dueOn = dueDate(issueDate, town.config.invoiceDueDays, townWorkingDays)
  // Read before, so that the one writer is held for the writing only.
  const makeInvoice = await invoiceMaker(town.db.read, run, drafted)
  const ids = drafted.map(each => each.householdId)
  return town.db.transaction(async tx => {
    if (!(await holdRunIn(tx, run.id, 'issuing'))) return undefined
    await lockAccounts(tx, ids)
    // The lines as they are now: a meal may have been taken back since they were read.
    const claimed = await claim(tx).execute({ runId: run.id, ids: listOf(ids) })
    const issuing = claimed.flatMap(each => makeInvoice(each) ?? [])
    const credits = await creditsOf(tx, ids)
    const numbers = await takeNumbers(tx, numberSeriesOf('invoice', issueDate), issuing.length)
    const postings: Posting[] = []
    const rows = issuing.map((draft, i) => {
      const used = creditUsed(draft.total, credits.get(draft.householdId) ?? [])
      postings.push(...postingsOf(draft, used))
      return {
        id: draft.id,
        householdId: draft.householdId,
        payerId: draft.payerId,
        runId: run.id,
        createdAt: now,
        number: documentNumber('invoice', issueDate, numbers[i]!),
        period: run.period,
        issueDate,
        dueDate: dueOn,
        total: draft.total,
        frozen: {
          ...draft.frozen,
          creditUsed: used.reduce((sum, part) => sum + part.amount, 0),
        },
      }
    })
    await insertInvoices(tx, rows)
    await insertLines(
      tx,
      issuing.flatMap(draft => draft.lines),
    )
    await postAll(tx, now, postings)
    for (const { id } of issuing)
      await outbox(tx, now, { topic: 'document.invoice', payload: { invoiceId: id }, key: `document.invoice:${id}` })
    return claimed.length
  })
}

/** What of the household's credit pays this invoice, part by part. */
function creditUsed(total: Cents, parts: readonly CreditPart[]): CreditPart[] {
  const used: CreditPart[] = []
  let left = Math.max(0, total)
  for (const part of parts) {
    const amount = Math.min(left, part.amount)
    if (amount > 0) used.push({ ...part, amount: cents(amount) })
    left -= amount
  }
  return used
}

/** What an invoice changes in the accounts: the household owes what the town earned, less what it had in its favour. */
function postingsOf({ id, householdId, total, revenue }: InvoiceDraft, used: readonly CreditPart[]): Posting[] {
  const account = householdAccount(householdId)
  const postings: Posting[] = []
  // An invoice of 0.00 € moves nothing, be it of a meal and its correction.
  const earned = [...revenue].filter(([, amount]) => amount !== 0)
  if (earned.length > 0) {
    const owed: PostingLine[] = total === 0 ? [] : [{ account, amount: total, invoiceId: id }]
    const lines = [
      ...owed,
      ...earned.map(([service, amount]) => ({ account: revenueAccount(service), amount: negate(amount) })),
    ]
    postings.push({ key: `invoice:${id}`, kind: 'invoice', lines })
  }
  if (used.length > 0)
    postings.push({
      key: `credit-used:${id}`,
      kind: 'credit-used',
      lines: used.flatMap(part => [
        { account, amount: part.amount, invoiceId: part.invoiceId ?? undefined },
        { account, amount: negate(part.amount), invoiceId: id },
      ]),
    })
  return postings
}
