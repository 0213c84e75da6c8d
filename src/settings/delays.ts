import { townWorkingDays } from '../kernel/calendar.ts'

/**
 * The day by which the town means to have answered what it received on that day: so many working days later, the day of
 * receipt not counted.
 */
export const answerDay = (receivedOn: Temporal.PlainDate, days: number): Temporal.PlainDate =>
  townWorkingDays.after(receivedOn, days)
