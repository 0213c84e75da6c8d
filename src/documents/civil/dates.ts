import { toCardinal } from 'n2words/fr-FR'
import type { PartialDay } from './views.ts'

// Days and hours as French acts write them: in letters in the act, in figures in an extract.

const MONTHS = Array.from({ length: 12 }, (_, month) =>
  new Intl.DateTimeFormat('fr-FR', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2001, month, 1)),
)

/** « le douze mai mil neuf cent trente et un », « en mai mil neuf cent trente et un », « en mil neuf cent… ». */
export function dayInLetters(day: PartialDay): string {
  return said(day, { day: n => (n === 1 ? 'premier' : toCardinal(n)), year: yearInLetters })
}

/** « le 12 mai 1931 », « le 1er mai 1931 », « en mai 1931 », « en 1931 ». */
export function dayInFigures(day: PartialDay): string {
  return said(day, { day: n => (n === 1 ? '1er' : String(n)), year: String })
}

function said(day: PartialDay, write: { day(n: number): string; year(n: number): string }): string {
  const [year, month, dayOfMonth] = partsOf(day)
  if (month === undefined) return `en ${write.year(year)}`
  const inMonth = `${MONTHS[month - 1]} ${write.year(year)}`
  return dayOfMonth === undefined ? `en ${inMonth}` : `le ${write.day(dayOfMonth)} ${inMonth}`
}

/** Year, and month and day where they are known. Throws a RangeError on what is no day. */
export function partsOf(day: PartialDay): [year: number, month?: number, day?: number] {
  const [, year, month, dayOfMonth] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(day) ?? []
  if (year === undefined) throw new RangeError(`not a day, a month or a year: ${day}`)
  if (month === undefined) return [Number(year)]
  Temporal.PlainDate.from(`${year}-${month}-${dayOfMonth ?? '01'}`) // throws when there is no such day
  return dayOfMonth === undefined ? [Number(year), Number(month)] : [Number(year), Number(month), Number(dayOfMonth)]
}

/**
 * « mil neuf cent quatre-vingt »: acts write « mil » below two thousand, and a year is an ordinal, in which « cent » and
 * « vingt » take no s.
 */
function yearInLetters(year: number): string {
  return toCardinal(year)
    .replace(/^mille (?=.)/, 'mil ')
    .replace(/(?<=cent|vingt)s$/, '')
}

/** `06:30` → « six heures trente minutes ». Throws a RangeError on what is no time of day. */
export function timeInLetters(time: string): string {
  const { hour, minute } = Temporal.PlainTime.from(time)
  const hours = `${feminine(hour)} ${hour < 2 ? 'heure' : 'heures'}`
  return minute === 0 ? hours : `${hours} ${feminine(minute)} ${minute === 1 ? 'minute' : 'minutes'}`
}

/** `06:30` → « 6 heures 30 ». */
export function timeInFigures(time: string): string {
  const { hour, minute } = Temporal.PlainTime.from(time)
  const hours = `${hour} ${hour < 2 ? 'heure' : 'heures'}`
  return minute === 0 ? hours : `${hours} ${String(minute).padStart(2, '0')}`
}

/** Hours and minutes are feminine: « vingt et une ». */
const feminine = (n: number) => toCardinal(n).replace(/(?<=^|\s)un$/, 'une')
