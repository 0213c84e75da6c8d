import type { Queries } from '../db/database.ts'
import { and, asc, desc, eq, gt, inArray, lt, sql } from '../db/drizzle.ts'
import { documents } from '../documents/schema.ts'
import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import { mails } from '../mail/schema.ts'
import { households, persons } from '../people/schema.ts'
import type { Oddity } from './rules.ts'
import type { BillingRun } from './run-store.ts'
import { billingOddities, billingRunHouseholds, billingRuns, invoiceNotices, invoices } from './schema.ts'

/** The month before in the books, to compare a draft with. */
export async function runBefore(db: Queries, period: string): Promise<BillingRun | undefined> {
  const [run] = await db
    .select()
    .from(billingRuns)
    .where(lt(billingRuns.period, period))
    .orderBy(desc(billingRuns.period))
    .limit(1)
  return run
}

/** What became of a run's papers: PDFs made, and mails by their state. */
export type Delivery = { pdfs: number; mails: Record<'waiting' | 'sent' | 'failed' | 'to-print' | 'posted', number> }

export async function deliveryOf(db: Queries, runId: Id<'billing-run'>): Promise<Delivery> {
  const [pdfs] = await db
    .select({ n: sql<number>`count(*)` })
    .from(documents)
    .innerJoin(invoices, eq(invoices.id, documents.subjectId))
    .where(and(eq(documents.kind, 'invoice'), eq(invoices.runId, runId)))
  const states = await db
    .select({ state: mails.state, n: sql<number>`count(*)` })
    .from(mails)
    .innerJoin(invoiceNotices, and(eq(invoiceNotices.mailKey, mails.key), eq(invoiceNotices.kind, 'issued')))
    .innerJoin(invoices, eq(invoices.id, invoiceNotices.invoiceId))
    .where(eq(invoices.runId, runId))
    .groupBy(mails.state)
  const count = { waiting: 0, sent: 0, failed: 0, 'to-print': 0, posted: 0 }
  for (const { state, n } of states) count[state] = Number(n)
  return { pdfs: Number(pdfs?.n ?? 0), mails: count }
}

/** Letters of a run that a clerk must see to: refused by the mail server, or for who has no e-mail. */
export async function undeliveredOf(db: Queries, runId: Id<'billing-run'>, most: number) {
  return db
    .select({
      mailId: mails.id,
      to: mails.to,
      state: mails.state,
      failure: mails.failure,
      invoiceId: invoices.id,
      number: invoices.number,
      frozen: invoices.frozen,
    })
    .from(mails)
    .innerJoin(invoiceNotices, and(eq(invoiceNotices.mailKey, mails.key), eq(invoiceNotices.kind, 'issued')))
    .innerJoin(invoices, eq(invoices.id, invoiceNotices.invoiceId))
    .where(and(eq(invoices.runId, runId), inArray(mails.state, ['failed', 'to-print'])))
    .orderBy(asc(invoices.number))
    .limit(most)
}

export type DraftHousehold = {
  householdId: Id<'household'>
  name: string
  state: 'to-issue' | 'blocked' | 'issued'
  charges: number
  total: Cents
  usual: Cents | null
}

/** The households of a run, or those with an oddity, from the one after `after`; by id, so that a page can go on. */
export async function draftHouseholds(
  db: Queries,
  runId: Id<'billing-run'>,
  { code, after, most }: { code?: Oddity['code'] | undefined; after?: string | undefined; most: number },
): Promise<DraftHousehold[]> {
  const rows = await db
    .select({
      householdId: billingRunHouseholds.householdId,
      firstName: persons.firstName,
      lastName: persons.lastName,
      state: billingRunHouseholds.state,
      charges: billingRunHouseholds.charges,
      total: billingRunHouseholds.total,
      usual: billingOddities.usual,
    })
    .from(billingRunHouseholds)
    .innerJoin(households, eq(households.id, billingRunHouseholds.householdId))
    .innerJoin(persons, eq(persons.id, households.payerId))
    .leftJoin(
      billingOddities,
      and(
        eq(billingOddities.runId, billingRunHouseholds.runId),
        eq(billingOddities.householdId, billingRunHouseholds.householdId),
        eq(billingOddities.code, code ?? 'unusually-high'),
      ),
    )
    .where(
      and(
        eq(billingRunHouseholds.runId, runId),
        code ? eq(billingOddities.code, code) : undefined,
        after ? gt(billingRunHouseholds.householdId, after as Id<'household'>) : undefined,
      ),
    )
    .orderBy(asc(billingRunHouseholds.householdId))
    .limit(most)
  return rows.map(({ firstName, lastName, ...rest }) => ({ ...rest, name: `${firstName} ${lastName}` }))
}

/** The lines a household's invoice will have, with the children's names. */
export async function draftLines(db: Queries, run: BillingRun, householdId: Id<'household'>) {
  const [drafted] = await db
    .select({ lines: billingRunHouseholds.lines })
    .from(billingRunHouseholds)
    .where(and(eq(billingRunHouseholds.runId, run.id), eq(billingRunHouseholds.householdId, householdId)))
  const lines = drafted?.lines ?? []
  const ids = [...new Set(lines.map(line => line.childId))]
  const names = ids.length > 0 ? await db.select().from(persons).where(inArray(persons.id, ids)) : []
  const nameOf = new Map(names.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`]))
  return lines.map(line => ({ ...line, childName: nameOf.get(line.childId) ?? '' }))
}

/** What is odd about one household's month. */
export async function odditiesOfHousehold(db: Queries, runId: Id<'billing-run'>, householdId: Id<'household'>) {
  return db
    .select({ code: billingOddities.code, usual: billingOddities.usual })
    .from(billingOddities)
    .where(and(eq(billingOddities.runId, runId), eq(billingOddities.householdId, householdId)))
}
