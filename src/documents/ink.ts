import { type FaceName, faces, printable, widthIn, wordsOf } from './faces.ts'
import type { DocumentFont, Sheet } from './sheet.ts'

/** How a text looks. `colour` is #rrggbb. */
export type Style = { face: FaceName; size: number; colour: string }

export const BLACK = '#1a1f27'
export const GREY = '#4c5562' // 7.5 to 1 on white
export const HAIRLINE = '#c4cad2'

export const style = (size: number, face: FaceName = 'regular', colour = BLACK): Style => ({ face, size, colour })

/** From the top of a line of text to the top of the next. */
export const leading = (size: number) => size * 1.28

/** Where the letters stand, from the top of their line. */
const baseline = (size: number) => size * 0.96

export function widthOf(text: string, { face, size }: Style): number {
  return (widthIn(face, printable(text)) * size) / 1000
}

/**
 * Writes one line whose top left is at x, y. pdfkit's own text() makes eight writes of it, and shapes and measures it
 * again; this is one write, and takes a third off the time of an invoice.
 */
export function put(sheet: Sheet, text: string, x: number, y: number, { face, size, colour }: Style): void {
  const { pdf } = sheet
  const font = sheet.fonts[face]
  const { id } = font.embedded
  pdf.page.fonts[id] ??= font.embedded.ref()
  let shown = '('
  for (const word of wordsOf(printable(text))) {
    const { kerns } = faces[face].shape(word)
    for (let i = 0; i < word.length; i++) {
      shown += glyph(font, word.charAt(i))
      const kern = kerns?.[i]
      if (kern) shown += `)${kern}(`
    }
  }
  const place = `1 0 0 -1 ${round(x)} ${round(y + baseline(size))} Tm`
  pdf.addContent(`${inked(sheet, colour)}BT /${id} ${size} Tf ${place} [${shown})] TJ ET`)
}

/** A letter as two bytes, the number of its glyph in this document. One letter is one glyph: the faces join none. */
function glyph(font: DocumentFont, letter: string): string {
  let bytes = font.glyphs.get(letter)
  if (bytes === undefined) {
    const [hex] = font.embedded.encode(letter)
    bytes = Buffer.from(hex.join(''), 'hex')
      .toString('latin1')
      .replace(/[()\\\r]/g, sign => (sign === '\r' ? '\\r' : `\\${sign}`))
    font.glyphs.set(letter, bytes)
  }
  return bytes
}

/** As `put`, ending at that x; a space at its end hangs over. */
export function putRight(sheet: Sheet, text: string, right: number, y: number, how: Style): void {
  put(sheet, text, right - widthOf(text.trimEnd(), how), y, how)
}

/** A filled rectangle. */
export function fill(sheet: Sheet, colour: string, x: number, y: number, width: number, height: number): void {
  sheet.pdf.addContent(`${inked(sheet, colour)}${rectangle(x, y, width, height)} f`)
}

/** Several filled rectangles of one colour, in one go. */
export function fillAll(
  sheet: Sheet,
  colour: string,
  all: readonly (readonly [number, number, number, number])[],
): void {
  sheet.pdf.addContent(`${inked(sheet, colour)}${all.map(one => rectangle(...one)).join(' ')} f`)
}

/** An empty square to tick by hand. */
export function tickBox(sheet: Sheet, x: number, y: number, side: number): void {
  sheet.pdf.addContent(`0.9 w ${rgb(BLACK)} RG ${rectangle(x, y, side, side)} S`)
}

/** A colour mixed with white: 0.9 leaves a tenth of it. */
export function paler(colour: string, white: number): string {
  const channels = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
  return `#${channels
    .map(c =>
      Math.round(c + (255 - c) * white)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}

/**
 * After a space (but not where French puts one inside « », before its signs or after « n° »), a hyphen between letters (not
 * in « F-2026 » nor in an e-mail address), a slash of an address.
 */
const MAY_BREAK = /(?<=(?<!«|n°) )(?![?!:;»€])|(?<=\p{L}-)(?<!@[^ ]*)(?=\p{L})(?![^ ]*@)|(?<=[^ /]\/)(?=[^ /])/u

/** The text in lines no wider than that; a word is broken anywhere only when it alone is too wide. */
export function wrap(text: string, width: number, how: Style): string[] {
  const clean = printable(text)
  const wide = (part: string) => (widthIn(how.face, part) * how.size) / 1000
  if (wide(clean) <= width) return [clean]
  const lines: string[] = []
  let line = ''
  for (const piece of clean.split(MAY_BREAK)) {
    if (line === '' || wide((line + piece).trimEnd()) <= width) line += piece
    else {
      lines.push(line)
      line = piece
    }
    while (wide(line.trimEnd()) > width) {
      const fits = fitting(line, width, wide)
      lines.push(line.slice(0, fits))
      line = line.slice(fits)
    }
  }
  if (line.trim() !== '') lines.push(line)
  return lines.map((each, i) => (i < lines.length - 1 ? each : each.trimEnd()))
}

/** How many letters of a word fit: at least one, or nothing would ever end. */
function fitting(word: string, width: number, wide: (part: string) => number): number {
  let fits = 1
  while (fits < word.length && wide(word.slice(0, fits + 1)) <= width) fits++
  return fits
}

const colours = new Map<string, string>()

function rgb(colour: string): string {
  let known = colours.get(colour)
  if (known === undefined) {
    known = [1, 3, 5].map(at => round(Number.parseInt(colour.slice(at, at + 2), 16) / 255)).join(' ')
    colours.set(colour, known)
  }
  return known
}

/** The operator that changes the fill colour, unless it is the one in force. */
function inked(sheet: Sheet, colour: string): string {
  const { page } = sheet.pdf
  if (sheet.ink?.page === page && sheet.ink.colour === colour) return ''
  sheet.ink = { page, colour }
  return `${rgb(colour)} rg `
}

const rectangle = (x: number, y: number, width: number, height: number) =>
  `${round(x)} ${round(y)} ${round(width)} ${round(height)} re`

const round = (n: number) => Math.round(n * 1000) / 1000
