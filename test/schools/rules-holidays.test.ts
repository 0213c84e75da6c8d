import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSchoolHolidays } from '../../src/schools/open-data-holidays.ts'
import { zoneB, zoneBFile } from './zone-b.ts'

const header = 'description;population;start_date;end_date;location;zones;annee_scolaire'
const autumn = 'Vacances de la Toussaint;-;2026-10-16T22:00:00+00:00;2026-11-01T23:00:00+00:00;Lille;Zone B;2026-2027'
const read = (rows: string[], zone = 'B', academy?: string) =>
  parseSchoolHolidays([header, ...rows].join('\n'), zone, academy)
const told = (rows: string[], zone?: string, academy?: string) =>
  read(rows, zone, academy).rows.map(r => `${r.name} ${r.from}/${r.until} ${r.schoolYear}`)
const problems = (rows: string[], zone?: string, academy?: string) =>
  read(rows, zone, academy).problems.map(p => `${p.line} ${p.field} ${p.code}`)

test('trap 3: the file’s UTC instants are days of Paris, and the end is the day of return', () => {
  assert.deepEqual(told([autumn]), ['Vacances de la Toussaint 2026-10-17/2026-11-02 2026-2027'])
})

test('the file of zone B is read whole', () => {
  assert.deepEqual(parseSchoolHolidays(zoneBFile(), 'Zone B', 'Lille').problems, [])
  assert.deepEqual(
    zoneB().map(r => `${r.name} ${r.from}/${r.until}`),
    [
      'Vacances de la Toussaint 2025-10-18/2025-11-03',
      'Vacances de Noël 2025-12-20/2026-01-05',
      "Vacances d'Hiver 2026-02-14/2026-03-02",
      'Vacances de Printemps 2026-04-11/2026-04-27',
      "Pont de l'Ascension 2026-05-15/2026-05-17",
      "Vacances d'Été 2026-07-04/2026-09-01",
      'Vacances de la Toussaint 2026-10-17/2026-11-02',
      'Vacances de Noël 2026-12-19/2027-01-04',
      "Vacances d'Hiver 2027-02-20/2027-03-08",
      'Vacances de Printemps 2027-04-17/2027-05-03',
      "Vacances d'Été 2027-07-03/2027-09-01",
    ],
  )
})

test('trap 4: rows for teachers are passed over, rows for pupils or for all are taken', () => {
  const teachers = autumn.replace(';-;', ';Enseignants;').replace('2026-10-16', '2026-10-15')
  assert.deepEqual(told([teachers, autumn.replace(';-;', ';Élèves;')]), told([autumn]))
  assert.deepEqual(problems([teachers, autumn]), [])
  assert.deepEqual(problems([autumn.replace(';-;', ';Chevaux;')]), ['2 population unknown-population'])
})

test('the rows of the other academies of the zone say the same once; other zones are not ours', () => {
  const rennes = autumn.replace('Lille', 'Rennes')
  const paris = autumn.replace('Lille', 'Paris').replace('Zone B', 'Zone C').replace('2026-10-16', 'broken')
  assert.deepEqual(told([autumn, rennes, paris]), told([autumn]))
  assert.deepEqual(problems([autumn, rennes, paris]), [])
})

test('where two academies of a zone differ, the file asks which one', () => {
  const nice = autumn.replace('Lille', 'Nice').replace('2026-10-16', '2026-10-17')
  assert.deepEqual(problems([autumn, nice]), ['3 start_date differs-between-academies'])
  assert.deepEqual(told([autumn, nice], 'B', 'lille'), told([autumn]))
  assert.deepEqual(problems([autumn], 'B', 'Nice'), ['1 zones no-row-for-zone'])
})

test('labels as headers, offsets of Paris, quotes and the mark at the start are read the same', () => {
  const labels = [
    '\uFEFFDescription;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire',
    '"Vacances de la Toussaint";"-";"2026-10-17T00:00:00+02:00";"2026-11-02T00:00:00+01:00";"Lille";"Zone B";"2026-2027"',
  ].join('\r\n')
  assert.deepEqual(parseSchoolHolidays(labels, 'B').rows, read([autumn]).rows)
})

test('summer ends on 1 September at the earliest, and on the day of return once it is set', () => {
  const summer = (end: string, name = "Vacances d'Été") =>
    `${name};Élèves;2027-07-02T22:00:00+00:00;${end}T22:00:00+00:00;Lille;Zone B;2026-2027`
  const untils = (...rows: string[]) => read(rows).rows.map(r => `${r.name} ${r.until}`)
  assert.deepEqual(untils(summer('2027-08-30')), ["Vacances d'Été 2027-09-01"]) // the last day known
  assert.deepEqual(untils(summer('2027-09-01')), ["Vacances d'Été 2027-09-02"]) // the day of return
  assert.deepEqual(untils(summer('2027-07-02', "Début des Vacances d'Été")), ["Vacances d'Été 2027-09-01"])
  const back =
    'Rentrée scolaire des élèves;-;2027-09-01T22:00:00+00:00;2027-09-01T22:00:00+00:00;Lille;Zone B;2027-2028'
  const teachers = back.replace('Rentrée scolaire des élèves;-', 'Prérentrée;Enseignants')
  assert.deepEqual(untils(summer('2027-08-31'), back, teachers), ["Vacances d'Été 2027-09-02"])
})

test('an old row an hour off, summer time in winter, is still its day', () => {
  assert.deepEqual(told([autumn.replace('11-01T23:00', '11-01T22:00')]), told([autumn]))
})

test('every bad row is listed, and nothing made of it', () => {
  const bad = [
    autumn.replace('2026-10-16T22:00:00+00:00', '2026-02-30T22:00:00+00:00'),
    autumn.replace('2026-10-16T22:00:00+00:00', '17/10/2026'),
    autumn.replace('2026-10-16T22:00', '2026-10-16T12:00'),
    autumn.replace('2026-11-01', '2026-10-01'),
    autumn.replace('2026-11-01', '2027-11-01'),
    autumn.replace('2026-2027', '2026'),
    autumn.replace('Vacances de la Toussaint', ''),
    'Zone B',
  ]
  assert.deepEqual(problems(bad), [
    '2 start_date not-a-midnight-in-paris',
    '3 start_date not-a-midnight-in-paris',
    '4 start_date not-a-midnight-in-paris',
    '5 end_date ends-before-it-begins',
    '6 end_date too-long',
    '7 annee_scolaire not-a-school-year',
    '8 description missing',
    '9  wrong-number-of-columns',
  ])
  assert.deepEqual(told(bad), [])
})

test('a zone that is not in the file, or a file that is not one, says so', () => {
  assert.deepEqual(problems([autumn], 'D'), ['1 zones no-row-for-zone'])
  assert.deepEqual(
    parseSchoolHolidays('hello', 'B').problems.map(p => p.code),
    Array(7).fill('missing-column'),
  )
})
