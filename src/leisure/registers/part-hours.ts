import type { Part } from '../schema.ts'

/** When lunch is, between the morning and the afternoon of every centre: whoever eats there stays for it. */
const LUNCH = { from: Temporal.PlainTime.from('12:00'), to: Temporal.PlainTime.from('13:30') }

/** From when to when a child is meant to be there, by the town's clock. */
export type Hours = { from: Temporal.PlainTime; to: Temporal.PlainTime }

/** A group's hours as they are stored: « 08:30 ». */
export type GroupHours = { opensAt: string; closesAt: string }

/** The hours of a part of a day: a half-day ends, or begins, with lunch when it is eaten there, and without it otherwise. */
export function partHours({ opensAt, closesAt }: GroupHours, part: Part, meal: boolean): Hours {
  const [from, to] = [Temporal.PlainTime.from(opensAt), Temporal.PlainTime.from(closesAt)]
  if (part === 'day') return { from, to }
  if (part === 'morning') return { from, to: between(meal ? LUNCH.to : LUNCH.from, { from, to }) }
  return { from: between(meal ? LUNCH.from : LUNCH.to, { from, to }), to }
}

/** A group may open after lunch, or close before it. */
function between(time: Temporal.PlainTime, { from, to }: Hours): Temporal.PlainTime {
  if (Temporal.PlainTime.compare(time, from) < 0) return from
  return Temporal.PlainTime.compare(time, to) > 0 ? to : time
}

/** How long that is, in whole minutes. */
export const minutesOf = ({ from, to }: Hours): number => Math.round(from.until(to).total('minutes'))
