import type { TownIdentity } from '../../town-identity.ts'
import { GREY, style } from '../ink.ts'
import { issuer, numberPages } from '../letter.ts'
import { printedTitle } from '../printed-title.ts'
import { MARGIN, openSheet, type Sheet } from '../sheet.ts'
import { type Cell, table } from '../table.ts'
import { branch } from '../tags.ts'
import { type Words, wordsIn } from '../words.ts'
import { coverLetter } from './cover-letter.ts'
import { grouped } from './letter-parts.ts'
import type { Paper } from './paper.ts'
import { record } from './record.ts'
import { refusal } from './refusal.ts'
import { type BatchRequest, type CivilBatchView, MOST_IN_BATCH } from './views.ts'

/** What the pictures of a batch may weigh together: it is drawn in memory, where the file stands several times. */
const MOST_PICTURES = 100_000_000

/**
 * The papers of many requests in one file, in order, each with its own page numbers, then the list to tick. Throws a
 * RangeError on more requests than `MOST_IN_BATCH`, or on more than 100 MB of pictures.
 */
export async function batch(view: CivilBatchView, town: TownIdentity, words: Words): Promise<Uint8Array<ArrayBuffer>> {
  check(view)
  const { t } = words
  const instant = words.instant(view.printedAt)
  const sheet = openSheet({
    words,
    title: t('civil.batch.property', { instant }),
    subject: t('civil.batch.subject'),
    author: town.name,
    createdAt: Temporal.Instant.from(view.printedAt),
  })
  for (const { parts } of view.requests)
    for (const part of parts) {
      const paper = paperOf(part, town)
      const copies = part.kind === 'civil-record' ? part.copies : 1
      for (let copy = 0; copy < copies; copy++) drawn(sheet, town, paper, view.twoSided)
    }
  drawn(sheet, town, list(view, town, words), false)
  sheet.root.end()
  sheet.pdf.end()
  return sheet.bytes
}

/** Draws a paper on pages of its own, numbers them, and writes them out: no more than one paper is held open. */
function drawn(sheet: Sheet, town: TownIdentity, { words, title, foot, draw }: Paper, twoSided: boolean): void {
  const { pdf } = sheet
  // The file was opened with a page; those before it were written out.
  if (pdf.bufferedPageRange().count === 0) pdf.addPage()
  const root = branch(sheet, sheet.root, 'Part', { lang: words.tag })
  const own: Sheet = { ...sheet, words, title, root, y: MARGIN, ink: undefined }
  draw(own)
  numberPages(own, town, foot)
  if (twoSided && pdf.bufferedPageRange().count % 2 === 1) pdf.addPage()
  root.end()
  pdf.flushPages()
}

function check({ requests }: CivilBatchView): void {
  if (requests.length > MOST_IN_BATCH) throw new RangeError(`a batch holds at most ${MOST_IN_BATCH} requests`)
  const scans = new Set(
    requests.flatMap(({ parts }) =>
      parts.flatMap(part => (part.kind === 'civil-record' && 'scan' in part.view ? part.view.scan : [])),
    ),
  )
  const weight = [...scans].reduce((total, picture) => total + picture.length, 0)
  if (weight > MOST_PICTURES) throw new RangeError('the pictures of this batch are too many for one file')
}

function paperOf(part: BatchRequest['parts'][number], town: TownIdentity): Paper {
  switch (part.kind) {
    case 'civil-cover-letter':
      return coverLetter(part.view, town, wordsIn(part.language))
    case 'civil-refusal':
      return refusal(part.view, town, wordsIn(part.language))
    case 'civil-record':
      return record(part.view, town)
  }
}

/** What lies in the printer's tray, to tick while it is signed and put into envelopes. */
function list({ requests, printedAt }: CivilBatchView, town: TownIdentity, words: Words): Paper {
  const { t } = words
  const sheets = requests.reduce((total, request) => total + copiesOf(request), 0)
  return {
    words,
    title: t('civil.batch.title'),
    subject: t('civil.batch.subject'),
    createdAt: Temporal.Instant.from(printedAt),
    foot: issuer(town, words),
    draw: sheet => {
      printedTitle(sheet, {
        title: t('civil.batch.title'),
        lines: [t('civil.batch.count', { count: requests.length }), t('civil.batch.sheets', { count: sheets })],
        dated: t('printed', { town: town.name, instant: words.instant(printedAt) }),
      })
      const [plain, strong, small] = [style(10), style(10, 'bold'), style(9, 'regular', GREY)]
      const cell = (text: string, how = plain): Cell => ({ texts: [{ text, style: how }] })
      table(sheet, sheet.root, {
        columns: [
          { title: t('civil.batch.columns.number'), width: 100 },
          { title: t('civil.batch.columns.name'), width: 116 },
          { title: t('civil.batch.columns.what'), width: 148 },
          { title: t('civil.batch.columns.copies'), width: 58, align: 'right' },
          { title: t('civil.batch.columns.delivery'), width: 58 },
          { title: t('civil.batch.columns.done'), width: 30, align: 'centre' },
        ],
        head: style(9, 'bold'),
        groups: requests.map(request => [
          {
            cells: [
              { ...cell(grouped(request.number), strong), heads: 'Row' },
              cell(request.applicant),
              { texts: request.parts.map(part => ({ text: saidOf(part, words), style: small })) },
              cell(words.number(copiesOf(request)), strong),
              cell(t(`civil.batch.delivery.${request.delivery}`)),
              { texts: [], tick: true },
            ],
            rule: 'hairline',
            padding: [4, 4],
          },
        ]),
      })
    },
  }
}

const copiesOf = ({ parts }: BatchRequest): number =>
  parts.reduce((total, part) => total + (part.kind === 'civil-record' ? part.copies : 0), 0)

function saidOf(part: BatchRequest['parts'][number], { t }: Words): string {
  if (part.kind === 'civil-cover-letter') return t('civil.batch.cover')
  if (part.kind === 'civil-refusal') return t('civil.batch.refusal')
  const { form, act, register } = part.view
  const { number, year } = register
  return t('civil.batch.record', { form: t(`civil.batch.form.${form}`), act: t(`civil.${act.kind}`), number, year })
}
