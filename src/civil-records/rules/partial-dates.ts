import type { PartialDate } from '../kinds.ts'

const WRITTEN = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/
/** Parish registers reach back to about 1600; a birth told for a marriage of 1792 may be as old as that. */
const FIRST_YEAR = 1600
const LAST_YEAR = 2100
/** Communes keep acts of civil status since the decree of 20 September 1792. */
const FIRST_ACTS = Temporal.PlainDate.from('1792-09-20')

/** What is known of a date: always the year, then perhaps the month, then perhaps the day. */
export type DateParts = { year: number; month?: number; day?: number }

/** The date written exactly `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, from 1600 to 2100; undefined for all else. */
export function partialDate(text: string): PartialDate | undefined {
  const [, year, month, day] = WRITTEN.exec(text) ?? []
  if (year === undefined || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return undefined
  try {
    Temporal.PlainDate.from(`${year}-${month ?? '01'}-${day ?? '01'}`)
    return text
  } catch {
    return undefined // not a day of the calendar
  }
}

/** The parts that are known, for showing. The date must be one (`partialDate`). */
export function dateParts(date: PartialDate): DateParts {
  const [, year, month, day] = WRITTEN.exec(date) ?? []
  if (year === undefined) throw new RangeError(`not a date: ${date}`)
  return { year: Number(year), ...(month && { month: Number(month) }), ...(day && { day: Number(day) }) }
}

export const isWhole = (date: PartialDate): boolean => date.length === 10

/** The first day that the date may mean. */
export function earliest(date: PartialDate): Temporal.PlainDate {
  const { year, month = 1, day = 1 } = dateParts(date)
  return Temporal.PlainDate.from({ year, month, day })
}

/** The last day that the date may mean. */
export function latest(date: PartialDate): Temporal.PlainDate {
  const { year, month = 12, day = 31 } = dateParts(date)
  return Temporal.PlainDate.from({ year, month, day }) // a day past the end of the month becomes its last
}

/** « févr. » and « février » are one: no accents, no dot, no capitals. */
const bare = (word: string) =>
  word
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase()

const monthNames: readonly (readonly string[])[] = Array.from({ length: 12 }, (_, month) =>
  ['fr', 'en'].map(language =>
    bare(new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, month, 15))),
  ),
)

/** A month typed as a number or as a word of three letters or more that one month begins with (`mai`, `déc.`). */
function typedMonth(typed: string): string {
  if (/^\d{1,2}$/.test(typed)) return typed.padStart(2, '0')
  const word = bare(typed)
  const found = monthNames.flatMap((names, i) => (names.some(name => name.startsWith(word)) ? [i + 1] : []))
  return word.length >= 3 && found.length === 1 ? String(found[0]).padStart(2, '0') : '?'
}

/**
 * What was typed in three fields, as `partialDate` reads it: `''` when nothing was typed, text that is no date when the
 * parts make none (a day without a month, 30 February), else `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
 */
export function typedPartialDate({ day, month, year }: { day: string; month: string; year: string }): string {
  const [d, m, y] = [day.trim(), month.trim(), year.trim()]
  if (!d && !m && !y) return ''
  if (d && !m) return `${y}-?-${d}`
  return [y, ...(m ? [typedMonth(m)] : []), ...(d ? [/^\d{1,2}$/.test(d) ? d.padStart(2, '0') : '?'] : [])].join('-')
}

export type DateFault =
  | 'required'
  | 'not-a-date'
  | 'year-in-full'
  | 'date-in-future'
  | 'date-too-old'
  | 'whole-date-needed'

/** The date that was sent, or the code of what is wrong with it. Its place in time is judged by `actDateFault`. */
export function readPartialDate(sent: string): { date: PartialDate } | { fault: DateFault } {
  const text = sent.trim()
  if (text === '') return { fault: 'required' }
  const date = partialDate(text)
  if (date) return { date }
  return { fault: /^\d{1,3}(?:-|$)/.test(text) ? 'year-in-full' : 'not-a-date' }
}

/**
 * From that year on, an act is asked for by its whole date (décret n° 2017-890, art. 29); of older ones the year is
 * enough. That it is 75 years is this product's choice, for the age at which registers open to all.
 */
export const wholeDatesSince = (today: Temporal.PlainDate): number => today.year - 75

/** What is wrong with the date of an act, a birth or a death: still to come, older than `oldest`, or too vague. */
export function actDateFault(
  date: PartialDate,
  today: Temporal.PlainDate,
  oldest: Temporal.PlainDate = FIRST_ACTS,
): DateFault | undefined {
  if (Temporal.PlainDate.compare(earliest(date), today) > 0) return 'date-in-future'
  if (Temporal.PlainDate.compare(latest(date), oldest) < 0) return 'date-too-old'
  return !isWhole(date) && dateParts(date).year >= wholeDatesSince(today) ? 'whole-date-needed' : undefined
}
