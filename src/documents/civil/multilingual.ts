import type { TownIdentity } from '../../town-identity.ts'
import { BLACK, fill, GREY, leading, put, type Style, style, widthOf, wrap } from '../ink.ts'
import { MARGIN, type Sheet } from '../sheet.ts'
import { block, branch, decoration, type Element, floor, measure, newPage, tagged, written } from '../tags.ts'
import { FRONT, REFERENCE, SIGNS, SIGNS_TITLE, SUMMARY, TONGUES, type Tongue } from './convention-16.ts'
import { headingIn } from './convention-16-headings.ts'
import { partsOf } from './dates.ts'
import { type Box, type Form, formOf } from './multilingual-forms.ts'
import { centred, emptyBox, frame } from './record-paper.ts'
import type { CivilRecordView, PartialDay } from './views.ts'

type View = Extract<CivilRecordView, { form: 'multilingual' }>

const NUMBER = style(7.5, 'bold', GREY)
const HEADING = style(8.2, 'bold')
const TRANSLATED = style(7, 'regular', GREY)
const VALUE = style(11.5, 'bold')
const SMALL = style(7.4)
const PAD = 4
/** The room a heading takes beside what it names. */
const HEADINGS = 158

/**
 * Form A, B or C of the convention of Vienna, front and back: boxes with numbers, headings in three languages, signs in
 * ten. Given only to those who may have a full copy (art. 1), so never as mere information: that throws a RangeError.
 */
export function multilingual(sheet: Sheet, town: TownIdentity, view: View): void {
  if (view.information) throw new RangeError('a multilingual extract is only for those who may have a full copy')
  const { words } = sheet
  const { t } = words
  const form = formOf(view, t('act.state'), town.shortName)
  decoration(sheet, () => fill(sheet, town.colour, 0, 0, sheet.width, 6))
  const title = t('act.multilingual', { act: t(`act.kind.${view.act.kind}`).toLocaleLowerCase('fr-FR') })
  sheet.y = centred(sheet, 'H1', title, style(16, 'bold'), 24)
  const names = FRONT.map(tongue => `${headingIn('form', tongue)} ${form.letter}`).join(' · ')
  sheet.y = centred(sheet, 'P', names, style(9.5, 'bold', GREY), sheet.y)
  sheet.y = centred(sheet, 'P', REFERENCE[0], style(9, 'regular', GREY), sheet.y) + 6
  for (const laid of fitted(sheet, form)) row(sheet, laid)
  issued(sheet, view, form)
  for (const { lines } of signs(sheet)) signLine(sheet, lines)
  newPage(sheet)
  back(sheet, form)
}

type LaidBox = { box: Box; width: number; before: number; lines: string[]; headings: HeadingLines; value: Style }
type LaidRow = { boxes: LaidBox[]; height: number }

/** The rows in letters as large as the page allows. Throws a RangeError when the act says more than the form can hold. */
function fitted(sheet: Sheet, { rows }: Form): LaidRow[] {
  const room = floor(sheet) - sheet.y - ISSUED - GAP - signs(sheet).reduce((total, { height }) => total + height, 0)
  for (const size of [11.5, 10, 8.5, 7.5]) {
    const value = style(size, 'bold')
    const laid = rows.map(({ boxes, height }) => laidRow(sheet, boxes, size === 11.5 ? height : 30, value))
    if (laid.reduce((total, { height }) => total + height, 0) <= room) return laid
  }
  throw new RangeError('the act says more than the form of a multilingual extract can hold')
}

function laidRow(sheet: Sheet, boxes: readonly Box[], least: number, value: Style): LaidRow {
  let height = least
  const laid = boxes.map(box => {
    const width = box.width * measure(sheet)
    const before = box.heading && !box.empty ? Math.min(HEADINGS, width * 0.6) : 0
    const beside = box.date && before ? DATE_WIDTH + 10 : 0
    const lines = (box.text ?? '').split('\n').flatMap(line => wrap(line, width - before - beside - 2 * PAD, value))
    const headings = box.heading ? headingLines(box, (before || width) - 2 * PAD) : []
    const own = headings.reduce((total, { lines: all, how }) => total + all.length * leading(how.size), 0)
    const text = lines.length * leading(value.size)
    const dated = !box.date ? text : beside > 0 ? Math.max(DATE_HEIGHT, text) : DATE_HEIGHT + text
    height = Math.max(height, own + 2 * PAD, dated + 2 * PAD)
    return { box, width, before, lines, headings, value }
  })
  return { boxes: laid, height }
}

