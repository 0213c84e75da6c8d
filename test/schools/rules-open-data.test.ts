import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseSchools, uaiCheckLetter } from '../../src/schools/open-data.ts'

const shipped = readFileSync(new URL('../../src/schools/fixtures/schools-roubaix.csv', import.meta.url), 'utf8')
const [header = '', jules = '', leon = ''] = shipped.split('\n')
const file = (...rows: string[]) => [header, ...rows].join('\n')
/** A row of the file with some columns changed, by their published names. */
const row = (changes: Record<string, string>, from = jules) => {
  const names = header.split(';')
  return from
    .split(';')
    .map((value, i) => changes[names[i] ?? ''] ?? value)
    .join(';')
}
const problems = (content: string, inseeCode?: string) =>
  parseSchools(content, inseeCode).problems.map(p => `${p.line} ${p.field} ${p.code} ${p.value}`.trimEnd())

test('the letter of a national school code checks its digits', () => {
  assert.equal(uaiCheckLetter('0750655'), 'E') // lycée Louis-le-Grand, Paris
  assert.equal(uaiCheckLetter('0599901'), 'S')
  assert.throws(() => uaiCheckLetter('599901'), RangeError)
  assert.throws(() => uaiCheckLetter('059990A'), RangeError)
})

test('the schools of the demo town are read, with made-up codes of the unused range', () => {
  const { rows, problems } = parseSchools(shipped)
  assert.deepEqual(problems, [])
  assert.equal(rows.length, 11)
  assert.ok(rows.every(r => r.uai >= '0599900' && r.uai < '0600000' && r.canteen && r.inseeCode === '59512'))
  assert.deepEqual(
    rows.filter(r => !r.isPublic).map(r => [r.name, r.address]),
    [['Saint-Jean-Baptiste', ['25 rue La Rochefoucauld']]],
  )
  assert.equal(rows[1]?.name, 'Léon Marlot')
  assert.deepEqual([rows[1]?.nursery, rows[1]?.elementary, rows[1]?.pupils], [true, false, 126])
})

test('the file is read as published: mark at the start, Windows line ends, quotes, columns in another order among others', () => {
  const published = [
    '\uFEFFnom_etablissement;Fermeture;IDENTIFIANT_DE_L_ETABLISSEMENT;Type_etablissement;Statut_public_prive;Adresse_1;Adresse_2;Code_Postal;Code_commune;Nom_commune;Ecole_maternelle;Ecole_elementaire;Restauration;Telephone;Mail;latitude;longitude;date_maj_ligne;Nombre_d_eleves',
    '"École ""Les Petits; Pas""";;0599901s;Ecole;Privé;1 rue A;"Bât. B";59100;59512;Roubaix;1;0;;03 20 00 00 00;ecole@example.org;50.69;3.17;2026-09-01;87',
    '',
    '"Collège',
    'Sévigné";;0599902T;Collège;Public;;;59100;59512;Roubaix;;;1;;;;;;',
    '',
  ].join('\r\n')
  const { rows, problems } = parseSchools(published)
  assert.deepEqual(problems, [])
  const [one, two] = rows
  assert.equal(one?.name, 'École "Les Petits; Pas"')
  assert.equal(one?.uai, '0599901S')
  assert.deepEqual(one?.address, ['1 rue A', 'Bât. B'])
  assert.deepEqual([one?.nursery, one?.elementary, one?.canteen, one?.isPublic], [true, false, false, false])
  assert.deepEqual([one?.latitude, one?.longitude, one?.pupils], [50.69, 3.17, 87])
  assert.equal(one?.updatedOn?.toString(), '2026-09-01')
  assert.equal(two?.kind, 'Collège')
  assert.equal(two?.pupils, undefined)
})

test('every bad row is listed with its line, its column and what stood there', () => {
  const content = file(
    jules,
    row({ Identifiant_de_l_etablissement: '0599901T' }),
    row({ Identifiant_de_l_etablissement: '599', Nom_etablissement: '', Code_postal: '5910' }),
    row({ Ecole_maternelle: 'oui', Nombre_d_eleves: '-3', latitude: '91', date_maj_ligne: '2026-02-30' }, leon),
    'too;short',
    row({ Code_commune: 'Roubaix', Statut_public_prive: '?', Identifiant_de_l_etablissement: '0599903U' }),
    jules,
  )
  assert.deepEqual(problems(content), [
    '3 Identifiant_de_l_etablissement wrong-check-letter 0599901T',
    '4 Identifiant_de_l_etablissement not-a-uai 599',
    '4 Nom_etablissement missing',
    '4 Code_postal not-a-postcode 5910',
    '5 Ecole_maternelle not-0-or-1 oui',
    '5 Nombre_d_eleves not-a-number -3',
    '5 latitude not-a-coordinate 91',
    '5 date_maj_ligne not-a-day 2026-02-30',
    '6  wrong-number-of-columns 2',
    '7 Statut_public_prive neither-public-nor-private ?',
    '7 Code_commune not-an-insee-code Roubaix',
    '8 Identifiant_de_l_etablissement duplicate 0599901S',
  ])
  assert.equal(parseSchools(content).rows.length, 1)
})

test('the line told is the file’s, after quoted line breaks and empty lines too', () => {
  const broken = row({ Identifiant_de_l_etablissement: 'X' }, leon)
  assert.deepEqual(problems(file(row({ Adresse_1: '"1 rue A\nBât. B"' }), '', broken)), [
    '5 Identifiant_de_l_etablissement not-a-uai X',
  ])
  const twoLines = row({ Adresse_1: '"1 rue A\nBât. B"', Identifiant_de_l_etablissement: 'X' })
  assert.deepEqual(problems(file(twoLines)), ['2 Identifiant_de_l_etablissement not-a-uai X'])
})

test('only the town’s own rows are read from the national file', () => {
  const elsewhere = row({ Code_commune: '59350', Identifiant_de_l_etablissement: 'X' }, leon)
  const parsed = parseSchools(file(jules, elsewhere), '59512')
  assert.deepEqual([parsed.rows.length, parsed.problems.length], [1, 0])
  assert.equal(parseSchools(file(jules), '59350').rows.length, 0)
})

test('a file that is another file, or was saved by Excel in an old encoding, says so', () => {
  assert.deepEqual(problems('a;b\n1;2').slice(0, 2), [
    '1 Identifiant_de_l_etablissement missing-column',
    '1 Nom_etablissement missing-column',
  ])
  assert.ok(problems('').length > 0)
  const latin1 = new TextDecoder().decode(Buffer.from(file(jules, leon), 'latin1'))
  assert.deepEqual(problems(latin1), ['3 Nom_etablissement not-utf-8 L\uFFFDon Marlot'])
  assert.match(problems(file(jules, '"never closed')).join(), /unreadable-csv/)
})
