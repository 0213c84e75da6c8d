import { leading, put, type Style, wrap } from './ink.ts'
import { MARGIN, type Sheet } from './sheet.ts'

export type Element = PDFKit.PDFStructureElement
type ElementOptions = PDFKit.Mixins.StructureElementOptions

/** An element without content of its own, for others to go into. It ends with the sheet. */
export function branch(sheet: Sheet, parent: Element, type: string, options: ElementOptions = {}): Element {
  const element = sheet.pdf.struct(type, options)
  parent.add(element)
  return element
}

/** What `draw` draws, read out as an element of that type. It must stay on one page. */
export function tagged(sheet: Sheet, parent: Element, type: string, draw: () => void, options: ElementOptions = {}) {
  const element = branch(sheet, parent, type, options)
  element.add(sheet.pdf.markStructureContent(type))
  draw()
  sheet.pdf.endMarkedContent()
  return element
}

/** What `draw` draws is decoration: no screen reader speaks of it. Not inside `tagged`. */
export function decoration(sheet: Sheet, draw: () => void): void {
  sheet.pdf.addContent('/Artifact BMC')
  draw()
  sheet.pdf.addContent('EMC')
}

/** Running heads, page numbers: seen on each page, read on none. */
export function pagination(sheet: Sheet, place: 'Header' | 'Footer', draw: () => void): void {
  sheet.pdf.addContent(`/Artifact <</Type /Pagination /Subtype /${place}>> BDC`)
  draw()
  sheet.pdf.addContent('EMC')
}

export type TextBlock = {
  type?: 'H1' | 'H2' | 'H3' | 'P' | 'Caption'
  text: string
  style: Style
  x: number
  y: number
  width: number
}

/** A heading or paragraph, wrapped. Gives the y below it. */
export function block(sheet: Sheet, parent: Element, { type = 'P', text, style, x, y, width }: TextBlock): number {
  return written(sheet, parent, type, wrap(text, width, style), { style, x, y })
}

/** Lines already wrapped, read out as one element. Gives the y below them. */
export function written(
  sheet: Sheet,
  parent: Element,
  type: string,
  lines: readonly string[],
  { style, x, y }: { style: Style; x: number; y: number },
  options: ElementOptions = {},
): number {
  const step = leading(style.size)
  tagged(sheet, parent, type, () => lines.forEach((line, i) => void put(sheet, line, x, y + i * step, style)), options)
  return y + lines.length * step
}

/** The lowest y the flow may use: the foot of the page is below. */
export const floor = (sheet: Sheet) => sheet.height - 54

/** Where the flow starts on the pages after the first, under their running head. */
const TOP_OF_LATER_PAGES = 66

export function newPage(sheet: Sheet): void {
  sheet.pdf.addPage()
  sheet.y = TOP_OF_LATER_PAGES
}

/** Goes to a new page unless that much height is left. */
export function makeRoom(sheet: Sheet, height: number): void {
  if (sheet.y + height > floor(sheet)) newPage(sheet)
}

/** The width between the margins. */
export const measure = (sheet: Sheet) => sheet.width - 2 * MARGIN
