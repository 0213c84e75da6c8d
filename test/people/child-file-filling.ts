// What parents send for a child's file, as the pages' forms send it.
import { readdirSync } from 'node:fs'
import type { Family } from '../support/family.ts'
import type { TestTown } from '../support/town.ts'
import { pdf } from '../uploads/files.ts'

/** A child's file, filled by this parent. `year` is the one of the address; without, this year's. */
export function fileOf({ parent, children }: Pick<Family, 'parent' | 'children'>, year?: string) {
  const at = `/famille/enfants/${children[0]!.id}/dossier`
  const query = year ? `?annee=${year}` : ''
  const post = (path: string, body: object) => parent.post(`${at}/${path}${query}`).type('form').send(body)
  const until = (day: string) => {
    const { day: d, month, year: y } = Temporal.PlainDate.from(day)
    return { 'validUntil-day': `${d}`, 'validUntil-month': `${month}`, 'validUntil-year': `${y}` }
  }
  const send = (path: string, fields: Record<string, string>, bytes: Buffer) => {
    const asked = parent.post(`${at}/${path}${query}`)
    for (const [name, value] of Object.entries(fields)) asked.field(name, value)
    return asked.attach('paper', bytes, 'papier.pdf')
  }
  return {
    at,
    page: async () => (await parent.get(at + query)).text,
    post,
    contacts: () => post('urgence', { name1: 'Fatou Ba', phone1: '06 12 34 56 78', relationship1: 'grand-mère' }),
    pickups: () => post('personnes', {}),
    sheet: (fields: object = {}) =>
      post('sante', {
        allergies: 'Arachide',
        treatment: '',
        advice: 'Lunettes',
        doctorName: 'Dr Petit',
        doctorPhone: '03 20 11 22 33',
        swimming: 'with-aid',
        ...fields,
      }),
    consents: (fields: object = {}) =>
      post('autorisations', {
        photo: 'yes',
        outings: 'yes',
        swimming: 'yes',
        leaveAlone: 'no',
        fromAge: '',
        ...fields,
      }),
    vaccination: (day?: string, kind = 'vaccination', bytes = pdf()) =>
      send('vaccins', { kind, ...(day ? until(day) : {}) }, bytes),
    insurance: (day: string, bytes = pdf()) =>
      send('assurance', { insurer: 'Mutuelle du Nord', policyNumber: 'AB-1234', ...until(day) }, bytes),
  }
}

/** Fills every part. `vaccinated` is the last day of the proof; it has none without. */
export async function fillFile(
  family: Pick<Family, 'parent' | 'children'>,
  { year, vaccinated }: { year?: string; vaccinated?: string } = {},
) {
  const file = fileOf(family, year)
  const insured = year ? `${year.slice(-4)}-08-31` : '2027-08-31'
  const answers = [
    await file.contacts(),
    await file.pickups(),
    await file.sheet(),
    await file.consents(),
    await file.vaccination(vaccinated),
    await file.insurance(insured),
  ]
  for (const { status, text } of answers) if (status !== 303) throw new Error(`${status}: ${text}`)
  return file
}

/** How many files lie on the disk. */
export const storedFiles = ({ folder }: Pick<TestTown, 'folder'>) =>
  readdirSync(`${folder}/files`, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).length
