import { prepared, type Queries, type Tx } from '../db/database.ts'
import { asc, eq, sql, sumOf } from '../db/drizzle.ts'
import { rowInserter } from '../db/insert-rows.ts'
import { forUpdate, inList, listOf } from '../db/lists.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import { households } from '../people/schema.ts'
import { ledgerLines, ledgerPostings } from './schema.ts'

/**
 * What money is kept under. `household:<id>` is what that household owes the town (negative: what it has in its favour);
 * `revenue:<service>` is what the town earned, as a negative amount; the others hold money on its way.
 */
export type Account =
  | `household:${string}`
  | `revenue:${string}`
  | 'stripe:clearing'
  | 'stripe:fees'
  | 'bank'
  | 'cash'
  /** What was counted in the drawer beside what the books say: missing cash is above zero. */
  | 'cash:differences'
  | 'cheque'
  | 'refunds:pending'
  | 'disputes'

export const householdAccount = (id: Id<'household'>): Account => `household:${id}`
export const revenueAccount = (service: string): Account => `revenue:${service}`

export type PostingLine = {
  account: Account
  amount: Cents
  /** The invoice it concerns; only on a household's account, so that an invoice's lines are what is owed on it. */
  invoiceId?: Id<'invoice'> | undefined
}

export type Posting = {
  /** What it comes from, `invoice:<id>`, `payment:<id>`: the same event posts once. */
  key: string
  kind: string
  lines: readonly PostingLine[]
}

const insertPosting = prepared(db =>
  db
    .insert(ledgerPostings)
    .values({
      id: sql.placeholder('id'),
      at: sql.placeholder('at'),
      kind: sql.placeholder('kind'),
      key: sql.placeholder('key'),
    })
    .onConflictDoNothing()
    .returning({ id: ledgerPostings.id })
    .prepare(),
)

const insertLine = prepared(db =>
  db
    .insert(ledgerLines)
    .values({
      postingId: sql.placeholder('postingId'),
      position: sql.placeholder('position'),
      account: sql.placeholder('account'),
      invoiceId: sql.placeholder('invoiceId'),
      amount: sql.placeholder('amount'),
    })
    .prepare(),
)

/**
 * Writes a posting in this transaction. False, and nothing is written, when its key was posted before. Throws RangeError
 * unless it has two lines or more that add up to zero, and none of zero.
 */
export async function post(tx: Tx, now: Temporal.Instant, posting: Posting): Promise<boolean> {
  checkPosting(posting)
  const postingId = newId<'posting'>()
  const [written] = await insertPosting(tx).execute({ id: postingId, at: now, kind: posting.kind, key: posting.key })
  if (!written) return false
  for (const [position, { account, amount, invoiceId }] of posting.lines.entries())
    await insertLine(tx).execute({ postingId, position, account, amount, invoiceId: invoiceId ?? null })
  return true
}

const insertPostings = rowInserter(ledgerPostings)
const insertLines = rowInserter(ledgerLines)

/** Writes many postings, of events that are new for sure: one that was posted before makes the transaction fail. */
export async function postAll(tx: Tx, now: Temporal.Instant, postings: readonly Posting[]): Promise<void> {
  postings.forEach(checkPosting)
  const withIds = postings.map(posting => ({ ...posting, id: newId<'posting'>() }))
  await insertPostings(
    tx,
    withIds.map(({ id, key, kind }) => ({ id, at: now, kind, key })),
  )
  await insertLines(
    tx,
    withIds.flatMap(({ id, lines }) =>
      lines.map((line, position) => ({ postingId: id, position, ...line, invoiceId: line.invoiceId ?? null })),
    ),
  )
}

/** Refuses what double entry forbids. */
function checkPosting({ key, lines }: Posting): void {
  if (lines.length < 2) throw new RangeError(`the posting ${key} has fewer than two lines`)
  if (sum(lines.map(line => line.amount)) !== 0) throw new RangeError(`the posting ${key} does not balance`)
  if (lines.some(line => line.amount === 0)) throw new RangeError(`the posting ${key} has a line of zero`)
  if (lines.some(line => line.invoiceId && !line.account.startsWith('household:')))
    throw new RangeError(`the posting ${key} names an invoice on an account that is no household's`)
}

