import type { Tx } from '../db/database.ts'
import { and, eq, gt, inArray, isNotNull, isNull, lte, ne, sql } from '../db/drizzle.ts'
import { outbox } from '../jobs/outbox.ts'
import { system } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { type Cents, cents, negate, sum } from '../kernel/money.ts'
import type { Town } from '../town-context.ts'
import { creditable, credited } from './credit.ts'
import { recount } from './run-store.ts'
import { billingOddities, billingRunHouseholds, billingRuns, charges, invoices } from './schema.ts'
import { creditNotesOf, linesOfInvoice } from './store.ts'

type Charge = typeof charges.$inferSelect

/** What another service promises when something consumed is not to be paid after all. */
export type CreditSources = { sources: readonly string[]; reason: string }

const AGAIN = Temporal.Duration.from({ minutes: 1 })

/**
 * Takes back what was charged for things that did not take place after all: a closure declared late, a correction by a
 * clerk. What is not invoiced yet is dropped; what is, is credited by a credit note for each invoice. `key` is the event's:
 * done twice, it changes nothing. While a draft is being made, which has read the meals before, it comes back afterwards.
 */
export async function creditSources(town: Town, { sources, reason }: CreditSources, key: string): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const dropped = await tx
      .delete(charges)
      .where(and(inArray(charges.source, [...sources]), isNull(charges.invoiceId)))
      .returning({ householdId: charges.householdId })
    const invoiced = await tx.select().from(charges).where(inArray(charges.source, [...sources]))
    const raised = await risesOf(tx, invoiced)
    for (const [invoiceId, theirs] of Map.groupBy([...invoiced, ...raised], charge => charge.invoiceId))
      if (invoiceId) await creditCharges(town, tx, { invoiceId, theirs, reason, key })
    await countOpenRuns(tx, new Set([...dropped, ...invoiced].map(row => row.householdId)))
    const [drafting] = await tx.select().from(billingRuns).where(eq(billingRuns.state, 'drafting'))
    if (drafting)
      await outbox(tx, now, {
        topic: 'billing.credit',
        payload: { sources, reason },
        key: `${key}:${now.epochMilliseconds}`,
        dueAt: now.add(AGAIN),
      })
  })
}

/** What later invoices charged in addition for these: a price put right upwards. */
async function risesOf(tx: Tx, invoiced: readonly Charge[]): Promise<Charge[]> {
  if (invoiced.length === 0) return []
  const originals = invoiced.map(charge => charge.id)
  return tx
    .select()
    .from(charges)
    .where(and(inArray(charges.corrects, originals), isNotNull(charges.invoiceId), gt(charges.amount, cents(0))))
}

/** Counts the months that are not issued anew for these households. */
async function countOpenRuns(tx: Tx, households: ReadonlySet<Id<'household'>>): Promise<void> {
  if (households.size === 0) return
  const open = await tx.select().from(billingRuns).where(ne(billingRuns.state, 'issued'))
  for (const run of open) {
    for (const householdId of households) await countHousehold(tx, run, householdId)
    await recount(tx, run.id)
  }
}

async function countHousehold(
  tx: Tx,
  run: typeof billingRuns.$inferSelect,
  householdId: Id<'household'>,
): Promise<void> {
  const [left] = await tx
    .select({ count: sql<number>`count(*)`, total: sql<number>`coalesce(sum(${charges.amount}), 0)` })
    .from(charges)
    .where(and(eq(charges.householdId, householdId), isNull(charges.invoiceId), lte(charges.period, run.period)))
  const count = Number(left?.count)
  const row = and(
    eq(billingRunHouseholds.runId, run.id),
    eq(billingRunHouseholds.householdId, householdId),
    ne(billingRunHouseholds.state, 'issued'),
  )
  await tx.update(billingRunHouseholds).set({ charges: count, total: cents(Number(left?.total)) }).where(row)
  if (count > 0) return
  await tx.delete(billingRunHouseholds).where(and(row, eq(billingRunHouseholds.state, 'to-issue')))
  await tx
    .delete(billingOddities)
    .where(
      and(
        eq(billingOddities.runId, run.id),
        eq(billingOddities.householdId, householdId),
        ne(billingOddities.code, 'no-tariff'),
      ),
    )
}

type ToCredit = { invoiceId: Id<'invoice'>; theirs: readonly Charge[]; reason: string; key: string }

async function creditCharges(town: Town, tx: Tx, { invoiceId, theirs, reason, key }: ToCredit): Promise<void> {
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId))
  if (!invoice) return
  const lines = await linesOfInvoice(tx, invoiceId)
  const { ofLine, ofInvoice } = creditable(invoice, lines, await creditNotesOf(tx, invoiceId))
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
    const amount = sum([charge.amount, negate(charge.credited), await correctionsOf(tx, charge)])
    if (!line || amount <= 0) continue
    const given = byLine.get(line.position) ?? { amount: cents(0), days: [] }
    byLine.set(line.position, { amount: sum([given.amount, amount]), days: [...given.days, day] })
  }
  let left: number = ofInvoice
  const credit = [...byLine].flatMap(([position, { amount, days }]) => {
    const part = Math.min(amount, ofLine.get(position) ?? 0, left)
    left -= part
    return part > 0 ? [{ position, amount: cents(part), days: days.sort() }] : []
  })
  if (credit.length > 0) {
    const made = await credited(town, tx, system('billing'), null, { invoiceId, lines: credit, reason, key })
    if (!made) return
  }
  // The same meal may be booked again: its source is free for another charge.
  for (const charge of theirs)
    await tx.update(charges).set({ source: `${charge.source}#${charge.id}` }).where(eq(charges.id, charge.id))
}

/** What corrections already gave back of a charge (negative), on later invoices; those not invoiced yet are dropped. */
async function correctionsOf(tx: Tx, charge: Charge): Promise<Cents> {
  await tx.delete(charges).where(and(eq(charges.corrects, charge.id), isNull(charges.invoiceId)))
  const made = await tx.select().from(charges).where(eq(charges.corrects, charge.id))
  return sum(made.map(correction => cents(Math.min(0, correction.amount))))
}
