import { stringify } from 'csv-stringify/sync'
import type { Response } from 'express'

/** A cell of an export: words, a count, a day, or an amount in cents; null leaves it empty. */
export type CsvCell = string | number | Temporal.PlainDate | { cents: number } | null

/**
 * A table as French Excel opens it by a double click: semicolons, UTF-8 with its mark, decimal commas, CRLF. Words that a
 * spreadsheet would run as a formula (a child named `=HYPERLINK(…)`) get an apostrophe before them (OWASP, CSV injection).
 */
export function csv(columns: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const records = [columns, ...rows].map(row => row.map(cellText))
  return stringify(records, { delimiter: ';', record_delimiter: '\r\n', bom: true })
}

/** Answers with the table as a file to keep. `name` is without its ending. */
export function sendCsv(
  res: Response,
  name: string,
  columns: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
): void {
  res.setHeader('Cache-Control', 'private, no-store')
  res.attachment(`${name}.csv`)
  res.type('text/csv; charset=utf-8').send(csv(columns, rows))
}

function cellText(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return /^[\s\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(cell) ? `'${cell}` : cell
  if (typeof cell === 'number') return String(cell).replace('.', ',')
  if (cell instanceof Temporal.PlainDate) return cell.toString()
  const sign = cell.cents < 0 ? '-' : ''
  const digits = String(Math.abs(cell.cents)).padStart(3, '0')
  return `${sign}${digits.slice(0, -2)},${digits.slice(-2)}`
}
