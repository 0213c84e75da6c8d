import { fill, GREY, HAIRLINE, leading, put, putRight, type Style, tickBox, widthOf, wrap } from './ink.ts'
import { MARGIN, type Sheet } from './sheet.ts'
import { branch, decoration, type Element, floor, newPage, pagination, tagged } from './tags.ts'

export type Column = { title: string; width: number; align?: 'left' | 'right' | 'centre' }

/** A text of a cell; several stand one below the other, with room above when they must be told apart. */
export type Text = { text: string; style: Style; above?: number }

export type Cell = {
  texts: readonly Text[]
  /** How many columns it takes; one unless said. */
  span?: number
  /** As its first column, unless said. */
  align?: 'left'
  /** It names the cells of its row. */
  heads?: 'Row'
  /** An empty square to tick by hand, after the texts. */
  tick?: true
}

export type Row = {
  cells: readonly Cell[]
  /** Never parted by a page break from the row before or after it. */
  with?: 'next' | 'previous'
  /** What is drawn under the row. */
  rule?: 'none' | 'hairline' | 'strong'
  tint?: string
  /** Space above and below the texts. */
  padding?: readonly [above: number, below: number]
}

export type Table = {
  columns: readonly Column[]
  head: Style
  /** Rows that belong together (a child's, a class's), read out as such. */
  groups: readonly (readonly Row[])[]
  padding?: readonly [above: number, below: number]
}

type LaidCell = {
  lines: { text: string; style: Style; top: number }[]
  x: number
  width: number
  column: Column
  cell: Cell
}
type LaidRow = { row: Row; cells: LaidCell[]; height: number; group: number }

const GUTTER = 10
const USUAL = [3, 3] as const

/** Draws the table at the sheet's y and moves it below. The head is repeated on each page the table goes on. */
export function table(sheet: Sheet, parent: Element, { columns, head, groups, padding = USUAL }: Table): void {
  const lay = (row: Row, group: number) => laid(columns, row, group, padding)
  const heading = lay(headOf(columns, head), -1)
  const element = branch(sheet, parent, 'Table')
  const bodies = groups.map(() => undefined as Element | undefined)
  const blocks = inseparable(groups.flatMap((rows, group) => rows.map(row => lay(row, group))))

  const first = blocks[0]
  if (sheet.y + heading.height + (first ? heightOf(first) : 0) > floor(sheet)) newPage(sheet)
  const headRow = branch(sheet, branch(sheet, element, 'THead'), 'TR')
  drawRow(sheet, heading, cell => header(sheet, headRow, 'Column', cell))

  for (const block of blocks) {
    if (sheet.y + heightOf(block) > floor(sheet)) {
      newPage(sheet)
      pagination(sheet, 'Header', () =>
        drawRow(
          sheet,
          heading,
          cell => paint(sheet, cell, sheet.y),
          draw => draw(),
        ),
      )
    }
    for (const row of block) {
      bodies[row.group] ??= branch(sheet, element, 'TBody')
      const tr = branch(sheet, bodies[row.group] as Element, 'TR')
      drawRow(sheet, row, cell => (cell.cell.heads ? header(sheet, tr, 'Row', cell) : data(sheet, tr, cell)))
    }
  }
}

/** Rows joined to those they must not be parted from. */
function inseparable(rows: readonly LaidRow[]): LaidRow[][] {
  const blocks: LaidRow[][] = []
  let open = false
  for (const row of rows) {
    const block = blocks.at(-1)
    if (block && (open || row.row.with === 'previous')) block.push(row)
    else blocks.push([row])
    open = row.row.with === 'next'
  }
  return blocks
}

/** How high the table is on one page. */
export function tableHeight({ columns, head, groups, padding = USUAL }: Table): number {
  const rows = [headOf(columns, head), ...groups.flat()]
  return heightOf(rows.map(row => laid(columns, row, 0, padding)))
}

const headOf = (columns: readonly Column[], head: Style): Row => ({
  cells: columns.map(({ title }) => ({ texts: [{ text: title, style: head }] })),
  rule: 'strong',
})

const heightOf = (rows: readonly LaidRow[]) => rows.reduce((height, row) => height + row.height, 0)

function laid(columns: readonly Column[], row: Row, group: number, usual: readonly [number, number]): LaidRow {
  const [above, below] = row.padding ?? usual
  const cells: LaidCell[] = []
  let x = MARGIN
  let index = 0
  let height = 0
  for (const cell of row.cells) {
    const spanned = columns.slice(index, index + (cell.span ?? 1))
    const column = spanned[0]
    if (!column) throw new RangeError(`a row has more cells than its table has columns`)
    const whole = spanned.reduce((total, each) => total + each.width, 0)
    const width = whole - (index + spanned.length === columns.length ? 0 : GUTTER)
    const lines: LaidCell['lines'] = []
    let top = above
    for (const { text, style, above: room = 0 } of cell.texts) {
      top += room
      for (const line of wrap(text, width, style)) {
        lines.push({ text: line, style, top })
        top += leading(style.size)
      }
    }
    height = Math.max(height, top + below)
    cells.push({ lines, x, width, column, cell })
    x += whole
    index += spanned.length
  }
  return { row, cells, height, group }
}

function drawRow(
  sheet: Sheet,
  { row, cells, height }: LaidRow,
  drawCell: (cell: LaidCell) => void,
  decorate: (draw: () => void) => void = draw => decoration(sheet, draw),
): void {
  const width = cells.reduce((right, cell) => Math.max(right, cell.x + cell.width), 0) - MARGIN
  const band = (colour: string, y: number, thick: number, beyond = 0) =>
    decorate(() => fill(sheet, colour, MARGIN - beyond, y, width + 2 * beyond, thick))
  if (row.tint) band(row.tint, sheet.y, height, 6)
  for (const cell of cells) drawCell(cell)
  sheet.y += height
  if (row.rule === 'hairline') band(HAIRLINE, sheet.y - 0.4, 0.4)
  if (row.rule === 'strong') band(GREY, sheet.y - 0.9, 0.9)
}

function header(sheet: Sheet, row: Element, scope: 'Row' | 'Column', cell: LaidCell): void {
  span(
    tagged(sheet, row, 'TH', () => paint(sheet, cell, sheet.y), { scope }),
    cell,
  )
}

function data(sheet: Sheet, row: Element, cell: LaidCell): void {
  span(
    tagged(sheet, row, 'TD', () => paint(sheet, cell, sheet.y)),
    cell,
  )
}

function span({ dictionary }: Element, { cell }: LaidCell): void {
  if (cell.span && cell.span > 1) dictionary.data.A = { ...dictionary.data.A, O: 'Table', ColSpan: cell.span }
}

const TICK = 11

function paint(sheet: Sheet, { lines, x, width, column, cell }: LaidCell, y: number): void {
  const align = cell.align ?? column.align
  for (const [i, { text, style, top }] of lines.entries()) {
    // A space between lines, for those who hear them or copy them.
    const shown = i < lines.length - 1 && !text.endsWith(' ') ? `${text} ` : text
    if (align === 'right') putRight(sheet, shown, x + width, y + top, style)
    else if (align === 'centre') put(sheet, shown, x + (width - widthOf(text.trimEnd(), style)) / 2, y + top, style)
    else put(sheet, shown, x, y + top, style)
  }
  if (cell.tick) tickBox(sheet, x + (width - TICK) / 2, y + 4, TICK)
}
