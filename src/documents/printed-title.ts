import { BLACK, fill, GREY, style } from './ink.ts'
import { MARGIN, type Sheet } from './sheet.ts'
import { block, decoration, measure } from './tags.ts'

/** The head of what the staff prints or hangs up: what it is, of where and when, and how old the paper is. */
export function printedTitle(
  sheet: Sheet,
  { title, lines, dated, colour = BLACK }: { title: string; lines: readonly string[]; dated: string; colour?: string },
): void {
  const { root } = sheet
  const width = measure(sheet)
  let y = block(sheet, root, { type: 'H1', text: title, style: style(20, 'bold', colour), x: MARGIN, y: 30, width })
  for (const text of lines) y = block(sheet, root, { text, style: style(13, 'bold'), x: MARGIN, y, width })
  y = block(sheet, root, { text: dated, style: style(9.2, 'regular', GREY), x: MARGIN, y: y + 1, width }) + 5
  decoration(sheet, () => fill(sheet, colour, MARGIN, y, width, 1.2))
  sheet.y = y + 10
}
