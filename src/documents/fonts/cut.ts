// Cuts Source Sans 3 to Latin and Greek letters: `node src/documents/fonts/cut.ts` writes regular.ttf and bold.ttf.
// A 72 kB face instead of 380 kB makes a PDF a third faster and half as big. Hinting goes too: it serves old screens only.
// Its licence (OFL.txt) keeps the name « Source » for the original: a cut face is a modified one and takes another name.
import { readFile, writeFile } from 'node:fs/promises'
import subsetFont from 'subset-font'
import { fontOf, tablesOf } from './sfnt.ts'

const FAMILY = 'Guichet Sans'

/**
 * Basic Latin, Latin-1, all that the face has of Latin Extended-A, -B and Additional (Romanian, Azeri, Vietnamese,
 * transliterated Arabic…), the half rings of Arabic, and Greek for the headings of multilingual extracts.
 */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x24f],
  [0x259, 0x259],
  [0x2bc, 0x2bf],
  [0x384, 0x3ce],
  [0x1e00, 0x1eff],
]
const SIGNS = '‐‑–—‘’‚“”„•…‰‹›€№™−≤≥←↑→↓✓✗☐☑⅓⅔⅛\u2009\u202f'

const text = RANGES.flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)),
)
const letters = text.join('') + SIGNS

const REGULAR = import.meta.resolve('@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf')
const BOLD = import.meta.resolve('@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf')

await cut(REGULAR, 'Regular', 'regular.ttf')
await cut(BOLD, 'Bold', 'bold.ttf')

async function cut(source: string, style: string, file: string): Promise<void> {
  const whole = await readFile(new URL(source))
  const faced = await subsetFont(whole, letters, {
    targetFormat: 'truetype',
    keepFeatures: ['kern'],
    noHinting: true,
    noLayoutClosure: true,
    dropTables: ['BASE', 'GSUB', 'STAT', 'gasp'],
    preserveNameIds: [0, 13, 14],
  })
  await writeFile(new URL(file, import.meta.url), renamed(faced, style))
}

/** The same font under our family's name. Copyright and licence stay as they are. */
function renamed(font: Buffer, style: string): Buffer {
  const tables = tablesOf(font)
  const names = tables.get('name')
  if (!names) throw new Error('The font has no name table')
  const words = new Map<number, string>()
  for (let i = 0; i < names.readUInt16BE(2); i++) {
    const record = 6 + 12 * i
    const [nameId, length, offset] = [6, 8, 10].map(at => names.readUInt16BE(record + at)) as [number, number, number]
    const start = names.readUInt16BE(4) + offset
    if ([0, 13, 14].includes(nameId))
      words.set(
        nameId,
        Buffer.from(names.subarray(start, start + length))
          .swap16()
          .toString('utf16le'),
      )
  }
  const postscript = `${FAMILY.replaceAll(' ', '')}-${style}`
  const ours: [number, string][] = [
    [1, FAMILY],
    [2, style],
    [3, postscript],
    [4, `${FAMILY} ${style}`],
    [5, 'Version 1.000'],
    [6, postscript],
  ]
  for (const [nameId, value] of ours) words.set(nameId, value)
  tables.set('name', nameTable(words))
  return fontOf(tables)
}

/** OpenType `name` table, format 0, with Windows Unicode English records. */
function nameTable(words: ReadonlyMap<number, string>): Buffer {
  const sorted = [...words].sort(([a], [b]) => a - b)
  const header = Buffer.alloc(6 + 12 * sorted.length)
  header.writeUInt16BE(sorted.length, 2)
  header.writeUInt16BE(header.length, 4)
  const strings: Buffer[] = []
  let offset = 0
  for (const [i, [nameId, value]] of sorted.entries()) {
    const bytes = Buffer.from(value, 'utf16le').swap16()
    for (const [at, number] of [3, 1, 0x409, nameId, bytes.length, offset].entries())
      header.writeUInt16BE(number, 6 + 12 * i + 2 * at)
    strings.push(bytes)
    offset += bytes.length
  }
  return Buffer.concat([header, ...strings])
}
