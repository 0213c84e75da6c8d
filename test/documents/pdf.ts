import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import decodeQR from 'qr/decode.js'
import { renderDocument } from '../../src/documents/render.ts'
import type { DocumentRequest } from '../../src/documents/views.ts'
import { pathOf } from '../support/system-packages.ts'
import { valmont } from './examples.ts'

/** A PDF as others see it: through poppler, which most readers on Linux use. Lengths are points from the top left. */
export type Pdf = {
  bytes: Uint8Array
  /** What `pdfinfo` says: « Tagged », « Pages », « Title »… */
  info(): Record<string, string>
  /** The XMP metadata. */
  metadata(): string
  /** The pages' texts, as one copies them. */
  pages(): string[]
  /** The whole text in the order it is read out, an element a line. */
  spoken(): string[]
  /** The words of a page, the first unless said, and where they stand. */
  words(page?: number): { text: string; left: number; top: number; right: number; bottom: number }[]
  /** What the QR code of the first page says. Throws when there is none that reads. */
  qr(): string
  /** The objects and streams of the file, unpacked. */
  objects(): string
}

type Asked = DocumentRequest extends infer R ? (R extends DocumentRequest ? Pick<R, 'kind' | 'view'> : never) : never

/** Draws a document of Valmont, in French unless said. */
export async function drawn(
  asked: Asked,
  more: Partial<Pick<DocumentRequest, 'town' | 'language'>> = {},
): Promise<Pdf> {
  return opened(await renderDocument({ town: valmont, language: 'fr', ...more, ...asked }))
}

export function opened(bytes: Uint8Array): Pdf {
  const poppler = (program: 'pdfinfo' | 'pdftotext' | 'pdftoppm', ...args: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'guichet-pdf-'))
    try {
      const file = join(folder, 'document.pdf')
      writeFileSync(file, bytes)
      const options = args.map(arg => (arg === 'PDF' ? file : arg === 'OUT' ? join(folder, 'page') : arg))
      const said = execFileSync(pathOf(program), options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
      return program === 'pdftoppm' ? readFileSync(join(folder, 'page.pgm')) : Buffer.from(said)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const said = (...args: Parameters<typeof poppler>) => poppler(...args).toString('utf8')
  return {
    bytes,
    info: () =>
      Object.fromEntries(
        [...said('pdfinfo', 'PDF').matchAll(/^([^:]+): +(.*)$/gm)].map(([, key, value]) => [key, value]),
      ),
    metadata: () => said('pdfinfo', '-meta', 'PDF'),
    pages: () => said('pdftotext', '-layout', 'PDF', '-').split('\f').slice(0, -1),
    spoken: () =>
      [...said('pdfinfo', '-struct-text', 'PDF').matchAll(/^ *"(.*)"$/gm)].map(([, text]) => (text ?? '').trim()),
    words: (page = 1) =>
      [
        ...said('pdftotext', '-f', `${page}`, '-l', `${page}`, '-bbox', 'PDF', '-').matchAll(
          /<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<\/word>/g,
        ),
      ].map(([, left, top, right, bottom, text = '']) => ({
        text,
        left: Number(left),
        top: Number(top),
        right: Number(right),
        bottom: Number(bottom),
      })),
    qr: () => decodeQR(image(poppler('pdftoppm', '-gray', '-r', '150', '-f', '1', '-singlefile', 'PDF', 'OUT'))),
    objects: () => unpacked(Buffer.from(bytes)),
  }
}

/** A grey picture of pdftoppm (PGM) in red, green, blue and opacity. */
function image(pgm: Buffer): { width: number; height: number; data: Uint8Array } {
  const [head = '', width, height] = /^P5\s(\d+) (\d+)\s\d+\s/.exec(pgm.toString('latin1', 0, 40)) ?? []
  const grey = pgm.subarray(head.length)
  const data = new Uint8Array(grey.length * 4)
  for (const [i, value] of grey.entries()) data.set([value, value, value, 255], i * 4)
  return { width: Number(width), height: Number(height), data }
}

function unpacked(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  let out = text
  for (const { index, 0: start } of text.matchAll(/\nstream\n/g)) {
    const end = text.indexOf('\nendstream', index)
    try {
      out += inflateSync(bytes.subarray(index + start.length, end)).toString('latin1')
    } catch {
      // a stream that is not compressed stands in the text as it is
    }
  }
  return out
}