function row(sheet: Sheet, { boxes, height }: LaidRow): void {
  let x = MARGIN
  const { y } = sheet
  for (const laid of boxes) {
    const left = x
    const { width, before, headings } = laid
    decoration(sheet, () => frame(sheet, BLACK, left, y, width + 0.6, height + 0.6, 0.6))
    headed(sheet, sheet.root, headings, left + PAD, y + PAD - 1)
    content(sheet, laid, { x: left + before + PAD, y, width: width - before - 2 * PAD, height })
    x += width
  }
  sheet.y = y + height
}

type HeadingLines = { tongue: Tongue; lines: string[]; how: typeof HEADING; number: string }[]

function headingLines({ number, heading }: Box, width: number): HeadingLines {
  if (!heading) return []
  return FRONT.map(tongue => {
    const how = tongue === 'fr' ? HEADING : TRANSLATED
    return {
      tongue,
      how,
      number: tongue === 'fr' && number !== undefined ? String(number) : '',
      lines: wrap(headingIn(heading, tongue), width - NUMBER_WIDTH, how),
    }
  })
}

const NUMBER_WIDTH = 13

function headed(sheet: Sheet, parent: Element, headings: HeadingLines, x: number, top: number): void {
  let y = top
  for (const { tongue, lines, how, number } of headings) {
    const at = y
    tagged(
      sheet,
      parent,
      'P',
      () => {
        if (number !== '') put(sheet, `${number} `, x, at, NUMBER)
        lines.forEach((line, i) => void put(sheet, line, x + NUMBER_WIDTH, at + i * leading(how.size), how))
      },
      { lang: tongue },
    )
    y += lines.length * leading(how.size)
  }
}

/** What stands in a box, or a line through it when the act says nothing. */
function content(
  sheet: Sheet,
  { box: { date, text, empty }, before, lines, value }: LaidBox,
  room: { x: number; y: number; width: number; height: number },
): void {
  if (empty) return
  let { x, width } = room
  let y = room.y + PAD
  const beside = before > 0
  if (date) {
    dateBoxes(sheet, date.day, x, y)
    if (beside) {
      x += DATE_WIDTH + 10
      width -= DATE_WIDTH + 10
    } else y += DATE_HEIGHT
  }
  if (text === undefined) {
    const middle = beside || !date ? room.y + room.height / 2 : y + 8
    decoration(sheet, () => fill(sheet, BLACK, x, middle, width, 0.7))
    return
  }
  const tall = lines.length * leading(value.size)
  const top = lines.length === 1 && (beside || !date) ? room.y + (room.height - tall) / 2 : y
  written(sheet, sheet.root, 'P', lines, { style: value, x, y: top })
}

const DATE_WIDTH = 92
const DATE_HEIGHT = 27

/** Day and month in two figures, year in four, under their signs; what is not known is struck out (art. 5 and 7). */
function dateBoxes(sheet: Sheet, date: PartialDay | undefined, x: number, y: number): void {
  const [year, month, day] = date === undefined ? [] : partsOf(date)
  const parts = [
    { sign: 'Jo', value: day === undefined ? '' : String(day).padStart(2, '0'), at: 0, width: 24 },
    { sign: 'Mo', value: month === undefined ? '' : String(month).padStart(2, '0'), at: 27, width: 24 },
    { sign: 'An', value: year === undefined ? '' : String(year).padStart(4, '0'), at: 54, width: 38 },
  ]
  for (const { sign, value, at, width } of parts) {
    decoration(sheet, () => {
      frame(sheet, GREY, x + at, y + 9, width, 17, 0.5)
      if (value === '') fill(sheet, BLACK, x + at + 3, y + 17.5, width - 6, 0.7)
    })
    tagged(sheet, sheet.root, 'P', () => {
      put(sheet, `${sign} `, x + at + (width - widthOf(sign, TRANSLATED)) / 2, y - 0.5, TRANSLATED)
      if (value !== '') put(sheet, `${value} `, x + at + (width - widthOf(value, VALUE)) / 2, y + 10, VALUE)
    })
  }
}

