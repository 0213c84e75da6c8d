import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import { SIGNS, TONGUES } from '../../src/documents/civil/convention-16.ts'
import { headingIn } from '../../src/documents/civil/convention-16-headings.ts'
import type { CivilRecordView } from '../../src/documents/civil/views.ts'
import { printable } from '../../src/documents/faces.ts'
import {
  birth,
  birthCopy,
  certified,
  death,
  information,
  longCopy,
  marriage,
  marriageExtract,
  multilingualBirth,
  multilingualDeath,
  multilingualMarriage,
  NOTES,
  recognition,
  withParentage,
} from './civil-examples.ts'
import { drawn, type Pdf } from './pdf.ts'

const record = (view: CivilRecordView, language: 'fr' | 'en' = 'fr') =>
  drawn({ kind: 'civil-record', view }, { language })
const flat = (pages: string[]) => pages.join(' ').replace(/[\s\u00a0\u202f]+/g, ' ')
const spoken = (pdf: Pdf) =>
  pdf
    .spoken()
    .join(' ')
    .replace(/[\s\u00a0\u202f]+/g, ' ')

function staysOnPage(pdf: Pdf): void {
  for (let page = 1; page <= pdf.pages().length; page++)
    for (const { text, left, right, top, bottom } of pdf.words(page))
      assert.ok(left >= 42 && right <= 553.7 && top >= 20 && bottom <= 820, `« ${text} » leaves page ${page}`)
}

test('a full copy carries the town, the register, the whole act in letters, and room to sign and seal', async () => {
  const pdf = await record(birthCopy)
  const text = spoken(pdf)
  for (const said of [
    'République française',
    'Département du Nord',
    'Ville de Valmont',
    'Année 1931 · Acte n° 147',
    'Acte de naissance',
    'Copie intégrale',
    'Le douze mai mil neuf cent trente et un, à six heures trente minutes, est née à Valmont',
    'fille d’Auguste Joseph Delannoy',
    'Naissance de Madeleine Rose Lucie Delannoy',
    'Mentions marginales',
    'Décédée à Lille (Nord) le 2 janvier 2020.',
    'Pour copie conforme',
    'Délivré à Valmont, le 26 novembre 2026.',
    'L’officier de l’état civil, par délégation du maire',
    'Hélène Vandenbroucke',
    'Signature',
    'Sceau de la mairie',
  ])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
  assert.equal(pdf.pages().length, 1)
  assert.ok(!text.includes('renseignement'))
})

test('marginal notes stand in a margin beside the act', async () => {
  const words = (await record(birthCopy)).words()
  const note = words.find(({ text }) => text === 'Mariée')
  const body = words.find(({ text }) => text === 'douze')
  assert.ok(note && body)
  assert.ok(note.right < body.left && Math.abs(note.left - 42.5) < 1)
  for (const { text, left, right, top } of words.filter(({ top: y }) => y > 165 && y < 520))
    assert.ok(right < 186 || left > 210, `« ${text} » at ${top} crosses from the margin into the act`)
})

test('notes too long for a page go on overleaf, and the certification comes once, after them', async () => {
  const pdf = await record(longCopy)
  const pages = pdf.pages()
  assert.equal(pages.length, 2)
  assert.match(pages[0] ?? '', /Rectification n° 1\./)
  assert.match(pages[1] ?? '', /Acte de naissance n° 147 bis, année 1931 \(suite\)/)
  assert.ok(!pages[0]?.includes('Pour copie conforme'))
  assert.match(pages[1] ?? '', /Pour copie conforme/)
  const text = spoken(pdf)
  for (let i = 1; i <= 24; i++) assert.ok(text.includes(`Rectification n° ${i}.`), `note ${i} is lost`)
  assert.ok(text.indexOf('Achille Dubois') < text.indexOf('Rectification n° 1.'), 'the act is read before its notes')
  staysOnPage(pdf)
})

test('an act longer than a page goes on in its column', async () => {
  const text = Array.from(
    { length: 30 },
    (_, i) => `Paragraphe ${i + 1} de l’acte. ${'Il fut dit et écrit ainsi. '.repeat(4)}`,
  )
  const pdf = await record({
    ...certified,
    form: 'full-copy',
    act: { kind: 'birth', names: [birth.person] },
    text,
    marginalNotes: [],
  })
  assert.ok(pdf.pages().length > 1)
  const said = spoken(pdf)
  for (let i = 1; i <= 30; i++) assert.ok(said.includes(`Paragraphe ${i} de`), `paragraph ${i} is lost`)
  staysOnPage(pdf)
})

test('a copy for information says so in a frame, and does not certify', async () => {
  const text = flat((await record(information)).pages())
  assert.ok(text.includes('Délivré à titre de simple renseignement'))
  assert.ok(text.includes('Pour information'))
  assert.ok(!text.includes('Pour copie conforme'))
})

