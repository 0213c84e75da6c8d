import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { create, type Font } from 'fontkit'
import { faces, printable, widthIn } from '../../src/documents/faces.ts'
import { glyphSubsets } from '../../src/documents/glyph-subset.ts'
import { style, widthOf, wrap } from '../../src/documents/ink.ts'

const folder = new URL('../../src/documents/fonts/', import.meta.url)

test('both faces hold each letter and sign of French, one glyph each, digits of one width', () => {
  const letters = `${String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i))}àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ’«»–—…€•←→✓\u00a0\u202fȘșȚțğşİıẞ`
  for (const [name, { font }] of Object.entries(faces)) {
    for (const letter of letters) {
      assert.ok(font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0), `${name} lacks ${letter}`)
      assert.equal(font.layout(letter).glyphs.length, 1)
    }
    assert.equal(new Set(Array.from('0123456789', digit => font.layout(digit).advanceWidth)).size, 1)
  }
})

test('the faces are small, carry their licence, and leave the name « Source » to the original', () => {
  for (const file of ['regular.ttf', 'bold.ttf']) assert.ok(statSync(new URL(file, folder)).size < 75_000)
  assert.match(readFileSync(new URL('OFL.txt', folder), 'utf8'), /SIL OPEN FONT LICENSE Version 1\.1/)
  for (const { font } of Object.values(faces)) {
    assert.equal(font.familyName, 'Guichet Sans')
    assert.match(font.copyright, /Adobe.*Reserved Font Name/)
  }
})

test('what the faces lack is written with what they have', () => {
  assert.equal(printable('Ÿ œ ç ’ ș ğ'), 'Ÿ œ ç ’ ș ğ')
  assert.equal(printable('e\u0301te\u0301'), 'été')
  assert.equal(printable('n̈a 2ᵉ ﬁn'), 'na 2e fin')
  assert.equal(printable('a\tb\nc\u200bd\u202e'), 'a b cd')
  assert.equal(printable('Иван 😀'), '???? ?')
})

test('nothing can be typed that prints as an empty box', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
      for (const char of printable(text)) assert.ok(faces.bold.font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0))
    }),
  )
})

test('a text wraps inside its width and loses nothing', () => {
  const how = style(10)
  const text = fc.string({ unit: fc.constantFrom(...'aàœW -/\u00a0.1'), maxLength: 80 })
  fc.assert(
    fc.property(text, fc.integer({ min: 12, max: 200 }), (words, width) => {
      const lines = wrap(words, width, how)
      assert.equal(lines.join('').trimEnd(), words.trimEnd())
      for (const line of lines) assert.ok(widthOf(line.trimEnd(), how) <= width, line)
    }),
  )
})

test('the part of a face that goes into a file draws every letter as the face does', () => {
  for (const file of ['regular.ttf', 'bold.ttf']) {
    const bytes = readFileSync(new URL(file, folder))
    const whole = create(bytes) as Font
    const subset = glyphSubsets(bytes)()
    const letters = whole.glyphsForString('zÉéœŸÿßğşţȚ€(Ệ½')
    const numbers = letters.map(letter => subset.includeGlyph(letter.id))
    const cut = create(Buffer.from(subset.encode())) as Font
    assert.ok(cut.numGlyphs < whole.numGlyphs)
    for (const [i, letter] of letters.entries()) {
      const same = cut.getGlyph(numbers[i] ?? 0)
      assert.equal(same.path.toSVG(), letter.path.toSVG(), `${file}: ${String.fromCodePoint(...letter.codePoints)}`)
      assert.equal(same.advanceWidth, letter.advanceWidth)
    }
  }
})

test('words are measured with their kerning', () => {
  assert.ok(widthIn('regular', 'AVAV') < 2 * (widthIn('regular', 'A') + widthIn('regular', 'V')))
  assert.equal(widthIn('regular', 'AV AV'), widthIn('regular', 'AV ') + widthIn('regular', 'AV'))
})
