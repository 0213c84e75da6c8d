import type { Queries } from '../db/database.ts'
import { and, asc, between, gt, sql } from '../db/drizzle.ts'
import { documentOf } from '../documents/keep.ts'
import { dayInParis } from '../kernel/clock.ts'
import type { Id } from '../kernel/ids.ts'
import { cents } from '../kernel/money.ts'
import type { Town } from '../town-context.ts'
import { owedOn } from './ledger.ts'
import { writeReminder } from './letters.ts'
import { HOUSEHOLDS_AT_ONCE, paced } from './pace.ts'
import { invoiceDisputes, invoiceNotices, invoices, ledgerLines } from './schema.ts'

/** Days after the due date. The last reminder is not sent on a debt so old that the Treasury has long had it. */
const FIRST = 7
const LAST = 21
const TOO_OLD = 120

type Kind = 'first-reminder' | 'last-reminder'

/**
 * Reminds of invoices that are late: once a week after the due date, once after three weeks. A family that contests its
 * invoice is left in peace until it is answered. Done twice a day or after a stop of some days, nobody is reminded twice.
 */
export async function remind(town: Town): Promise<void> {
  const today = dayInParis(town.clock.now())
  const dueBetween: Record<Kind, [Temporal.PlainDate, Temporal.PlainDate]> = {
    'first-reminder': [today.subtract({ days: LAST - 1 }), today.subtract({ days: FIRST })],
    'last-reminder': [today.subtract({ days: TOO_OLD }), today.subtract({ days: LAST })],
  }
  for (const kind of ['last-reminder', 'first-reminder'] as const) {
    let after: Id<'invoice'> | undefined
    do {
      after = await paced(() => remindSome(town, kind, dueBetween[kind], after))
    } while (after !== undefined)
  }
}

/** Reminds of the next late invoices, by id. Gives the last one; undefined when there was none. */
async function remindSome(
  town: Town,
  kind: Kind,
  due: [Temporal.PlainDate, Temporal.PlainDate],
  after: Id<'invoice'> | undefined,
): Promise<Id<'invoice'> | undefined> {
  return town.db.transaction(async tx => {
    const late = await lateInvoices(tx, kind, due, after)
    const owed = await owedOn(
      tx,
      late.map(invoice => invoice.id),
    )
    for (const invoice of late) {
      const document = await documentOf(tx, 'invoice', invoice.id)
      const attached = document ? [document.id] : []
      await writeReminder(town, tx, invoice, owed.get(invoice.id) ?? cents(0), kind, attached)
    }
    return late.at(-1)?.id
  })
}

function lateInvoices(
  db: Queries,
  kind: Kind,
  [from, to]: [Temporal.PlainDate, Temporal.PlainDate],
  after: Id<'invoice'> | undefined,
) {
  const owed = sql`(select coalesce(sum(${ledgerLines.amount}), 0) from ${ledgerLines} where ${ledgerLines.invoiceId} = ${invoices.id})`
  const told = sql`exists (select 1 from ${invoiceNotices} where ${invoiceNotices.invoiceId} = ${invoices.id} and ${invoiceNotices.kind} = ${kind})`
  const contested = sql`exists (select 1 from ${invoiceDisputes} where ${invoiceDisputes.invoiceId} = ${invoices.id} and ${invoiceDisputes.state} = 'open')`
  return db
    .select()
    .from(invoices)
    .where(
      and(
        between(invoices.dueDate, from, to),
        after ? gt(invoices.id, after) : undefined,
        sql`${owed} > 0`,
        sql`not ${told}`,
        sql`not ${contested}`,
      ),
    )
    .orderBy(asc(invoices.id))
    .limit(HOUSEHOLDS_AT_ONCE)
}