test('extracts are in figures, with the parents or without', async () => {
  const withParents = flat((await record(withParentage)).pages())
  for (const said of [
    'Extrait avec filiation',
    'Le 12 mai 1931 à 6 heures 30',
    'et de Rose Carlier',
    'Pour extrait conforme',
  ])
    assert.ok(withParents.includes(said), `« ${said} » is missing in: ${withParents}`)
  const without = flat(
    (await record({ ...certified, form: 'without-parentage', act: birth, marginalNotes: NOTES })).pages(),
  )
  assert.match(without, /Extrait sans filiation/)
  assert.ok(!/Carlier|Auguste|mineur/.test(without), without)
  assert.ok(without.includes(NOTES[1] ?? '-'))
})

test('extracts of marriages, deaths and recognitions name whom they are about', async () => {
  const wedding = flat((await record(marriageExtract)).pages())
  assert.match(wedding, /a été célébré à Valmont \(Nord\) le mariage de Madeleine.* et de Stanisław Józef Łukasiewicz/)
  assert.match(wedding, /Contrat de mariage : aucun contrat.*Mentions marginales Néant/)
  const dead = flat((await record({ ...certified, form: 'with-parentage', act: death, marginalNotes: [] })).pages())
  assert.match(dead, /Acte de décès .*est décédé à Valmont \(Nord\) Stanisław Józef Łukasiewicz/)
  const child = flat(
    (await record({ ...certified, form: 'with-parentage', act: recognition, marginalNotes: [] })).pages(),
  )
  assert.match(child, /a été reconnue à Valmont \(Nord\) Ayşe Gülnihal Özdemir .*par İbrahim Özdemir, né à Iğdır/)
  await assert.rejects(
    () => record({ ...certified, form: 'without-parentage', act: recognition, marginalNotes: [] }),
    RangeError,
  )
})

test('full copies of every kind are drawn from the facts', async () => {
  for (const act of [birth, marriage, death, recognition]) {
    const pdf = await record({ ...certified, form: 'full-copy', act, marginalNotes: [] })
    assert.match(flat(pdf.pages()), /Copie intégrale .*Néant/)
  }
})

test('acts are in French, whatever language they were asked in', async () => {
  const pdf = await record(birthCopy, 'en')
  assert.ok(pdf.objects().includes('/Lang (fr-FR)'))
  assert.ok(!pdf.objects().includes('/Lang (en-GB)'))
  assert.deepEqual(pdf.bytes, (await record(structuredClone(birthCopy))).bytes)
})

test('a scan is shown as it is, says what it is, and is certified', async () => {
  const view: CivilRecordView = {
    ...certified,
    officer: { name: null, quality: 'L’officier de l’état civil' },
    form: 'full-copy',
    act: { kind: 'birth', names: [birth.person] },
    scan: [greyPng(70, 100), greyPng(70, 100)],
  }
  const pdf = await record(view)
  assert.equal(pdf.pages().length, 2)
  assert.equal(pdf.objects().match(/\/Subtype \/Image\b/g)?.length, 2)
  assert.match(flat([pdf.pages()[1] ?? '']), /Pour copie conforme/)
  const alt = Buffer.from('Page 2 sur 2 du registre', 'utf16le').swap16().toString('latin1')
  assert.ok(pdf.objects().includes(alt), 'the picture has no words')
  await assert.rejects(() => record({ ...view, scan: [] }), /without pages/)
  await assert.rejects(() => record({ ...view, scan: [Buffer.from('%PDF-1.7')] }), /neither PNG nor JPEG/)
})

test('a multilingual birth extract is form A: numbered boxes, signs, and the back of the convention', async () => {
  const pdf = await record(multilingualBirth)
  const [front = '', back = ''] = pdf.pages().map(page => flat([page]))
  const read = spoken(pdf)
  for (const said of [
    'Formule A · Form A · Formblatt A',
    '1 État',
    'Civil registry office of',
    'Auszug aus dem Geburtseintrag Nr.',
    '147 / 1931',
    'Jo 12 Mo 05 An 1931',
    '10 Autres énonciations de l’acte',
    'Mar 04 06 1955 Valmont, Łukasiewicz Stanisław Józef',
    'D –– 01 2020 Lille',
    '11 Date de délivrance, signature, sceau',
    'Jo 26 Mo 11 An 2026',
    'Sc : Séparation de corps / Legal separation / Trennung von Tisch und Bett',
  ])
    assert.ok(read.includes(said), `« ${said} » is missing in: ${read}`)
  assert.ok(front.includes('Σύμβολα') && !/\?/.test(front), 'a letter is missing from the face')
  assert.match(back, /convention signée à Vienne le 8 septembre 1976/)
  assert.match(back, /Viyana’da imzalanan sözleşme/)
  assert.match(back, /cette case ou partie de case est rendue inutilisable par des traits/)
  staysOnPage(pdf)
})

