import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { verdictOn } from '../../src/uploads/content.ts'
import { chunk, jpeg, photo, png, pngOf, segment } from './files.ts'

async function said(bytes: Buffer): Promise<string> {
  const verdict = await verdictOn(bytes)
  return 'fault' in verdict ? verdict.fault : 'taken'
}
async function kept(bytes: Buffer): Promise<Buffer> {
  const verdict = await verdictOn(bytes)
  assert.ok('bytes' in verdict, 'it is taken')
  return Buffer.from(verdict.bytes)
}
const head = (width: number, height: number, [depth, colour, interlaced] = [8, 0, 0]) => {
  const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, colour, 0, 0, interlaced])
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  return data
}

/** What a telephone writes: which side is up, where it was, and a small copy of the picture. */
function exif(orientation: number, order: 'II' | 'MM' = 'MM'): Buffer {
  const tiff = Buffer.alloc(80)
  const word = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  const long = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at)
  tiff.write(order, 'latin1')
  word(42, 2)
  long(8, 4)
  word(2, 8)
  for (const [at, tag, type, value] of [
    [10, 0x0112, 3, orientation],
    [22, 0x8825, 4, 40],
  ] as const) {
    word(tag, at)
    word(type, at + 2)
    long(1, at + 4)
    if (type === 3) word(value, at + 8)
    else long(value, at + 8)
  }
  tiff.write('GPS 50.6292 N 3.0573 E', 40, 'latin1')
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]))
}
const after = (bytes: Buffer, at: number, ...more: Buffer[]) =>
  Buffer.concat([bytes.subarray(0, at), ...more, bytes.subarray(at)])

test('of a photo the picture is kept, not where and with what it was taken', async () => {
  const original = photo()
  assert.deepEqual(await kept(original), original)
  const taken = Buffer.concat([
    after(
      original,
      2,
      exif(1),
      segment(0xed, Buffer.from('Photoshop 3.0\0 Valmont')),
      segment(0xfe, Buffer.from('my home')),
    ),
    Buffer.from('MotionPhoto_Data and a short film'),
  ])
  assert.deepEqual(await kept(taken), original)
})

test('a photo taken upright stays upright', async () => {
  for (const order of ['II', 'MM'] as const) {
    for (const orientation of [3, 6, 8]) {
      const bytes = await kept(after(photo(), 2, exif(orientation, order)))
      assert.ok(!bytes.includes('GPS 50'), 'where it was taken is gone')
      const at = bytes.indexOf('Exif\0\0')
      assert.notEqual(at, -1)
      assert.equal(bytes.readUInt16BE(at + 6 + 10), 0x0112)
      assert.equal(bytes.readUInt16BE(at + 6 + 18), orientation)
      assert.deepEqual(await kept(bytes), bytes, 'it is taken again as it is')
    }
  }
})

test('of a PNG the picture is kept, not its remarks', async () => {
  const remarks: [string, Buffer][] = [
    ['eXIf', Buffer.from('MM and where it was')],
    ['tEXt', Buffer.from('Comment\0my home')],
    ['iTXt', Buffer.from('XML:com.adobe.xmp\0\0\0\0\0GPS')],
    ['zTXt', Buffer.concat([Buffer.from('big\0\0'), deflateSync(Buffer.alloc(5_000_000))])],
  ]
  assert.deepEqual(await kept(png(remarks)), png())
})

