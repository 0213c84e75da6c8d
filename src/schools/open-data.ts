import { isoDay } from '../kernel/days.ts'
import { type Columns, type CsvRecord, csvRecords, type FileProblem, headerOf } from './csv-records.ts'

/** A school of the national directory. */
export type SchoolRow = {
  uai: string
  name: string
  /** As published: Ecole, Collège, Lycée … */
  kind: string
  isPublic: boolean
  address: readonly string[]
  postcode: string
  inseeCode: string
  city: string
  nursery: boolean
  elementary: boolean
  canteen: boolean
  phone: string | undefined
  email: string | undefined
  pupils: number | undefined
  latitude: number | undefined
  longitude: number | undefined
  updatedOn: Temporal.PlainDate | undefined
}

/** What a file gave: its good rows, and every fault of the others. Import nothing while there are problems. */
export type Parsed<Row> = { rows: Row[]; problems: FileProblem[] }

const UAI_LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ'

/** The check letter of the seven digits of a school's national code (UAI). */
export function uaiCheckLetter(digits: string): string {
  if (!/^\d{7}$/.test(digits)) throw new RangeError(`not seven digits: ${digits}`)
  return UAI_LETTERS.charAt(Number(digits) % UAI_LETTERS.length)
}

const columns = {
  uai: { headers: ['Identifiant_de_l_etablissement'] },
  name: { headers: ['Nom_etablissement'] },
  kind: { headers: ['Type_etablissement'] },
  status: { headers: ['Statut_public_prive'] },
  address1: { headers: ['Adresse_1'] },
  address2: { headers: ['Adresse_2'], optional: true },
  address3: { headers: ['Adresse_3'], optional: true },
  postcode: { headers: ['Code_postal'] },
  inseeCode: { headers: ['Code_commune'] },
  city: { headers: ['Nom_commune'] },
  nursery: { headers: ['Ecole_maternelle'] },
  elementary: { headers: ['Ecole_elementaire'] },
  canteen: { headers: ['Restauration'] },
  phone: { headers: ['Telephone'], optional: true },
  email: { headers: ['Mail'], optional: true },
  pupils: { headers: ['Nombre_d_eleves'], optional: true },
  latitude: { headers: ['latitude'], optional: true },
  longitude: { headers: ['longitude'], optional: true },
  updatedOn: { headers: ['date_maj_ligne'], optional: true },
} as const satisfies Columns<string>
type Column = keyof typeof columns

/**
 * Reads the national directory of schools (`fr-en-annuaire-education`) as published. With an INSEE code, only the rows of
 * that commune are read, and a fault in another commune's row is not reported.
 */
export function parseSchools(content: string, inseeCode?: string): Parsed<SchoolRow> {
  const { records, problems } = csvRecords<Column>(content, columns)
  const rows: SchoolRow[] = []
  const seen = new Set<string>()
  for (const record of records) {
    if (inseeCode !== undefined && record.text.inseeCode !== inseeCode) continue
    const faults = schoolFaults(record)
    const uai = record.text.uai.toUpperCase()
    if (seen.has(uai)) faults.push(faultOf(record, 'uai', 'duplicate'))
    seen.add(uai)
    if (faults.length > 0) problems.push(...faults)
    else rows.push(schoolRow(record, uai))
  }
  return { rows, problems: problems.toSorted((a, b) => a.line - b.line) }
}

const faultOf = ({ line, text }: CsvRecord<Column>, column: Column, code: string): FileProblem => ({
  line,
  field: headerOf<Column>(columns, column),
  code,
  value: text[column],
})

/** What each column must look like, with the code of the words that say so. */
const checks: readonly (readonly [Column, string, (text: string) => boolean])[] = [
  ['uai', 'not-a-uai', text => /^\d{7}[A-Z]$/i.test(text)],
  ['uai', 'wrong-check-letter', text => !/^\d{7}[A-Z]$/i.test(text) || hasCheckLetter(text)],
  ['name', 'missing', text => text !== ''],
  ['kind', 'missing', text => text !== ''],
  ['status', 'neither-public-nor-private', text => /^(Public|Priv[ée])/i.test(text)],
  ['postcode', 'not-a-postcode', text => /^\d{5}$/.test(text)],
  ['inseeCode', 'not-an-insee-code', text => /^\d[\dAB]\d{3}$/.test(text)],
  ['city', 'missing', text => text !== ''],
  ['nursery', 'not-0-or-1', isFlag],
  ['elementary', 'not-0-or-1', isFlag],
  ['canteen', 'not-0-or-1', isFlag],
  ['pupils', 'not-a-number', text => /^\d{0,5}$/.test(text)],
  ['latitude', 'not-a-coordinate', text => isCoordinate(text, 90)],
  ['longitude', 'not-a-coordinate', text => isCoordinate(text, 180)],
  ['updatedOn', 'not-a-day', text => text === '' || isoDay(text) !== undefined],
]

function schoolFaults(record: CsvRecord<Column>): FileProblem[] {
  return checks
    .filter(([column, , ok]) => !ok(record.text[column]))
    .map(([column, code]) => faultOf(record, column, code))
}

function schoolRow({ text }: CsvRecord<Column>, uai: string): SchoolRow {
  return {
    uai,
    name: text.name,
    kind: text.kind,
    isPublic: /^public/i.test(text.status),
    address: [text.address1, text.address2, text.address3].filter(line => line !== ''),
    postcode: text.postcode,
    inseeCode: text.inseeCode,
    city: text.city,
    nursery: text.nursery === '1',
    elementary: text.elementary === '1',
    canteen: text.canteen === '1',
    phone: text.phone || undefined,
    email: text.email || undefined,
    pupils: numberOf(text.pupils),
    latitude: numberOf(text.latitude),
    longitude: numberOf(text.longitude),
    updatedOn: isoDay(text.updatedOn),
  }
}

const hasCheckLetter = (uai: string) => uaiCheckLetter(uai.slice(0, 7)) === uai.charAt(7).toUpperCase()
const numberOf = (text: string) => (text === '' ? undefined : Number(text))

/** Empty where it has no sense: a lycée has no nursery classes. */
function isFlag(text: string): boolean {
  return text === '' || text === '0' || text === '1'
}

function isCoordinate(text: string, limit: number): boolean {
  return text === '' || (/^-?\d{1,3}(\.\d+)?$/.test(text) && Math.abs(Number(text)) <= limit)
}
