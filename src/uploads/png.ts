import { once } from 'node:events'
import { crc32, createInflate, deflateSync } from 'node:zlib'
import { LONGEST_SIDE, MOST_PIXELS, MOST_UNPACKED_IN_ALL } from './limits.ts'
import { Refusal } from './verdict.ts'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** The picture and its colours. Texts, the place it was taken and packed colour profiles are left out. */
const OF_THE_PICTURE = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'bKGD', 'pHYs'])
/** Samples in a pixel by colour type, and the depths it allows. */
const COLOURS: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
}

/**
 * The picture in these bytes and nothing else. Throws a Refusal unless every chunk has its length and checksum, the head
 * comes first, nothing follows the end, and the pixels unpack to just what the head says (PNG, third edition, 5 and 10).
 */
export async function pngPicture(bytes: Buffer): Promise<Buffer> {
  const kept: Buffer[] = [SIGNATURE]
  const pixels: Buffer[] = []
  let expected: number | undefined
  for (let at = SIGNATURE.length, kind = ''; kind !== 'IEND'; ) {
    if (at + 12 > bytes.length) throw new Refusal('file-broken')
    const end = at + 12 + bytes.readUInt32BE(at)
    kind = bytes.toString('latin1', at + 4, at + 8)
    if (end > bytes.length) throw new Refusal('file-broken')
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) throw new Refusal('file-broken')
    const data = bytes.subarray(at + 8, end - 4)
    if ((expected === undefined) !== (kind === 'IHDR')) throw new Refusal('file-odd')
    expected ??= unpackedLength(data)
    if (kind === 'IDAT') pixels.push(data)
    if (OF_THE_PICTURE.has(kind)) kept.push(bytes.subarray(at, end))
    else if (!/^[a-z][A-Za-z]{3}$/.test(kind)) throw new Refusal('file-odd') // a reader must know what begins with a capital
    if (kind === 'IEND' && end !== bytes.length) throw new Refusal('file-odd')
    at = end
  }
  await mustUnpackTo(pixels, expected ?? 0)
  return Buffer.concat(kept)
}

/** How many bytes the rows of the picture take, each with its filter, in one pass or in the seven of Adam7. */
function unpackedLength(head: Buffer): number {
  if (head.length !== 13) throw new Refusal('file-broken')
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
  const [depth = 0, colour = 0, packing, filter, interlaced = 0] = head.subarray(8)
  if (width === 0 || height === 0 || packing !== 0 || filter !== 0 || interlaced > 1) throw new Refusal('file-broken')
  if (Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS) throw new Refusal('file-too-many-pixels')
  const kind = COLOURS[colour]
  if (!kind?.depths.includes(depth)) throw new Refusal('file-broken')
  const rows = (columns: number, lines: number) =>
    columns === 0 ? 0 : lines * (1 + Math.ceil((columns * kind.samples * depth) / 8))
  if (!interlaced) return rows(width, height)
  const passes = [
    [0, 8, 0, 8],
    [4, 8, 0, 8],
    [0, 4, 4, 8],
    [2, 4, 0, 4],
    [0, 2, 2, 4],
    [1, 2, 0, 2],
    [0, 1, 1, 2],
  ] as const
  const steps = (size: number, from: number, by: number) => Math.max(0, Math.ceil((size - from) / by))
  return passes.reduce((sum, [x, dx, y, dy]) => sum + rows(steps(width, x, dx), steps(height, y, dy)), 0)
}

/** Unpacks without keeping anything, and stops as soon as more comes out than there should. */
async function mustUnpackTo(packed: readonly Buffer[], expected: number): Promise<void> {
  if (expected > MOST_UNPACKED_IN_ALL) throw new Refusal('file-too-many-pixels')
  const inflate = createInflate({ chunkSize: 256 * 1024 })
  let length = 0
  inflate.on('data', (part: Buffer) => {
    length += part.length
    if (length > expected) inflate.destroy(new Refusal('file-heavy'))
  })
  inflate.end(Buffer.concat(packed))
  try {
    await once(inflate, 'end')
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('file-broken')
  }
  if (length < expected) throw new Refusal('file-broken')
}

/** A PNG of these pixels: rows of red, green and blue, `stride` bytes apart. */
export function pngOf(
  pixels: Uint8Array,
  { width, height, stride }: { width: number; height: number; stride: number },
) {
  const rows = Buffer.alloc(height * (1 + width * 3)) // each row begins with its filter: none
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * stride, y * stride + width * 3), y * (1 + width * 3) + 1)
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 4 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const whole = Buffer.alloc(named.length + 8)
  whole.writeUInt32BE(data.length)
  named.copy(whole, 4)
  whole.writeUInt32BE(crc32(named), named.length + 4)
  return whole
}