const balance = prepared(db =>
  db
    .select({ amount: sumOf(ledgerLines.amount) })
    .from(ledgerLines)
    .where(eq(ledgerLines.account, sql.placeholder('account')))
    .prepare(),
)

/** The sum of an account's lines; 0 for one that never had any. */
export async function balanceOf(db: Queries, account: Account): Promise<Cents> {
  const [row] = await balance(db).execute({ account })
  return amountOf(row?.amount)
}

/** PostgreSQL gives sums as text. */
const amountOf = (value: unknown) => cents(Number(value ?? 0))

const onInvoices = prepared(db =>
  db
    .select({ invoiceId: ledgerLines.invoiceId, amount: sumOf(ledgerLines.amount) })
    .from(ledgerLines)
    .where(inList(ledgerLines.invoiceId, 'ids'))
    .groupBy(ledgerLines.invoiceId)
    .prepare(),
)

/** What is left to pay on each of these invoices; negative when more was paid or credited than it asked for. */
export async function owedOn(db: Queries, invoiceIds: readonly Id<'invoice'>[]): Promise<Map<Id<'invoice'>, Cents>> {
  const owed = new Map(invoiceIds.map(id => [id, cents(0)]))
  const rows = await onInvoices(db).execute({ ids: listOf(invoiceIds) })
  for (const { invoiceId, amount } of rows) if (invoiceId) owed.set(invoiceId, amountOf(amount))
  return owed
}

/** Money a household has in its favour, and where it stands: on an overpaid invoice, or on none. */
export type CreditPart = { invoiceId: Id<'invoice'> | null; amount: Cents }

const inFavour = prepared(db =>
  db
    .select({ account: ledgerLines.account, invoiceId: ledgerLines.invoiceId, amount: sumOf(ledgerLines.amount) })
    .from(ledgerLines)
    .where(inList(ledgerLines.account, 'accounts'))
    .groupBy(ledgerLines.account, ledgerLines.invoiceId)
    .having(sql`sum(${ledgerLines.amount}) < 0`)
    .prepare(),
)

/**
 * What these households have in their favour, as parts greater than zero: the account's lines on no invoice first, then
 * invoices paid or credited beyond their total. A household that owes on another invoice may still have some.
 */
export async function creditsOf(
  db: Queries,
  householdIds: readonly Id<'household'>[],
): Promise<Map<Id<'household'>, CreditPart[]>> {
  const credits = new Map<Id<'household'>, CreditPart[]>()
  const rows = await inFavour(db).execute({ accounts: listOf(householdIds.map(householdAccount)) })
  const oldestFirst = rows.sort((a, b) => ((a.invoiceId ?? '') < (b.invoiceId ?? '') ? -1 : 1))
  for (const { account, invoiceId, amount } of oldestFirst) {
    const householdId = account.slice('household:'.length) as Id<'household'>
    const parts = credits.get(householdId) ?? []
    parts.push({ invoiceId, amount: negate(amountOf(amount)) })
    credits.set(householdId, parts)
  }
  return credits
}

/** The sum of a household's credit parts. */
export const creditTotal = (parts: readonly CreditPart[] | undefined): Cents =>
  sum((parts ?? []).map(part => part.amount))

const accountHolders = prepared(db =>
  forUpdate(
    db.select({ id: households.id }).from(households).where(inList(households.id, 'ids')).orderBy(asc(households.id)),
  ).prepare(),
)

/**
 * Holds these households' accounts until the transaction ends, so that what is read of them stays true: two refunds, or a
 * payment and a credit note, come one after the other.
 */
export async function lockAccounts(tx: Tx, householdIds: readonly Id<'household'>[]): Promise<void> {
  await accountHolders(tx).execute({ ids: listOf(householdIds) })
}
