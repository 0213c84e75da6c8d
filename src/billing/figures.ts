import type { Queries } from '../db/database.ts'
import { count, gte, sql } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Figures, lastMonths } from '../kernel/figures.ts'
import { invoices } from './schema.ts'

/** Invoices issued and what they came to, by the month they are for. */
export async function billingFigures(db: Queries, now: Temporal.Instant): Promise<Figures> {
  const months = lastMonths(dayInParis(now), 12)
  const first = months[0]?.toString() ?? ''
  const rows = await db
    .select({ period: invoices.period, n: count(), total: sql<number>`sum(${invoices.total})` })
    .from(invoices)
    .where(gte(invoices.period, first))
    .groupBy(invoices.period)
  const of = new Map(rows.map(row => [row.period, { n: Number(row.n), total: Number(row.total ?? 0) }]))
  const values = (value: (row: { n: number; total: number }) => number) =>
    months.map(month => value(of.get(month.toString()) ?? { n: 0, total: 0 }))
  return {
    keys: [],
    monthly: [
      { key: 'billing.invoices', unit: 'count', months, series: [{ name: 'invoices', values: values(({ n }) => n) }] },
      {
        key: 'billing.amount',
        unit: 'cents',
        months,
        series: [{ name: 'amount', values: values(({ total }) => total) }],
      },
    ],
  }
}
