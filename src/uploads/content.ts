import { fileTypeFromBuffer } from 'file-type'
import { jpegPicture } from './jpeg.ts'
import { MOST_BYTES } from './limits.ts'
import { checkPdf } from './pdf.ts'
import { pngPicture } from './png.ts'
import { type Fault, Refusal, type Verdict } from './verdict.ts'

/**
 * What the bytes are, whatever name and type came with them, and what of them is kept; or why they are not taken. A file that
 * is two things at once (a picture that is also a page, an archive or a PDF) is refused: it would be one thing to us and
 * another to its reader. Bytes can keep this busy for seconds: call it on a thread of its own (`judge`).
 */
export async function verdictOn(bytes: Buffer): Promise<Verdict> {
  try {
    return await taken(bytes)
  } catch (error) {
    if (error instanceof Refusal) return { fault: error.fault }
    throw error
  }
}

async function taken(bytes: Buffer): Promise<Verdict> {
  if (bytes.length === 0) throw new Refusal('file-empty')
  if (bytes.length > MOST_BYTES) throw new Refusal('file-too-large')
  const mime = (await fileTypeFromBuffer(bytes))?.mime ?? ''
  if (!TAKEN.has(mime)) throw new Refusal(otherKind(mime, bytes))
  if (isArchiveToo(bytes) || holdsMarkup(bytes)) throw new Refusal('file-odd')
  if (mime === 'application/pdf') {
    await checkPdf(bytes)
    return { mediaType: mime, extension: 'pdf', bytes }
  }
  if (bytes.includes('%PDF-')) throw new Refusal('file-odd')
  return mime === 'image/jpeg'
    ? { mediaType: mime, extension: 'jpg', bytes: jpegPicture(bytes) }
    : { mediaType: 'image/png', extension: 'png', bytes: await pngPicture(bytes) }
}

const TAKEN: ReadonlySet<string> = new Set(['application/pdf', 'image/jpeg', 'image/png', 'image/apng'])

const OTHER_KINDS: readonly [fault: Fault, mime: RegExp][] = [
  ['file-heic', /^image\/hei[cf]/],
  ['file-office', /officedocument|opendocument|^application\/(?:x-cfb|rtf|msword|vnd\.ms-|epub)|^text\/rtf/],
  ['file-program', /x-msdownload|x-elf|mach-binary|java|wasm|x-deb|x-rpm|x-apple-diskimage|android|ms\.shortcut|x-nes/],
  ['file-web-page', /html|xml|svg/],
  ['file-archive', /zip|x-(?:7z|tar|rar|compress|lzh|lzip|xz|ace|arj|cpio)|vnd\.rar|zstd|ms-cab|lz4/],
]

/** What a file is that is not taken, so that its owner knows what to do. */
function otherKind(mime: string, bytes: Buffer): Fault {
  const begins = beginningOf(bytes)
  if (begins.startsWith('PK') && /word\/|xl\/|ppt\/|vnd\.oasis/.test(bytes.toString('latin1'))) return 'file-office'
  const known = OTHER_KINDS.find(([, kinds]) => kinds.test(mime))
  if (known) return known[0]
  if (/^(?:#!|<\?php|<%|@echo\b|MZ|\x7fELF)/i.test(begins)) return 'file-program'
  if (/^<(?:!doctype|!--|\?xml|[a-z][a-z0-9:]*[\s>/])/i.test(begins)) return 'file-web-page'
  if (begins.startsWith('{\\rtf')) return 'file-office'
  if (begins.startsWith('PK')) return 'file-archive'
  // What our readers of PDFs forgive: something stands before its first line.
  return bytes.subarray(0, 1024).includes('%PDF-') ? 'file-odd' : 'file-type'
}

/** The first characters of a text, in whichever alphabet's bytes. */
function beginningOf(bytes: Buffer): string {
  const [first, second] = bytes
  const start = bytes.subarray(0, 512)
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return start
    .toString('latin1')
    .replace(wide ? /^..|\0/gs : /^\xef\xbb\xbf/, '')
    .trimStart()
}

/** Readers of ZIP look for its directory from the end: a whole archive may follow anything. Others look for a beginning. */
function isArchiveToo(bytes: Buffer): boolean {
  if (bytes.includes('Rar!\x1a\x07', 0, 'latin1') || bytes.includes('7z\xbc\xaf\x27\x1c', 0, 'latin1')) return true
  const tail = bytes.subarray(Math.max(0, bytes.length - 65_557))
  for (let at = tail.indexOf('PK\x05\x06', 0, 'latin1'); at !== -1; at = tail.indexOf('PK\x05\x06', at + 1, 'latin1')) {
    if (at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) <= tail.length) return true
  }
  return false
}

/** No camera, scanner or office writes these; in five random megabytes one turns up once in ten thousand files. */
function holdsMarkup(bytes: Buffer): boolean {
  return /<!doctype html|<html[\s>]|<script[\s>]|<iframe[\s>]|<\?php/i.test(bytes.toString('latin1'))
}
