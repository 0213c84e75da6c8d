import { gregorianEaster } from 'date-easter'

/** A public holiday; the words are the locale keys `holidays:<code>`. */
export type PublicHoliday =
  | 'new-year'
  | 'easter-monday'
  | 'labour-day'
  | 'victory-1945'
  | 'ascension'
  | 'whit-monday'
  | 'bastille-day'
  | 'assumption'
  | 'all-saints'
  | 'armistice-1918'
  | 'christmas'

const years = new Map<number, ReadonlyMap<string, PublicHoliday>>()

/**
 * The eleven public holidays of metropolitan France by ISO day (labour code, art. L3133-1; Alsace-Moselle has two more
 * that are not here).
 * The package date-holidays knows them too, but loading it costs 120 ms and 35 MB of memory for the rules of all
 * countries; its own Easter table, `date-easter`, costs 3 ms. A test holds the two against each other for a century.
 */
export function publicHolidays(year: number): ReadonlyMap<string, PublicHoliday> {
  const known = years.get(year)
  if (known) return known
  const easter = Temporal.PlainDate.from(gregorianEaster(year))
  const day = (month: number, day: number) => Temporal.PlainDate.from({ year, month, day }).toString()
  const fromEaster = (days: number) => easter.add({ days }).toString()
  // Ascension first: when it falls on 1 or 8 May (2059), the day keeps the name of the date.
  const holidays = new Map<string, PublicHoliday>([
    [fromEaster(1), 'easter-monday'],
    [fromEaster(39), 'ascension'],
    [fromEaster(50), 'whit-monday'],
    [day(1, 1), 'new-year'],
    [day(5, 1), 'labour-day'],
    [day(5, 8), 'victory-1945'],
    [day(7, 14), 'bastille-day'],
    [day(8, 15), 'assumption'],
    [day(11, 1), 'all-saints'],
    [day(11, 11), 'armistice-1918'],
    [day(12, 25), 'christmas'],
  ])
  years.set(year, holidays)
  return holidays
}

/** The public holiday on that day, if it is one. */
export function publicHolidayOn(day: Temporal.PlainDate): PublicHoliday | undefined {
  return publicHolidays(day.year).get(day.toString())
}

/** The days on which the town works, which deadlines count in. */
export type WorkingDays = {
  isWorkingDay(day: Temporal.PlainDate): boolean
  /** The n-th working day before that day, which itself is not counted; n is at least 1. */
  before(day: Temporal.PlainDate, n: number): Temporal.PlainDate
  /** The n-th working day after that day, which itself is not counted; n is at least 1. */
  after(day: Temporal.PlainDate, n: number): Temporal.PlainDate
  /** The day itself if it is a working day, else the next one. */
  onOrAfter(day: Temporal.PlainDate): Temporal.PlainDate
  /** How many working days lie after the first day, up to the last and with it. */
  between(first: Temporal.PlainDate, last: Temporal.PlainDate): number
}

/** Monday to Friday without public holidays and without the days the town is closed (`closures`, ISO days). */
export function workingDays({ closures }: { closures: ReadonlySet<string> }): WorkingDays {
  const isWorkingDay = (day: Temporal.PlainDate) =>
    day.dayOfWeek <= 5 && publicHolidayOn(day) === undefined && !closures.has(day.toString())
  const away = (day: Temporal.PlainDate, n: number, step: 1 | -1) => {
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`not a number of working days: ${n}`)
    let found = day
    for (let left = n; left > 0; ) {
      found = found.add({ days: step })
      if (isWorkingDay(found)) left -= 1
    }
    return found
  }
  return {
    isWorkingDay,
    before: (day, n) => away(day, n, -1),
    after: (day, n) => away(day, n, 1),
    onOrAfter(day) {
      let found = day
      while (!isWorkingDay(found)) found = found.add({ days: 1 })
      return found
    },
    between(first, last) {
      let count = 0
      for (let day = first.add({ days: 1 }); Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 }))
        if (isWorkingDay(day)) count += 1
      return count
    },
  }
}

/** Monday to Friday without public holidays: the days of a town hall that closes on no other. */
export const townWorkingDays = workingDays({ closures: new Set() })
