import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import type { InvoiceView } from '../../src/documents/views.ts'
import { cents } from '../../src/kernel/money.ts'
import {
  crampedInvoice,
  invoiceOf,
  longInvoice,
  negativeInvoice,
  usualInvoice,
  valmont,
  zeroInvoice,
} from './examples.ts'
import { drawn } from './pdf.ts'

const invoice = (view: InvoiceView, more: Parameters<typeof drawn>[1] = {}) => drawn({ kind: 'invoice', view }, more)
const flat = (pages: string[]) => pages.join(' ').replace(/[\s\u00a0\u202f]+/g, ' ')

test('an invoice says what is owed, until when, for whom, for what, and how to pay', async () => {
  const text = flat((await invoice(usualInvoice)).pages())
  for (const said of [
    'Ville de Valmont',
    'Régie de recettes de la restauration scolaire',
    'SIRET 215 906 059 00017',
    'F-2026-000123',
    '5 janvier 2027',
    'décembre 2026',
    'Mme Aïssatou Diallo',
    'À payer',
    '45,30 €',
    'dimanche 31 janvier 2027',
    'Inès Diallo · Cantine',
    '1er, 3, 4, 7, 8, 10 et 11 décembre · Quotient familial : 640 · tranche 2',
    '24,15 €',
    'Quotient familial non confirmé',
    'Total pour Ÿlan Diallo-Lefrançois 20,70 €',
    'Total du mois 50,30 €',
    'Votre crédit, déjà déduit −5,00 €',
    'Comment payer Si vous ne payez pas à temps Une question ? Une erreur ?',
    'À la mairie : carte bancaire, espèces ou',
    'le Trésor public vous réclame',
    'page 1 sur 1',
  ])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
})

test('a screen reader knows the language, the title and the tables of an invoice', async () => {
  const pdf = await invoice(usualInvoice)
  const { Tagged, Title, Author } = pdf.info()
  assert.deepEqual(
    { Tagged, Title, Author },
    { Tagged: 'yes', Title: 'Facture F-2026-000123', Author: 'Ville de Valmont' },
  )
  const objects = pdf.objects()
  for (const said of [
    '/Lang (fr-FR)',
    '/DisplayDocTitle true',
    '/Marked true',
    '/S /H1',
    '/Scope /Column',
    '/Scope /Row',
    '/ColSpan 3',
  ])
    assert.ok(objects.includes(said), `${said} is missing`)
  assert.match(pdf.metadata(), /<pdfaid:part>2<.*<pdfaid:conformance>A</s)
  assert.match(pdf.metadata(), /<pdfuaid:part>1</)
})

test('an invoice is read out in the order of the letter, its lines cell by cell', async () => {
  const spoken = (await invoice(usualInvoice)).spoken().map(text => text.replace(/[\u00a0\u202f]/g, ' '))
  const place = (text: string) => {
    const at = spoken.findIndex(each => each.startsWith(text))
    assert.notEqual(at, -1, `« ${text} » is not said in ${spoken.join(' | ')}`)
    return at
  }
  const order = [
    'Ville de Valmont',
    'Facture',
    'Mme Aïssatou Diallo',
    'À payer',
    '45,30 €',
    'au plus tard le',
    'Prestation',
  ]
  const places = [...order, 'Inès', 'Total pour Inès', 'Ÿlan', 'Total du mois', 'Comment payer', 'Une question'].map(
    place,
  )
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
  const line = place('Repas sans réservation')
  assert.deepEqual(spoken.slice(line + 1, line + 4), ['1', '5,45 €', '5,45 €'])
  assert.ok(!spoken.some(text => text.includes('page 1')), 'page numbers are not read out')
})

