import { crc32 } from 'node:zlib'
import { fileTypeFromBuffer } from 'file-type'

export const MOST_BYTES = 5 * 1024 * 1024

/** What a proof may be, by its content: a photo or a PDF. */
export type ProofType = { mediaType: 'application/pdf' | 'image/jpeg' | 'image/png'; extension: 'pdf' | 'jpg' | 'png' }
export type ProofFault = 'file-empty' | 'file-too-large' | 'file-type' | 'file-locked' | 'file-odd'

const TYPES: Readonly<Record<string, ProofType>> = {
  'application/pdf': { mediaType: 'application/pdf', extension: 'pdf' },
  'image/jpeg': { mediaType: 'image/jpeg', extension: 'jpg' },
  'image/png': { mediaType: 'image/png', extension: 'png' },
}

/**
 * What the bytes are, whatever name and type came with them, or why they are not taken. A file that is two things at once
 * (a picture that is also a page, an archive or a PDF) is refused: it would be one thing to us and another to its reader.
 */
export async function proofType(bytes: Buffer): Promise<ProofType | ProofFault> {
  if (bytes.length === 0) return 'file-empty'
  if (bytes.length > MOST_BYTES) return 'file-too-large'
  const found = TYPES[(await fileTypeFromBuffer(bytes))?.mime ?? '']
  if (!found) return 'file-type'
  if (isArchiveToo(bytes) || holdsMarkup(bytes)) return 'file-odd'
  switch (found.extension) {
    case 'png':
      return isWholePng(bytes) && !bytes.includes('%PDF-') ? found : 'file-odd'
    case 'jpg':
      return isWholeJpeg(bytes) && !bytes.includes('%PDF-') ? found : 'file-odd'
    case 'pdf':
      return pdfFault(bytes) ?? found
  }
}

/** Readers of ZIP look for its directory from the end: a whole archive may follow anything. */
function isArchiveToo(bytes: Buffer): boolean {
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

/** Every chunk in its length and with its checksum, the head first, and nothing after the end (PNG, 5.2 to 5.6). */
function isWholePng(bytes: Buffer): boolean {
  let at = 8
  for (let first = true; at + 12 <= bytes.length; first = false) {
    const length = bytes.readUInt32BE(at)
    const kind = bytes.toString('latin1', at + 4, at + 8)
    const end = at + 12 + length
    if (end > bytes.length || first !== (kind === 'IHDR')) return false
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) return false
    if (kind === 'IEND') return end === bytes.length
    at = end
  }
  return false
}

/** Its segments in order up to the picture itself. Phones write more after the picture; that is let be. */
function isWholeJpeg(bytes: Buffer): boolean {
  if (bytes.readUInt16BE(0) !== 0xffd8) return false
  let framed = false
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return false
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++ // fill byte
      continue
    }
    if (marker === 0xda) return framed && bytes.includes('\xff\xd9', at, 'latin1')
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) framed = true
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return false
}

/** A PDF from its first byte to its last, that opens without a password and does nothing by itself. */
function pdfFault(bytes: Buffer): ProofFault | undefined {
  const text = bytes.toString('latin1')
  if (!/^%PDF-[12]\.\d/.test(text)) return 'file-odd'
  const end = text.lastIndexOf('%%EOF')
  if (end === -1 || !/^[\s\0]*$/.test(text.slice(end + 5))) return 'file-odd'
  if (!/startxref\s+\d+\s*$/.test(text.slice(Math.max(0, end - 64), end))) return 'file-odd'
  if (/\/Encrypt\s*(?:\d+\s+\d+\s+R|<<)/.test(text)) return 'file-locked'
  return /\/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia)[\s/(<[]/.test(text) ? 'file-odd' : undefined
}
