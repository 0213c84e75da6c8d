import type { Database } from '../db/database.ts'
import type { Clock } from '../kernel/clock.ts'
import { PARIS } from '../kernel/clock.ts'
import { outbox } from './outbox.ts'

/** Work that comes back by itself. `period` names the turn that is due: two schedulers of one turn make one job. */
export type Scheduled = { topic: string; period: (now: Temporal.Instant) => string }

/** Every so many minutes. */
export const everyMinutes = (minutes: number) => (now: Temporal.Instant) =>
  String(Math.floor(now.epochMilliseconds / (minutes * 60_000)))

/** Every day at that hour in Paris: before it, yesterday's turn is the last that was due. */
export const dailyAt = (hour: Temporal.PlainTime) => (now: Temporal.Instant) => {
  const there = now.toZonedDateTimeISO(PARIS)
  const passed = Temporal.PlainTime.compare(there.toPlainTime(), hour) >= 0
  return (passed ? there : there.subtract({ days: 1 })).toPlainDate().toString()
}

/** Every week on that weekday (1 is Monday) at that hour in Paris. */
export const weeklyAt = (weekday: number, hour: Temporal.PlainTime) => (now: Temporal.Instant) => {
  const day = Temporal.PlainDate.from(dailyAt(hour)(now))
  return day.subtract({ days: (day.dayOfWeek - weekday + 7) % 7 }).toString()
}

/** Promises every turn that is due and not yet promised. */
export async function promiseScheduled(db: Database, clock: Clock, scheduled: readonly Scheduled[]): Promise<void> {
  const now = clock.now()
  await db.transaction(async tx => {
    for (const { topic, period } of scheduled) {
      const turn = period(now)
      await outbox(tx, now, { topic, payload: { turn }, key: `${topic}:${turn}` })
    }
  })
}

/** Looks every minute. Returns what stops it. */
export function startSchedule(
  parts: { db: Database; clock: Clock },
  scheduled: readonly Scheduled[],
  onError: (error: unknown) => void,
) {
  const look = () => {
    promiseScheduled(parts.db, parts.clock, scheduled).catch(onError)
  }
  const timer = setInterval(look, 60_000)
  look()
  return () => clearInterval(timer)
}
