import { deflateSync } from 'node:zlib'
import PDFDocument from 'pdfkit'

/** A letter as offices write them, by pdfkit: text, a picture, several pages, a password. */
export async function letter({
  pages = 1,
  picture,
  options = {},
}: {
  pages?: number
  picture?: Buffer
  options?: PDFKit.PDFDocumentOptions
} = {}): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', autoFirstPage: false, ...options })
  const parts: Buffer[] = []
  document.on('data', part => parts.push(part))
  const ended = new Promise(resolve => document.once('end', resolve))
  for (let page = 1; page <= pages; page++) {
    document.addPage().fontSize(40).text(`Attestation, page ${page}`)
    if (picture) document.image(picture, 100, 200, { width: 300 })
  }
  document.end()
  await ended
  return Buffer.concat(parts)
}

/** Objects 1, 2, 3… as a PDF with its table. The first is the catalogue. */
export function pdfOf(objects: readonly (string | Buffer)[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const length = () => parts.reduce((sum, part) => sum + part.length, 0)
  const offsets = objects.map((object, i) => {
    const at = length()
    parts.push(Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object as string, 'latin1'), Buffer.from('\nendobj\n'))
    return at
  })
  const start = length()
  const lines = offsets.map(at => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines}` +
        `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`,
      'latin1',
    ),
  )
  return Buffer.concat(parts)
}

/** A stream with what its dictionary says besides its length. */
export const stream = (dictionary: string, bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`, 'latin1'),
    bytes,
    Buffer.from('\nendstream'),
  ])

export const CATALOGUE = '<< /Type /Catalog /Pages 2 0 R >>'
export const PAGES = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>'
export const PAGE = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>'

/** A PDF with one more stream than it needs. */
export const pdfWith = (extra: string | Buffer, page = PAGE): Buffer => pdfOf([CATALOGUE, PAGES, page, extra])

/**
 * A PDF as newer programs write it: its objects packed in a stream, its table another. `more` goes into the catalogue,
 * `trailer` into the table's dictionary; `pack` says how the objects are packed, `filter` how the file says it.
 */
export function packedPdf({
  more = '',
  trailer = '',
  filter = '/FlateDecode',
  before = '',
  pack = (bytes: Buffer): Buffer => deflateSync(bytes),
} = {}): Buffer {
  const objects = [`<< /Type /Catalog /Pages 2 0 R ${more} >>`, PAGES, PAGE]
  let at = 0
  const starts = objects.map(object => {
    const start = at
    at += object.length + 1
    return start
  })
  const head = starts.map((start, i) => `${i + 1} ${start} `).join('')
  const packed = pack(Buffer.from(`${head}${objects.join(' ')}`, 'latin1'))
  const dictionary = `/Type /ObjStm /N 3 /First ${head.length} /Filter ${filter} ${before}`
  const parts = [
    Buffer.from('%PDF-1.7\n'),
    Buffer.from('4 0 obj\n'),
    stream(dictionary, packed),
    Buffer.from('\nendobj\n'),
  ]
  const start = parts.reduce((sum, part) => sum + part.length, 0)
  const row = (kind: number, where: number, index: number) => [kind, where >> 8, where & 255, index]
  const table = Buffer.from([
    ...row(0, 0, 255),
    ...[0, 1, 2].flatMap(i => row(2, 4, i)),
    ...row(1, 9, 0),
    ...row(1, start, 0),
  ])
  return Buffer.concat([
    ...parts,
    Buffer.from('5 0 obj\n'),
    stream(`/Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode ${trailer}`, deflateSync(table)),
    Buffer.from(`\nendobj\nstartxref\n${start}\n%%EOF\n`),
  ])
}
