import type { TownIdentity } from '../../town-identity.ts'
import { fill, GREY, HAIRLINE, leading, put, type Style, style, wrap } from '../ink.ts'
import { MARGIN, type Sheet } from '../sheet.ts'
import { branch, decoration, type Element, floor, newPage, tagged } from '../tags.ts'
import { CERTIFICATION, certification, recordHead } from './record-paper.ts'
import type { CivilRecordView } from './views.ts'
import { headOf } from './wording.ts'

const NOTE = style(9.2)
const NOTE_HEAD = style(9.2, 'bold', GREY)
const ENTRY = style(10, 'bold')
const BODY = style(11.8)
const BODY_LEADING = 19
const NOTES_WIDTH = 142
const GAP = 15

/** A line to draw: `first` begins a paragraph, with room above it. */
type Line = { text: string; style: Style; step: number; above: number; first: boolean }

/**
 * The whole act, its marginal notes in a margin beside it as in the register. Either may run on to further pages, each in
 * its own column. Throws a RangeError when there is no text.
 */
export function fullCopy(
  sheet: Sheet,
  town: TownIdentity,
  view: CivilRecordView,
  { text, marginalNotes }: { text: readonly string[]; marginalNotes: readonly string[] },
): void {
  const { t } = sheet.words
  if (text.every(paragraph => paragraph.trim() === '')) throw new RangeError('a full copy without text')
  recordHead(sheet, town, view)
  const left = MARGIN + NOTES_WIDTH + 2 * GAP
  const width = sheet.width - MARGIN - left
  const body = laid(text, width, BODY, BODY_LEADING, 7)
  const shown = marginalNotes.length > 0 ? marginalNotes : [t('act.no-notes')]
  const notes = [
    ...laid([t('act.entry', { number: view.register.number }), headOf(view.act)], NOTES_WIDTH, ENTRY, 13, 2),
    ...laid([t('act.notes')], NOTES_WIDTH, NOTE_HEAD, leading(NOTE.size), 16),
    ...laid(shown, NOTES_WIDTH, NOTE, leading(NOTE.size), 6),
  ]
  const texts = branch(sheet, sheet.root, 'Sect')
  const margin = branch(sheet, sheet.root, 'Sect')
  let top = sheet.y
  for (let open = body.length; ; open = body.length) {
    const bodyEnd = column(sheet, texts, body, left, top)
    const notesEnd = column(sheet, margin, notes, MARGIN, top)
    // The certification follows the act, in its column; what is left of the notes goes on beside it.
    const done = body.length === 0 && notes.length === 0
    const certified = done && bodyEnd + CERTIFICATION <= floor(sheet)
    const end = certified ? floor(sheet) : done ? Math.max(bodyEnd, notesEnd) : floor(sheet)
    decoration(sheet, () => fill(sheet, HAIRLINE, MARGIN + NOTES_WIDTH + GAP, top, 0.7, end - top))
    // Nothing can be added below the last word.
    if (open > 0 && body.length === 0) decoration(sheet, () => fill(sheet, GREY, left, bodyEnd + 8, width, 0.7))
    sheet.y = open > 0 ? bodyEnd + 10 : top
    if (done) break
    newPage(sheet)
    top = sheet.y
  }
  certification(sheet, town, view)
}

function laid(texts: readonly string[], width: number, how: Style, step: number, above: number): Line[] {
  return texts.flatMap(text =>
    wrap(text, width, how).map((line, i) => ({
      text: line,
      style: how,
      step,
      above: i === 0 ? above : 0,
      first: i === 0,
    })),
  )
}

/** Draws from the front of `lines` what fits the page, and takes it off. Gives the y below. */
function column(sheet: Sheet, parent: Element, lines: Line[], x: number, top: number): number {
  let y = top
  while (lines[0]) {
    const paragraph: { line: Line; y: number }[] = []
    const { above } = lines[0]
    if (y > top) y += above
    while (lines[0] && (paragraph.length === 0 || !lines[0].first) && y + lines[0].step <= floor(sheet)) {
      const line = lines.shift() as Line
      paragraph.push({ line, y })
      y += line.step
    }
    if (paragraph.length === 0) return y
    tagged(sheet, parent, 'P', () => {
      for (const { line, y: at } of paragraph) put(sheet, line.text, x, at, line.style)
    })
  }
  return y
}