const ISSUED = 104
const GAP = 7

/** The last box: when, by whom, and room for hand and seal. */
function issued(sheet: Sheet, view: View, { letter }: Form): void {
  const { root, words, y } = sheet
  const { t } = words
  decoration(sheet, () => frame(sheet, BLACK, MARGIN, y, measure(sheet) + 0.6, ISSUED + 0.6, 0.6))
  const heading: Box = { number: letter === 'B' ? 12 : 11, heading: 'issued', width: 1 }
  headed(sheet, root, headingLines(heading, HEADINGS - 2 * PAD), MARGIN + PAD, y + PAD - 1)
  const x = MARGIN + HEADINGS + PAD
  dateBoxes(sheet, view.issuedOn, x, y + PAD)
  let below = block(sheet, root, { text: view.officer.quality, style: style(9), x, y: y + 38, width: 124 })
  if (view.officer.name)
    below = block(sheet, root, { text: view.officer.name, style: style(9, 'bold'), x, y: below, width: 124 })
  emptyBox(sheet, t('act.signature'), { x: x + 130, y: y + 6, width: 118, height: ISSUED - 12 })
  emptyBox(sheet, t('act.seal'), { x: x + 254, y: y + 6, width: 88, height: ISSUED - 12 })
  sheet.y = y + ISSUED + GAP
}

/** What the signs mean, in every language of the convention. */
function signs(sheet: Sheet): { lines: string[]; height: number }[] {
  const all = [SIGNS_TITLE.join(' / '), ...Object.entries(SIGNS).map(([sign, said]) => `${sign} : ${said.join(' / ')}`)]
  return all.map(text => {
    const lines = wrap(text, measure(sheet), SMALL)
    return { lines, height: lines.length * leading(SMALL.size) + 0.5 }
  })
}

function signLine(sheet: Sheet, lines: readonly string[]): void {
  sheet.y = 0.5 + written(sheet, sheet.root, 'P', lines, { style: SMALL, x: MARGIN, y: sheet.y })
}

/** The convention's name in all its languages, what its articles say, and the headings that the front leaves out. */
function back(sheet: Sheet, form: Form): void {
  const { root } = sheet
  const flow = (text: string, how = SMALL, lang?: string) => {
    const lines = wrap(text, measure(sheet), how)
    sheet.y = written(sheet, root, 'P', lines, { style: how, x: MARGIN, y: sheet.y }, lang ? { lang } : {}) + 2
  }
  for (const [i, reference] of REFERENCE.entries())
    flow(reference, style(8.6, i === 0 ? 'bold' : 'regular'), TONGUES[i] ?? 'fr')
  sheet.y += 8
  for (const article of SUMMARY) flow(article, style(8.2))
  sheet.y += 8
  const headings = form.rows
    .flatMap(({ boxes }) => boxes)
    .concat({ number: form.letter === 'B' ? 12 : 11, heading: 'issued', width: 1 })
    .flatMap(({ number, heading }) => (number !== undefined && heading ? [{ number, heading }] : []))
    .filter(({ number }, i, all) => all.findIndex(other => other.number === number) === i)
    .toSorted((a, b) => a.number - b.number)
  const list = branch(sheet, root, 'Sect')
  for (const tongue of TONGUES.filter(each => !(FRONT as readonly Tongue[]).includes(each))) {
    const text = headings.map(({ number, heading }) => `${number} ${headingIn(heading, tongue)}`).join(' · ')
    const lines = wrap(text, measure(sheet), SMALL)
    sheet.y = written(sheet, list, 'P', lines, { style: SMALL, x: MARGIN, y: sheet.y }, { lang: tongue }) + 5
  }
}
