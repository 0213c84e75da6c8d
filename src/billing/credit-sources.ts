import type { Tx } from '../db/database.ts'
import { and, eq, inArray, isNotNull } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { system } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import { signupOfSource } from '../leisure/consumption.ts'
import type { StayCreditReason } from '../leisure/credit-stays.ts'
import type { Town } from '../town-context.ts'
import { creditable, credited } from './credit.ts'
import { deductionsUndone } from './deductions-undone.ts'
import { lockAccounts } from './ledger.ts'
import { recountHousehold } from './recount-household.ts'
import { lockOpenRuns, recount } from './run-store.ts'
import { charges, invoices } from './schema.ts'
import { creditNotesOf, linesOfInvoice } from './store.ts'

type Charge = typeof charges.$inferSelect
/** A charge with the invoice that bears it; undefined while none does. */
type Found = Charge & { invoiceId: Id<'invoice'> | undefined }

/** What another service promises when something consumed is not to be paid after all: why, in words or by a code of ours. */
export type CreditSources = { sources: readonly string[] } & ({ reason: string } | { because: StayCreditReason })

const AGAIN = Temporal.Duration.from({ minutes: 1 })

/**
 * Takes back what was charged for things that did not take place after all: a closure declared late, a correction by a
 * clerk. What is not invoiced yet is dropped; what is, is credited by a credit note for each invoice. `key` is the event's:
 * done twice, it changes nothing. While a draft is being made, which has read the meals before, it comes back afterwards.
 */
export async function creditSources(town: Town, wish: CreditSources, key: string): Promise<void> {
  const now = town.clock.now()
  const { sources } = wish
  const reason = 'reason' in wish ? wish.reason : town.languages.for('fr').t(`billing:because.${wish.because}`)
  await town.db.transaction(async tx => {
    const open = await lockOpenRuns(tx)
    const found = await chargesWithInvoices(tx, sources)
    const dropped = found.filter(charge => charge.invoiceId === undefined)
    await remove(tx, dropped)
    const invoiced = found.filter(charge => charge.invoiceId !== undefined)
    const corrections = await correctionsOf(tx, invoiced)
    const pending = corrections.filter(charge => charge.invoiceId === undefined)
    await remove(tx, pending)
    const made = corrections.filter(charge => charge.invoiceId !== undefined)
    // A price that was put right upwards is given back on the invoice that raised it.
    const toCredit = [...invoiced, ...made.filter(charge => charge.amount > 0)]
    for (const [invoiceId, theirs] of Map.groupBy(toCredit, charge => charge.invoiceId))
      if (invoiceId) await creditCharges(town, tx, { invoiceId, theirs, made, reason, key })
    const households = new Set([...dropped, ...pending].map(charge => charge.householdId))
    for (const run of open) {
      for (const householdId of households) await recountHousehold(tx, now, run, householdId)
      if (households.size > 0) await recount(tx, run.id)
    }
    if (open.some(run => run.state === 'drafting'))
      await outbox(tx, now, {
        topic: 'billing.credit',
        payload: wish,
        key: `${key}:${now.epochMilliseconds}`,
        dueAt: now.add(AGAIN),
      })
    await promiseSettlement(tx, now, sources, key)
  })
}

/** A deposit for what is not charged any more has nothing to be deducted from. */
async function promiseSettlement(
  tx: Tx,
  now: Temporal.Instant,
  sources: readonly string[],
  key: string,
): Promise<void> {
  const signupIds = [...new Set(sources.flatMap(source => signupOfSource(source) ?? []))]
  if (signupIds.length === 0) return
  await outbox(tx, now, { topic: 'billing.settle-deposits', payload: { signupIds }, key: `${key}:deposits` })
}

/** The charges for these things. Their households are held: whether an invoice bears them stays true. */
async function chargesWithInvoices(tx: Tx, sources: readonly string[]): Promise<Found[]> {
  const found = await tx
    .select()
    .from(charges)
    .where(inArray(charges.source, [...sources]))
  await lockAccounts(tx, [...new Set(found.map(charge => charge.householdId))])
  return withInvoices(tx, found)
}

async function withInvoices(tx: Tx, found: readonly Charge[]): Promise<Found[]> {
  if (found.length === 0) return []
  const households = [...new Set(found.map(charge => charge.householdId))]
  const theirs = await tx
    .select({ id: invoices.id, householdId: invoices.householdId, period: invoices.period })
    .from(invoices)
    .where(and(inArray(invoices.householdId, households), isNotNull(invoices.runId)))
  const byMonth = new Map(theirs.map(({ id, householdId, period }) => [`${householdId} ${period}`, id]))
  return found.map(charge => ({ ...charge, invoiceId: byMonth.get(`${charge.householdId} ${charge.period}`) }))
}

/** What put the prices of these right since. */
async function correctionsOf(tx: Tx, invoiced: readonly Charge[]): Promise<Found[]> {
  if (invoiced.length === 0) return []
  const originals = invoiced.map(charge => charge.id)
  return withInvoices(tx, await tx.select().from(charges).where(inArray(charges.corrects, originals)))
}

async function remove(tx: Tx, some: readonly Charge[]): Promise<void> {
  const ids = some.map(charge => charge.id)
  if (ids.length > 0) await tx.delete(charges).where(inArray(charges.id, ids))
}

type ToCredit = {
  invoiceId: Id<'invoice'>
  theirs: readonly Charge[]
  /** Corrections of these and other charges, on invoices. */
  made: readonly Charge[]
  reason: string
  key: string
}

async function creditCharges(town: Town, tx: Tx, { invoiceId, theirs, made, reason, key }: ToCredit): Promise<void> {
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId))
  if (!invoice) return
  const lines = await linesOfInvoice(tx, invoiceId)
  const { ofLine } = creditable(invoice, lines, await creditNotesOf(tx, invoiceId))
  const undone = await deductionsUndone(tx, invoice, theirs)
  const byLine = new Map<number, { amount: Cents; days: string[] }>()
  for (const charge of theirs) {
    const day = charge.day.toString()
    const line = lines.find(
      each =>
        each.childId === charge.childId &&
        each.kind === charge.kind &&
        each.unit === charge.amount &&
        each.days.includes(day),
    )
    const lowered = made.filter(correction => correction.corrects === charge.id && correction.amount < 0)
    const amount = sum([charge.amount, negate(charge.credited), ...lowered.map(correction => correction.amount)])
    if (!line || amount <= 0) continue
    const given = byLine.get(line.position) ?? { amount: cents(0), days: [] }
    const part = sum([amount, negate(undone.takenFrom(charge, amount))])
    byLine.set(line.position, { amount: sum([given.amount, part]), days: [...given.days, day] })
  }
  const credit = [...byLine].flatMap(([position, { amount, days }]) => {
    const part = Math.min(amount, ofLine.get(position) ?? 0)
    return part > 0 ? [{ position, amount: cents(part), days: days.sort() }] : []
  })
  if (credit.length > 0) {
    const written = await credited(town, tx, system('billing'), null, { invoiceId, lines: credit, reason, key })
    if (!written) return
  }
  await undone.write()
  // The same meal may be booked again: its source is free for another charge.
  for (const charge of theirs)
    await tx
      .update(charges)
      .set({ source: `${charge.source}#${charge.id}` })
      .where(eq(charges.id, charge.id))
}
