import type { Queries } from '../db/database.ts'
import { and, count, eq, gte, inArray, isNotNull, lt, ne, sql } from '../db/drizzle.ts'
import { dayInParis } from '../kernel/clock.ts'
import { type Figures, type Histogram, instantsOf, lastMonths, percentile } from '../kernel/figures.ts'
import { type RecordKind, recordKinds } from './kinds.ts'
import { civilRequests } from './schema.ts'
import { openStates } from './states.ts'

const MONTHS = 12

/** Requests received, answered and waiting, and how many working days an answer took, by kind and month. */
export async function civilFigures(db: Queries, now: Temporal.Instant): Promise<Figures> {
  const months = lastMonths(dayInParis(now), MONTHS)
  const measured: Awaited<ReturnType<typeof measure>>[] = []
  for (const month of months) measured.push(await measure(db, instantsOf(month)))
  const by = (value: (month: (typeof measured)[number], kind: RecordKind) => number | null) =>
    recordKinds.map(name => ({ name, values: measured.map(month => value(month, name)) }))
  const last30 = allKinds((await measure(db, { from: now.subtract({ hours: 30 * 24 }), to: now })).delays)
  return {
    keys: [
      { key: 'civil.waiting', unit: 'count', value: await waiting(db) },
      { key: 'civil.receivedThisMonth', unit: 'count', value: sumOf(measured.at(-1)?.received) },
      { key: 'civil.median', unit: 'days', value: percentile(last30, 0.5) },
      { key: 'civil.ninetieth', unit: 'days', value: percentile(last30, 0.9) },
      { key: 'civil.atCounter', unit: 'percent', value: await shareAtCounter(db, now) },
    ],
    monthly: [
      { key: 'civil.received', unit: 'count', months, series: by(({ received }, kind) => received.get(kind) ?? 0) },
      {
        key: 'civil.answered',
        unit: 'count',
        months,
        series: by(({ delays }, kind) => sumOf(delays.get(kind))),
      },
      { key: 'civil.delayMedian', unit: 'days', months, series: by(({ delays }, kind) => share(delays, kind, 0.5)) },
      { key: 'civil.delayNinetieth', unit: 'days', months, series: by(({ delays }, kind) => share(delays, kind, 0.9)) },
    ],
  }
}

type Delays = ReadonlyMap<RecordKind, Histogram>

/** What came in and what was answered between two instants. */
export async function measure(
  db: Queries,
  { from, to }: { from: Temporal.Instant; to: Temporal.Instant },
): Promise<{ received: ReadonlyMap<RecordKind, number>; delays: Delays }> {
  const { kind, submittedAt, answeredAt, answerDays } = civilRequests
  const came = await db
    .select({ kind, n: count() })
    .from(civilRequests)
    .where(and(gte(submittedAt, from), lt(submittedAt, to)))
    .groupBy(kind)
  const answered = await db
    .select({ kind, days: answerDays, n: count() })
    .from(civilRequests)
    .where(and(gte(answeredAt, from), lt(answeredAt, to)))
    .groupBy(kind, answerDays)
  const delays = new Map<RecordKind, Map<number, number>>()
  for (const row of answered) {
    if (row.kind === null || row.days === null) continue
    const histogram = delays.get(row.kind) ?? new Map<number, number>()
    delays.set(row.kind, histogram.set(row.days, Number(row.n)))
  }
  return {
    received: new Map(came.flatMap(row => (row.kind ? [[row.kind, Number(row.n)] as const] : []))),
    delays,
  }
}

/** How many requests the town has still to answer, those that wait for their applicant included. */
export async function waiting(db: Queries): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(civilRequests)
    .where(inArray(civilRequests.state, [...openStates]))
  return Number(row?.n ?? 0)
}

/** How many of the last thirty days' requests were not made online: who needs a counter is not forgotten. */
async function shareAtCounter(db: Queries, now: Temporal.Instant): Promise<number | null> {
  const online = eq(civilRequests.channel, 'online')
  const [row] = await db
    .select({ all: count(), elsewhere: sql<number>`sum(case when ${online} then 0 else 1 end)` })
    .from(civilRequests)
    .where(
      and(
        isNotNull(civilRequests.submittedAt),
        gte(civilRequests.submittedAt, now.subtract({ hours: 30 * 24 })),
        ne(civilRequests.state, 'draft'),
      ),
    )
  const all = Number(row?.all ?? 0)
  return all === 0 ? null : Number(row?.elsewhere ?? 0) / all
}

/** The delays of all kinds together. */
export function allKinds(delays: Delays): Histogram {
  const all = new Map<number, number>()
  for (const histogram of delays.values()) for (const [days, n] of histogram) all.set(days, (all.get(days) ?? 0) + n)
  return all
}

const share = (delays: Delays, kind: RecordKind, of: number) => percentile(delays.get(kind) ?? new Map(), of)

export const sumOf = (counts: ReadonlyMap<unknown, number> | undefined): number =>
  counts ? counts.values().reduce((sum, n) => sum + n, 0) : 0