test('an invoice’s QR code opens the page where it is paid, and says so to who cannot see it', async () => {
  const pdf = await invoice(usualInvoice)
  assert.equal(pdf.qr(), usualInvoice.paymentPage)
  const objects = pdf.objects()
  assert.match(objects, /\/URI \(https:\/\/guichet\.valmont\.example\/payer\/F-2026-000123\)/)
  const alt = 'QR code pour payer la facture F-2026-000123 en ligne, à l’adresse'
  const utf16 = Buffer.from(alt, 'utf16le').swap16().toString('latin1')
  assert.ok(objects.includes(`/Alt (\xfe\xff${utf16}`), 'the figure has no words')
})

test('letters of French, Romanian, Turkish, Polish and Vietnamese names print as they are', async () => {
  const name = 'Ÿ Œuvrard œ ç ’ Ș ș ț ğ İ Łucja Nguyễn Quỳnh ẞ'
  const view = invoiceOf([{ name, services: [] }], { payer: { name, addressLines: [] } })
  assert.ok(flat((await invoice(view)).pages()).includes(name))
})

test('a name in letters the faces lack prints without empty boxes', async () => {
  const name = 'Ahmed أحمد Иван 😀 ǅ e\u0301te\u0301'
  const view = invoiceOf([{ name: 'Inès', services: [] }], { payer: { name, addressLines: [] } })
  const text = flat((await invoice(view)).pages())
  assert.ok(text.includes('Ahmed ???? ???? ? Dž été'), text)
})

test('a long invoice takes two pages, with the table’s head on both and its total under a line', async () => {
  const pdf = await invoice(longInvoice)
  const pages = pdf.pages()
  assert.equal(pages.length, 2)
  for (const [i, page] of pages.entries()) {
    assert.match(page, /Prestation +Nombre +Prix +Montant/)
    assert.match(page, new RegExp(`page ${i + 1} sur 2`))
  }
  assert.match(pages[1] ?? '', /Facture F-2026-000123 \(suite\)/)
  assert.match(pages[1] ?? '', /Repas du 30 décembre.*Total pour Malo Diallo.*À payer +215,70/s)
  assert.equal(pdf.objects().match(/\/Scope \/Column/g)?.length, 4, 'the repeated head is decoration')
})

test('wherever the page ends, a total stays with the line before it', async () => {
  for (let count = 12; count < 24; count++) {
    const lines = Array.from({ length: count }, (_, i) => ({
      label: `Ligne ${i + 1}`,
      quantity: 1,
      unitPrice: cents(100),
      amount: cents(100),
      days: [],
      reason: '',
    }))
    const pages = (await invoice(invoiceOf([{ name: 'Inès', services: [{ name: 'Cantine', lines }] }]))).pages()
    const withTotal = pages.find(page => page.includes('Total pour Inès')) ?? ''
    assert.match(withTotal, new RegExp(`Ligne ${count} .*Total pour Inès.*À payer`, 's'), `${count} lines`)
  }
})

test('an invoice of zero says that nothing is to pay, and shows no code and no way to pay', async () => {
  const pdf = await invoice(zeroInvoice)
  const text = flat(pdf.pages())
  assert.ok(text.includes('Vous n’avez rien à payer pour ce mois.'))
  assert.ok(text.includes('0,00 €'))
  assert.ok(!/Comment payer|au plus tard|Si vous ne payez pas/.test(text))
  assert.throws(() => pdf.qr())
})

test('a month of credits says what is in the family’s favour, and asks for nothing', async () => {
  const text = flat((await invoice(negativeInvoice)).pages())
  assert.ok(text.includes('En votre faveur 6,90 €'), text)
  assert.ok(text.includes('Cette somme sera déduite de votre prochaine facture.'))
  assert.ok(text.includes('Total du mois −6,90 €'))
  assert.ok(!/Comment payer|au plus tard/.test(text))
})

test('an invoice whose amounts do not add up is not drawn', async () => {
  const wrong = [
    { ...usualInvoice, total: cents(1) },
    { ...usualInvoice, amountDue: usualInvoice.total },
    { ...usualInvoice, children: usualInvoice.children.map(child => ({ ...child, subtotal: cents(1) })) },
  ]
  for (const view of wrong) await assert.rejects(() => invoice(view), /F-2026-000123 do not add up/)
})

