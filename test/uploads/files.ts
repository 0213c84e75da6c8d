import { crc32, deflateSync } from 'node:zlib'

/** A whole PNG of one grey pixel; `extra` chunks stand before its end. */
export const png = (extra: readonly Chunk[] = []): Buffer =>
  pngOf(Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]), [['IDAT', deflateSync(Buffer.from([0, 128]))], ...extra])

type Chunk = [kind: string, data: Buffer]

/** A PNG with this head and these chunks, each with its checksum. */
export function pngOf(head: Buffer, chunks: readonly Chunk[]): Buffer {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const all: Chunk[] = [['IHDR', head], ...chunks, ['IEND', Buffer.alloc(0)]]
  return Buffer.concat([signature, ...all.map(([kind, data]) => chunk(kind, data))])
}

export function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** A piece of a JPEG: its marker, its length, what it holds. */
export function segment(marker: number, data: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(data.length + 2)
  return Buffer.concat([Buffer.from([0xff, marker]), length, data])
}

/** The frame of a JPEG: what cameras write before and after the picture. `comment` is a COM segment. */
export function jpeg(comment = ''): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...(comment ? [segment(0xfe, Buffer.from(comment, 'latin1'))] : []),
    segment(0xc0, Buffer.from([8, 0, 1, 0, 1, 1, 1, 0x11, 0])),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x7f, 0x2a, 0xff, 0xd9]),
  ])
}

const PHOTO = [
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7',
  'gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8',
  'fHx8fHx8fHz/wAARCAAQABgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QA',
  'FgEBAQEAAAAAAAAAAAAAAAAABQEE/8QAFxEBAAMAAAAAAAAAAAAAAAAAAAIDMf/aAAwDAQACEQMRAD8AjAWlvvACcMDz1//Z',
].join('')

/** A JPEG of 24 by 16 pixels, red to blue, as a browser writes it. */
export const photo = (): Buffer => Buffer.from(PHOTO, 'base64')

/** A PDF of one empty page; `more` goes into its catalogue, `trailer` into its trailer. */
export function pdf({ more = '', trailer = '' } = {}): Buffer {
  const objects = [
    `1 0 obj\n<< /Type /Catalog /Pages 2 0 R ${more} >>\nendobj\n`,
    '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n',
    '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>\nendobj\n',
  ]
  let text = '%PDF-1.7\n'
  const offsets = objects.map(object => {
    const at = text.length
    text += object
    return at
  })
  const start = text.length
  const lines = offsets.map(at => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 4\n0000000000 65535 f \n${lines}trailer\n<< /Size 4 /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}

/** An archive of empty files, as any ZIP tool writes it. */
export function zip(names: readonly string[] = ['a']): Buffer {
  const locals = names.map(name => {
    const head = Buffer.alloc(30)
    head.write('PK\x03\x04\x14', 'latin1')
    head.writeUInt16LE(name.length, 26)
    return Buffer.concat([head, Buffer.from(name)])
  })
  let at = 0
  const directory = names.map((name, i) => {
    const head = Buffer.alloc(46)
    head.write('PK\x01\x02\x14\0\x14', 'latin1')
    head.writeUInt16LE(name.length, 28)
    head.writeUInt32LE(at, 42)
    at += locals[i]?.length ?? 0
    return Buffer.concat([head, Buffer.from(name)])
  })
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(names.length, 8)
  end.writeUInt16LE(names.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, ...directory, end])
}
