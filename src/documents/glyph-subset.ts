import { fontOf, tablesOf } from './fonts/sfnt.ts'

/** What pdfkit asks of a subset: a number for each glyph it uses, and in the end the font of those glyphs alone. */
export type GlyphSubset = { includeGlyph(glyph: number): number; encode(): Uint8Array }

/** An outline with the places in it that name other glyphs (é is e and an accent), and its width and left bearing. */
type Glyph = { outline: Buffer; parts: readonly number[]; metrics: Buffer }

/**
 * Makes subsets of a TrueType face by copying its outlines. fontkit's own decodes each outline anew in each document,
 * which took a sixth of an invoice's time; here a glyph is looked at once a thread. Fields are those of OpenType 1.9.
 */
export function glyphSubsets(file: Buffer): () => GlyphSubset {
  const face = new Map(tablesOf(file))
  const known = new Map<number, Glyph>()
  const glyphOf = (glyph: number) => {
    let found = known.get(glyph)
    if (found === undefined) {
      found = read(face, glyph)
      known.set(glyph, found)
    }
    return found
  }
  return () => {
    const glyphs = [0] // the first is always the one for what is missing
    const numbers = new Map([[0, 0]])
    const includeGlyph = (glyph: number) => {
      let number = numbers.get(glyph)
      if (number === undefined) {
        number = glyphs.push(glyph) - 1
        numbers.set(glyph, number)
      }
      return number
    }
    return { includeGlyph, encode: () => encoded(face, glyphs, glyphOf, includeGlyph) }
  }
}

function table(face: ReadonlyMap<string, Buffer>, tag: string): Buffer {
  const found = face.get(tag)
  if (!found) throw new Error(`the face has no « ${tag} » table`)
  return found
}

function read(face: ReadonlyMap<string, Buffer>, glyph: number): Glyph {
  const loca = table(face, 'loca')
  const long = table(face, 'head').readInt16BE(50) === 1
  const offset = (i: number) => (long ? loca.readUInt32BE(4 * i) : 2 * loca.readUInt16BE(2 * i))
  const outline = table(face, 'glyf').subarray(offset(glyph), offset(glyph + 1))
  return { outline, parts: partsOf(outline), metrics: metricsOf(face, glyph) }
}

const WORDS = 0x1
const SCALE = 0x8
const MORE = 0x20
const TWO_SCALES = 0x40
const MATRIX = 0x80

/** Where a composed outline names its parts. */
function partsOf(outline: Buffer): number[] {
  const parts: number[] = []
  if (outline.length === 0 || outline.readInt16BE(0) >= 0) return parts
  for (let at = 10, more = true; more; ) {
    const flags = outline.readUInt16BE(at)
    parts.push(at + 2)
    at += 4 + (flags & WORDS ? 4 : 2) + (flags & SCALE ? 2 : flags & TWO_SCALES ? 4 : flags & MATRIX ? 8 : 0)
    more = (flags & MORE) !== 0
  }
  return parts
}

/** The glyph's advance and left bearing; glyphs at the end of the table share the last advance. */
function metricsOf(face: ReadonlyMap<string, Buffer>, glyph: number): Buffer {
  const hmtx = table(face, 'hmtx')
  const advances = table(face, 'hhea').readUInt16BE(34)
  if (glyph < advances) return hmtx.subarray(4 * glyph, 4 * glyph + 4)
  const bearing = 4 * advances + 2 * (glyph - advances)
  return Buffer.concat([hmtx.subarray(4 * advances - 4, 4 * advances - 2), hmtx.subarray(bearing, bearing + 2)])
}

function encoded(
  face: ReadonlyMap<string, Buffer>,
  glyphs: readonly number[],
  glyphOf: (glyph: number) => Glyph,
  includeGlyph: (glyph: number) => number,
): Uint8Array {
  const outlines: Buffer[] = []
  const metrics: Buffer[] = []
  const offsets = [0]
  let length = 0
  // The list grows while it is read: a part that no text used comes at the end.
  for (let i = 0; i < glyphs.length; i++) {
    const glyph = glyphOf(glyphs[i] ?? 0)
    const outline = Buffer.alloc(Math.ceil(glyph.outline.length / 4) * 4)
    glyph.outline.copy(outline)
    for (const at of glyph.parts) outline.writeUInt16BE(includeGlyph(outline.readUInt16BE(at)), at)
    outlines.push(outline)
    metrics.push(glyph.metrics)
    length += outline.length
    offsets.push(length)
  }
  const loca = Buffer.alloc(4 * offsets.length)
  for (const [i, offset] of offsets.entries()) loca.writeUInt32BE(offset, 4 * i)
  const [head, hhea, maxp] = ['head', 'hhea', 'maxp'].map(tag => Buffer.from(table(face, tag))) as [
    Buffer,
    Buffer,
    Buffer,
  ]
  head.writeInt16BE(1, 50) // long offsets in loca
  hhea.writeUInt16BE(glyphs.length, 34)
  maxp.writeUInt16BE(glyphs.length, 4)
  const tables = { head, hhea, maxp, loca, glyf: Buffer.concat(outlines), hmtx: Buffer.concat(metrics) }
  return fontOf(new Map(Object.entries(tables)))
}
