import { audit } from '../audit/audit.ts'
import { prepared, type Queries, type Tx } from '../db/database.ts'
import { and, eq, gte, inArray, isNotNull, lt, sql } from '../db/drizzle.ts'
import { rowInserter } from '../db/insert-rows.ts'
import { inList, listOf } from '../db/lists.ts'
import { outbox } from '../jobs/outbox.ts'
import { type Actor, clerkAmong } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import { conflict } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { canteenOnInvoice, TOLD_LATE_MONTHS } from './canteen-books.ts'
import { priceCorrections } from './corrections.ts'
import { anyDeposit, deductionCharges, depositsOf } from './deposit-store.ts'
import { type Changes, compare, type OpenCharge, toldLate } from './draft-changes.ts'
import { leisureOnInvoice } from './leisure-books.ts'
import { paced, pieces } from './pace.ts'
import { addConsumption, type HouseholdMonth } from './price-month.ts'
import { linesOf, odditiesOf, totalOf } from './rules.ts'
import { type BillingRun, clearDraft, holdRunIn, issuedBefore, openRunBefore, recount, runOf } from './run-store.ts'
import { billingOddities, billingRunHouseholds, billingRuns, charges, invoices, type ServiceCode } from './schema.ts'
import type { BilledService, Books } from './services.ts'

type HouseholdId = Id<'household'>

/** What families are billed for, in the order of the invoice. */
const SERVICES: readonly BilledService[] = [canteenOnInvoice, leisureOnInvoice]

/** How far back a quotient confirmed late, or a move told late, changes what was invoiced. */
const CORRECTED_MONTHS = 6
/** Months that say what is usual for a household. */
const USUAL_MONTHS = 6

/** The account behind an actor who may bill: a clerk of the cash office, or a program of ours. Throws 404 to others. */
export function biller(actor: Actor): Id<'account'> | null {
  return actor.kind === 'system' ? null : clerkAmong(actor, 'cash-office').accountId
}

/**
 * Asks for a month's draft to be made, or made anew, by the worker. Throws what `draftRun` throws. A month that is issued
 * stays as it is.
 */
export async function askForDraft(town: Town, actor: Actor, month: Temporal.PlainYearMonth): Promise<BillingRun> {
  const run = await openDraft(town, actor, month)
  if (run.state !== 'drafting') return run
  const now = town.clock.now()
  await town.db.transaction(tx =>
    outbox(tx, now, { topic: 'billing.draft', payload: { runId: run.id }, key: `billing.draft:${newId()}` }),
  )
  return run
}

/**
 * Prices a month's consumption into charges, household by household, with what is odd about each. What is there already is
 * compared and only the difference written: run twice, killed and run again, it ends the same. A month that is being
 * issued or is issued stays as it is. Throws 404 to who may not bill, `conflict` for a month that has not begun or while
 * an earlier one waits to be issued.
 */