const mm = (length: number) => (length * 72) / 25.4

for (const [name, view] of Object.entries({
  usual: usualInvoice,
  'very long': crampedInvoice,
  'single-line': { ...usualInvoice, payer: { name: 'M. Li', addressLines: ['Valmont'] } },
})) {
  test(`a ${name} address shows whole in the envelope’s window, and nothing else does`, async () => {
    const words = (await invoice(view)).words()
    const address = [view.payer.name, ...view.payer.addressLines].join(' ').split(/\s+/)
    // The window moves by 10 mm sideways and 11 mm up and down: the first box is always seen, the second sometimes.
    const inside = words.filter(
      word => word.left < mm(200) && word.right > mm(90) && word.top < mm(90) && word.bottom > mm(45),
    )
    assert.deepEqual(inside.map(word => word.text).join(' '), address.join(' '))
    for (const { text, left, top, right, bottom } of inside)
      assert.ok(left >= mm(100) && right <= mm(190) && top >= mm(54) && bottom <= mm(80), `« ${text} » is at the edge`)
  })
}

test('names of sixty letters wrap inside their column', async () => {
  const words = (await invoice(crampedInvoice)).words()
  for (const { text, left, right } of words) assert.ok(left >= 42 && right <= 553.5, `« ${text} » leaves the page`)
  const amounts = words.filter(word => word.top > mm(130) && word.left > 480)
  assert.ok(amounts.some(word => word.text.startsWith('14')))
})

test('the same invoice always gives the same bytes', async () => {
  const first = await invoice(usualInvoice)
  await invoice(longInvoice)
  const second = await invoice(structuredClone(usualInvoice))
  assert.deepEqual(second.bytes, first.bytes)
})

test('an English invoice is English, but for the town’s own words', async () => {
  const pdf = await invoice(usualInvoice, { language: 'en' })
  const text = flat(pdf.pages())
  for (const said of ['Invoice', 'To pay', '€45.30', 'Family quotient: 640', 'page 1 of 1'])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
  assert.match(text, /Sunday,? 31 January 2027/)
  const objects = pdf.objects()
  assert.ok(objects.includes('/Lang (en-GB)'))
  assert.match(objects, /\/Lang \(fr-FR\)/, 'the late payment notice is said in French')
})

test('a town’s name with signs of XML leaves the file’s properties well formed', async () => {
  const pdf = await invoice(usualInvoice, { town: { ...valmont, name: 'Ville d’Ay & <Mer>' } })
  assert.equal(pdf.info()['Author'], 'Ville d’Ay & <Mer>')
  assert.match(pdf.metadata(), /<rdf:li>Ville d’Ay &amp; &lt;Mer&gt;<\/rdf:li>/)
})

test('the town’s logo is printed, transparent or not; without a picture that can be drawn its name is enough', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guichet-logo-'))
  try {
    const logoFile = join(folder, 'logo.png')
    await writeFile(logoFile, transparentPng(6, 4))
    const pdf = await invoice(usualInvoice, { town: { ...valmont, logoFile } })
    assert.match(pdf.objects(), /\/Subtype \/Image\b/)
    assert.match(pdf.objects(), /\/SMask /)
    assert.deepEqual((await invoice(usualInvoice, { town: { ...valmont, logoFile } })).bytes, pdf.bytes)

    const notPicture = join(folder, 'logo.svg')
    await writeFile(notPicture, '<svg/>')
    for (const file of [notPicture, join(folder, 'nowhere.png')]) {
      const without = await invoice(usualInvoice, { town: { ...valmont, logoFile: file } })
      assert.ok(!without.objects().includes('/Subtype /Image'))
      assert.ok(flat(without.pages()).includes('Ville de Valmont'))
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** A picture of one colour, half transparent. */
function transparentPng(width: number, height: number): Buffer {
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
  head.set([8, 6, 0, 0, 0], 8) // eight bits, red green blue and opacity
  const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, () => Buffer.from([29, 91, 121, 128]))])
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))
  const parts = [chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts])
}
