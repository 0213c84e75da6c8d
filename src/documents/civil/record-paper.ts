import type { TownIdentity } from '../../town-identity.ts'
import { BLACK, fill, GREY, HAIRLINE, leading, put, putRight, type Style, style, widthOf, wrap } from '../ink.ts'
import { MARGIN, type Sheet } from '../sheet.ts'
import { block, decoration, floor, measure, newPage, tagged } from '../tags.ts'
import { departmentOf } from './departments.ts'
import type { CivilRecordView } from './views.ts'

// The town's paper for copies and extracts of acts: no arms of the State, which are not the town's to print.

const ORIGIN = style(10.5, 'regular', GREY)

/** Republic, department and town on the left, the register and the act's number on the right, the title below. */
export function recordHead(sheet: Sheet, town: TownIdentity, view: CivilRecordView): void {
  const { root, words } = sheet
  const { t } = words
  const right = 190
  const width = measure(sheet) - right - 16
  decoration(sheet, () => fill(sheet, town.colour, 0, 0, sheet.width, 6))
  const republic = style(10.5, 'bold', GREY)
  let y = block(sheet, root, { text: t('act.republic'), style: republic, x: MARGIN, y: 30, width })
  const department = departmentOf(town.inseeCode)
  if (department) {
    const text = t('act.department', { department })
    y = block(sheet, root, { text, style: ORIGIN, x: MARGIN, y, width })
  }
  y = block(sheet, root, { text: town.name, style: style(16, 'bold', town.colour), x: MARGIN, y: y + 1, width })
  const { year, number, volume } = view.register
  const lines = [
    [t('act.registry'), style(12, 'bold')],
    [t('act.register', { year, number }), style(10.5, 'bold')],
    ...(volume ? [[t('act.volume', { volume }), ORIGIN]] : []),
  ] as [string, Style][]
  let below = 30
  tagged(sheet, root, 'P', () => {
    for (const [text, how] of lines)
      for (const line of wrap(text, right, how)) {
        putRight(sheet, `${line} `, sheet.width - MARGIN, below, how)
        below += leading(how.size)
      }
  })
  y = Math.max(y, below) + 7
  decoration(sheet, () => {
    fill(sheet, town.colour, MARGIN, y, measure(sheet), 1.2)
    fill(sheet, HAIRLINE, MARGIN, y + 3, measure(sheet), 0.6)
  })
  y = centred(sheet, 'H1', t(`act.kind.${view.act.kind}`), style(24, 'bold'), y + 16)
  y = centred(sheet, 'P', t(`act.form.${view.form}`), style(13, 'regular', GREY), y)
  sheet.y = view.information ? informationOnly(sheet, y + 7) : y + 12
}

/** In a frame, so that nobody takes it for a proof. */
function informationOnly(sheet: Sheet, y: number): number {
  const { t } = sheet.words
  const [strong, small] = [style(11.5, 'bold'), style(9.5)]
  const [said, note] = [t('act.information'), t('act.information-note')]
  const width = Math.max(widthOf(said, strong), widthOf(note, small)) + 36
  const height = leading(strong.size) + leading(small.size) + 12
  decoration(sheet, () => frame(sheet, BLACK, (sheet.width - width) / 2, y, width, height, 1))
  centred(sheet, 'P', note, small, centred(sheet, 'P', said, strong, y + 5))
  return y + height + 14
}

/** Text in the middle of the page. Gives the y below it. */
export function centred(sheet: Sheet, type: 'H1' | 'H2' | 'P', text: string, how: Style, y: number): number {
  const lines = wrap(text, measure(sheet), how)
  tagged(sheet, sheet.root, type, () =>
    lines.forEach((line, i) => {
      put(sheet, line, (sheet.width - widthOf(line.trimEnd(), how)) / 2, y + i * leading(how.size), how)
    }),
  )
  return y + lines.length * leading(how.size)
}

/** How high `certification` is. */
export const CERTIFICATION = 168

const BOX = 92

/**
 * At the foot of the page, or alone on the next: what makes the paper a certified copy once signed and sealed: by whom, where, when (décret n° 2017-890, art. 27 and following). The
 * town's seal goes into its box, the officer's hand beside it.
 */
export function certification(sheet: Sheet, town: TownIdentity, view: CivilRecordView): void {
  const { root, words } = sheet
  const { t } = words
  if (sheet.y + CERTIFICATION > floor(sheet)) newPage(sheet)
  else sheet.y = floor(sheet) - CERTIFICATION
  const what = view.information ? 'information' : view.form === 'full-copy' ? 'copy' : 'extract'
  const x = sheet.width - MARGIN - 300
  let y = sheet.y + 6
  y = block(sheet, root, { text: t(`act.certified-${what}`), style: style(11.5, 'bold'), x, y, width: 300 })
  y = block(sheet, root, {
    text: t('act.issued', { town: town.shortName, day: words.date(view.issuedOn) }),
    style: style(10.5),
    x,
    y,
    width: 300,
  })
  y = block(sheet, root, { text: view.officer.quality, style: style(10.5), x, y, width: 300 })
  if (view.officer.name)
    y = block(sheet, root, { text: view.officer.name, style: style(10.5, 'bold'), x, y, width: 300 })
  // A long quality takes of the room to sign.
  const height = Math.min(BOX, floor(sheet) - y - 5)
  emptyBox(sheet, t('act.signature'), { x, y: y + 5, width: 190, height })
  emptyBox(sheet, t('act.seal'), { x: x + 200, y: y + 5, width: 100, height })
  sheet.y = y + 5 + height
}

/** Room to sign or to stamp in, with a small label. */
export function emptyBox(
  sheet: Sheet,
  label: string,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  decoration(sheet, () => frame(sheet, HAIRLINE, x, y, width, height, 0.7))
  block(sheet, sheet.root, { text: label, style: style(8, 'regular', GREY), x: x + 5, y: y + 3, width: width - 10 })
}

/** The outline of a rectangle. */
export function frame(
  sheet: Sheet,
  colour: string,
  x: number,
  y: number,
  width: number,
  height: number,
  thick: number,
): void {
  fill(sheet, colour, x, y, width, thick)
  fill(sheet, colour, x, y + height - thick, width, thick)
  fill(sheet, colour, x, y, thick, height)
  fill(sheet, colour, x + width - thick, y, thick, height)
}
