import { PARIS } from '../kernel/clock.ts'
import { isOnOrBefore, isoDay } from '../kernel/days.ts'
import { searchKey } from '../people/rules.ts'
import { type Columns, type CsvRecord, csvRecords, type FileProblem, headerOf } from './csv-records.ts'
import type { Parsed } from './open-data.ts'

/** Days without school in a zone; `until` is the day of return. */
export type SchoolHolidayRow = {
  zone: string
  name: string
  from: Temporal.PlainDate
  until: Temporal.PlainDate
  schoolYear: string
}

const columns = {
  name: { headers: ['description'] },
  population: { headers: ['population'] },
  start: { headers: ['start_date', 'Date de début'] },
  end: { headers: ['end_date', 'Date de fin'] },
  academy: { headers: ['location', 'Académies'] },
  zone: { headers: ['zones'] },
  schoolYear: { headers: ['annee_scolaire'] },
} as const satisfies Columns<string>
type Column = keyof typeof columns

/** Summer takes 59 days; what is longer has a wrong year. */
const LONGEST = 75

/**
 * Reads the pupils' holidays of one zone ('B') from the national calendar (`fr-en-calendrier-scolaire`) as published: one
 * row per academy, UTC instants of local midnight, rows for teachers that do not count. Rows that say the same are one.
 * Where the academies of a zone differ, name the academy.
 */
export function parseSchoolHolidays(content: string, zone: string, academy?: string): Parsed<SchoolHolidayRow> {
  const { records, problems } = csvRecords<Column>(content, columns)
  const found = new Map<string, SchoolHolidayRow>()
  const returns: Temporal.PlainDate[] = []
  for (const record of records) {
    if (zoneKey(record.text.zone) !== zoneKey(zone)) continue
    if (academy !== undefined && searchKey(record.text.academy) !== searchKey(academy)) continue
    const population = searchKey(record.text.population)
    if (population === 'enseignants') continue
    const row = holidayOf(record, zone)
    if (Array.isArray(row)) problems.push(...row)
    else if (population !== '' && population !== 'eleves')
      problems.push(fault(record, 'population', 'unknown-population'))
    else if (isReturn(row)) returns.push(row.from)
    else {
      const key = `${row.schoolYear} ${searchKey(row.name)}`
      const same = found.get(key)
      if (same && !(same.from.equals(row.from) && same.until.equals(row.until)))
        problems.push(fault(record, 'start', 'differs-between-academies'))
      found.set(key, same ?? row)
    }
  }
  const rows = [...found.values()]
    .map(row => (isSummer(row.name) ? untilReturn(row, returns) : row))
    .toSorted((a, b) => Temporal.PlainDate.compare(a.from, b.from))
  if (rows.length === 0 && problems.length === 0)
    problems.push({ line: 1, field: headerOf<Column>(columns, 'zone'), code: 'no-row-for-zone', value: zone })
  return { rows, problems: problems.toSorted((a, b) => a.line - b.line) }
}

const fault = ({ line, text }: CsvRecord<Column>, column: Column, code: string): FileProblem => ({
  line,
  field: headerOf<Column>(columns, column),
  code,
  value: text[column],
})

const zoneKey = (zone: string) => searchKey(zone).replace(/^zone /, '')
const isSummer = (name: string) => searchKey(name).endsWith('vacances dete')

/** Far years have rows of one moment: the day school begins again (« Rentrée », « Prérentrée »), which is no holiday. */
const isReturn = ({ name, from, until }: SchoolHolidayRow) =>
  from.equals(until) && /^(pre)?rentree/.test(searchKey(name))

/** The row, or what is wrong with it. */
function holidayOf(record: CsvRecord<Column>, zone: string): SchoolHolidayRow | FileProblem[] {
  const { text } = record
  const from = parisDay(text.start)
  const until = parisDay(text.end)
  const problems: FileProblem[] = []
  if (text.name === '') problems.push(fault(record, 'name', 'missing'))
  if (!from) problems.push(fault(record, 'start', 'not-a-midnight-in-paris'))
  if (!until) problems.push(fault(record, 'end', 'not-a-midnight-in-paris'))
  if (!/^\d{4}-\d{4}$/.test(text.schoolYear)) problems.push(fault(record, 'schoolYear', 'not-a-school-year'))
  if (!from || !until || problems.length > 0) return problems
  const row = { zone, name: text.name, from, until, schoolYear: text.schoolYear }
  const days = from.until(until, { largestUnit: 'day' }).days
  if (days > LONGEST) return [fault(record, 'end', 'too-long')]
  if (days < 0 || (days === 0 && !isSummer(row.name) && !isReturn(row)))
    return [fault(record, 'end', 'ends-before-it-begins')]
  return row
}

/**
 * Summer ends when school begins again: on the day the calendar says so, else on 1 September at the earliest. Until the
 * ministry has set the day, the file has the last day known, or the first one only (« Début des Vacances d'Été »).
 */
function untilReturn(row: SchoolHolidayRow, returns: readonly Temporal.PlainDate[]): SchoolHolidayRow {
  const september = Temporal.PlainDate.from({ year: row.from.year, month: 9, day: 1 })
  const back = returns.find(day => day.year === row.from.year && day.month === 9)
  const until = [row.until, september, back ?? september].reduce((a, b) => (isOnOrBefore(a, b) ? b : a))
  return { ...row, name: row.name.replace(/^Début des /i, ''), until }
}

/**
 * The day that begins at an instant, in Paris: 2026-10-16T22:00Z is 17 October. An hour off is forgiven: old rows have
 * summer time in winter.
 */
function parisDay(text: string): Temporal.PlainDate | undefined {
  try {
    const near = Temporal.Instant.from(text).toZonedDateTimeISO(PARIS).add({ hours: 1 })
    return near.hour <= 2 ? isoDay(near.toPlainDate().toString()) : undefined
  } catch {
    return undefined
  }
}
