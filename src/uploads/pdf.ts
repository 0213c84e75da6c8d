import { constants, type Inflate, inflateSync } from 'node:zlib'
import { MOST_PAGES, MOST_PIXELS_IN_PDF, MOST_UNPACKED, MOST_UNPACKED_IN_ALL } from './limits.ts'
import { objectsOf, type PdfObject, withPlainNames } from './pdf-objects.ts'
import { tryPdf } from './pdfium.ts'
import { Refusal } from './verdict.ts'

/** Streams whose unpacked text is looked at for what they do; larger ones are pictures. */
const MOST_TEXT = 16 * 1024 * 1024
const MOST_STREAMS = 5000
/** Streams that begin as zlib does and are something else: one in five hundred, by chance. */
const MOST_FAILED = 100

/** Actions that run something or send something, files within the file, films (ISO 32000-2, 12.6.4 and 7.11.4). */
const DOES_SOMETHING =
  /\/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|GoToE|ImportData|SubmitForm)(?![A-Za-z0-9])|\/EF[\s\0]*(?:<<|\d+[\s\0]+\d+[\s\0]+R)/

/**
 * Throws a Refusal unless these bytes are a PDF from the first to the last, that opens without a password, has no more than
 * MOST_PAGES pages, does nothing by itself, hides nothing, swells to nothing huge, and whose pages can be drawn.
 */
export async function checkPdf(bytes: Buffer): Promise<void> {
  const text = withPlainNames(bytes.toString('latin1'))
  checkEnds(text)
  if (/\/Encrypt(?![A-Za-z])/.test(text)) throw new Refusal('file-locked')
  if (DOES_SOMETHING.test(text)) throw new Refusal('file-odd')
  const pages = pagesSeen(bytes)
  await tryPdf(bytes)
  // A file that says fewer pages than it holds shows others to other readers. Changed ones are there twice.
  if (pages > 2 * MOST_PAGES) throw new Refusal('file-too-many-pages')
}

function checkEnds(text: string): void {
  if (!/^%PDF-[12]\.\d/.test(text)) throw new Refusal('file-odd')
  const end = text.lastIndexOf('%%EOF')
  if (end === -1) throw new Refusal('file-broken')
  const after = text.slice(end + 5)
  if (/^\s*\d+ \d+ obj/.test(after)) throw new Refusal('file-broken') // cut off: an earlier end is left
  if (!/^[\s\0]*$/.test(after)) throw new Refusal('file-odd')
  if (!/startxref\s+\d+\s*$/.test(text.slice(Math.max(0, end - 64), end))) throw new Refusal('file-broken')
}

/** Unpacks every stream, and counts the pages on the way. */
function pagesSeen(bytes: Buffer): number {
  const pages = new Set<string>()
  const { unpack } = unpacker(bytes.length)
  let streams = 0
  for (const object of objectsOf(bytes.toString('latin1'))) {
    if (object.keys.get('/Type') === '/Page') pages.add(object.number)
    if (pixelsOf(object) > MOST_PIXELS_IN_PDF) throw new Refusal('file-too-many-pixels')
    if (object.streamAt === undefined) continue
    if (++streams > MOST_STREAMS || isPackedTwice(object)) throw new Refusal('file-heavy')
    const content = unpack(bytes.subarray(object.streamAt))
    if (holdsObjects(object)) checkObjectStream(object, content)
    if (!content || content.length > MOST_TEXT) continue
    const text = withPlainNames(content.toString('latin1'))
    if (DOES_SOMETHING.test(text)) throw new Refusal('file-odd')
    if (!holdsObjects(object)) continue
    for (const { index } of text.matchAll(/\/Type[\s\0]*\/Page(?![A-Za-z])/g)) pages.add(`${object.number}: ${index}`)
  }
  return pages.size
}

/** What readers take for a stream of objects: by its type, or by what only those have. */
const holdsObjects = ({ keys }: PdfObject) => keys.get('/Type') === '/ObjStm' || keys.has('/First')

/** A thousand to one, twice over: nobody packs so but to make a reader swell. */
const isPackedTwice = ({ keys }: PdfObject) =>
  (keys.get('/Filter')?.match(/\/(?:FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)(?![A-Za-z])/g)?.length ?? 0) > 1

/** Objects are packed in the one way that every program uses, or they are hidden. */
function checkObjectStream({ keys }: PdfObject, content: Buffer | undefined): void {
  const filter = keys.get('/Filter')
  if (filter === undefined) return // they stand in the file as they are, and were seen there
  const usual = /^\[?\s*\/(?:FlateDecode|Fl)\s*\]?$/.test(filter)
  const asIs = !/\/Predictor\s*(?!1\b)/.test(keys.get('/DecodeParms') ?? keys.get('/DP') ?? '')
  if (!usual || !asIs || !content || content.length > MOST_TEXT) throw new Refusal('file-odd')
}

function pixelsOf({ keys }: PdfObject): number {
  const [width, height] = [keys.get('/Width') ?? keys.get('/W'), keys.get('/Height') ?? keys.get('/H')].map(Number)
  return width && height ? width * height : 0
}

type Unpacker = { unpack(packed: Buffer): Buffer | undefined }

/**
 * What streams hold that are packed by deflate, whatever their dictionaries say. Throws when they swell too much, or when
 * they lie over each other, so that the same bytes would be unpacked again and again.
 */
function unpacker(size: number): Unpacker {
  let [unpacked, consumed, failed] = [0, 0, 0]
  return {
    unpack: packed => {
      // Two bytes that zlib never begins with: almost all other streams.
      if (packed.length < 2 || ((packed[0] ?? 0) & 0x0f) !== 8 || packed.readUInt16BE(0) % 31 !== 0) return undefined
      const inflated = inflate(packed)
      if (!inflated) failed++
      unpacked += inflated?.content.length ?? 0
      consumed += inflated?.consumed ?? 0
      if (unpacked > MOST_UNPACKED_IN_ALL || consumed > 2 * size || failed > MOST_FAILED)
        throw new Refusal('file-heavy')
      return inflated?.content
    },
  }
}

function inflate(packed: Buffer): { content: Buffer; consumed: number } | undefined {
  const options = {
    maxOutputLength: MOST_UNPACKED,
    chunkSize: 128 * 1024,
    finishFlush: constants.Z_SYNC_FLUSH,
    info: true,
  }
  try {
    // With `info`, and only then, zlib gives its engine too: the types do not know.
    const { buffer, engine } = inflateSync(packed, options) as unknown as { buffer: Buffer; engine: Inflate }
    return { content: buffer, consumed: engine.bytesWritten }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Refusal('file-heavy')
    return undefined
  }
}