export async function draftRun(
  town: Town,
  actor: Actor,
  month: Temporal.PlainYearMonth,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<BillingRun> {
  const run = await openDraft(town, actor, month)
  if (run.state !== 'drafting') return run
  return fillDraft(town, run, onProgress)
}

async function openDraft(town: Town, actor: Actor, month: Temporal.PlainYearMonth): Promise<BillingRun> {
  const draftedBy = biller(actor)
  const now = town.clock.now()
  const period = month.toString()
  if (Temporal.PlainDate.compare(month.toPlainDate({ day: 1 }), dayInParis(now)) > 0) throw conflict('month-not-begun')
  return town.db.transaction(async tx => {
    const earlier = await openRunBefore(tx, period)
    if (earlier) throw conflict('earlier-month-open', { month: earlier.period })
    await tx
      .insert(billingRuns)
      .values({
        id: newId<'billing-run'>(),
        period,
        state: 'drafting',
        households: 0,
        total: cents(0),
        draftedBy,
        createdAt: now,
        frozen: {
          town: town.config.town,
          baseUrl: town.config.baseUrl,
          counterMeans: [],
        },
      })
      .onConflictDoNothing()
    await tx
      .update(billingRuns)
      .set({ state: 'drafting', draftedBy })
      .where(and(eq(billingRuns.period, period), inArray(billingRuns.state, ['draft', 'drafting'])))
    const run = await runOf(tx, month)
    if (!run) throw new Error(`the billing of ${period} was not opened`)
    if (run.state === 'drafting')
      await audit(tx, now, actor, { action: 'billing.drafted', subject: { kind: 'billing-run', id: run.id } })
    return run
  })
}

/** Does the work of a draft that was opened; ends in the state `draft`. */
export async function fillDraft(
  town: Town,
  run: BillingRun,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<BillingRun> {
  const { db } = town
  const month = Temporal.PlainYearMonth.from(run.period)
  const issued = await issuedBefore(db.read, run.period, CORRECTED_MONTHS)
  // What was consumed but not yet charged, or charged as something else: attendance written down late.
  const late = issued.slice(0, TOLD_LATE_MONTHS).map(({ period }) => Temporal.PlainYearMonth.from(period))
  const months = new Map<HouseholdId, HouseholdMonth>()
  const books = new Map<ServiceCode, Books>()
  for (const { service, open } of SERVICES) {
    const theirs = await open(db.read, month)
    books.set(service, theirs)
    for (const each of [month, ...late]) await addConsumption(months, service, theirs, each)
  }
  await priceCorrections(db.read, books, issued, months)

  const draft: Draft = {
    run,
    months,
    issued: issued.map(({ period }) => period),
    deposits: await anyDeposit(db.read),
  }
  const before = await householdsOfDraft(db.read, run.id)
  const households = [...new Set([...months.keys(), ...before])].sort()
  let done = 0
  for (const some of pieces(households)) {
    const still = await paced(() => draftHouseholds(town, draft, some))
    if (!still) break // issued, or begun anew, by somebody else meanwhile
    done += some.length
    onProgress(done, households.length)
  }
  return db.transaction(async tx => {
    if (await holdRunIn(tx, run.id, 'drafting')) {
      await tx.update(billingRuns).set({ state: 'draft' }).where(eq(billingRuns.id, run.id))
      await recount(tx, run.id)
    }
    return (await runOf(tx, month)) ?? run
  })
}

type Draft = {
  run: BillingRun
  months: ReadonlyMap<HouseholdId, HouseholdMonth>
  /** The months before, whose charges are on invoices. */
  issued: readonly string[]
  /** Whether there are deposits to look up. */
  deposits: boolean
}

const insertCharges = rowInserter(charges)
const insertHouseholds = rowInserter(billingRunHouseholds)
const insertOddities = rowInserter(billingOddities)

/** Brings the charges of some households to what they ought to be. False when the run is not a draft any more. */
async function draftHouseholds(town: Town, draft: Draft, householdIds: readonly HouseholdId[]): Promise<boolean> {
  const { run } = draft
  const now = town.clock.now()
  const previous = await previousTotals(town.db.read, run, householdIds)
  const usual = Map.groupBy(previous, invoice => invoice.householdId)
  return town.db.transaction(async tx => {
    if (!(await holdRunIn(tx, run.id, 'drafting'))) return false
    await clearDraft(tx, run.id, householdIds)
    const standing = await standingCharges(tx, draft, householdIds)
    const deposits = draft.deposits ? await depositsOf(tx, householdIds, run.period) : []
    const depositsOfThem = Map.groupBy(deposits, deposit => deposit.householdId)
    const changes: Changes = { inserts: [], deletes: [], updates: [] }
    const rows: (typeof billingRunHouseholds.$inferInsert)[] = []
    const oddities: (typeof billingOddities.$inferInsert)[] = []
    for (const householdId of householdIds) {
      const { charges: priced, unpriced } = draft.months.get(householdId) ?? { charges: [], unpriced: 0 }
      const { invoiced, open } = standing(householdId)
      const still = invoiced.size === 0 ? priced : priced.filter(charge => !invoiced.has(charge.source))
      const charged = still.map(charge => toldLate(charge, run.period))
      const due = [...charged, ...deductionCharges(depositsOfThem.get(householdId) ?? [], charged, run.period)]
      const blocked = unpriced > 0
      // A blocked household is charged nothing yet: the next draft prices its whole month.
      compare(blocked ? [] : due, open, changes, { householdId, period: run.period, createdAt: now })
      if (due.length === 0 && !blocked) continue
      const lines = linesOf(due)
      const state = blocked ? 'blocked' : 'to-issue'
      rows.push({ runId: run.id, householdId, state, charges: due.length, total: totalOf(lines), lines })
      const previousTotals = (usual.get(householdId) ?? []).map(invoice => invoice.total)
      for (const oddity of odditiesOf({ lines, unpriced, previousTotals }))
        oddities.push({ runId: run.id, householdId, code: oddity.code, usual: 'usual' in oddity ? oddity.usual : null })
    }
    const { inserts, deletes, updates } = changes
    if (deletes.length > 0) await tx.delete(charges).where(inArray(charges.id, deletes))
    for (const { id, ...now } of updates) await tx.update(charges).set(now).where(eq(charges.id, id))
    await insertCharges(tx, inserts)
    await insertHouseholds(tx, rows)
    await insertOddities(tx, oddities)
    return true
  })
}

/** What is written for a household: sources that are on invoices, and charges of this month that are not. */
type Standing = { invoiced: ReadonlySet<string>; open: readonly OpenCharge[] }

async function standingCharges(
  tx: Tx,
  { run, issued }: Draft,
  householdIds: readonly HouseholdId[],
): Promise<(householdId: HouseholdId) => Standing> {
  const ids = listOf(householdIds)
  const earlier = issued.length === 0 ? [] : await sourcesOf(tx).execute({ ids, periods: listOf(issued) })
  const sources = Map.groupBy(earlier, row => row.householdId)
  const open = Map.groupBy(await chargesOf(tx).execute({ ids, period: run.period }), row => row.householdId)
  return householdId => ({
    invoiced: new Set((sources.get(householdId) ?? []).map(row => row.source)),
    open: open.get(householdId) ?? [],
  })
}

const sourcesOf = prepared(db =>
  db
    .select({ householdId: charges.householdId, source: charges.source })
    .from(charges)
    .where(and(inList(charges.householdId, 'ids'), inList(charges.period, 'periods')))
    .prepare(),
)

const chargesOf = prepared(db =>
  db
    .select({
      id: charges.id,
      householdId: charges.householdId,
      source: charges.source,
      kind: charges.kind,
      amount: charges.amount,
      explanation: charges.explanation,
    })
    .from(charges)
    .where(and(inList(charges.householdId, 'ids'), eq(charges.period, sql.placeholder('period'))))
    .prepare(),
)

/** What the households were last invoiced, to tell what is unusual. */
async function previousTotals(db: Queries, run: BillingRun, householdIds: readonly HouseholdId[]) {
  const first = Temporal.PlainYearMonth.from(run.period).subtract({ months: USUAL_MONTHS })
  return totalsBetween(db).execute({ ids: listOf(householdIds), first: first.toString(), period: run.period })
}

const totalsBetween = prepared(db =>
  db
    .select({ householdId: invoices.householdId, total: invoices.total })
    .from(invoices)
    .where(
      and(
        inList(invoices.householdId, 'ids'),
        isNotNull(invoices.runId),
        gte(invoices.period, sql.placeholder('first')),
        lt(invoices.period, sql.placeholder('period')),
      ),
    )
    .prepare(),
)

/** Households that an earlier draft of the run had. */
async function householdsOfDraft(db: Queries, runId: Id<'billing-run'>): Promise<HouseholdId[]> {
  const drafted = await db
    .select({ householdId: billingRunHouseholds.householdId })
    .from(billingRunHouseholds)
    .where(eq(billingRunHouseholds.runId, runId))
  return drafted.map(row => row.householdId)
}
