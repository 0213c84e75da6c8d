import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { verdictOn } from '../../src/uploads/content.ts'
import { MOST_PAGES } from '../../src/uploads/limits.ts'
import { jpeg, pdf, photo, zip } from './files.ts'
import { CATALOGUE, letter, PAGE, PAGES, packedPdf, pdfOf, pdfWith, stream } from './pdfs.ts'

/** The fault found, or « taken ». */
async function said(bytes: Buffer): Promise<string> {
  const verdict = await verdictOn(bytes)
  return 'fault' in verdict ? verdict.fault : 'taken'
}
const deflated = (bytes: Buffer) => stream('/Filter /FlateDecode', deflateSync(bytes))

test('letters, scans and packed PDFs are taken as they are', async () => {
  for (const bytes of [
    pdf(),
    packedPdf(),
    await letter(),
    await letter({ pages: MOST_PAGES }),
    await letter({ picture: photo() }),
    await letter({ options: { pdfVersion: '1.7', tagged: true, lang: 'fr', info: { Title: 'Attestation' } } }),
    pdfWith(deflated(Buffer.from('BT /F1 12 Tf (bonjour) Tj ET'))),
  ]) {
    const verdict = await verdictOn(bytes)
    assert.deepEqual(verdict, { mediaType: 'application/pdf', extension: 'pdf', bytes })
  }
})

test('a PDF with a password is told apart, however it hides its lock', async () => {
  const locked = {
    'to open it': await letter({ options: { userPassword: 'secret', ownerPassword: 'other', pdfVersion: '1.7ext3' } }),
    'to change it, with the newest cipher': await letter({ options: { ownerPassword: 'x', pdfVersion: '1.7ext3' } }),
    'to change it, with an old cipher': await letter({ options: { ownerPassword: 'x', pdfVersion: '1.4' } }),
    'said in the table of a packed file': packedPdf({ trailer: '/Encrypt 9 0 R' }),
    'with its name written in numbers': pdf({ trailer: '/Encr#79pt << /Filter /Standard /V 1 /R 2 >>' }),
    'with a remark in between': pdf({ trailer: '/Encrypt %\n 9 0 R' }),
  }
  for (const [name, bytes] of Object.entries(locked)) assert.equal(await said(bytes), 'file-locked', name)
})

test('a PDF of many pages is refused, also one that says it has few', async () => {
  assert.equal(await said(await letter({ pages: MOST_PAGES + 1 })), 'file-too-many-pages')
  assert.equal(await said(await letter({ pages: 200 })), 'file-too-many-pages')
  const pages = Array.from({ length: 200 }, () => PAGE)
  const kids = pages.map((_, i) => `${i + 3} 0 R`).join(' ')
  const claims = (count: number) => pdfOf([CATALOGUE, `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`, ...pages])
  assert.equal(await said(claims(200)), 'file-too-many-pages')
  assert.equal(await said(claims(1)), 'file-too-many-pages')
})

const ACTIONS = {
  'runs JavaScript': '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>',
  'has scripts by name': '/Names << /JavaScript << /Names [] >> >>',
  'writes JavaScript in numbers': '/OpenAction << /S /J#61vaScript /JS (app.alert(1)) >>',
  'runs a program': '/OpenAction << /S /Launch /F (cmd.exe) >>',
  'holds files': '/Names << /EmbeddedFiles << /Names [(a) 9 0 R] >> >>',
  'points to a file within': '/AF [ << /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> >> ]',
  'opens a file within': '/OpenAction << /S /GoToE /T << /R /C >> >>',
  'sends what is typed': '/OpenAction << /S /SubmitForm /F (http://example.com) >>',
  'plays a film': '/OpenAction << /S /Rendition /OP 0 /JS (app.alert(1)) >>',
}

test('a PDF that does something by itself is refused, also when that is packed away', async () => {
  for (const [name, more] of Object.entries(ACTIONS)) {
    assert.equal(await said(pdf({ more })), 'file-odd', name)
    assert.equal(await said(packedPdf({ more })), 'file-odd', `${name}, packed`)
  }
  const document = pdfOf([CATALOGUE, PAGES, PAGE])
  const appended = Buffer.from('9 0 obj\n<< /S /JavaScript /JS (1) >>\nendobj\nstartxref\n9\n%%EOF\n')
  assert.equal(await said(Buffer.concat([document, appended])), 'file-odd', 'in a later version of the file')
})

/** Rows of four bytes, each byte but the first as what it is more than the one before (PNG, filter 1). */
function differences(bytes: Buffer): Buffer {
  const rows = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, i) => {
    const row = Buffer.alloc(4, ' ')
    bytes.copy(row, 0, 4 * i)
    return [1, ...row.map((byte, x) => byte - (x > 0 ? (row[x - 1] ?? 0) : 0))]
  })
  return Buffer.from(rows.flat())
}

