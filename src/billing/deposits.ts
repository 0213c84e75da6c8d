import { audit } from '../audit/audit.ts'
import type { Queries, Tx } from '../db/database.ts'
import { eq, inArray } from '../db/drizzle.ts'
import { rowInserter } from '../db/insert-rows.ts'
import { outbox } from '../jobs/outbox.ts'
import { system } from '../kernel/actor.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/ids.ts'
import { cents, sum } from '../kernel/money.ts'
import { staysOfSignups } from '../leisure/consumption.ts'
import { quoteStays } from '../leisure/prices.ts'
import { leisureCentres, leisureSignups } from '../leisure/schema.ts'
import { depositOf } from '../tariffs/leisure-rules.ts'
import type { Town } from '../town-context.ts'
import { invoiceMaker } from './invoice-draft.ts'
import { lockAccounts } from './ledger.ts'
import type { InvoiceLine } from './rules.ts'
import { deposits } from './schema.ts'
import { writeInvoices } from './write-invoices.ts'

type SignupId = Id<'leisure-signup'>

/** Sign-ups of one household that were confirmed together. */
export type DepositWish = { householdId: Id<'household'>; signupIds: readonly SignupId[] }

/**
 * Promises that the deposit for these sign-ups is asked for, where the town's tariff wants one: an invoice of its own,
 * payable at once. Call it in the transaction that confirms them. `key` is the event's: promised twice, it is done once.
 */
export async function promiseDeposit(
  tx: Tx,
  now: Temporal.Instant,
  { householdId, signupIds, key }: DepositWish & { key: string },
): Promise<void> {
  if (signupIds.length === 0) return
  const payload: DepositWish = { householdId, signupIds }
  await outbox(tx, now, { topic: 'billing.deposit', payload, key: `billing.deposit:${key}` })
}

/** A line of a deposit's invoice, and the sign-up it is for. */
type DepositLine = InvoiceLine & { signupId: SignupId }

const insertDeposits = rowInserter(deposits)

/**
 * Asks for the deposits of sign-ups by an invoice, as the tariff says; for none that were asked for before. Of a child in
 * custody by percentage the household that signed up is asked for its own part. Done twice, it changes nothing.
 */
export async function askForDeposits(town: Town, { householdId, signupIds }: DepositWish): Promise<void> {
  const { read } = town.db
  const wanted = await depositLines(read, householdId, signupIds)
  if (wanted.length === 0) return
  const now = town.clock.now()
  const today = dayInParis(now)
  const makeInvoice = await invoiceMaker(read, today, [{ householdId, lines: wanted }])
  const { town: identity, baseUrl, billing } = town.config
  await town.db.transaction(async tx => {
    await lockAccounts(tx, [householdId])
    const known = await tx
      .select({ signupId: deposits.signupId })
      .from(deposits)
      .where(inArray(deposits.signupId, [...signupIds]))
    const asked = new Set(known.map(({ signupId }) => signupId))
    const lines = wanted.filter(line => !asked.has(line.signupId))
    const draft = lines.length > 0 ? makeInvoice({ householdId, lines }) : undefined
    if (!draft) return
    await writeInvoices(town, tx, [draft], {
      period: today.toPlainYearMonth().toString(),
      runId: null,
      issuer: { town: identity, baseUrl, counterMeans: billing.counterMeans },
    })
    await insertDeposits(
      tx,
      lines.map(line => ({
        id: newId<'deposit'>(),
        householdId,
        signupId: line.signupId,
        childId: line.childId,
        invoiceId: draft.id,
        // A child has one place a day: its first day tells the line.
        position: draft.lines.findIndex(each => each.childId === line.childId && each.days[0] === line.days[0]),
        amount: line.amount,
        credited: cents(0),
        createdAt: now,
      })),
    )
    await audit(tx, now, system('billing'), {
      action: 'invoice.deposit-asked',
      subject: { kind: 'invoice', id: draft.id },
      details: { total: draft.total, signups: lines.length },
    })
  })
}

/** One line for each sign-up; two when its days have tariffs that ask for different parts. */
async function depositLines(
  db: Queries,
  householdId: Id<'household'>,
  signupIds: readonly SignupId[],
): Promise<DepositLine[]> {
  const confirmed = await staysOfSignups(db, signupIds)
  const stays = confirmed.filter(stay => stay.householdId === householdId && stay.situation === 'stay')
  const prices = await quoteStays(db, householdId, stays)
  const centres = await centresOf(db, signupIds)
  const parts = stays.flatMap((stay, i) => {
    const price = prices[i]
    const deposit = price && depositOf(price)
    return price && deposit ? [{ stay, amount: deposit.cents, basisPoints: price.terms.deposit }] : []
  })
  const lines = Map.groupBy(parts, ({ stay, basisPoints }) => `${stay.signupId} ${basisPoints}`)
  return [...lines.values()].flatMap(([first, ...more]) => {
    if (!first) return []
    const { stay, basisPoints } = first
    const amount = sum([first, ...more].map(part => part.amount))
    if (amount === 0) return []
    const days = [first, ...more].map(part => part.stay.day.toString())
    const week = stay.wholeWeek ? (days[0] ?? null) : null
    return {
      signupId: stay.signupId,
      childId: stay.childId,
      service: 'leisure',
      kind: 'deposit',
      quantity: 1,
      unit: amount,
      amount,
      explanation: [
        { code: 'deposit-for', centre: centres.get(stay.signupId) ?? '', week },
        { code: 'deposit', basisPoints, price: amount },
      ],
      days,
    }
  })
}

async function centresOf(db: Queries, signupIds: readonly SignupId[]): Promise<ReadonlyMap<SignupId, string>> {
  const rows = await db
    .select({ id: leisureSignups.id, centre: leisureCentres.name })
    .from(leisureSignups)
    .innerJoin(leisureCentres, eq(leisureCentres.id, leisureSignups.centreId))
    .where(inArray(leisureSignups.id, [...signupIds]))
  return new Map(rows.map(({ id, centre }) => [id, centre]))
}
