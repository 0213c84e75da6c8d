import { LONGEST_SIDE, MOST_PIXELS } from './limits.ts'
import { Refusal } from './verdict.ts'

/** Cameras and programs write some ten scans; hundreds are made to keep a reader busy. */
const MOST_SCANS = 100

/** The tables and frames of the picture itself: baseline, extended and progressive, as browsers show them. */
const OF_THE_PICTURE = new Set([0xc0, 0xc1, 0xc2, 0xc4, 0xdb, 0xdc, 0xdd])
/** Frames that no browser shows: lossless, arithmetic, hierarchical. */
const UNSEEN_FRAMES = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf])

/**
 * The picture in these bytes and nothing else: its tables, its colours, which side is up. Where and when it was taken, by
 * which telephone, comments, and what follows the picture (a short film, often) are left out. Its pixels are untouched.
 * Throws a Refusal for what is no whole JPEG (ITU-T T.81, annex B), or too large a one.
 */
export function jpegPicture(bytes: Buffer): Buffer {
  const kept: Buffer[] = []
  let orientation = 1
  let scans = 0
  let framed = false
  for (let at = 2; ; ) {
    const { marker, from, end } = segmentAt(bytes, at)
    if (marker === 0xd9) {
      if (scans === 0) throw new Refusal('file-broken')
      kept.push(bytes.subarray(from, end))
      return Buffer.concat([bytes.subarray(0, 2), ...withOrientation(kept, orientation)])
    }
    at = end
    if (UNSEEN_FRAMES.has(marker)) throw new Refusal('file-type')
    if (marker === 0xe1) orientation = orientationOf(bytes.subarray(from + 4, end)) ?? orientation
    if (marker >= 0xc0 && marker <= 0xc2) {
      if (framed) throw new Refusal('file-odd')
      framed = true
      checkSize(bytes, from, end)
    }
    if (marker === 0xda) {
      if (!framed) throw new Refusal('file-odd')
      if (++scans > MOST_SCANS) throw new Refusal('file-heavy')
      at = endOfScan(bytes, end)
    }
    if (marker === 0xda || OF_THE_PICTURE.has(marker) || isColour(bytes, marker, from))
      kept.push(bytes.subarray(from, at))
  }
}

function segmentAt(bytes: Buffer, at: number): { marker: number; from: number; end: number } {
  let from = at
  if (from + 1 >= bytes.length) throw new Refusal('file-broken')
  if (bytes[from] !== 0xff) throw new Refusal('file-odd')
  while (bytes[from + 1] === 0xff) from++ // fill bytes
  const marker = bytes[from + 1]
  if (marker === undefined) throw new Refusal('file-broken')
  if (marker === 0xd9) return { marker, from, end: from + 2 }
  if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) throw new Refusal('file-odd')
  if (from + 4 > bytes.length) throw new Refusal('file-broken')
  const length = bytes.readUInt16BE(from + 2)
  if (length < 2) throw new Refusal('file-odd')
  const end = from + 2 + length
  if (end > bytes.length) throw new Refusal('file-broken')
  return { marker, from, end }
}

/** Where the coded pixels end: at the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next === undefined) break
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  throw new Refusal('file-broken')
}

function checkSize(bytes: Buffer, from: number, end: number): void {
  if (end - from < 10) throw new Refusal('file-broken')
  const [height, width] = [bytes.readUInt16BE(from + 5), bytes.readUInt16BE(from + 7)]
  if (height === 0 || width === 0) throw new Refusal('file-broken')
  if (Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS) throw new Refusal('file-too-many-pixels')
}

/** JFIF, the colour profile, and how Adobe codes colours: without them the picture looks wrong. */
function isColour(bytes: Buffer, marker: number, from: number): boolean {
  const starts = (word: string) => bytes.toString('latin1', from + 4, from + 4 + word.length) === word
  if (marker === 0xe0) return starts('JFIF\0')
  if (marker === 0xe2) return starts('ICC_PROFILE\0')
  return marker === 0xee && starts('Adobe')
}

/** Which side is up, 1 to 8, from a segment of EXIF (CIPA DC-008, tag 0x0112). */
function orientationOf(segment: Buffer): number | undefined {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined
  const tiff = segment.subarray(6)
  const order = tiff.toString('latin1', 0, 2)
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return undefined
  const word = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const first = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (first + 2 > tiff.length) return undefined
  for (let at = first + 2, left = word(first); left > 0 && at + 12 <= tiff.length; left--, at += 12) {
    if (word(at) !== 0x0112) continue
    const value = word(at + 8)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}

/** A segment of EXIF that says which side is up and nothing else, after JFIF where there is one. */
function withOrientation(kept: readonly Buffer[], orientation: number): readonly Buffer[] {
  if (orientation === 1) return kept
  const tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
  const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, ...tag, 0, 0, 0, 0]
  const exif = Buffer.from([0xff, 0xe1, 0, 2 + 6 + tiff.length, ...Buffer.from('Exif\0\0', 'latin1'), ...tiff])
  const jfif = kept[0]?.[1] === 0xe0 ? 1 : 0
  return [...kept.slice(0, jfif), exif, ...kept.slice(jfif)]
}