test('objects packed so that one cannot look into them are refused', async () => {
  const more = ACTIONS['runs JavaScript']
  const hex = (bytes: Buffer) => Buffer.from(`${bytes.toString('hex')}>`, 'latin1')
  const hidden = {
    'in letters': packedPdf({ more, filter: '[/ASCIIHexDecode /FlateDecode]', pack: bytes => hex(deflateSync(bytes)) }),
    'letters, packed': packedPdf({
      more,
      filter: '[/FlateDecode /ASCIIHexDecode]',
      pack: bytes => deflateSync(hex(bytes)),
    }),
    'packed twice': packedPdf({
      more,
      filter: '[/FlateDecode /FlateDecode]',
      pack: bytes => deflateSync(deflateSync(bytes)),
    }),
    'as the rows of a picture': packedPdf({
      more,
      before: '/DecodeParms << /Predictor 11 /Columns 4 >>',
      pack: bytes => deflateSync(differences(bytes)),
    }),
    'said elsewhere': packedPdf({ more, filter: '8 0 R', pack: bytes => hex(deflateSync(bytes)) }),
    'its name in numbers': packedPdf({
      more,
      filter: '[/ASCIIHexDecode /FlateDecode] /Type /#4fbjStm',
      pack: bytes => hex(deflateSync(bytes)),
    }),
    'behind a remark': packedPdf({
      more,
      before: '% 9 0 obj\n',
      filter: '[/ASCIIHexDecode /FlateDecode]',
      pack: bytes => hex(deflateSync(bytes)),
    }),
  }
  for (const [name, bytes] of Object.entries(hidden))
    assert.match(await said(bytes), name === 'packed twice' ? /file-heavy/ : /file-odd/, name)
})

/** Thousands of streams in one: each begins within the one before, and they end together, nothing having come out. */
function overlapping(): Buffer {
  const stored = (bytes: Buffer) => {
    const head = Buffer.from([0, 0, 0, 0, 0])
    head.writeUInt16LE(bytes.length, 1)
    head.writeUInt16LE(0xffff - bytes.length, 3)
    return Buffer.concat([head, bytes])
  }
  const begins = stored(Buffer.from('9 0 obj<<>>stream\nx\x01', 'latin1'))
  const nothing = Buffer.alloc(4_500_000, stored(Buffer.alloc(0)))
  const restOfFile = Buffer.from([0, 0xff, 0xff, 0, 0])
  const all = [Buffer.from('x\x01'), Buffer.alloc(begins.length * 4000, begins), nothing, restOfFile]
  return pdfWith(stream('', Buffer.concat(all)))
}

test('a PDF that swells when it is opened is refused', async () => {
  const zeros = (megabytes: number) => Buffer.alloc(megabytes * 1024 * 1024)
  const sixty = deflated(zeros(60))
  const bombs = {
    'one huge stream': pdfWith(deflated(zeros(80))),
    'many large ones': pdfOf([CATALOGUE, PAGES, PAGE, sixty, sixty, sixty, sixty, sixty]),
    'a stream of objects': packedPdf({ pack: () => deflateSync(zeros(80)) }),
    'packed twice': pdfWith(stream('/Filter [/FlateDecode /FlateDecode]', deflateSync(deflateSync(zeros(50))))),
    'streams over each other': overlapping(),
    'thousands of streams': pdfOf([CATALOGUE, PAGES, PAGE, ...Array.from({ length: 6000 }, () => deflated(zeros(0)))]),
  }
  for (const [name, bytes] of Object.entries(bombs)) {
    const begun = performance.now()
    assert.equal(await said(bytes), 'file-heavy', name)
    assert.ok(performance.now() - begun < 5000, `${name}: soon`)
  }
  assert.equal(await said(pdfWith(deflated(zeros(40)))), 'taken', 'a scanned page unpacks to as much')
  const picture = stream(
    '/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /Filter /CCITTFaxDecode',
    Buffer.alloc(50),
  )
  assert.equal(await said(pdfWith(picture)), 'file-too-many-pixels')
})

test('a PDF that is cut off, or only called one, is refused', async () => {
  const whole = await letter({ pages: 3 })
  for (const part of [0.2, 0.5, 0.9]) assert.equal(await said(whole.subarray(0, whole.length * part)), 'file-broken')
  assert.equal(await said(whole.subarray(0, -4)), 'file-broken')
  const nothing = Buffer.from('%PDF-1.7\nbonjour\nstartxref\n9\n%%EOF\n')
  assert.equal(await said(nothing), 'file-broken')
  const noPage = pdfOf([CATALOGUE, '<< /Type /Pages /Kids [] /Count 0 >>'])
  assert.equal(await said(noPage), 'file-broken')
})

test('a PDF that is something else too is refused', async () => {
  const odd = {
    'an archive after it': Buffer.concat([pdf(), zip()]),
    'an archive in it': pdfOf([CATALOGUE, PAGES, PAGE, stream('', zip())]),
    'an archive of another kind in it': pdfWith(stream('', Buffer.from('Rar!\x1a\x07\x01\0 and files', 'latin1'))),
    'a photo before it': Buffer.concat([Buffer.from('\n'), pdf()]),
    'a page in it': pdfWith('(<script>alert(1)</script>)'),
    'a page after it': Buffer.concat([pdf(), Buffer.from('\n<b>bonjour</b>')]),
  }
  for (const [name, bytes] of Object.entries(odd)) assert.equal(await said(bytes), 'file-odd', name)
  assert.equal(await said(Buffer.concat([jpeg(), pdf()])), 'file-odd')
})
