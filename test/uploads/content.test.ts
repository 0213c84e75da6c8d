import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verdictOn } from '../../src/uploads/content.ts'
import { MOST_BYTES } from '../../src/uploads/limits.ts'
import { jpeg, pdf, photo, png, zip } from './files.ts'

const HTML = Buffer.from('<!DOCTYPE html><html><script>alert(1)</script></html>')

/** What was found: the media type, or the fault. */
async function said(bytes: Buffer): Promise<string> {
  const verdict = await verdictOn(bytes)
  return 'fault' in verdict ? verdict.fault : verdict.mediaType
}
const text = (words: string) => Buffer.from(words, 'latin1')

test('a photo or a PDF is known by its content', async () => {
  assert.equal(await said(png()), 'image/png')
  assert.equal(await said(jpeg()), 'image/jpeg')
  assert.equal(await said(photo()), 'image/jpeg')
  assert.equal(await said(pdf()), 'application/pdf')
})

test('what phones and scanners add is let be', async () => {
  assert.equal(await said(png([['tEXt', text('Software\0Scanner 3')]])), 'image/png')
  assert.equal(await said(jpeg('taken by a phone')), 'image/jpeg')
  const motion = Buffer.concat([jpeg(), text('SEFT and a short film')])
  assert.equal(await said(motion), 'image/jpeg', 'Samsung writes after the picture')
  assert.equal(await said(Buffer.concat([pdf(), text('\r\n\0\0')])), 'application/pdf')
})

test('who sends something else learns what it is, whatever it is called', async () => {
  const kinds: Record<string, [string, Buffer][]> = {
    'file-empty': [['nothing', Buffer.alloc(0)]],
    'file-too-large': [['six megabytes', Buffer.alloc(MOST_BYTES + 1)]],
    'file-program': [
      ['Windows', text(`MZ\x90\0\x03\0\0\0${'\0'.repeat(200)}PE\0\0`)],
      ['Linux', text(`\x7fELF\x02\x01\x01${'\0'.repeat(200)}`)],
      ['macOS', text(`\xcf\xfa\xed\xfe\x07\0\0\x01${'\0'.repeat(200)}`)],
      ['Java', text('\xca\xfe\xba\xbe\0\0\0\x37 and classes')],
      ['WebAssembly', text('\0asm\x01\0\0\0')],
      ['a script', text('#!/bin/sh\nrm -rf /\n')],
      ['a script of Windows', text('@echo off\r\ndel *.*\r\n')],
      ['PHP', text('<?php system($_GET[0]); ?>')],
    ],
    'file-web-page': [
      ['HTML', HTML],
      ['HTML after space', text('\n\n  <html><body>bonjour</body></html>')],
      ['HTML without a head', text('<script>alert(1)</script>')],
      ['HTML behind a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), HTML])],
      ['HTML in wide letters', Buffer.from(`\ufeff${HTML}`, 'utf16le')],
      ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
      ['SVG in XML', text('<?xml version="1.0"?><!-- a drawing --><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ],
    'file-archive': [
      ['ZIP', zip()],
      ['an empty ZIP', zip().subarray(-22)],
      ['gzip', text('\x1f\x8b\x08\0\0\0\0\0\0\x03')],
      ['RAR', text('Rar!\x1a\x07\x01\0')],
      ['7-Zip', text('7z\xbc\xaf\x27\x1c\0\x04')],
    ],
    'file-office': [
      ['Word', zip(['[Content_Types].xml', 'word/document.xml'])],
      ['Excel', zip(['[Content_Types].xml', 'xl/workbook.xml'])],
      ['LibreOffice', zip(['content.xml', 'mimetypeapplication/vnd.oasis.opendocument.text'])],
      ['Word of before', text(`\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${'\0'.repeat(600)}`)],
      ['rich text', text('{\\rtf1\\ansi bonjour}')],
    ],
    'file-heic': [
      ['an iPhone', text('\0\0\0\x24ftypheic\0\0\0\0mif1MiHEmiafMiHBheic')],
      ['another phone', text('\0\0\0\x18ftypmif1\0\0\0\0mif1heic')],
    ],
    'file-type': [
      ['words', text('bonjour')],
      ['GIF', text('GIF89a\x01\0\x01\0\0\0\0;')],
      ['WebP', text('RIFF\x24\0\0\0WEBPVP8 ')],
      ['a film', text('\0\0\0\x18ftypmp42\0\0\0\0mp42isom')],
      ['noise', Buffer.from([...Array(500).keys()].map(i => (i * 7919) % 251))],
    ],
  }
  for (const [fault, files] of Object.entries(kinds)) {
    for (const [name, bytes] of files) assert.equal(await said(bytes), fault, name)
  }
})

test('a picture that is something else too is refused', async () => {
  const both = {
    'a PNG with anything after it': Buffer.concat([png(), text('x')]),
    'a PNG with a page after it': Buffer.concat([png(), HTML]),
    'a PNG with an archive after it': Buffer.concat([png(), zip()]),
    'a PNG with a PDF after it': Buffer.concat([png(), pdf()]),
    'a PNG with an archive in a chunk': png([['zzZz', zip()]]),
    'a PNG with a PDF in a chunk': png([['tEXt', pdf()]]),
    'a PNG with a page in a comment': png([['tEXt', HTML]]),
    'a JPEG with a PDF in a comment': jpeg(pdf().toString('latin1')),
    'a JPEG with a PDF after it': Buffer.concat([jpeg(), pdf()]),
    'a JPEG with an archive after it': Buffer.concat([jpeg(), zip()]),
    'a JPEG with another archive after it': Buffer.concat([jpeg(), text('Rar!\x1a\x07\x01\0 and files')]),
    'a JPEG with a page in a comment': jpeg('<html><script>alert(1)</script></html>'),
    'a JPEG with PHP in a comment': jpeg('<?php system($_GET[0]); ?>'),
  }
  for (const [name, bytes] of Object.entries(both)) assert.equal(await said(bytes), 'file-odd', name)
  // Its header is not at its first byte: some readers open it, and others see what stands before.
  assert.equal(await said(Buffer.concat([HTML, pdf()])), 'file-web-page')
  assert.equal(await said(Buffer.concat([text('bonjour\n'), pdf()])), 'file-odd')
})
