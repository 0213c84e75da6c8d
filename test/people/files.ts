import { crc32, deflateSync } from 'node:zlib'

/** A whole PNG of one grey pixel; `extra` chunks stand before its end. */
export function png(extra: readonly [kind: string, data: Buffer][] = []): Buffer {
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  const chunks: [string, Buffer][] = [['IHDR', head], ['IDAT', deflateSync(Buffer.from([0, 128]))], ...extra]
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, ...chunks.map(([kind, data]) => chunk(kind, data)), chunk('IEND', Buffer.alloc(0))])
}

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** The frame of a JPEG: what cameras write before and after the picture. `comment` is a COM segment. */
export function jpeg(comment = ''): Buffer {
  const segment = (marker: number, data: Buffer) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(data.length + 2)
    return Buffer.concat([Buffer.from([0xff, marker]), length, data])
  }
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...(comment ? [segment(0xfe, Buffer.from(comment, 'latin1'))] : []),
    segment(0xc0, Buffer.from([8, 0, 1, 0, 1, 1, 1, 0x11, 0])),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x7f, 0x2a, 0xff, 0xd9]),
  ])
}

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

/** An archive of one empty file, as any ZIP tool writes it. */
export function zip(): Buffer {
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'),
    Buffer.alloc(16),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('a'),
  ])
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\0\x14\0\0\0\0\0', 'latin1'),
    Buffer.alloc(16),
    Buffer.from([1, 0]),
    Buffer.alloc(16),
    Buffer.from('a'),
  ])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}