test('every kind of PNG is taken, and none that holds more or less than it says', async () => {
  // Depth, colour type, bytes of a row of nine pixels, and of nine rows in the seven passes of Adam7.
  for (const [depth, colour, row, passes] of [
    [1, 0, 2, 42],
    [8, 0, 9, 100],
    [16, 0, 18, 181],
    [8, 2, 27, 262],
    [4, 3, 5, 64],
    [8, 4, 18, 181],
    [16, 6, 72, 667],
  ] as const) {
    const palette: [string, Buffer][] = colour === 3 ? [['PLTE', Buffer.alloc(48)]] : []
    for (const [interlaced, length] of [
      [0, 9 * (1 + row)],
      [1, passes],
    ] as const) {
      const of = (bytes: number) =>
        pngOf(head(9, 9, [depth, colour, interlaced]), [...palette, ['IDAT', deflateSync(Buffer.alloc(bytes))]])
      const name = `depth ${depth}, colours ${colour}, interlaced ${interlaced}`
      assert.equal(await said(of(length)), 'taken', name)
      assert.equal(await said(of(length - 1)), 'file-broken', name)
      assert.equal(await said(of(length + 1)), 'file-heavy', name)
    }
  }
})

test('a picture that would fill the memory is refused before it does', async () => {
  const row = (length: number) => deflateSync(Buffer.alloc(length))
  const tall = pngOf(head(60_000, 60_000), [['IDAT', row(60_001)]])
  const large = pngOf(head(16_000, 10_000), [['IDAT', row(9)]])
  const thin = pngOf(head(30_000, 10), [['IDAT', row(9)]])
  const swells = pngOf(head(100, 100), [['IDAT', row(400_000_000)]])
  const wide = photo()
  const frame = wide.indexOf(Buffer.from([0xff, 0xc0]))
  wide.writeUInt16BE(60_000, frame + 5)
  wide.writeUInt16BE(60_000, frame + 7)
  const long = photo()
  long.writeUInt16BE(65_535, frame + 5)
  const scan = photo().subarray(photo().indexOf(Buffer.from([0xff, 0xda])), -2)
  const busy = after(photo(), photo().length - 2, ...Array.from({ length: 500 }, () => scan))
  assert.equal(await said(tall), 'file-too-many-pixels')
  assert.equal(await said(large), 'file-too-many-pixels')
  assert.equal(await said(thin), 'file-too-many-pixels')
  assert.equal(await said(swells), 'file-heavy')
  assert.equal(await said(wide), 'file-too-many-pixels')
  assert.equal(await said(long), 'file-too-many-pixels')
  assert.equal(await said(busy), 'file-heavy')
  assert.equal(await said(pngOf(head(8000, 8000, [16, 6, 0]), [['IDAT', row(100)]])), 'file-too-many-pixels')
})

test('half a picture is no picture', async () => {
  for (const whole of [photo(), jpeg()]) {
    for (let length = 4; length < whole.length; length += 7) {
      const fault = await said(whole.subarray(0, length))
      assert.match(fault, /^file-(broken|odd)$/, `${length} bytes of ${whole.length}`)
    }
  }
  assert.equal(await said(photo().subarray(0, -2)), 'file-broken')
  assert.equal(await said(png().subarray(0, -6)), 'file-broken')
  const broken = png()
  broken[20] = broken[20]! ^ 0xff
  assert.equal(await said(broken), 'file-broken', 'its checksum tells')
  const pixels = deflateSync(Buffer.alloc(20))
  assert.equal(await said(pngOf(head(4, 4), [['IDAT', pixels.subarray(0, -6)]])), 'file-broken')
  assert.equal(await said(pngOf(head(0, 4), [['IDAT', pixels]])), 'file-broken')
  assert.equal(await said(pngOf(head(4, 4, [8, 5, 0]), [['IDAT', pixels]])), 'file-broken')
})

test('pictures in ways that browsers do not show are refused', async () => {
  const lossless = photo()
  lossless[lossless.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc3
  assert.equal(await said(lossless), 'file-type')
  assert.equal(await said(png([['CgBI', Buffer.alloc(4)]])), 'file-odd', 'a chunk that one must know')
  const parts = png()
  const twice = Buffer.concat([parts.subarray(0, 8), chunk('IHDR', head(1, 1)), parts.subarray(8)])
  assert.equal(await said(twice), 'file-odd')
})