test('a marriage extract is form B, a death extract form C; what the act does not say is struck out', async () => {
  const wedding = spoken(await record(multilingualMarriage))
  assert.match(wedding, /Formule B .*5 Mari .*6 Femme .*7 Nom avant le mariage .*Łukasiewicz Delannoy/)
  assert.match(wedding, /10 Nom après le mariage .*Łukasiewicz Delannoy épouse Łukasiewicz/)
  assert.match(wedding, /Jo Mo An 1929 .*Jo 12 Mo 05 An 1931/, 'the day and month of the husband are not known')
  const dead = spoken(await record(multilingualDeath))
  assert.match(dead, /Formule C .*4 Date et lieu du décès .*9 Nom du dernier conjoint .*Delannoy/)
  assert.match(dead, /12 Père .*13 Mère .*Łukasiewicz .*Zofia/)
})

test('two spouses of one sex are both called spouse, and two mothers parents', async () => {
  const [first, second] = marriage.spouses
  const alike: CivilRecordView = {
    ...certified,
    form: 'multilingual',
    act: { ...marriage, spouses: [first, { ...second, sex: 'F' }] },
    events: [],
  }
  const wedding = spoken(await record(alike))
  assert.match(wedding, /5 Époux .*6 Époux/)
  assert.ok(!/ Mari /.test(wedding))
  const mothers: CivilRecordView = {
    ...certified,
    form: 'multilingual',
    act: { ...birth, parents: birth.parents.map(parent => ({ ...parent, role: 'mother' as const })) },
    events: [],
  }
  const child = spoken(await record(mothers))
  assert.match(child, /8 Parent .*9 Parent .*Delannoy Carlier/)
})

test('a multilingual extract is never mere information', async () => {
  await assert.rejects(() => record({ ...multilingualBirth, information: true }), RangeError)
})

test('more events than the form can hold are refused, a few more shrink the letters', async () => {
  const event = { sign: 'Mar' as const, date: '1955-06-04', place: 'Valmont', spouse: birth.person }
  const view = (count: number): CivilRecordView => ({
    ...certified,
    form: 'multilingual',
    act: birth,
    events: Array.from({ length: count }, () => event),
  })
  const pdf = await record(view(14))
  staysOnPage(pdf)
  assert.equal(pdf.pages()[0]?.match(/Mar 04 06 1955/g)?.length, 14)
  await assert.rejects(() => record(view(60)), /more than the form/)
})

test('each heading and sign of the convention can be printed in each of its languages', () => {
  for (const tongue of TONGUES)
    for (const heading of ['state', 'birthDate', 'nameBefore', 'issued', 'spouseForenames', 'other'] as const) {
      const text = headingIn(heading, tongue)
      assert.ok(text.length > 1)
      assert.equal(printable(text), text)
    }
  for (const meanings of Object.values(SIGNS)) for (const text of meanings) assert.equal(printable(text), text)
})

test('names as long as they come, in letters of many languages, stay whole in every form', async () => {
  const firstNames = 'Maximilian-Konstantin ʿAbd al-Raḥmān Ṭāriq Ẓāhir Nguyễn Ștefan İbrahim'
  const name = { firstNames, lastName: 'von Hohenlohe-Waldenburg-Schillingsfürst y Fernández de Córdoba' }
  const place = 'Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne), 114 bis rue du Faubourg-Saint-Antoine'
  const parents = birth.parents.map(parent => ({ ...parent, ...name, birth: { date: '1901', place } }))
  const act = { ...birth, person: name, parents, place }
  const wedding = {
    ...marriage,
    place,
    spouses: [
      { ...marriage.spouses[0], ...name, parents, birth: { place } },
      { ...marriage.spouses[1], ...name, parents, birth: { place } },
    ] as const,
  }
  const dead = { ...death, person: name, spouse: name, parents, place, birth: { place } }
  const views: CivilRecordView[] = [
    { ...certified, form: 'full-copy', act, marginalNotes: NOTES },
    {
      ...certified,
      form: 'with-parentage',
      act: wedding,
      marginalNotes: Array.from({ length: 40 }, () => NOTES.join(' ')),
    },
    { ...certified, form: 'multilingual', act, events: [] },
    { ...certified, form: 'multilingual', act: wedding, events: [] },
    { ...certified, form: 'multilingual', act: dead, events: [] },
  ]
  for (const view of views) {
    const pdf = await record(view)
    staysOnPage(pdf)
    assert.ok(spoken(pdf).replace(/ /g, '').includes(firstNames.replace(/ /g, '')), view.form)
  }
})

test('every form is tagged, titled, and the same bytes each time', async () => {
  for (const view of [birthCopy, withParentage, multilingualBirth]) {
    const pdf = await record(view)
    assert.equal(pdf.info()['Tagged'], 'yes')
    assert.equal(pdf.info()['Title'], 'Acte de naissance n° 147, année 1931')
    assert.match(pdf.objects(), /\/S \/H1/)
    assert.match(pdf.metadata(), /<pdfuaid:part>1</)
    assert.deepEqual((await record(structuredClone(view))).bytes, pdf.bytes)
  }
})

/** A grey picture. */
function greyPng(width: number, height: number): Uint8Array {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 0, 0, 0, 0], 8) // eight bits of grey
  const rows = Buffer.alloc((width + 1) * height, 0xcc)
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
