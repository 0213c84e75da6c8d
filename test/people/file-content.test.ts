import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOST_BYTES, proofType } from '../../src/people/file-content.ts'
import { jpeg, pdf, png, zip } from './files.ts'

const HTML = Buffer.from('<!DOCTYPE html><html><script>alert(1)</script></html>')

test('a photo or a PDF is known by its content', async () => {
  assert.deepEqual(await proofType(png()), { mediaType: 'image/png', extension: 'png' })
  assert.deepEqual(await proofType(jpeg()), { mediaType: 'image/jpeg', extension: 'jpg' })
  assert.deepEqual(await proofType(pdf()), { mediaType: 'application/pdf', extension: 'pdf' })
})

test('what phones and scanners add is let be', async () => {
  assert.equal(typeof (await proofType(png([['tEXt', Buffer.from('Software\0Scanner 3')]]))), 'object')
  assert.equal(typeof (await proofType(jpeg('taken by a phone'))), 'object')
  const motion = Buffer.concat([jpeg(), Buffer.from('SEFT and a short film', 'latin1')])
  assert.equal(typeof (await proofType(motion)), 'object', 'Samsung writes after the picture')
  assert.equal(typeof (await proofType(Buffer.concat([pdf(), Buffer.from('\r\n\0\0')]))), 'object')
})

test('nothing else is taken, whatever it is called', async () => {
  assert.equal(await proofType(Buffer.alloc(0)), 'file-empty')
  assert.equal(await proofType(Buffer.alloc(MOST_BYTES + 1)), 'file-too-large')
  for (const bytes of [
    HTML,
    zip(),
    Buffer.from('MZ\x90\0 a program', 'latin1'),
    Buffer.from('GIF89a'),
    Buffer.from('bonjour'),
  ])
    assert.equal(await proofType(bytes), 'file-type', bytes.toString('latin1', 0, 12))
  assert.equal(await proofType(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')), 'file-type')
})

test('a file that is two things at once is refused', async () => {
  const both = {
    'a PNG with anything after it': Buffer.concat([png(), Buffer.from('x')]),
    'a PNG with a page after it': Buffer.concat([png(), HTML]),
    'a PNG with an archive after it': Buffer.concat([png(), zip()]),
    'a PNG with a PDF after it': Buffer.concat([png(), pdf()]),
    'a PNG with an archive in a chunk': png([['zzZz', zip()]]),
    'a PNG with a PDF in a chunk': png([['tEXt', pdf()]]),
    'a PNG with a page in a comment': png([['tEXt', HTML]]),
    'a JPEG with a PDF in a comment': jpeg(pdf().toString('latin1')),
    'a JPEG with a PDF after it': Buffer.concat([jpeg(), pdf()]),
    'a JPEG with an archive after it': Buffer.concat([jpeg(), zip()]),
    'a JPEG with a page in a comment': jpeg('<html><script>alert(1)</script></html>'),
    'a JPEG with PHP in a comment': jpeg('<?php system($_GET[0]); ?>'),
    'a PDF with an archive after it': Buffer.concat([pdf(), zip()]),
    'a PDF with a page after it': Buffer.concat([pdf(), Buffer.from('\n<b>hello</b>')]),
    'a PDF with a page in it': pdf({ more: '/X (<script>alert(1)</script>)' }),
    'a PDF that runs a program': pdf({ more: '/OpenAction << /S /Launch /F (cmd.exe) >>' }),
    'a PDF with JavaScript': pdf({ more: '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>' }),
  }
  for (const [name, bytes] of Object.entries(both)) assert.equal(await proofType(bytes), 'file-odd', name)
  // Its header is not at its first byte: some readers open it, and others see what stands before.
  assert.equal(typeof (await proofType(Buffer.concat([HTML, pdf()]))), 'string')
  assert.equal(typeof (await proofType(Buffer.concat([Buffer.from('\n'), pdf()]))), 'string')
})

test('a PDF locked by a password is told apart, so that the family knows what to do', async () => {
  assert.equal(await proofType(pdf({ trailer: '/Encrypt 9 0 R' })), 'file-locked')
  assert.equal(await proofType(pdf({ trailer: '/Encrypt << /Filter /Standard >>' })), 'file-locked')
})

test('half a file is no file', async () => {
  assert.equal(await proofType(png().subarray(0, -6)), 'file-odd')
  assert.equal(await proofType(pdf().subarray(0, 60)), 'file-odd')
  assert.equal(await proofType(jpeg().subarray(0, 24)), 'file-odd')
  const broken = png()
  broken[20] = broken[20]! ^ 0xff
  assert.equal(await proofType(broken), 'file-odd', 'its checksum tells')
})
