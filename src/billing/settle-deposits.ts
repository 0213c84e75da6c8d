import { prepared, type Queries } from '../db/database.ts'
import { and, asc, gt, inArray } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { system } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import { type ConfirmedStay, staysOfSignups } from '../leisure/consumption.ts'
import type { Town } from '../town-context.ts'
import { credited } from './credit.ts'
import { type Deposit, depositsOf } from './deposit-store.ts'
import { priceKey, stayPricesOf } from './leisure-books.ts'
import { paced } from './pace.ts'
import { charges, deposits } from './schema.ts'

/** Deposits looked at together. */
const DEPOSITS_AT_ONCE = 40

/**
 * Gives back what deposits have left beyond all that can still be charged for their sign-ups: days were cancelled in time,
 * or excused. By a credit note on the invoice that asked for them. Done twice, it changes nothing.
 */
export async function settleDeposits(town: Town, signupIds: readonly Id<'leisure-signup'>[]): Promise<void> {
  const found = await town.db.read
    .select({ householdId: deposits.householdId })
    .from(deposits)
    .where(inArray(deposits.signupId, [...signupIds]))
  if (found.length === 0) return
  const wanted = new Set(signupIds)
  const theirs = await depositsOf(town.db.read, [...new Set(found.map(({ householdId }) => householdId))])
  await settle(
    town,
    theirs.filter(deposit => wanted.has(deposit.signupId)),
  )
}

/** As `settleDeposits`, for every deposit that was not given back, some at a time. */
export async function settleAllDeposits(town: Town): Promise<void> {
  for (let after: Id<'deposit'> | undefined; ; ) {
    const some = await town.db.read
      .select({ id: deposits.id, signupId: deposits.signupId })
      .from(deposits)
      .where(and(after ? gt(deposits.id, after) : undefined, gt(deposits.amount, deposits.credited)))
      .orderBy(asc(deposits.id))
      .limit(DEPOSITS_AT_ONCE)
    const last = some.at(-1)
    if (!last) return
    await paced(() => settleDeposits(town, [...new Set(some.map(({ signupId }) => signupId))]))
    after = last.id
  }
}

async function settle(town: Town, all: readonly Deposit[]): Promise<void> {
  const open = all.filter(deposit => deposit.left > 0)
  if (open.length === 0) return
  const coming = await comingCharges(town.db.read, open)
  for (const [signupId, theirs] of Map.groupBy(open, deposit => deposit.signupId)) {
    let needed = coming(signupId, theirs[0]?.householdId ?? ('' as Id<'household'>))
    if (needed === undefined) continue
    for (const deposit of theirs) {
      const kept = cents(Math.min(deposit.left, needed))
      needed = sum([needed, negate(kept)])
      if (kept < deposit.left) await giveBack(town, deposit, kept)
    }
  }
}

const chargesFor = prepared(db =>
  db
    .select({ householdId: charges.householdId, source: charges.source })
    .from(charges)
    .where(inList(charges.source, 'sources'))
    .prepare(),
)

/** What can still be charged for each sign-up; undefined while a day of it has no price. */
async function comingCharges(
  db: Queries,
  open: readonly Deposit[],
): Promise<(signupId: Id<'leisure-signup'>, household: Id<'household'>) => Cents | undefined> {
  const stays = await staysOfSignups(db, [...new Set(open.map(({ signupId }) => signupId))])
  const rows = await chargesFor(db).execute({ sources: listOf(stays.map(({ source }) => source)) })
  const charged = new Set(rows.map(({ source, householdId }) => priceKey(source, householdId)))
  const households = [...new Set(open.map(({ householdId }) => householdId))]
  const prices = await stayPricesOf(
    db,
    households,
    stays.map(stay => stay.day),
  )
  const ofSignup = Map.groupBy(stays, (stay: ConfirmedStay) => stay.signupId)
  return (signupId, household) => {
    const keys = (ofSignup.get(signupId) ?? []).map(({ source }) => priceKey(source, household))
    const amounts = keys.filter(key => !charged.has(key)).map(key => prices.get(key)?.cents)
    return amounts.includes(undefined) ? undefined : sum(amounts.filter(amount => amount !== undefined))
  }
}

async function giveBack(town: Town, { id, householdId }: Deposit, kept: Cents): Promise<void> {
  const reason = town.languages.for('fr').t('billing:because.deposit-left')
  await town.db.transaction(async tx => {
    const deposit = (await depositsOf(tx, [householdId])).find(each => each.id === id)
    if (!deposit || deposit.left <= kept) return
    const { invoiceId, position, left, credited: before } = deposit
    const lines = [{ position, amount: sum([left, negate(kept)]) }]
    // What was given back before makes the event another one.
    await credited(town, tx, system('billing'), null, { invoiceId, lines, reason, key: `deposit:${id}:${before}` })
  })
}
