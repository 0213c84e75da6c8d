import { audit } from '../audit/audit.ts'
import { prepared, type Tx } from '../db/database.ts'
import { and, asc, eq, isNull, lte, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { outbox } from '../jobs/outbox.ts'
import type { Actor } from '../kernel/actor.ts'
import { workingDays } from '../kernel/calendar.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate } from '../kernel/money.ts'
import { conflict, Problem } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { biller } from './draft.ts'
import { rowInserter } from './insert-rows.ts'
import { type InvoiceDraft, invoiceDrafts } from './invoice-draft.ts'
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
import { billingRunHouseholds, billingRuns, charges, invoiceLines, invoices } from './schema.ts'

type HouseholdId = Id<'household'>

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
    const ids = some.map(row => row.householdId)
    const count = await paced(() => issueHouseholds(town, run, ids))
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
    .select({ householdId: billingRunHouseholds.householdId })
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
    .returning({ householdId: billingRunHouseholds.householdId })
    .prepare(),
)

const markInvoiced = prepared(db =>
  db
    .update(charges)
    .set({ invoiceId: sql`${sql.placeholder('invoiceId')}` })
    .where(
      and(
        eq(charges.householdId, sql.placeholder('householdId')),
        isNull(charges.invoiceId),
        lte(charges.period, sql.placeholder('period')),
      ),
    )
    .returning({ id: charges.id })
    .prepare(),
)

const insertInvoices = rowInserter(invoices)
const insertLines = rowInserter(invoiceLines)

/** A charge was taken back between the reading and the writing: to be read again. */
class ChargesChanged extends Error {}

/** Issues the invoices of some households. How many households are done; undefined when the run is not being issued. */
async function issueHouseholds(
  town: Town,
  run: BillingRun,
  householdIds: readonly HouseholdId[],
): Promise<number | undefined> {
  const now = town.clock.now()
  const issueDate = dayInParis(now)
  // Read before, so that the one writer is held for the writing only.
  const drafts = await invoiceDrafts(town.db.read, run, householdIds)
  try {
    return await town.db.transaction(async tx => {
      if (!(await holdRunIn(tx, run.id, 'issuing'))) return undefined
      const claimed = await claim(tx).execute({ runId: run.id, ids: listOf(householdIds) })
      const theirs = new Set(claimed.map(row => row.householdId))
      const issuing = drafts.filter(draft => theirs.has(draft.householdId))
      await lockAccounts(tx, [...theirs])
      const credits = await creditsOf(tx, [...theirs])
      const numbers = await takeNumbers(tx, numberSeriesOf('invoice', issueDate), issuing.length)
      const postings: Posting[] = []
      const rows = issuing.map((draft, i) => {
        const used = creditUsed(draft.total, credits.get(draft.householdId) ?? [])
        postings.push(...postingsOf(draft, used))
        return {
          ...{ id: draft.id, householdId: draft.householdId, payerId: draft.payerId, runId: run.id },
          ...{ number: documentNumber('invoice', issueDate, numbers[i]!), period: run.period, issueDate },
          dueDate: dueDate(issueDate, town.config.invoiceDueDays, workingDays({ closures: new Set() })),
          total: draft.total,
          frozen: { ...draft.frozen, creditUsed: used.reduce((sum, part) => sum + part.amount, 0) },
          createdAt: now,
        }
      })
      await insertInvoices(tx, rows)
      await insertLines(
        tx,
        issuing.flatMap(draft => draft.lines),
      )
      await postAll(tx, now, postings)
      for (const { id, householdId, chargeCount } of issuing) {
        const marked = await markInvoiced(tx).execute({ invoiceId: id, householdId, period: run.period })
        if (marked.length !== chargeCount) throw new ChargesChanged()
        await outbox(tx, now, {
          topic: 'document.invoice',
          payload: { invoiceId: id },
          key: `document.invoice:${id}`,
        })
      }
      return theirs.size
    })
  } catch (error) {
    if (error instanceof ChargesChanged) return 0
    throw error
  }
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
