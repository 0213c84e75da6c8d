import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { threadPool } from '../../src/documents/threads.ts'
import { verdictOn } from '../../src/uploads/content.ts'
import { countPages, drawPage, judge } from '../../src/uploads/judge.ts'
import type { Answer, Question } from '../../src/uploads/thread.ts'
import { pdf, photo, png, pngOf } from './files.ts'
import { CATALOGUE, letter, PAGES, packedPdf, pdfOf, stream } from './pdfs.ts'

const nobodyDies = (error: unknown) => assert.fail(`the thread died: ${error}`)

/** A page that shows a scan of A3 two thousand times, each a little askew: small, and not done for minutes. */
function endlessPdf(): Buffer {
  const resources = '/Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>'
  const page = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] ${resources} >>`
  const picture =
    '/Type /XObject /Subtype /Image /Width 12000 /Height 12000 /BitsPerComponent 1 /ColorSpace /DeviceGray'
  return pdfOf([
    CATALOGUE,
    PAGES,
    page,
    stream('', Buffer.from('q 150 20 -20 150 20 20 cm /X Do Q\n'.repeat(2000))),
    stream(`${picture} /Filter /FlateDecode`, deflateSync(Buffer.alloc(18_000_000, 0x5a))),
  ])
}

test('a verdict comes from another thread, and nobody waits meanwhile', async () => {
  assert.ok('bytes' in (await judge(png(), nobodyDies)), 'the threads run')
  const heavy = [
    pdfOf([
      CATALOGUE,
      PAGES,
      '<< /Type /Page >>',
      ...Array.from({ length: 3 }, () => Buffer.alloc(1_600_000, 'obj<</A(')),
    ]),
    pngOf(Buffer.from([0, 0, 31, 64, 0, 0, 31, 64, 8, 2, 0, 0, 0]), [['IDAT', deflateSync(Buffer.alloc(192_008_000))]]),
    await letter({ pages: 30, picture: photo() }),
  ]
  const whole = process.cpuUsage()
  const here = process.threadCpuUsage()
  const verdicts = await Promise.all(heavy.map(bytes => judge(bytes, nobodyDies)))
  const [mine, all] = [process.threadCpuUsage(here), process.cpuUsage(whole)]
  assert.deepEqual(
    verdicts.map(verdict => ('fault' in verdict ? verdict.fault : 'taken')),
    ['file-heavy', 'taken', 'taken'],
  )
  const milliseconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000
  // As a part of the whole: a quick machine judges in a fifth of a slow one's time.
  const part = milliseconds(mine) / milliseconds(all)
  assert.ok(part < 0.5, `${milliseconds(mine)} of ${milliseconds(all)} ms on the thread that answers requests`)
})

test('a file that is never done is given up, and the next one is looked at', async () => {
  const options = { threads: 1, patience: 1500 }
  const threads = threadPool<Question, Answer>(new URL('../../src/uploads/thread.ts', import.meta.url), options)
  const ask = (bytes: Buffer) => threads.run({ ask: 'verdict', bytes })
  await ask(pdf())
  const begun = performance.now()
  await assert.rejects(ask(endlessPdf()), /longer than 1500 ms/)
  assert.ok(performance.now() - begun < 4000)
  assert.ok('bytes' in ((await ask(packedPdf())).verdict ?? {}))
  await threads.close()
})

test('when many files wait, who comes later is asked to come again', async () => {
  const bytes = await letter({ pages: 20 })
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => judge(bytes, nobodyDies)))
  const reasons = answers.flatMap(answer => (answer.status === 'rejected' ? [answer.reason] : []))
  assert.equal(reasons.length, 16)
  for (const { status, code, params } of reasons)
    assert.deepEqual([status, code, params], [503, 'unavailable', { retryAfterSeconds: 10 }])
  assert.ok('bytes' in (await judge(bytes, nobodyDies)), 'and is welcome then')
})

test('each page of a PDF can be drawn, and no other', async () => {
  const bytes = await letter({ pages: 3, picture: photo() })
  assert.equal(await countPages(bytes), 3)
  const pages = await Promise.all([1, 2, 3].map(page => drawPage(bytes, page)))
  for (const page of pages) {
    assert.ok(page)
    const verdict = await verdictOn(Buffer.from(page))
    assert.ok('mediaType' in verdict && verdict.mediaType === 'image/png', 'it is a whole PNG')
    const [width, height] = [Buffer.from(page).readUInt32BE(16), Buffer.from(page).readUInt32BE(20)]
    assert.deepEqual([width, height], [1240, 1754], 'A4 at 150 dots per inch')
  }
  assert.notDeepEqual(pages[0], pages[1], 'another page, another picture')
  assert.equal(await drawPage(bytes, 4), undefined)
  assert.equal(await drawPage(bytes, 0), undefined)
  assert.equal(await countPages(Buffer.from('%PDF-1.7 nothing')), 0)
  const poster = pdfOf([CATALOGUE, PAGES, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] >>'])
  const drawn = await drawPage(poster, 1)
  assert.ok(drawn && Buffer.from(drawn).readUInt32BE(16) === 2000, 'no more than four million dots')
})

const VERDICT = new Set(['bytes', 'fault'])
async function isJudged(bytes: Buffer): Promise<void> {
  const begun = performance.now()
  const verdict = await verdictOn(bytes)
  assert.ok(Object.keys(verdict).some(key => VERDICT.has(key)))
  assert.ok(performance.now() - begun < 2000, 'within two seconds')
}

test('whatever the bytes, there is a verdict, and soon', async () => {
  const beginnings = ['', '%PDF-1.7\n', '\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', 'PK\x03\x04', '<svg', 'GIF89a']
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 400 }), (beginning, more) =>
      isJudged(Buffer.concat([Buffer.from(beginning, 'latin1'), more])),
    ),
    { numRuns: 300 },
  )
})

test('whatever is changed in a good file, there is a verdict, and soon', async () => {
  const good = [pdf(), packedPdf(), await letter({ pages: 2, picture: photo() }), photo(), png()]
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(60),
    with: fc.uint8Array({ maxLength: 60 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 6 }), (file, changes) => {
      let bytes = file
      for (const { at, length, with: other } of changes) {
        const from = Math.floor(at * bytes.length)
        bytes = Buffer.concat([bytes.subarray(0, from), other, bytes.subarray(from + length)])
      }
      return isJudged(bytes)
    }),
    { numRuns: 300 },
  )
})
