import { workingDays } from '../kernel/calendar.ts'

const calendar = workingDays({ closures: new Set() })

/**
 * The day by which the town means to have answered what it received on that day: so many working days later, the day of
 * receipt not counted.
 */
export const answerDay = (receivedOn: Temporal.PlainDate, days: number): Temporal.PlainDate =>
  calendar.after(receivedOn, days)
