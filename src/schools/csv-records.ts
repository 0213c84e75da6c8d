import { CsvError, parse } from 'csv-parse/sync'

/** One fault of a file, so that whoever sent it finds it: the line (1 is the header), the column, what stood there. */
export type FileProblem = { line: number; field: string; code: string; value: string }

/** A line of a file by its columns; text is trimmed, an absent optional column is empty. */
export type CsvRecord<Column extends string> = { line: number; text: Readonly<Record<Column, string>> }

/** Columns by our name, each with the headers it may have in the file; `optional` ones may be missing altogether. */
export type Columns<Column extends string> = Readonly<Record<Column, { headers: readonly string[]; optional?: true }>>

/**
 * The records of an official CSV file as published: `;`, UTF-8 with or without byte order mark, fields quoted or not,
 * columns in any order among others. Headers match whatever their capitals and accents.
 */
export function csvRecords<Column extends string>(
  content: string,
  columns: Columns<Column>,
): { records: CsvRecord<Column>[]; problems: FileProblem[] } {
  let lines: { record: string[]; raw: string; info: { lines: number } }[]
  try {
    lines = parse(content, {
      bom: true,
      delimiter: ';',
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      raw: true,
      info: true,
    }) as unknown as typeof lines
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1
    return { records: [], problems: [{ line, field: '', code: 'unreadable-csv', value: '' }] }
  }
  const header = lines[0]?.record ?? []
  const places = new Map<Column, number>()
  const problems: FileProblem[] = []
  const keys = header.map(headerKey)
  for (const [column, { headers, optional }] of Object.entries(columns) as [Column, Columns<Column>[Column]][]) {
    const wanted = new Set(headers.map(headerKey))
    const place = keys.findIndex(key => wanted.has(key))
    if (place >= 0) places.set(column, place)
    else if (!optional) problems.push({ line: 1, field: headers[0] ?? column, code: 'missing-column', value: '' })
  }
  if (problems.length > 0) return { records: [], problems }
  const records: CsvRecord<Column>[] = []
  for (const { record, raw, info } of lines.slice(1)) {
    const line = info.lines - (raw.trim().match(/\r\n|\r|\n/g)?.length ?? 0)
    if (record.length !== header.length) {
      problems.push({ line, field: '', code: 'wrong-number-of-columns', value: String(record.length) })
      continue
    }
    const text = Object.fromEntries(
      Object.keys(columns).map(column => [column, record[places.get(column as Column) ?? -1] ?? '']),
    ) as Record<Column, string>
    const garbled = (Object.keys(text) as Column[]).find(column => text[column].includes('\uFFFD'))
    if (garbled) problems.push({ line, field: headerOf(columns, garbled), code: 'not-utf-8', value: text[garbled] })
    else records.push({ line, text })
  }
  return { records, problems }
}

/** The name of a column in a report: as the file is published. */
export function headerOf<Column extends string>(columns: Columns<Column>, column: Column): string {
  return columns[column].headers[0] ?? column
}

function headerKey(header: string): string {
  return header
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}
