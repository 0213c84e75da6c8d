import { readFileSync } from 'node:fs'
import { create, type Font, type GlyphRun } from 'fontkit'
import { glyphSubsets } from './glyph-subset.ts'

export type FaceName = 'regular' | 'bold'

/** A word as a face sets it, in thousandths of its size: its width, and what kerning takes off after each letter. */
type Shape = { width: number; kerns: readonly number[] | undefined }

export type Face = {
  /** For pdfkit, which puts the glyphs of a document's letters into its file. */
  font: Font
  /** How a word is set. It may end in a space. */
  shape(word: string): Shape
}

/**
 * The two faces of every document, read and parsed once a thread. pdfkit would parse them and shape each word anew in
 * each document, which doubles the time of an invoice.
 */
export const faces: Record<FaceName, Face> = { regular: face('regular.ttf'), bold: face('bold.ttf') }

/** Words a face remembers. Past it all are forgotten: a month of a large town holds some 20,000 different ones. */
const REMEMBERED = 50_000

function face(file: string): Face {
  const bytes = readFileSync(new URL(`fonts/${file}`, import.meta.url))
  const font = create(bytes)
  if (!('layout' in font)) throw new Error(`${file} is a collection of fonts, not one`)
  const layout = font.layout.bind(font)
  const known = new Map<string, Shape>()
  return {
    font: Object.assign(font, { createSubset: glyphSubsets(bytes), layout: letters(font) }),
    shape: word => {
      let shape = known.get(word)
      if (shape === undefined) {
        if (known.size >= REMEMBERED) known.clear()
        shape = shaped(layout(word))
        known.set(word, shape)
      }
      return shape
    },
  }
}

function shaped({ glyphs, positions }: GlyphRun): Shape {
  const kerns = positions.map(({ xAdvance }, i) => (glyphs[i]?.advanceWidth ?? 0) - xAdvance)
  const width = positions.reduce((total, { xAdvance }) => total + xAdvance, 0)
  return { width, kerns: kerns.some(kern => kern !== 0) ? kerns : undefined }
}

/**
 * What pdfkit asks of a font in each document, once a letter: remembered. pdfkit scales the answer in place to 1000 units
 * an em; with as many units that changes nothing, so that one answer serves all documents.
 */
function letters(font: Font): Font['layout'] {
  if (font.unitsPerEm !== 1000) throw new Error(`${font.fullName} has ${font.unitsPerEm} units an em, not 1000`)
  const layout = font.layout.bind(font)
  const known = new Map<string, GlyphRun>()
  return letter => {
    let run = known.get(letter)
    if (run === undefined) {
      run = layout(letter)
      known.set(letter, run)
    }
    return run
  }
}

/** The words of a text, each with the space after it. */
export function* wordsOf(text: string): Generator<string, void> {
  let from = 0
  for (let space = text.indexOf(' '); space !== -1; space = text.indexOf(' ', from)) {
    yield text.slice(from, space + 1)
    from = space + 1
  }
  if (from < text.length) yield text.slice(from)
}

/** The width of a text in thousandths of its size. */
export function widthIn(face: FaceName, text: string): number {
  let width = 0
  for (const word of wordsOf(text)) width += faces[face].shape(word).width
  return width
}

/** Signs that no accent explains, by those that look the same. */
const BY_HAND: Record<string, string> = { Ɖ: 'Đ', ʼ: '’', ʻ: '‘', '‒': '–', '―': '—', '′': '’', '″': '”', '⁄': '/' }
const CERTAIN = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f‐‑–—‘’“”…€\u202f]*$/u
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu

/**
 * The text in letters that the faces have, so that nothing prints as an empty box: composed where it can be, else
 * without its accent, else « ? ». Controls become spaces; what has no shape of its own (direction marks) goes.
 */
export function printable(text: string): string {
  if (CERTAIN.test(text)) return text
  let out = ''
  for (const char of text.normalize('NFC').replace(UNSEEN, '')) out += printed(char)
  return out
}

function printed(char: string): string {
  if (has(char)) return char
  if (/[\p{Cc}\p{Z}]/u.test(char)) return ' '
  if (/\p{M}/u.test(char)) return '' // an accent without its letter
  const byHand = BY_HAND[char]
  if (byHand) return byHand
  return Array.from(char.normalize('NFKC'), each => (has(each) ? each : bare(each))).join('') || '?'
}

/** A letter without its accents, if the faces have it. */
const bare = (letter: string) => Array.from(letter.normalize('NFKD')).find(has) ?? '?'

/** Both faces were cut to the same letters. */
const letterCodes = new Set(faces.regular.font.characterSet)
const has = (char: string) => letterCodes.has(char.codePointAt(0) ?? 0)
